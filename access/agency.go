package access

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/jackc/pgx/v5/pgxpool"

	"nsdi/internal/errs"
)

// Agency is an organisation that delivers, reviews or inquires.
type Agency struct {
	Code        string   `json:"code"` // lower-case letters, digits and hyphens
	Kind        string   `json:"kind"` // ministry, registry, post, cartographic-centre, municipality, committee or consumer
	NameFA      string   `json:"name_fa"`
	NameEN      string   `json:"name_en"`
	Territories []string `json:"territories"` // admin unit codes; none means that no territory is set
}

// agencyCode is what the table takes too.
var agencyCode = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{1,62}$`)

// EnsureAgency adds the agency, or brings an existing one of that code to the given names and territories. Errors are *errs.Error
// agency-invalid, or territory-unknown for an admin unit that is not known.
func EnsureAgency(ctx context.Context, pool *pgxpool.Pool, a Agency) error {
	if !agencyCode.MatchString(a.Code) || strings.TrimSpace(a.NameFA) == "" || strings.TrimSpace(a.NameEN) == "" {
		return &errs.Error{
			Code: "agency-invalid", Status: 422, Op: "access.EnsureAgency", Value: a.Code,
			Title:  errs.T("شناسه یا نام دستگاه پذیرفته نیست", "The code or a name of the agency is not accepted"),
			Detail: errs.T("شناسه از ۲ تا ۶۳ حرف کوچک لاتین، رقم و خط تیره است و نام فارسی و انگلیسی خالی نیست.", "A code has 2 to 63 lower-case letters, digits and hyphens; neither name is empty."),
			Next:   errs.T("شناسه‌ای مانند municipality-sari بنویسید.", "Write a code such as municipality-sari."),
		}
	}
	tx, err := pool.Begin(ctx)
	if err != nil {
		return fmt.Errorf("agency %s: %w", a.Code, err)
	}
	defer tx.Rollback(context.WithoutCancel(ctx)) //nolint:errcheck // after a commit there is nothing to roll back
	var missing []string
	err = tx.QueryRow(ctx, `
		select coalesce(array_agg(t), '{}')
		from unnest($1::text[]) t
		where not exists (select from layers.admin_unit where code = t)`, a.Territories).Scan(&missing)
	if err != nil {
		return fmt.Errorf("agency %s: %w", a.Code, err)
	}
	if len(missing) > 0 {
		return &errs.Error{
			Code: "territory-unknown", Status: 422, Op: "access.EnsureAgency", Value: missing[0],
			Title:  errs.T("چنین واحد تقسیماتی نیست", "There is no such administrative unit"),
			Detail: errs.T(missing[0], missing[0]),
			Next:   errs.T("نخست لایه واحدهای تقسیمات (admin-unit) را وارد کنید.", "Import the administrative units (admin-unit) first."),
		}
	}
	var id int64
	err = tx.QueryRow(ctx, `
		insert into access.agency (code, kind, name_fa, name_en)
		values ($1, $2, $3, $4)
		on conflict (code) do update set kind = excluded.kind, name_fa = excluded.name_fa, name_en = excluded.name_en
		returning id`, a.Code, a.Kind, a.NameFA, a.NameEN).Scan(&id)
	if err != nil {
		return fmt.Errorf("agency %s: %w", a.Code, err)
	}
	_, err = tx.Exec(ctx, `delete from access.agency_territory where agency_id = $1 and not admin_code = any($2)`, id, a.Territories)
	if err == nil {
		_, err = tx.Exec(ctx, `
			insert into access.agency_territory (agency_id, admin_code)
			select $1, t
			from unnest($2::text[]) t
			on conflict do nothing`, id, a.Territories)
	}
	if err == nil {
		err = tx.Commit(ctx)
	}
	if err != nil {
		return fmt.Errorf("agency %s: %w", a.Code, err)
	}
	return nil
}
