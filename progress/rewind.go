package progress

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/errs"
)

// stores are where published features are, with where those that were replaced are.
func stores() [][2]string {
	return [][2]string{{"layers.feature", "layers.feature_history"}, {"cadastre.parcel", "cadastre.parcel_history"}, {"gnaf.address", "gnaf.address_history"}}
}

// beyondHistory says why a snapshot cannot be calculated again; nil: it can.
func beyondHistory(n *Snapshot) *errs.Text {
	var why errs.Text
	switch {
	case n.Method != method:
		why = errs.Tf("با روش محاسبه %d به دست آمده است؛ روش کنونی %d است.", "It was calculated by method %d; the present one is %d.", n.Method, method)
	case n.registers == nil:
		why = errs.T("زمانی ثبت شده است که فهرست‌ها همراه آن نگه داشته نمی‌شد.", "It was taken when registers were not kept with it yet.")
	default:
		return nil
	}
	return &why
}

// rewind has a transaction calculate what there was when a snapshot was taken: features, outlines, open errors, decisions and inquiries are brought back to it, and what else a
// calculation goes by is read as it was.
func rewind(ctx context.Context, tx pgx.Tx, n *Snapshot) error {
	steps := []string{
		`select set_config('nsdi.looking_back', '` + fmt.Sprint(n.ID) + `', true), set_config('nsdi.moment', '` + n.moment.UTC().Format(time.RFC3339Nano) + `', true)`,
		`create temp table later on commit drop as select version_id from layers.change_span where last > ` + fmt.Sprint(n.Change),
	}
	for _, s := range stores() {
		list, err := shared(ctx, tx, s[0], s[1])
		if err != nil {
			return err
		}
		steps = append(steps, `delete from `+s[0]+` where version_id in (select version_id from pg_temp.later)`, `
			insert into `+s[0]+` (`+list+`)
			select `+list+`
			from `+s[1]+`
			where ended_by in (select version_id from pg_temp.later)
			  and version_id not in (select version_id from pg_temp.later)`)
	}
	list, err := shared(ctx, tx, "cadastre.open_finding", "cadastre.closed_finding")
	if err != nil {
		return err
	}
	was := `(select (k ->> 'opened')::bigint as opened, (k ->> 'closed')::bigint as closed from progress.kept('finding') k)`
	steps = append(
		steps,
		`delete from cadastre.open_finding where id > (select opened from `+was+` w)`,
		`insert into cadastre.open_finding (`+list+`) overriding system value
		select `+list+`
		from cadastre.closed_finding
		where n > (select closed from `+was+` w)
		  and id <= (select opened from `+was+` w)`,
		// A unit that came since is in none, and has no ground.
		`update layers.admin_unit u
		set level = coalesce(k.level, u.level), parent_code = k.parent, feature_id = k.feature, geom = st_multi(f.geom), geom_3857 = st_multi(f.geom_3857)
		from layers.admin_unit o
		left join (select k ->> 'code' as code, k ->> 'level' as level, k ->> 'parent' as parent, (k ->> 'feature')::bigint as feature from progress.kept('unit') k) k on k.code = o.code
		left join layers.feature f on f.theme = 'admin-unit' and f.id = k.feature
		where o.code = u.code
		  and (u.level is distinct from k.level or u.parent_code is distinct from k.parent or u.feature_id is distinct from k.feature or u.geom is distinct from st_multi(f.geom))`,
		`delete from progress.denominator where set_at > progress.moment() or version_id in (select version_id from pg_temp.later)`,
		`delete from progress.approval where set_at > progress.moment()`,
		`delete from progress.inquiry_service`,
		`insert into progress.inquiry_service (service, answered_at, seen)
		select i.service, i.at, i.id
		from progress.kept('service') k
		join access.inquiry i on i.id = (k ->> 'inquiry')::bigint and i.service = k ->> 'service' and i.code = 200`,
	)
	for _, sql := range steps {
		if _, err := tx.Exec(ctx, sql); err != nil {
			return fmt.Errorf("rewinding to snapshot %d: %w", n.ID, err)
		}
	}
	return nil
}

// shared are the columns that two tables have, as a list.
func shared(ctx context.Context, tx pgx.Tx, present, past string) (string, error) {
	var columns []string
	if err := tx.QueryRow(ctx, `
		select array_agg(quote_ident(a.attname) order by a.attnum)
		from pg_attribute a
		join pg_attribute b on b.attrelid = $1::regclass and b.attname = a.attname and not b.attisdropped and b.attgenerated = ''
		where a.attrelid = $2::regclass
		  and a.attnum > 0
		  and not a.attisdropped`, present, past).Scan(&columns); err != nil {
		return "", fmt.Errorf("rewinding %s: %w", present, err)
	}
	return strings.Join(columns, ", "), nil
}
