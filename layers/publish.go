package layers

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/errs"
)

// Advisory locks: (lockPublish, hash of theme and territory, see lockTerritory) while a publication runs, (lockChanges, 0) while changes are appended,
// (lockSubmission, id) while a process works on a submission, (lockCRS, 0) while a reference system is registered, (lockFollow, hash of the store's table)
// while what follows a publication is done, which has to see what others published before, (lockAgency, id) while a job works for the agency.
const (
	lockPublish = 7320 + iota
	lockChanges
	lockSubmission
	lockCRS
	lockFollow
	lockAgency
)

// publication makes what the accepted rows differ in from what is published the new version.
type publication struct {
	*staging
	tx      pgx.Tx
	dataset *dataset
	report  *Report
	// based is the version that the difference was made from, if it was; -1: it has to be made.
	based   int64
	version int64
	at      time.Time
}

// lock waits for its turn among the publications of the theme and territory, which ends with tx.
func (p *publication) lock(ctx context.Context) error {
	if err := lockTerritory(ctx, p.tx, p.dataset.id); err != nil {
		return fmt.Errorf("publish: %w", err)
	}
	return nil
}

// lockTerritory waits until no other publication of the dataset's theme and territory runs.
func lockTerritory(ctx context.Context, tx pgx.Tx, dataset int64) error {
	_, err := tx.Exec(ctx, `
		select pg_advisory_xact_lock($1, hashtext(`+placeOf("d")+`))
		from layers.dataset d
		where d.id = $2`, lockPublish, dataset)
	return err
}

// placeOf is the SQL for theme and territory of a row that has theme, territory and agency_id. The whole territory of an agency is that of another one only when
// both answer for the same places: one municipality does not wait for the next.
func placeOf(row string) string {
	return `concat_ws(chr(1), ` + row + `.theme, coalesce(` + row + `.territory, (
		select string_agg(t.admin_code, ',' order by t.admin_code)
		from access.agency_territory t
		where t.agency_id = ` + row + `.agency_id)))`
}

// publish runs within tx. It answers false when nothing differs, and then has written nothing.
func (p *publication) publish(ctx context.Context, allowRemovals bool) (bool, error) {
	if err := p.lock(ctx); err != nil {
		return false, err
	}
	latest, _, err := newest(ctx, p.tx, p.dataset)
	if err != nil {
		return false, err
	}
	if p.based != latest {
		if _, err := p.compare(ctx, p.tx, p.dataset, allowRemovals, p.report); err != nil {
			return false, err
		}
	}
	r := p.report
	before := r.Unchanged + r.Altered + r.Removed + r.Kept
	if massive(r, p.theme.MassRemoval) && !allowRemovals {
		return false, massRemovalProblem(r.Removed, before)
	}
	if err := p.refuseExtreme(ctx); err != nil {
		return false, err
	}
	r.Features = before - r.Removed + r.Added
	if r.Added+r.Altered+r.Removed == 0 {
		return false, nil
	}
	err = p.tx.QueryRow(ctx, `
		insert into layers.version (dataset_id, seq, submission_id, added, altered, removed, features, published_at)
		select $1, coalesce(max(seq), 0) + 1, $2, $3, $4, $5, $6, $7
		from layers.version
		where dataset_id = $1
		returning id, seq`, p.dataset.id, r.Submission, r.Added, r.Altered, r.Removed, r.Features, p.at).Scan(&p.version, &r.Version)
	if err != nil {
		return false, fmt.Errorf("publish: %w", err)
	}
	if err := p.write(ctx); err != nil {
		return false, err
	}
	notes, err := p.store.conclude(ctx, p.tx, Publication{Theme: p.theme.Code, DatasetID: p.dataset.id, VersionID: p.version})
	if err != nil {
		return false, fmt.Errorf("publish: %w", err)
	}
	r.Notes = append(r.Notes, notes...)
	return true, nil
}

// conclude does what follows a publication, and appends what it changed to the change log. That comes last: until the transaction ends no other publication
// appends anything.
func (s *Store) conclude(ctx context.Context, tx pgx.Tx, p Publication) (notes []errs.Text, err error) {
	if s.AfterPublish != nil {
		if _, err := tx.Exec(ctx, `select pg_advisory_xact_lock($1, hashtext($2))`, lockFollow, s.Table); err != nil {
			return nil, fmt.Errorf("publish: %w", err)
		}
		if notes, err = s.AfterPublish(ctx, tx, p); err != nil {
			return nil, err
		}
	}
	if _, err := tx.Exec(ctx, `select pg_advisory_xact_lock($1, 0)`, lockChanges); err != nil {
		return nil, fmt.Errorf("change log: %w", err)
	}
	var end int64
	if err := tx.QueryRow(ctx, `select layers.change_end()`).Scan(&end); err != nil {
		return nil, fmt.Errorf("change log: %w", err)
	}
	_, err = tx.Exec(ctx, `
		insert into layers.change (version_id, theme, dataset_id, feature_id, op, box)
		select $3, $1, $2, feature_id, op, box
		from pg_temp.changed`, p.Theme, p.DatasetID, p.VersionID)
	if err != nil {
		return nil, fmt.Errorf("change log: %w", err)
	}
	_, err = tx.Exec(ctx, `
		insert into layers.change_span (version_id, theme, dataset_id, first, last)
		select $3, $1, $2, id, layers.change_end()
		from layers.change
		where id > $4
		order by id
		limit 1`, p.Theme, p.DatasetID, p.VersionID, end)
	if err != nil {
		return nil, fmt.Errorf("change log: %w", err)
	}
	return notes, nil
}

func massRemovalProblem(removed, before int64) error {
	return &errs.Error{
		Code: "mass-removal", Status: http.StatusConflict, Op: "layers.publish",
		Title:  errs.T("این تحویل بخش بزرگی از داده منتشرشده را حذف می‌کند", "The delivery would remove a large part of what is published"),
		Detail: errs.Tf("%d عارضه از %d عارضه حذف می‌شود.", "%d of %d features would be removed.", removed, before),
		Next: errs.T("اگر پرونده ناقص است آن را کامل کنید؛ اگر حذف عمدی است آن را هنگام فرستادن تأیید کنید: با نشانه آن در صفحه، allow_removals در درخواست یا ‎--allow-removals‎ در فرمان.",
			"If the file is incomplete, complete it; if the removal is meant, confirm it when you hand it in: by its box on the page, allow_removals in a request, or --allow-removals in a command."),
	}
}

// write moves what is replaced to history, and writes the difference to the store. pg_temp.changed (feature_id, op, box) lists it until the transaction ends.
func (p *publication) write(ctx context.Context) error {
	table, history := ident(p.store.Table), ident(p.store.History)
	columns, expressions := p.store.targets(p.report.Attributes)
	early, err := p.early(ctx)
	if err != nil {
		return fmt.Errorf("publish: %w", err)
	}
	var sets []string
	for i, c := range columns {
		if at := slices.Index(early.names, c); at >= 0 {
			expressions[i] = fmt.Sprintf("coalesce(early%d, %s)", at, expressions[i])
		}
		sets = append(sets, fmt.Sprintf("%s = n.v%d", c, i))
		expressions[i] += fmt.Sprintf(" as v%d", i)
	}
	values := strings.Join(expressions, ", ")
	args := []any{p.theme.Code, p.dataset.id, p.version, p.at}
	replaces := p.report.Altered+p.report.Removed > 0
	for _, step := range []struct {
		what, sql string
		args      []any
		needed    bool
	}{
		{"history", `
			insert into ` + history + `
			select c.*, $1::timestamptz, $2::bigint
			from ` + table + ` c
			join ` + p.tables.difference + ` d on d.id = c.id
			where c.theme = $3`, []any{p.at, p.version, p.theme.Code}, replaces},
		{"changes", `
			create temp table changed on commit drop as
			select nextval('layers.feature_id') as feature_id, d.op, d.staged, d.box` + early.columns + `
			from ` + p.tables.difference + ` d` + early.joined + `
			where d.op = '+'
			union all
			select d.id, d.op, d.staged, public.st_envelope(public.st_collect(c.geom, d.box))` + early.columns + `
			from ` + p.tables.difference + ` d` + early.joined + `
			join ` + table + ` c on c.theme = '` + p.theme.Code + `' and c.id = d.id
			where d.op <> '+'`, nil, true},
		{"alter", `
			update ` + table + ` c
			set ` + strings.Join(sets, ", ") + `
			from (
				select target, ` + values + `
				from (select d.feature_id as target` + early.taken + `, st.* from pg_temp.changed d join ` + p.tables.staged + ` st on st.ctid = d.staged where d.op = '~') s
			) n
			where c.theme = $1 and c.id = n.target`, args, replaces},
		{"remove", `
			delete from ` + table + ` c
			using ` + p.tables.difference + ` d
			where c.theme = $1 and c.id = d.id and d.op = '-'`, []any{p.theme.Code}, replaces},
		{"add", `
			insert into ` + table + ` (id, ` + strings.Join(columns, ", ") + `)
			select target, ` + values + `
			from (select d.feature_id as target` + early.taken + `, st.* from pg_temp.changed d join ` + p.tables.staged + ` st on st.ctid = d.staged where d.op = '+') s`, args, p.report.Added > 0},
	} {
		if !step.needed {
			continue
		}
		if _, err := p.tx.Exec(ctx, step.sql, step.args...); err != nil {
			return fmt.Errorf("publish: %s: %w", step.what, err)
		}
	}
	return nil
}
