package tiles

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/errs"
	"nsdi/internal/pg"
	"nsdi/tiles/archive"
	"nsdi/tiles/pmtiles"
)

// Archivist makes tiles beforehand, up to the split zoom of each layer: all of them once, and then those in which a publication has changed something. It follows the
// change log, and nobody waits for it: a tile that it has not come to is made when somebody asks.
type Archivist struct {
	Service *Service
	Log     *slog.Logger
	// Every is the time between two looks at the change log. Defaults to a second.
	Every time.Duration
	// Reserve is what stays free on the disk. Defaults to 1 GiB.
	Reserve int64
}

// deepest is the last zoom in the archive of a layer that is drawn feature by feature at all zooms.
const deepest = 12

// archived is the last zoom of which tiles are made beforehand.
func (l *layer) archived() int {
	if l.together(l.minZoom) {
		return min(l.splitZoom, l.maxZoom)
	}
	return min(max(deepest, l.minZoom), l.maxZoom)
}

// Run follows until ctx ends, and answers ctx's error then.
func (a *Archivist) Run(ctx context.Context) error {
	return pg.Follow(ctx, cmp.Or(a.Every, time.Second), a.Log, "making tiles beforehand", func(ctx context.Context) error {
		_, err := a.Step(ctx)
		return err
	})
}

// Step brings the archive of every layer that is behind to the state of the layer, unless another process is at it, and answers how many it brought there. One that
// fails does not keep the others back.
func (a *Archivist) Step(ctx context.Context) (int, error) {
	store := a.Service.archive
	if err := store.Refresh(); err != nil {
		return 0, fmt.Errorf("archive of tiles: %w", err)
	}
	c, err := a.Service.current(ctx)
	if err != nil {
		return 0, err
	}
	behind := a.Service.behind(c)
	if len(behind) == 0 {
		return 0, a.pack(ctx)
	}
	if err := a.verify(ctx, behind); err != nil {
		return 0, err
	}
	unlock, mine, err := store.Lock()
	if err != nil || !mine {
		return 0, err
	}
	defer unlock()
	for layer, err := range store.Summary().Failed {
		a.Log.Error("an archive of tiles cannot be used and is made anew", "layer", layer, "err", err)
	}
	if err := store.Refresh(); err != nil { // another process may have been at it until now
		return 0, fmt.Errorf("archive of tiles: %w", err)
	}
	brought := 0
	var failed []error
	for _, l := range a.Service.behind(c) {
		if err := a.room(); err != nil {
			return brought, err
		}
		if err := a.bring(ctx, l.code); err != nil {
			failed = append(failed, fmt.Errorf("archive of %s: %w", l.code, err))
			continue
		}
		brought++
	}
	return brought, errors.Join(append(failed, store.Sweep())...)
}

// pack has the tiles of a layer packed by brotli, too, while nothing else is to be done and nothing is published.
func (a *Archivist) pack(ctx context.Context) error {
	store := a.Service.archive
	loose := store.Loose()
	if len(loose) == 0 {
		return nil
	}
	unlock, mine, err := store.Lock()
	if err != nil || !mine {
		return err
	}
	defer unlock()
	asked, still := time.Now(), true
	for _, layer := range loose {
		if err := a.room(); err != nil {
			return err
		}
		err = store.Pack(layer, func() bool {
			if still && time.Since(asked) > time.Second {
				c, err := a.Service.current(ctx)
				asked, still = time.Now(), err == nil && len(a.Service.behind(c)) == 0
			}
			return still
		})
		if err != nil || !still {
			return err
		}
	}
	return store.Sweep()
}

// behind are the layers whose archive is not of their state. One whose cells are being made has to wait for them: what is drawn below the split would be made twice.
func (s *Service) behind(c *catalogue) []*layer {
	var behind []*layer
	for _, l := range c.layers {
		if l == nil || l.parts != nil || l.completion != nil || l.geometry == "none" || l.never() || l.waits || l.together(l.minZoom) && l.made < l.position {
			continue
		}
		state, verified, ok := s.archive.State(l.code)
		if !ok || !verified || !l.sameDrawing(state) || state.Position != l.position || state.Made != l.made {
			behind = append(behind, l)
		}
	}
	slices.SortFunc(behind, func(x, y *layer) int { return cmp.Compare(x.code, y.code) })
	return behind
}

// never reports whether nothing was ever published in the layer. Units are there from the beginning.
func (l *layer) never() bool { return l.position == 0 && l.code != AdminUnit }

func (l *layer) sameDrawing(s archive.State) bool {
	return s.Drawn == l.drawn && s.MinZoom == l.minZoom && s.MaxZoom == l.archived()
}

// verify lets archives be read that come from the disk, once it is certain that the database has come by their state: it may be another one, or one that was restored.
func (a *Archivist) verify(ctx context.Context, layers []*layer) error {
	for _, l := range layers {
		state, verified, ok := a.Service.archive.State(l.code)
		if !ok || verified {
			continue
		}
		stamp, err := stampAt(ctx, a.Service.pool, state.Position)
		if err != nil {
			return err
		}
		if stamp == state.Stamp && state.Position <= l.position {
			a.Service.archive.Verify(l.code, state)
		}
	}
	return nil
}

// stampAt names the publication that ends at a place of the change log, "" where none does.
func stampAt(ctx context.Context, q querier, position int64) (string, error) {
	rows, err := q.Query(ctx, `
		select concat(v.id, ' ', extract(epoch from v.published_at))
		from layers.change_span c
		join layers.version v on v.id = c.version_id
		where c.last = $1`, position)
	if err != nil {
		return "", fmt.Errorf("reading a publication: %w", err)
	}
	stamps, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || len(stamps) == 0 {
		return "", err
	}
	return stamps[0], nil
}

// bring makes what is missing in the archive of a layer, as it is at one moment.
func (a *Archivist) bring(ctx context.Context, code string) error {
	store := a.Service.archive
	o := pgx.TxOptions{AccessMode: pgx.ReadOnly, IsoLevel: pgx.RepeatableRead}
	err := pg.InScope(ctx, a.Service.pool, pg.Public, o, func(tx pgx.Tx) error {
		all, err := readLayers(ctx, tx, public)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(all, func(l *layer) bool { return l.code == code })
		if i < 0 {
			return nil
		}
		l := all[i].prepared()
		if l.waits || l.together(l.minZoom) && l.made < l.position { // by now
			return nil
		}
		state := archive.State{Drawn: l.drawn, Position: l.position, Made: l.made, MinZoom: l.minZoom, MaxZoom: l.archived()}
		if state.Stamp, err = stampAt(ctx, tx, l.position); err != nil {
			return err
		}
		dirty, known, err := a.dirty(ctx, tx, l, state)
		switch {
		case err != nil:
			return err
		case !known:
			return a.all(ctx, tx, l, state)
		case len(dirty) == 0:
			return store.Advance(code, state)
		}
		return a.changed(ctx, tx, l, state, dirty)
	}, "jit", "off", "statement_timeout", exportTime)
	if err != nil || !store.Scattered(code) {
		return err
	}
	return store.Compact(code, nil)
}

// dirty are the numbers of the archived tiles in which something has changed since the archive was brought to its state; known is whether that can be told.
func (a *Archivist) dirty(ctx context.Context, tx pgx.Tx, l *layer, state archive.State) (_ []uint64, known bool, err error) {
	before, verified, ok := a.Service.archive.State(l.code)
	if !ok || !verified || !l.sameDrawing(before) || before.Position > state.Position || before.Made > state.Made {
		return nil, false, nil
	}
	if stamp, err := stampAt(ctx, tx, before.Position); err != nil || stamp != before.Stamp {
		return nil, false, err
	}
	now := *l
	now.maxZoom = state.MaxZoom
	if err := now.soil(ctx, tx, &layer{position: before.Position, made: before.Made, raw: &dirt{}, cells: &dirt{}}); err != nil {
		return nil, false, err
	}
	if now.raw.since != 0 || now.cells.since != 0 { // not told apart
		return nil, false, nil
	}
	ids := map[uint64]bool{}
	for _, d := range []*dirt{now.raw, now.cells} {
		for at := range d.last {
			ids[at.number()] = true
		}
	}
	return slices.Sorted(maps.Keys(ids)), true, nil
}

func (a Address) number() uint64 { return pmtiles.ID(uint8(a.Z), uint32(a.X), uint32(a.Y)) }

// changed writes the tiles in which something has changed, those that have nothing any more among them.
func (a *Archivist) changed(ctx context.Context, tx pgx.Tx, l *layer, state archive.State, ids []uint64) error {
	w, err := a.Service.archive.Begin(l.code, state, true)
	if err != nil {
		return err
	}
	defer w.Close()
	var e encoder
	for _, id := range ids {
		body, err := a.Service.packed(ctx, tx, &e, l, id)
		if err == nil {
			err = w.Add(id, body)
		}
		if err != nil {
			return err
		}
	}
	return w.Commit(pmtiles.Description{})
}

// all writes all tiles.
func (a *Archivist) all(ctx context.Context, tx pgx.Tx, l *layer, state archive.State) error {
	began := time.Now()
	w, err := a.Service.archive.Begin(l.code, state, false)
	if err != nil {
		return err
	}
	defer w.Close()
	x := &export{service: a.Service, layers: []*layer{l}}
	about, err := x.describe(ctx)
	if e, ok := errs.As(err); ok && e.Code == "layer-empty" {
		about, err = &pmtiles.Description{}, nil // all that was published was taken back
	}
	if err != nil {
		return err
	}
	var e encoder
	places := []uint64{0}
	for z := 0; z <= state.MaxZoom; z++ {
		var next []uint64
		for begin := 0; begin < len(places); begin += exportGroup {
			group := places[begin:min(begin+exportGroup, len(places))]
			there, err := x.there(ctx, tx, z, group)
			if err != nil {
				return err
			}
			for i, id := range group {
				if len(there[i]) == 0 {
					continue
				}
				first := pmtiles.Children(id)
				next = append(next, first, first+1, first+2, first+3)
				if z < l.minZoom {
					continue
				}
				body, err := a.Service.packed(ctx, tx, &e, l, id)
				if err == nil {
					err = w.Add(id, body)
				}
				if err != nil {
					return err
				}
			}
			if err := a.room(); err != nil {
				return err
			}
		}
		places = next
	}
	if err := w.Commit(*about); err != nil {
		return err
	}
	tiles, bytes := w.Size()
	a.Log.Info("tiles made beforehand", "layer", l.code, "tiles", tiles, "bytes", bytes, "seconds", int(time.Since(began).Seconds()))
	return nil
}

// packed makes a tile as it is kept and sent, nil where the layer has nothing.
func (s *Service) packed(ctx context.Context, tx pgx.Tx, e *encoder, l *layer, id uint64) ([]byte, error) {
	z, x, y := pmtiles.Place(id)
	if err := e.read(ctx, tx, l, Address{int(z), int(x), int(y)}); err != nil {
		return nil, fmt.Errorf("making tile %s/%d/%d/%d: %w", l.code, z, x, y, err)
	}
	if len(e.body) == 0 {
		return nil, nil
	}
	return s.packers.pack(gzipped, e.body)
}

// room fails when the disk has little left: tiles that are made when they are asked for are slower, and that is all.
func (a *Archivist) room() error {
	free, err := a.Service.archive.Free()
	if err != nil {
		return fmt.Errorf("archive of tiles: %w", err)
	}
	if reserve := cmp.Or(a.Reserve, 1<<30); free < reserve {
		return fmt.Errorf("archive of tiles: %d MiB are left on the disk, and %d are to stay free", free>>20, reserve>>20)
	}
	return nil
}
