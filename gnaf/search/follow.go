package search

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/pg"
)

const (
	followEvery = 500 * time.Millisecond
	againAfter  = 10 * time.Second // when the database was away, or a file could not be written
	// Beyond these the changes are not kept beside the generation: a new one is made.
	mostChanges = 20_000
	mostChanged = 5_000 // ways
	// changedFor is how long changes are kept beside it.
	changedFor = 24 * time.Hour
)

// Open takes the generation that is there, or makes one where there is none that this program can read. It returns when questions can be answered.
func (e *Engine) Open(ctx context.Context) error {
	err := e.take()
	if err == nil {
		return nil
	}
	if e.Log != nil {
		e.Log.InfoContext(ctx, "the index of addresses is built", "because", err)
	}
	return e.Rebuild(ctx)
}

// Rebuild makes a generation from the database as it is now and answers from it. Until then the one before answers.
func (e *Engine) Rebuild(ctx context.Context) error {
	e.building.Lock()
	defer e.building.Unlock()
	if err := Build(ctx, e.DB, e.Folder); err != nil {
		return err
	}
	return e.take()
}

// take answers from the generation in the folder.
func (e *Engine) take() error {
	g, err := openGeneration(e.Folder)
	if err != nil {
		return err
	}
	if was := e.now.Swap(&state{base: g, position: g.meta.Position}); was != nil {
		was.base.leave()
	}
	return nil
}

// Close lets the generation go.
func (e *Engine) Close() {
	if was := e.now.Swap(nil); was != nil {
		was.base.leave()
	}
}

// Run opens the index and follows the change log until ctx ends. The database being away ends nothing: the next turn tries again.
func (e *Engine) Run(ctx context.Context) error {
	tick := time.NewTicker(followEvery)
	defer tick.Stop()
	var rest time.Time
	for {
		if time.Now().After(rest) {
			if err := e.turn(ctx); err != nil {
				if ctx.Err() == nil && e.Log != nil {
					e.Log.WarnContext(ctx, "the index of addresses does not follow", "err", err)
				}
				rest = time.Now().Add(againAfter)
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

func (e *Engine) turn(ctx context.Context) error {
	if !e.Ready() {
		return e.Open(ctx)
	}
	return e.Follow(ctx)
}

// Follow brings what is answered to the end of the change log. Few changes are put beside the generation; where there are many, a new one is made.
func (e *Engine) Follow(ctx context.Context) error {
	was := e.now.Load()
	if was == nil {
		return e.Open(ctx)
	}
	if e.newer(was) {
		return e.take()
	}
	var next *state
	rebuild := false
	options := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	err := pg.InScope(ctx, e.DB, pg.Public, options, func(tx pgx.Tx) (err error) {
		next, rebuild, err = was.follow(ctx, tx)
		return err
	}, "jit", "off")
	switch {
	case err != nil:
		return fmt.Errorf("following changes of addresses: %w", err)
	case rebuild:
		return e.Rebuild(ctx)
	case next != was:
		e.now.CompareAndSwap(was, next)
	}
	return nil
}

// newer reports whether another process has put a generation into the folder.
func (e *Engine) newer(s *state) bool {
	about, err := os.Stat(filepath.Join(e.Folder, FileName))
	return err == nil && !os.SameFile(about, s.base.about)
}

// follow answers the state at the end of the change log, or that a new generation is needed.
func (s *state) follow(ctx context.Context, tx pgx.Tx) (next *state, rebuild bool, err error) {
	var end int64
	if err := tx.QueryRow(ctx, `select layers.change_end()`).Scan(&end); err != nil {
		return nil, false, fmt.Errorf("end of the change log: %w", err)
	}
	old := s.delta != nil && time.Since(s.base.meta.Made) > changedFor
	if end < s.position || old { // the database was put back to an earlier state, or it is time
		return s, true, nil
	}
	if end == s.position {
		return s, false, nil
	}
	ways, many, err := changedWays(ctx, tx, s.position, end)
	if err != nil || many {
		return s, true, err
	}
	after := *s
	after.position = end
	if len(ways) == 0 {
		return &after, false, nil
	}
	after.hidden = maps.Clone(s.hidden)
	if after.hidden == nil {
		after.hidden = map[uint64]struct{}{}
	}
	for _, w := range ways {
		after.hidden[uint64(w)] = struct{}{}
	}
	if len(after.hidden) > mostChanged {
		return s, true, nil
	}
	after.delta, err = changes(ctx, tx, after.hidden, end)
	return &after, false, err
}

// changedWays answers the ways of which something changed: their addresses, as they are or were, or their names. A change of places asks for a new generation, and so
// do many changes.
func changedWays(ctx context.Context, tx pgx.Tx, since, end int64) (ways []int64, many bool, err error) {
	var lines, places int
	err = tx.QueryRow(ctx, `
		select count(*), count(*) filter (where store not like 'gnaf.%')
		from (
			select t.store
			from layers.change c
			join layers.theme t on t.code = c.theme
			where c.id > $1
			  and c.id <= $2
			  and (t.store in ('gnaf.address', 'gnaf.name') or t.code in ('place', 'urban-boundary', 'village', 'neighbourhood'))
			limit $3
		) l`, since, end, mostChanges+1).Scan(&lines, &places)
	if err != nil || lines > mostChanges || places > 0 {
		return nil, true, err
	}
	if lines == 0 {
		return nil, false, nil
	}
	rows, err := tx.Query(ctx, `
		with changed as (
			select distinct c.feature_id, t.store
			from layers.change c
			join layers.theme t on t.code = c.theme
			where c.id > $1
			  and c.id <= $2
			  and t.store in ('gnaf.address', 'gnaf.name')
		), addresses as (
			select feature_id as id from changed where store = 'gnaf.address'
		), named as (
			select feature_id as id from changed where store = 'gnaf.name'
		)
		select a.way_id from gnaf.address a join addresses using (id)
		union
		select h.way_id from gnaf.address_history h join addresses using (id)
		union
		select unnest(array[n.way_id, n.of_id]) from gnaf.name n join named using (id)
		union
		select unnest(array[h.way_id, h.of_id]) from gnaf.name_history h join named using (id)`, since, end)
	if err != nil {
		return nil, false, fmt.Errorf("changed ways: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowTo[*int64])
	if err != nil {
		return nil, false, fmt.Errorf("changed ways: %w", err)
	}
	for _, id := range found {
		if id != nil {
			ways = append(ways, *id)
		}
	}
	return ways, false, nil
}

// changes makes an index of some ways as they are now.
func changes(ctx context.Context, tx pgx.Tx, ways map[uint64]struct{}, end int64) (*index, error) {
	ids := make([]int64, 0, len(ways))
	for id := range ways {
		ids = append(ids, int64(id))
	}
	slices.Sort(ids)
	given := newGiven()
	if err := readNames(ctx, tx, given, ids); err != nil {
		return nil, err
	}
	file := &memoryFile{}
	b, err := newBuilder(file, given)
	if err != nil {
		return nil, err
	}
	if err := readAddresses(ctx, tx, ids, b.address); err != nil {
		return nil, err
	}
	if err := b.finish(end, time.Now().UTC()); err != nil {
		return nil, err
	}
	return openIndex(file.data)
}
