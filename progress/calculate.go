package progress

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

const country = "IR"

// database is a pool, or a transaction that is taken back when a calculation was only to be compared.
type database interface {
	Begin(ctx context.Context) (pgx.Tx, error)
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// work is what has to be calculated before the figures are added up.
type work struct {
	ground      map[string][]int64        // by kind: cells whose pieces are measured anew
	cells       map[string]map[int64]bool // by obligation: cells whose coverage is
	codes       bool                      // postal codes of the changes; of all where everything is true
	everything  bool
	after, end  int64
	moved       int64 // last of progress.moved that is measured
	waiting     []underWay
	obligations map[string]bool // whose figures are added up
}

func (w *work) cover(obligation string, cells ...int64) {
	if w.cells[obligation] == nil {
		w.cells[obligation] = map[int64]bool{}
	}
	for _, c := range cells {
		w.cells[obligation][c] = true
	}
	w.obligations[obligation] = true
}

// sorted are the cells of an obligation: neighbours have numbers that are near each other.
func (w *work) sorted(obligation string) []int64 {
	return slices.Sorted(maps.Keys(w.cells[obligation]))
}

// measure has cells of a ground measured anew, and what covers them.
func (w *work) measure(g ground, cells []int64) {
	w.ground[g.kind] = append(w.ground[g.kind], cells...)
	for _, r := range rules() {
		if r.kind == g.kind {
			w.cover(r.obligation, cells...)
		}
	}
	if slices.ContainsFunc(lotRules(), func(r rule) bool { return r.kind == g.kind }) {
		w.coverLots(cells...)
	}
}

// Recalculate calculates every figure from the published data, whatever has been calculated before.
func Recalculate(ctx context.Context, pool database) error {
	end, err := logEnd(ctx, pool)
	if err != nil {
		return err
	}
	w, err := plan(ctx, pool, 0, end, false)
	if err != nil {
		return err
	}
	if err := w.do(ctx, pool); err != nil {
		return err
	}
	return keepPosition(ctx, pool, end) // the follower goes on from here
}

// RecalculateLayers calculates the figures that depend on which municipalities there are. The change log does not tell of those.
func RecalculateLayers(ctx context.Context, pool database) error {
	end, err := logEnd(ctx, pool)
	if err != nil {
		return err
	}
	w := &work{end: end, obligations: map[string]bool{}}
	return w.do(ctx, pool)
}

// do does the work. A part that fails keeps its last numbers and does not keep the others from theirs; what is done of it is kept batch by batch.
func (w *work) do(ctx context.Context, pool database) error {
	var failed []error
	within := func(f func(tx pgx.Tx) error) bool {
		if ctx.Err() != nil {
			return false
		}
		if err := inTransaction(ctx, pool, f); err != nil {
			failed = append(failed, err)
			return false
		}
		return true
	}
	// An overlay fails on a geometry that is not valid, which a reviewer may have let pass: then all of the batch are made valid first.
	measured := func(f func(tx pgx.Tx, sound bool) error) {
		if ctx.Err() != nil || inTransaction(ctx, pool, func(tx pgx.Tx) error { return f(tx, false) }) == nil {
			return
		}
		within(func(tx pgx.Tx) error { return f(tx, true) })
	}
	for _, g := range grounds() {
		slices.Sort(w.ground[g.kind])
		for cells := range slices.Chunk(slices.Compact(w.ground[g.kind]), batchCells) {
			measured(func(tx pgx.Tx, sound bool) error { return g.measure(ctx, tx, cells, sound) })
		}
	}
	if w.codes {
		within(func(tx pgx.Tx) error { return w.countCodes(ctx, tx) })
	}
	for batch := range slices.Chunk(w.sorted(addresses), batchCells) {
		within(func(tx pgx.Tx) error { return lots(ctx, tx, batch) })
	}
	for _, r := range rules() {
		for batch := range slices.Chunk(w.sorted(r.obligation), batchCells) {
			measured(func(tx pgx.Tx, sound bool) error { return r.cover(ctx, tx, batch, ofTheme(w.waiting, r.theme), sound) })
		}
		if !w.obligations[r.obligation] {
			continue
		}
		w.sum(ctx, pool, r.obligation, &failed, func(tx pgx.Tx, t *tree, l *ledger) error {
			return sumCells(ctx, tx, t, l, r, ofTheme(w.waiting, r.theme))
		})
	}
	if w.obligations[addresses] {
		w.sum(ctx, pool, addresses, &failed, func(tx pgx.Tx, t *tree, l *ledger) error {
			return countAddresses(ctx, tx, t, l, ofTheme(w.waiting, "gnaf-address"))
		})
	}
	within(func(tx pgx.Tx) error { return lookAtInquiries(ctx, tx) })
	for _, i := range inquiryRules() {
		w.sum(ctx, pool, i.obligation, &failed, func(tx pgx.Tx, t *tree, l *ledger) error { return i.count(ctx, tx, t, l) })
	}
	w.sum(ctx, pool, infrastructure, &failed, func(tx pgx.Tx, t *tree, l *ledger) error { return countThemes(ctx, tx, t, l) })
	w.sum(ctx, pool, handingOver, &failed, func(tx pgx.Tx, t *tree, l *ledger) error { return countDuties(ctx, tx, t, l) })
	w.sum(ctx, pool, municipalLayers, &failed, func(tx pgx.Tx, t *tree, l *ledger) error { return countLayers(ctx, tx, t, l) })
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if len(failed) == 0 {
		return w.settled(ctx, pool)
	}
	return errors.Join(failed...)
}

// sum adds the figures of one obligation up, in one transaction: readers see all of its units as they were, or as they are.
func (w *work) sum(ctx context.Context, pool database, obligation string, failed *[]error, f func(tx pgx.Tx, t *tree, l *ledger) error) {
	if ctx.Err() != nil {
		return
	}
	err := inTransaction(ctx, pool, func(tx pgx.Tx) error {
		o := duty{code: obligation}
		if err := tx.QueryRow(ctx, `select measure from progress.obligation where code = $1`, obligation).Scan(&o.measure); err != nil {
			return fmt.Errorf("reading %s: %w", obligation, err)
		}
		t, err := readTree(ctx, tx)
		if err != nil {
			return err
		}
		l, err := openLedger(ctx, tx, o, w.end)
		if err != nil {
			return err
		}
		if err := f(tx, t, l); err != nil {
			return err
		}
		return l.close(ctx)
	})
	if err != nil {
		*failed = append(*failed, err)
	}
}

// duty is an obligation as the calculation needs it.
type duty struct{ code, measure string }

func inTransaction(ctx context.Context, pool database, f func(tx pgx.Tx) error) error {
	return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `select set_config('jit', 'off', true), set_config('work_mem', '64MB', true)`); err != nil {
			return fmt.Errorf("preparing a calculation: %w", err)
		}
		return f(tx)
	})
}

func ofTheme(waiting []underWay, theme string) []underWay {
	var out []underWay
	for _, w := range waiting {
		if w.Theme == theme {
			out = append(out, w)
		}
	}
	return out
}

func logEnd(ctx context.Context, pool database) (int64, error) {
	var end int64
	if err := pool.QueryRow(ctx, `select layers.change_end()`).Scan(&end); err != nil {
		return 0, fmt.Errorf("reading the end of the change log: %w", err)
	}
	return end, nil
}
