package layers

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/errs"
)

// dataset is one theme × one agency × one territory.
type dataset struct {
	id          int64
	territory   string   // "" for the agency's whole territory
	territories []string // the admin units within which its features must lie; none: not restricted
}

// openDataset finds the dataset or makes it. Errors are *errs.Error: agency-unknown, territory-unknown.
func openDataset(ctx context.Context, q querier, theme, agency, territory string) (*dataset, error) {
	var agencyID int64
	err := q.QueryRow(ctx, `select id from access.agency where code = $1`, agency).Scan(&agencyID)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, unknown("agency-unknown", agency, errs.T("چنین دستگاهی ثبت نشده است", "There is no such agency"),
			errs.T("با «nsdi agency add» آن را ثبت کنید.", "Add it with “nsdi agency add”."))
	}
	if err != nil {
		return nil, fmt.Errorf("open dataset: %w", err)
	}
	d := &dataset{territory: territory}
	if territory != "" {
		var known bool
		err := q.QueryRow(ctx, `select exists (select from layers.admin_unit where code = $1)`, territory).Scan(&known)
		if err != nil {
			return nil, fmt.Errorf("open dataset: %w", err)
		}
		if !known {
			return nil, unknown("territory-unknown", territory, errs.T("چنین واحد تقسیماتی نیست", "There is no such administrative unit"),
				errs.T("شناسه‌ها در نشانی ‎/v1/admin-units‎ است.", "The codes are listed at /v1/admin-units."))
		}
		d.territories = []string{territory}
	} else {
		err := q.QueryRow(ctx, `select coalesce(array_agg(admin_code order by admin_code), '{}') from access.agency_territory where agency_id = $1`, agencyID).Scan(&d.territories)
		if err != nil {
			return nil, fmt.Errorf("open dataset: %w", err)
		}
	}
	err = q.QueryRow(ctx, `
		with new as (
			insert into layers.dataset (theme, agency_id, territory)
			values ($1, $2, nullif($3, ''))
			on conflict (theme, agency_id, territory) do nothing
			returning id
		)
		select id from new
		union all
		select id from layers.dataset where theme = $1 and agency_id = $2 and territory is not distinct from nullif($3, '')
		limit 1`, theme, agencyID, territory).Scan(&d.id)
	if err != nil {
		return nil, fmt.Errorf("open dataset: %w", err)
	}
	return d, nil
}
