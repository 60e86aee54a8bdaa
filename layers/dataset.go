package layers

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"nsdi/internal/errs"
)

// dataset is one theme × one agency × one territory.
type dataset struct {
	id          int64
	territory   string   // "" for the agency's whole territory
	territories []string // the admin units within which its features must lie; none: not restricted
}

// execer is a connection or a transaction.
type execer interface {
	Querier
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
}

// openDataset finds the dataset or makes it. Errors are *errs.Error: agency-unknown, territory-unknown, territory-not-the-agencys.
func openDataset(ctx context.Context, q execer, theme, agency, territory string) (*dataset, error) {
	agencyID, d, err := agencyAt(ctx, q, agency, territory)
	if err != nil {
		return nil, err
	}
	// One that another delivery makes at this moment is waited for by the insert, and is seen by the next statement only.
	if _, err := q.Exec(ctx, `
		insert into layers.dataset (theme, agency_id, territory)
		values ($1, $2, nullif($3, ''))
		on conflict (theme, agency_id, territory) do nothing`, theme, agencyID, territory); err != nil {
		return nil, fmt.Errorf("open dataset: %w", err)
	}
	err = q.QueryRow(ctx, `
		select id
		from layers.dataset
		where theme = $1
		  and agency_id = $2
		  and territory is not distinct from nullif($3, '')`, theme, agencyID, territory).Scan(&d.id)
	if err != nil {
		return nil, fmt.Errorf("open dataset: %w", err)
	}
	return d, nil
}

// agencyAt finds the agency and where its features must lie.
func agencyAt(ctx context.Context, q Querier, agency, territory string) (id int64, d *dataset, err error) {
	err = q.QueryRow(ctx, `select id from access.agency where code = $1`, agency).Scan(&id)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, nil, unknown("agency-unknown", agency, errs.T("چنین دستگاهی ثبت نشده است", "There is no such agency"),
			errs.T("در صفحه اداره یا با «nsdi agency add» آن را ثبت کنید.", "Add it on the page of administration or with “nsdi agency add”."))
	}
	if err != nil {
		return 0, nil, fmt.Errorf("open dataset: %w", err)
	}
	d = &dataset{territory: territory}
	if territory != "" {
		d.territories = []string{territory}
		return id, d, mayDeliver(ctx, q, id, agency, territory)
	}
	err = q.QueryRow(ctx, `select coalesce(array_agg(admin_code order by admin_code), '{}') from access.agency_territory where agency_id = $1`, id).Scan(&d.territories)
	if err != nil {
		return 0, nil, fmt.Errorf("open dataset: %w", err)
	}
	return id, d, nil
}

// mayDeliver checks that a territory is known and lies within the agency's, when that has one.
func mayDeliver(ctx context.Context, q Querier, agencyID int64, agency, territory string) error {
	var known, allowed bool
	err := q.QueryRow(ctx, `
		with recursive above as (
			select code, parent_code
			from layers.admin_unit
			where code = $2
			union
			select u.code, u.parent_code
			from layers.admin_unit u
			join above a on a.parent_code = u.code
		)
		select exists (select from above),
			not exists (select from access.agency_territory where agency_id = $1)
				or exists (select from access.agency_territory t join above a on a.code = t.admin_code where t.agency_id = $1)`, agencyID, territory).Scan(&known, &allowed)
	switch {
	case err != nil:
		return fmt.Errorf("open dataset: %w", err)
	case !known:
		return unknown("territory-unknown", territory, errs.T("چنین واحد تقسیماتی نیست", "There is no such administrative unit"),
			errs.T("شناسه‌ها در نشانی ‎/v1/admin-units‎ است.", "The codes are listed at /v1/admin-units."))
	case !allowed:
		return &errs.Error{
			Code: "territory-not-the-agencys", Status: http.StatusForbidden, Op: "layers", Value: territory,
			Title:  errs.T("این واحد بیرون از قلمرو دستگاه است", "The unit lies outside the agency's territory"),
			Detail: errs.Tf("دستگاه «%s» برای «%s» داده تحویل نمی‌دهد.", "The agency %q does not deliver for %q.", agency, territory),
			Next:   errs.T("قلمرو را درست بنویسید، یا با «nsdi agency add» آن را به دستگاه بدهید.", "Name the right territory, or give it to the agency with “nsdi agency add”."),
		}
	}
	return nil
}
