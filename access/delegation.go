package access

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"nsdi/internal/errs"
)

// Delegation lets a contractor deliver a theme in the name of an agency until a date.
type Delegation struct {
	ID         int64
	Agency     string // code of who delegates
	Contractor string // code of who delivers
	Theme      string
	Territory  string // admin unit code; "" for wherever the agency itself may
	GrantedAt  time.Time
	Until      time.Time // not included
	Revoked    *time.Time
}

// Delegations keeps what agencies delegate.
type Delegations struct {
	Pool *pgxpool.Pool
	Now  func() time.Time
}

// Delegate records a delegation and answers its number. An agency delegates what is its own, not what was delegated to it. by is the person who does it, 0 for
// the operator. Errors are *errs.Error: agency-unknown, theme-unknown, territory-unknown, theme-not-allowed, territory-outside, period-past, delegation-to-self.
func (d *Delegations) Delegate(ctx context.Context, g Delegation, by int64) (int64, error) {
	const op = "access.Delegate"
	now := d.Now()
	if !g.Until.After(now) {
		return 0, &errs.Error{
			Code: "period-past", Status: http.StatusUnprocessableEntity, Op: op, Location: "until", Value: g.Until.Format(time.RFC3339),
			Title:  errs.T("پایان واگذاری گذشته است", "The delegation would have ended already"),
			Detail: errs.Tf("پایان: %s", "It ends at %s.", g.Until.Format(time.RFC3339)),
			Next:   errs.T("تاریخی در آینده بدهید.", "Give a date in the future."),
		}
	}
	if g.Agency == g.Contractor {
		return 0, &errs.Error{
			Code: "delegation-to-self", Status: http.StatusUnprocessableEntity, Op: op, Location: "contractor", Value: g.Contractor,
			Title:  errs.T("دستگاه به خود واگذار نمی‌کند", "An agency does not delegate to itself"),
			Detail: errs.Tf("دستگاه «%s» هم واگذارنده است هم گیرنده.", "The agency %q is on both sides.", g.Agency),
			Next:   errs.T("دستگاه دیگری را نام ببرید.", "Name another agency."),
		}
	}
	var agency, contractor int64
	var theme, unit, delivers, covers bool
	err := d.Pool.QueryRow(ctx, `
		select coalesce(a.id, 0), coalesce(c.id, 0),
		  exists (select from layers.theme where code = $3),
		  $4 = '' or exists (select from layers.admin_unit where code = $4),
		  access.delivers(a.id, $3), access.covers(a.id, $4)
		from (values (1)) one
		left join access.agency a on a.code = $1
		left join access.agency c on c.code = $2`, g.Agency, g.Contractor, g.Theme, g.Territory).Scan(&agency, &contractor, &theme, &unit, &delivers, &covers)
	switch {
	case err != nil:
		return 0, fmt.Errorf("delegating: %w", err)
	case agency == 0:
		return 0, unknownAgency(op, g.Agency)
	case contractor == 0:
		return 0, unknownAgency(op, g.Contractor)
	case !theme:
		return 0, unknownTheme(op, g.Theme)
	case !unit:
		return 0, unknownTerritory(op, g.Territory)
	case !delivers:
		return 0, themeNotAllowed(op, g.Agency, g.Theme)
	case !covers:
		return 0, &errs.Error{
			Code: "territory-outside", Status: http.StatusForbidden, Op: op, Location: "territory", Value: g.Territory,
			Title:  errs.T("این جا بیرون از قلمرو دستگاه است", "The place is outside the agency's territory"),
			Detail: errs.Tf("دستگاه «%s» در «%s» قلمروی ندارد.", "The agency %q has no territory in %q.", g.Agency, g.Territory),
			Next:   errs.T("واحدی درون قلمرو دستگاه بدهید.", "Give a unit inside the agency's territory."),
		}
	}
	var id int64
	err = pgx.BeginFunc(ctx, d.Pool, func(tx pgx.Tx) error {
		err := tx.QueryRow(ctx, `
			insert into access.delegation (agency_id, contractor_id, theme, territory, granted_at, until, granted_by)
			values ($1, $2, $3, nullif($4, ''), $5, $6, nullif($7::bigint, 0))
			returning id`, agency, contractor, g.Theme, g.Territory, now, g.Until, by).Scan(&id)
		if err != nil {
			return err
		}
		return permissionChanged(ctx, tx, g.Agency, fmt.Sprintf("delegation:%d", id),
			fmt.Sprintf("%s delegated to %s, territory %q, until %s", g.Theme, g.Contractor, g.Territory, g.Until.UTC().Format(time.RFC3339)))
	})
	if err != nil {
		return 0, fmt.Errorf("delegating: %w", err)
	}
	return id, nil
}

// Revoke ends a delegation at once. by is the person who does it, 0 for the operator. One that is not there, or was revoked before, is *errs.Error
// delegation-unknown.
func (d *Delegations) Revoke(ctx context.Context, id, by int64) error {
	err := pgx.BeginFunc(ctx, d.Pool, func(tx pgx.Tx) error {
		var agency string
		err := tx.QueryRow(ctx, `
			update access.delegation
			set revoked_at = $2, revoked_by = nullif($3::bigint, 0)
			where id = $1
			  and revoked_at is null
			returning (select code from access.agency where id = agency_id)`, id, d.Now(), by).Scan(&agency)
		if err != nil {
			return err
		}
		return permissionChanged(ctx, tx, agency, fmt.Sprintf("delegation:%d", id), "delegation revoked")
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return &errs.Error{
			Code: "delegation-unknown", Status: http.StatusNotFound, Op: "access.Revoke",
			Title:  errs.T("چنین واگذاری در کار نیست", "There is no such delegation in force"),
			Detail: errs.Tf("واگذاری %s یافت نشد یا پیش‌تر پس گرفته شده است.", "The delegation %s was not found or is revoked.", strconv.FormatInt(id, 10)),
			Next:   errs.T("شماره‌ها را در صفحه اداره یا با «nsdi agency list» ببینید.", "See the numbers on the page of administration or with “nsdi agency list”."),
		}
	}
	if err != nil {
		return fmt.Errorf("revoking the delegation %d: %w", id, err)
	}
	return nil
}

// List answers all delegations, the newest first, of one agency on either side, or of all with "".
func (d *Delegations) List(ctx context.Context, agency string) ([]Delegation, error) {
	rows, err := d.Pool.Query(ctx, `
		select d.id, a.code agency, c.code contractor, d.theme, coalesce(d.territory, '') territory, d.granted_at, d.until, d.revoked_at
		from access.delegation d
		join access.agency a on a.id = d.agency_id
		join access.agency c on c.id = d.contractor_id
		where $1 in ('', a.code, c.code)
		order by d.id desc`, agency)
	if err != nil {
		return nil, fmt.Errorf("listing delegations: %w", err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Delegation])
	if err != nil {
		return nil, fmt.Errorf("listing delegations: %w", err)
	}
	return all, nil
}
