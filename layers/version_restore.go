package layers

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/errs"
)

// Recorder keeps the record of decisions about versions. What it writes belongs to the given transaction.
type Recorder interface {
	// Opened answers the tracking identifier of a decision that is about to be carried out.
	Opened(ctx context.Context, tx pgx.Tx, d Decision) (string, error)
	// Done writes down, at the very end of the transaction, what was done.
	Done(ctx context.Context, tx pgx.Tx, tracking string, d Decision, v Version) error
}

// Decision is that a dataset shall be as it was in an older version.
type Decision struct {
	Dataset int64
	Version int // 0: as before the first one, which withdraws the dataset
	Reason  string
	// Filled in when it is carried out.
	Theme, Agency, Territory string
}

// Rollback makes the dataset's newest version one that equals an old one. What is the same already keeps its id and is not touched; what comes back has the id
// that it had. Where nothing differs there is no new version, and it answers false. The transaction has to see everything.
func (v *Versions) Rollback(ctx context.Context, tx pgx.Tx, d Decision) (Version, bool, error) {
	d.Reason = strings.TrimSpace(d.Reason)
	if d.Reason == "" {
		return Version{}, false, &errs.Error{
			Code: "reason-missing", Status: http.StatusUnprocessableEntity, Op: "layers.Rollback", Location: "body.reason",
			Title:  errs.T("دلیل نوشته نشده است", "The reason is missing"),
			Detail: errs.T("بازگرداندن و پس‌گرفتن داده منتشرشده بی دلیل پذیرفته نیست.", "Published data is not taken back without a reason."),
			Next:   errs.T("دلیل را در reason بنویسید.", "Write it in reason."),
		}
	}
	set, err := v.Open(ctx, tx, d.Dataset)
	if err != nil {
		return Version{}, false, err
	}
	d.Theme, d.Agency = set.Theme, set.Agency
	if set.Territory != nil {
		d.Territory = *set.Territory
	}
	if err := lockTerritory(ctx, tx, set.ID); err != nil {
		return Version{}, false, fmt.Errorf("roll back: %w", err)
	}
	head, err := set.Version(ctx, tx, 0)
	if err != nil {
		return Version{}, false, err
	}
	target := Version{}
	if d.Version != 0 {
		if target, err = set.Version(ctx, tx, d.Version); err != nil {
			return Version{}, false, err
		}
	}
	r := &restoring{tx: tx, set: set, versions: v}
	if r.next, err = r.diff(ctx, target); err != nil || r.next.Added+r.next.Altered+r.next.Removed == 0 {
		return head, false, err
	}
	r.next.Seq, r.next.Features, r.next.PublishedAt = head.Seq+1, target.Features, v.Now()
	r.next.Restores, r.next.Reason = &d.Version, &d.Reason
	if err := r.publish(ctx, d); err != nil {
		return Version{}, false, fmt.Errorf("roll back dataset %s: %w", strconv.FormatInt(d.Dataset, 10), err)
	}
	return r.next, true, nil
}

// restoring is the publication of an old version.
type restoring struct {
	tx       pgx.Tx
	set      *Set
	versions *Versions
	next     Version
}

// diff lists what differs in a temporary table: the whole rows as they were, with the present one's id as now_id. Rows that the old version had and that
// still stand are in neither part, and are not read twice.
func (r *restoring) diff(ctx context.Context, target Version) (Version, error) {
	var n Version
	store := r.set.store
	// Compiling a query costs more than running it here: expressions over many rows make the planner expect the opposite.
	if _, err := r.tx.Exec(ctx, `set local jit = off`); err != nil {
		return n, fmt.Errorf("roll back: %w", err)
	}
	_, err := r.tx.Exec(ctx, `
		create temp table restored on commit drop as
		select c.id as now_id, case when c.id is null then '+' when t.id is null then '-' else '~' end as op, t.*
		from (
			select `+store.row()+`
			from `+ident(store.History)+`
			where theme = `+literal(r.set.Theme)+`
			  and dataset_id = `+strconv.FormatInt(r.set.ID, 10)+`
			  and version_id <= `+strconv.FormatInt(target.id, 10)+`
			  and ended_by > `+strconv.FormatInt(target.id, 10)+`
		) t
		full join (
			select id, key, hash
			from `+ident(store.Table)+`
			where theme = `+literal(r.set.Theme)+`
			  and dataset_id = `+strconv.FormatInt(r.set.ID, 10)+`
			  and version_id > `+strconv.FormatInt(target.id, 10)+`
		) c on c.key = t.key
		where c.hash is distinct from t.hash`)
	if err != nil {
		return n, fmt.Errorf("roll back: %w", err)
	}
	err = r.tx.QueryRow(ctx, `
		select count(*) filter (where op = '+'), count(*) filter (where op = '~'), count(*) filter (where op = '-')
		from pg_temp.restored`).Scan(&n.Added, &n.Altered, &n.Removed)
	if err != nil {
		return n, fmt.Errorf("roll back: %w", err)
	}
	return n, nil
}

// literal quotes a theme's code, which consists of letters, digits and hyphens: "create table as" takes no parameters.
func literal(code string) string { return "'" + strings.ReplaceAll(code, "'", "''") + "'" }

func (r *restoring) publish(ctx context.Context, d Decision) error {
	recorder := r.versions.Recorder
	if recorder != nil {
		tracking, err := recorder.Opened(ctx, r.tx, d)
		if err != nil {
			return err
		}
		r.next.Tracking = &tracking
	}
	n := &r.next
	err := r.tx.QueryRow(ctx, `
		insert into layers.version (dataset_id, seq, added, altered, removed, features, published_at, restores, reason, tracking)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		returning id`, r.set.ID, n.Seq, n.Added, n.Altered, n.Removed, n.Features, n.PublishedAt, n.Restores, n.Reason, n.Tracking).Scan(&n.id)
	if err != nil {
		return err
	}
	if err := r.write(ctx); err != nil {
		return err
	}
	if _, err := r.set.store.conclude(ctx, r.tx, Publication{Theme: r.set.Theme, DatasetID: r.set.ID, VersionID: n.id}); err != nil {
		return err
	}
	if recorder == nil {
		return nil
	}
	return recorder.Done(ctx, r.tx, *n.Tracking, d, *n)
}

// write moves what is replaced to history and brings back what was, as a publication does.
func (r *restoring) write(ctx context.Context) error {
	table, history := ident(r.set.store.Table), ident(r.set.store.History)
	columns, _ := r.set.store.targets(nil)
	var sets, values []string
	for _, c := range columns {
		value := "t." + c
		switch c {
		case "version_id":
			value = "$2::bigint"
		case "valid_from":
			value = "$3::timestamptz"
		}
		sets, values = append(sets, c+" = "+value), append(values, value)
	}
	all := []any{r.set.Theme, r.next.id, r.next.PublishedAt}
	for _, step := range []struct {
		what, sql string
		args      []any
	}{
		{"history", `
			insert into ` + history + `
			select c.*, $3::timestamptz, $2::bigint
			from ` + table + ` c
			join pg_temp.restored t on t.now_id = c.id
			where c.theme = $1`, all},
		{"changes", `create temp table changed (feature_id bigint, op char(1), box public.geometry) on commit drop`, nil},
		{"changes", `
			insert into pg_temp.changed
			select coalesce(t.now_id, t.id), t.op, public.st_envelope(public.st_collect(c.geom, t.geom))
			from pg_temp.restored t
			left join ` + table + ` c on c.theme = $1 and c.id = t.now_id`, []any{r.set.Theme}},
		{"alter", `
			update ` + table + ` c
			set ` + strings.Join(sets, ", ") + `
			from pg_temp.restored t
			where c.theme = $1 and c.id = t.now_id and t.op = '~'`, all},
		{"remove", `
			delete from ` + table + ` c
			using pg_temp.restored t
			where c.theme = $1 and c.id = t.now_id and t.op = '-'`, []any{r.set.Theme}},
		{"add", `
			insert into ` + table + ` (id, ` + strings.Join(columns, ", ") + `)
			select t.id, ` + strings.Join(values, ", ") + `
			from pg_temp.restored t
			where t.op = '+' and t.theme = $1
			order by t.id`, all},
	} {
		if _, err := r.tx.Exec(ctx, step.sql, step.args...); err != nil {
			return fmt.Errorf("%s: %w", step.what, err)
		}
	}
	return nil
}
