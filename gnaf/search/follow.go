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

	"nsdi/gnaf/persian"
	"nsdi/internal/pg"
)

const (
	followEvery = 500 * time.Millisecond
	againAfter  = 10 * time.Second // when the database was away, or a file could not be written
	// Beyond these the changes are not kept beside the generation: a new one is made.
	mostChanges = 20_000
	mostChanged = 5_000 // ways; twice as many while the new one is made
	// changedFor is how long changes are kept beside it.
	changedFor = 24 * time.Hour
)

// Open takes the generation that is there, or makes one where there is none that this program can read. It returns when questions can be answered.
func (e *Engine) Open(ctx context.Context) error {
	makeTables()
	err := e.take(ctx)
	if err == nil {
		return nil
	}
	if e.Log != nil {
		e.Log.InfoContext(ctx, "the index of addresses is built", "because", err)
	}
	return e.Rebuild(ctx)
}

// makeTables makes what all questions share, so that the first of them does not take the time of it.
func makeTables() {
	persian.SlipCost('ا', 'ب')
	numberWords()
	romanNumbers()
	sameSounds()
	latinDirections()
	calibration()
}

// Rebuild makes a generation from the database as it is now and answers from it. Until then the one before answers, and goes on following.
func (e *Engine) Rebuild(ctx context.Context) error {
	e.building.Lock()
	defer e.building.Unlock()
	if err := Build(ctx, e.DB, e.Folder, e.Ready()); err != nil {
		return err
	}
	return e.take(ctx)
}

// take answers from the generation in the folder. What changed since it was made is answered already where another one was, and must not be gone until the next turn.
func (e *Engine) take(ctx context.Context) error {
	g, err := openGeneration(e.Folder)
	if err != nil {
		return err
	}
	s := &state{base: g, position: g.meta.Position}
	if e.Ready() {
		if next, _, err := e.follow(ctx, s); err == nil {
			s = next
		}
	}
	e.swap(s)
	return nil
}

func (e *Engine) swap(s *state) {
	if was := e.now.Swap(s); was != nil {
		was.base.leave()
	}
}

// Close lets the generation go.
func (e *Engine) Close() {
	if was := e.now.Swap(nil); was != nil {
		was.base.leave()
	}
}

// Run opens the index and follows the change log until ctx ends. The database being away ends nothing: the next turn tries again. A new generation is made beside it: until
// it is there, changes are found all the same.
func (e *Engine) Run(ctx context.Context) error {
	tick := time.NewTicker(followEvery)
	defer tick.Stop()
	built := make(chan error, 1)
	wanted, building := false, false
	defer func() {
		if building {
			<-built
		}
	}()
	var rest time.Time
	failed := func(err error) {
		if ctx.Err() == nil && e.Log != nil {
			e.Log.WarnContext(ctx, "the index of addresses does not follow", "err", err)
		}
		rest = time.Now().Add(againAfter)
	}
	for {
		if time.Now().After(rest) {
			rebuild, err := e.turn(ctx)
			if err != nil {
				failed(err)
			}
			if wanted = wanted || rebuild; wanted && !building && err == nil {
				building = true
				go func() { built <- e.Rebuild(ctx) }()
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case err := <-built:
			building, wanted = false, err != nil
			if err != nil {
				failed(err)
			}
		case <-tick.C:
		}
	}
}

// turn goes on following, and reports whether a new generation is needed.
func (e *Engine) turn(ctx context.Context) (rebuild bool, err error) {
	was := e.now.Load()
	switch {
	case was == nil:
		return false, e.Open(ctx)
	case e.newer(was) && e.building.TryLock(): // of another process
		defer e.building.Unlock()
		return false, e.take(ctx)
	}
	next, rebuild, err := e.follow(ctx, was)
	if err == nil && next != was {
		e.now.CompareAndSwap(was, next)
	}
	return rebuild, err
}

// Follow brings what is answered to the end of the change log. Few changes are put beside the generation; where there are many, a new one is made.
func (e *Engine) Follow(ctx context.Context) error {
	rebuild, err := e.turn(ctx)
	if err == nil && rebuild {
		err = e.Rebuild(ctx)
	}
	return err
}

func (e *Engine) follow(ctx context.Context, was *state) (next *state, rebuild bool, err error) {
	options := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	err = pg.InScope(ctx, e.DB, pg.Public, options, func(tx pgx.Tx) (err error) {
		next, rebuild, err = was.follow(ctx, tx)
		return err
	}, "jit", "off")
	if err != nil {
		return was, false, fmt.Errorf("following changes of addresses: %w", err)
	}
	return next, rebuild, nil
}

// newer reports whether another process has put a generation into the folder.
func (e *Engine) newer(s *state) bool {
	about, err := os.Stat(filepath.Join(e.Folder, FileName))
	return err == nil && !os.SameFile(about, s.base.about)
}

// follow answers the state at the end of the change log, as far as it can be had without a new generation, and whether one is needed.
func (s *state) follow(ctx context.Context, tx pgx.Tx) (next *state, rebuild bool, err error) {
	var end int64
	if err := tx.QueryRow(ctx, `select layers.change_end()`).Scan(&end); err != nil {
		return s, false, fmt.Errorf("end of the change log: %w", err)
	}
	rebuild = s.delta != nil && time.Since(s.base.meta.Made) > changedFor
	switch {
	case end < s.position: // the database was put back to an earlier state
		return s, true, nil
	case end == s.position:
		return s, rebuild, nil
	}
	ways, places, many, err := changedWays(ctx, tx, s.position, end)
	if err != nil || many {
		return s, many, err
	}
	after := *s
	after.position = end
	if len(ways) == 0 {
		return &after, rebuild || places, nil
	}
	after.hidden = maps.Clone(s.hidden)
	if after.hidden == nil {
		after.hidden = map[uint64]struct{}{}
	}
	for _, w := range ways {
		after.hidden[uint64(w)] = struct{}{}
	}
	if len(after.hidden) > 2*mostChanged { // too many to read each time, while the new generation is not there yet
		return s, true, nil
	}
	after.delta, err = changes(ctx, tx, after.hidden, end)
	return &after, rebuild || places || len(after.hidden) > mostChanged, err
}

// changedWays answers the ways of which something changed: their addresses, as they are or were, or their names. A change of places asks for a new generation, and so
// do many changes, of which nothing more is told.
func changedWays(ctx context.Context, tx pgx.Tx, since, end int64) (ways []int64, places, many bool, err error) {
	var lines int
	err = tx.QueryRow(ctx, `
		select count(*), count(*) filter (where store not like 'gnaf.%' or code = '`+townTheme+`') > 0
		from (
			select t.store, t.code
			from layers.change c
			join layers.theme t on t.code = c.theme
			where c.id > $1
			  and c.id <= $2
			  and (t.store in ('gnaf.address', 'gnaf.name') or t.code in ('admin-unit', 'admin-division', 'place', 'urban-boundary', 'village', 'neighbourhood'))
			limit $3
		) l`, since, end, mostChanges+1).Scan(&lines, &places)
	if err != nil || lines > mostChanges {
		return nil, places, lines > mostChanges, err
	}
	if lines == 0 {
		return nil, false, false, nil
	}
	rows, err := tx.Query(ctx, `
		with changed as (
			select distinct c.feature_id, t.store
			from layers.change c
			join layers.theme t on t.code = c.theme
			where c.id > $1
			  and c.id <= $2
			  and t.store in ('gnaf.address', 'gnaf.name')
			  and t.code <> '`+townTheme+`'
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
		return nil, places, false, fmt.Errorf("changed ways: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowTo[*int64])
	if err != nil {
		return nil, places, false, fmt.Errorf("changed ways: %w", err)
	}
	for _, id := range found {
		if id != nil {
			ways = append(ways, *id)
		}
	}
	return ways, places, false, nil
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
