package access

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"nsdi/internal/errs"
)

// Agency is an organisation that delivers, reviews or inquires.
type Agency struct {
	Code        string   `json:"code"` // lower-case letters, digits and hyphens
	Kind        string   `json:"kind"` // ministry, registry, post, cartographic-centre, municipality, committee, provincial-committee, contractor or consumer
	NameFA      string   `json:"name_fa"`
	NameEN      string   `json:"name_en"`
	Parent      string   `json:"parent,omitempty"` // code of the agency that it belongs to; gives that one no right
	Territories []string `json:"territories"`      // admin unit codes; none: the country for national kinds, no place for municipality, provincial-committee and contractor
	// Themes that it may deliver, beside those that every municipality must. Nil leaves those of a known agency as they are.
	Themes []string `json:"themes,omitempty"`
}

// agencyCode is what the table takes too.
var agencyCode = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{1,62}$`)

// Kinds whose rights differ.
const (
	kindCommittee           = "committee"
	kindProvincialCommittee = "provincial-committee"
)

// EnsureAgency adds the agency, or brings an existing one of that code to the given names, territories and themes. Errors are *errs.Error:
// agency-invalid, territory-unknown, theme-unknown, agency-unknown for the parent.
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
	if err := known(ctx, tx, a); err != nil {
		return err
	}
	before, err := described(ctx, tx, a.Code)
	if err != nil {
		return err
	}
	err = keepingAdministrator(ctx, tx, "access.EnsureAgency", func() error { return writeAgency(ctx, tx, a) })
	if err != nil {
		return fmt.Errorf("agency %s: %w", a.Code, err)
	}
	after, err := described(ctx, tx, a.Code)
	if err != nil {
		return err
	}
	if detail := after.since(before); detail != "" {
		if err := permissionChanged(ctx, tx, a.Code, "agency:"+a.Code, detail); err != nil {
			return err
		}
	}
	if err := tx.Commit(ctx); err != nil {
		return fmt.Errorf("agency %s: %w", a.Code, err)
	}
	return nil
}

func writeAgency(ctx context.Context, tx pgx.Tx, a Agency) error {
	var id int64
	err := tx.QueryRow(ctx, `
		insert into access.agency (code, kind, name_fa, name_en, parent_id)
		values ($1, $2, $3, $4, (select id from access.agency where code = $5))
		on conflict (code) do update set kind = excluded.kind, name_fa = excluded.name_fa, name_en = excluded.name_en,
		  parent_id = coalesce(excluded.parent_id, access.agency.parent_id)
		returning id`, a.Code, a.Kind, a.NameFA, a.NameEN, a.Parent).Scan(&id)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `delete from access.agency_territory where agency_id = $1 and not admin_code = any($2)`, id, a.Territories)
	if err == nil {
		_, err = tx.Exec(ctx, `
			insert into access.agency_territory (agency_id, admin_code)
			select $1, t
			from unnest($2::text[]) t
			on conflict do nothing`, id, a.Territories)
	}
	if err == nil && a.Themes != nil {
		_, err = tx.Exec(ctx, `delete from access.agency_theme where agency_id = $1 and not theme = any($2)`, id, a.Themes)
	}
	if err == nil {
		_, err = tx.Exec(ctx, `
			insert into access.agency_theme (agency_id, theme)
			select $1, t
			from unnest($2::text[]) t
			on conflict do nothing`, id, a.Themes)
	}
	return err
}

// known looks for what the agency names and is not there.
func known(ctx context.Context, q Querier, a Agency) error {
	var units, themes []string
	var parent bool
	err := q.QueryRow(ctx, `
		select
		  (select coalesce(array_agg(t), '{}') from unnest($1::text[]) t where not exists (select from layers.admin_unit where code = t)),
		  (select coalesce(array_agg(t), '{}') from unnest($2::text[]) t where not exists (select from layers.theme where code = t)),
		  $3 = '' or exists (select from access.agency where code = $3)`, a.Territories, a.Themes, a.Parent).Scan(&units, &themes, &parent)
	switch {
	case err != nil:
		return fmt.Errorf("agency %s: %w", a.Code, err)
	case len(units) > 0:
		return unknownTerritory("access.EnsureAgency", units[0])
	case len(themes) > 0:
		return unknownTheme("access.EnsureAgency", themes[0])
	case !parent:
		return unknownAgency("access.EnsureAgency", a.Parent)
	}
	return nil
}

// Agencies lists all agencies by code.
func Agencies(ctx context.Context, pool *pgxpool.Pool) ([]Agency, error) {
	rows, err := pool.Query(ctx, `
		select a.code, a.kind, a.name_fa, a.name_en, coalesce(p.code, '') parent,
		  (select coalesce(array_agg(t.admin_code order by t.admin_code), '{}') from access.agency_territory t where t.agency_id = a.id) territories,
		  (select coalesce(array_agg(t.code order by t.position, t.code), '{}') from layers.theme t where access.delivers(a.id, t.code)) themes
		from access.agency a
		left join access.agency p on p.id = a.parent_id
		order by a.code`)
	if err != nil {
		return nil, fmt.Errorf("listing agencies: %w", err)
	}
	agencies, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Agency])
	if err != nil {
		return nil, fmt.Errorf("listing agencies: %w", err)
	}
	return agencies, nil
}

func unknownTerritory(op, code string) *errs.Error {
	return &errs.Error{
		Code: "territory-unknown", Status: http.StatusUnprocessableEntity, Op: op, Value: code,
		Title:  errs.T("چنین واحد تقسیماتی نیست", "There is no such administrative unit"),
		Detail: errs.T(code, code),
		Next:   errs.T("نخست لایه واحدهای تقسیمات (admin-unit) را وارد کنید.", "Import the administrative units (admin-unit) first."),
	}
}

func unknownTheme(op, code string) *errs.Error {
	return &errs.Error{
		Code: "theme-unknown", Status: http.StatusUnprocessableEntity, Op: op, Value: code,
		Title:  errs.T("چنین موضوعی در فهرست نیست", "There is no such theme in the catalogue"),
		Detail: errs.T(code, code),
		Next:   errs.T("فهرست موضوع‌ها در نشانی ‎/v1/themes‎ است.", "The themes are listed at /v1/themes."),
	}
}

func unknownAgency(op, code string) *errs.Error {
	return &errs.Error{
		Code: "agency-unknown", Status: http.StatusUnprocessableEntity, Op: op, Value: code,
		Title:  errs.T("چنین دستگاهی ثبت نشده است", "There is no such agency"),
		Detail: errs.Tf("دستگاه «%s» یافت نشد.", "The agency %q was not found.", code),
		Next:   errs.T("نخست دستگاه را در صفحه اداره یا با «nsdi agency add» ثبت کنید.", "Register it first, on the page of administration or with “nsdi agency add”."),
	}
}

func themeNotAllowed(op, agency, theme string) *errs.Error {
	return &errs.Error{
		Code: "theme-not-allowed", Status: http.StatusForbidden, Op: op, Location: "theme", Value: theme,
		Title:  errs.T("این دستگاه متولی این موضوع نیست", "The agency may not deliver this theme"),
		Detail: errs.Tf("دستگاه «%s» اجازه تحویل موضوع «%s» را ندارد.", "The agency %q may not deliver the theme %q.", agency, theme),
		Next: errs.T("دستگاه یا موضوع را درست کنید؛ صفحه اداره و «nsdi agency list» می‌گویند هر دستگاه چه تحویل می‌دهد.",
			"Correct the agency or the theme; the page of administration and “nsdi agency list” say what each agency delivers."),
	}
}

// AgencyID answers the id of an agency by its code, or *errs.Error agency-unknown (422).
func AgencyID(ctx context.Context, q Querier, code string) (id int64, err error) {
	err = q.QueryRow(ctx, `select id from access.agency where code = $1`, code).Scan(&id)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, unknownAgency("access.AgencyID", code)
	}
	if err != nil {
		return 0, fmt.Errorf("agency %q: %w", code, err)
	}
	return id, nil
}
