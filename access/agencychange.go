package access

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// description is what the audit trail tells of an agency; nil: there is none yet.
type description []struct{ what, value string }

// described reads an agency, and keeps others from changing it until the transaction ends.
func described(ctx context.Context, tx pgx.Tx, code string) (description, error) {
	var kind, nameFA, nameEN, parent, territories, themes string
	err := tx.QueryRow(ctx, `
		select a.kind, a.name_fa, a.name_en, coalesce((select p.code from access.agency p where p.id = a.parent_id), ''),
		  (select coalesce(string_agg(t.admin_code, ' ' order by t.admin_code), '') from access.agency_territory t where t.agency_id = a.id),
		  (select coalesce(string_agg(t.theme, ' ' order by t.theme), '') from access.agency_theme t where t.agency_id = a.id)
		from access.agency a
		where a.code = $1
		for no key update`, code).Scan(&kind, &nameFA, &nameEN, &parent, &territories, &themes)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("agency %s: %w", code, err)
	}
	return description{
		{"kind", kind},
		{"name", nameFA + " / " + nameEN},
		{"parent", parent},
		{"territories", territories},
		{"themes", themes},
	}, nil
}

// since tells what is new against the description before; "" when nothing is.
func (d description) since(before description) string {
	var changes []string
	for i, now := range d {
		switch {
		case before == nil && now.value != "":
			changes = append(changes, fmt.Sprintf("%s %q", now.what, now.value))
		case before != nil && before[i].value != now.value:
			changes = append(changes, fmt.Sprintf("%s %q → %q", now.what, before[i].value, now.value))
		}
	}
	switch {
	case len(changes) == 0:
		return ""
	case before == nil:
		return "agency made: " + strings.Join(changes, ", ")
	default:
		return "agency changed: " + strings.Join(changes, ", ")
	}
}
