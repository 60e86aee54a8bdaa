package progress

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/errs"
)

// stores are where published features are, with where those that were replaced are.
func stores() [][2]string {
	return [][2]string{{"layers.feature", "layers.feature_history"}, {"cadastre.parcel", "cadastre.parcel_history"}, {"gnaf.address", "gnaf.address_history"}}
}

// beyondHistory says why the data of a snapshot cannot be brought back; nil: it can.
func beyondHistory(ctx context.Context, tx pgx.Tx, n *Snapshot) (*errs.Text, error) {
	if n.Method != method {
		why := errs.Tf("با روش محاسبه %d به دست آمده است؛ روش کنونی %d است.", "It was calculated by method %d; the present one is %d.", n.Method, method)
		return &why, nil
	}
	var outlines bool
	if err := tx.QueryRow(ctx, `select exists (select from layers.change_span where theme in ('admin-unit', 'admin-division') and last > $1)`, n.Change).Scan(&outlines); err != nil {
		return nil, fmt.Errorf("looking for later outlines: %w", err)
	}
	if outlines {
		why := errs.T("مرز واحدها پس از آن دوباره منتشر شده و مرز پیشین نگه داشته نشده است.", "The outlines of units were published again since, and the former ones are not kept.")
		return &why, nil
	}
	return nil, nil
}

// rewind brings published features back to what they were at a position of the change log.
func rewind(ctx context.Context, tx pgx.Tx, position int64) error {
	if _, err := tx.Exec(ctx, `create temp table later on commit drop as select version_id from layers.change_span where last > `+fmt.Sprint(position)); err != nil {
		return fmt.Errorf("rewinding: %w", err)
	}
	for _, s := range stores() {
		var columns []string
		if err := tx.QueryRow(ctx, `
			select array_agg(quote_ident(a.attname) order by a.attnum)
			from pg_attribute a
			join pg_attribute b on b.attrelid = $1::regclass and b.attname = a.attname and not b.attisdropped and b.attgenerated = ''
			where a.attrelid = $2::regclass
			  and a.attnum > 0
			  and not a.attisdropped`, s[0], s[1]).Scan(&columns); err != nil {
			return fmt.Errorf("rewinding %s: %w", s[0], err)
		}
		list := strings.Join(columns, ", ")
		for _, sql := range []string{
			`delete from ` + s[0] + ` where version_id in (select version_id from pg_temp.later)`,
			`insert into ` + s[0] + ` (` + list + `)
			select ` + list + `
			from ` + s[1] + `
			where ended_by in (select version_id from pg_temp.later)
			  and version_id not in (select version_id from pg_temp.later)`,
		} {
			if _, err := tx.Exec(ctx, sql); err != nil {
				return fmt.Errorf("rewinding %s: %w", s[0], err)
			}
		}
	}
	if _, err := tx.Exec(ctx, `delete from progress.denominator where version_id in (select version_id from pg_temp.later)`); err != nil {
		return fmt.Errorf("rewinding denominators: %w", err)
	}
	return nil
}
