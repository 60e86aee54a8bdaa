package layers

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/errs"
)

// publish puts the checked rows before everybody. A report that does not stand any more has the rows checked again instead.
func (w *work) publish(ctx context.Context) error {
	w.report = w.sub.Report
	fresh, err := w.stillStands(ctx)
	if err != nil {
		return err
	}
	if !fresh {
		return w.to(ctx, Confirmed, errs.T("داده منتشرشده در این میان دگرگون شد؛ از نو بررسی می‌شود.",
			"What is published has changed meanwhile; it is checked again."), func(tx pgx.Tx) error { return w.importer.enqueue(ctx, tx, w.sub.ID) })
	}
	w.staging = &staging{conn: w.conn, theme: w.theme, store: w.store, mapping: &w.sub.Mapping, tables: tablesOf(w.sub.ID), mode: w.sub.Mode}
	based := w.sub.BasedOn
	if w.sub.Through != Published && w.sub.AllowRemovals { // which may have been said after the rows were compared
		based = -1
	}
	w.tell(Progress{Stage: "publishing", Rows: 0, Total: w.report.Accepted})
	ended := w.sub.State
	err = pgx.BeginFunc(ctx, w.conn, func(tx pgx.Tx) error {
		p := &publication{staging: w.staging, tx: tx, dataset: w.dataset, report: w.report, based: based, at: w.importer.Now()}
		// Whatever was published while this one waited for its turn has sent it back to be checked.
		if err := p.lock(ctx); err != nil {
			return err
		}
		var approved bool
		if err := tx.QueryRow(ctx, `select state = 'approved' from layers.submission where id = $1 for update`, w.sub.ID).Scan(&approved); err != nil || !approved {
			return err
		}
		if err := w.asExpected(ctx, tx); err != nil {
			return err
		}
		changed, err := p.publish(ctx, w.sub.AllowRemovals)
		if err != nil {
			return err
		}
		state := Unchanged
		if changed {
			state = Published
			if err := w.recheckOthers(ctx, tx); err != nil {
				return err
			}
			if w.report.Version == 1 {
				notes, err := w.takeover(ctx, tx)
				if err != nil {
					return err
				}
				w.report.Notes = append(w.report.Notes, notes...)
			}
		}
		w.report.State = string(state)
		body, err := json.Marshal(w.report)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `
			update layers.submission
			set state = $2, report = $3, problem = null, progress = null, finished_at = now(), updated_at = now()
			where id = $1`, w.sub.ID, state, body)
		if err != nil {
			return err
		}
		ended = state
		return w.moved(ctx, tx, string(state), outcome(w.report, nil))
	})
	if err != nil {
		return fmt.Errorf("publish: %w", err)
	}
	if ended == w.sub.State {
		return nil
	}
	w.sub.State = ended
	if err := tablesOf(w.sub.ID).drop(ctx, w.conn); err != nil {
		return fmt.Errorf("publish: %w", err)
	}
	if w.report.Added > 1000 { // the planner must not take a filled table for an empty one until autovacuum comes
		if _, err := w.conn.Exec(ctx, `select layers.gather_statistics($1)`, w.store.Table); err != nil {
			return fmt.Errorf("analyze: %w", err)
		}
	}
	return nil
}

// stillStands reports whether the staged rows are all there, and whether what a reviewer saw is what would be changed. A server that crashed has emptied its
// unlogged tables, as a whole.
func (w *work) stillStands(ctx context.Context) (bool, error) {
	var staged bool
	var latest int64
	err := w.conn.QueryRow(ctx, `
		select exists (select from `+tablesOf(w.sub.ID).staged+` where not refused), coalesce((select max(id) from layers.version where dataset_id = $1), 0),
		  (select count(staged) from (select staged from `+tablesOf(w.sub.ID).difference+` limit 1) d) is not null`,
		w.dataset.id).Scan(&staged, &latest, nil)
	if undefined(err) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("publish: %w", err)
	}
	return staged == (w.sub.StagedRows > 0) && (w.sub.Through == Published || latest == w.sub.BasedOn), nil
}

// recheckOthers sends back to be checked what waits for the same territory: its report compares with what is no longer published.
func (w *work) recheckOthers(ctx context.Context, tx pgx.Tx) error {
	rows, err := tx.Query(ctx, `
		update layers.submission s
		set state = 'confirmed', attempts = 0, updated_at = now()
		where theme = $1
		  and id <> $3
		  and through <> 'published'
		  and state in ('validated', 'submitted', 'reviewed', 'approved')
		  and `+placeOf("s")+` = (select `+placeOf("d")+` from layers.dataset d where d.id = $2)
		returning id, coalesce(tracking, '')`, w.sub.Theme, w.dataset.id, w.sub.ID)
	if err != nil {
		return err
	}
	type other struct {
		ID       int64
		Tracking string
	}
	others, err := pgx.CollectRows(rows, pgx.RowToStructByPos[other])
	if err != nil {
		return err
	}
	for _, o := range others {
		if err := w.importer.enqueue(ctx, tx, o.ID); err != nil {
			return err
		}
		if w.importer.Tracker == nil || o.Tracking == "" {
			continue
		}
		if err := w.importer.Tracker.Moved(ctx, tx, o.Tracking, Moved{
			Submission: o.ID, State: string(Confirmed), Theme: w.sub.Theme, Agency: w.sub.Agency, Territory: w.sub.Territory,
			Note: errs.T("نسخه دیگری از همین قلمرو منتشر شد؛ از نو بررسی می‌شود.", "Another version of the same territory was published; it is checked again."),
		}); err != nil {
			return err
		}
	}
	return nil
}
