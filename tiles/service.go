package tiles

import (
	"cmp"
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/maypok86/otter/v2"
	"nsdi/internal/pg"
	"nsdi/tiles/archive"
)

const (
	// cacheBytes bounds the bodies that are kept in memory, unless Settings say otherwise.
	cacheBytes = 64 << 20
	// tileTime is what the making of one tile may take, whoever waits for it.
	tileTime = 15 * time.Second
	// catalogueAge is how long a change of the catalogue itself, such as a zoom range, may go unseen.
	catalogueAge = 10 * time.Second
	// staleAge is how long kept tiles are still answered, marked as stale, while the database is away.
	staleAge = 5 * time.Minute
)

// Service makes tiles and keeps the ones that were asked for. It is safe for concurrent use.
type Service struct {
	pool    *pgxpool.Pool
	bodies  *otter.Cache[tileKey, *Tile]
	extents *otter.Cache[extentKey, *whereabouts]
	flight  flights
	gate    *gate
	packers packers
	// encoders are those that no tile is made with at the moment.
	encoders sync.Pool
	latest   atomic.Pointer[catalogue]
	loaded   atomic.Int64 // when latest was loaded, in Unix nanoseconds
	made     atomic.Int64 // tiles, by this process
	archive  *archive.Store
	mayRead  MayRead
}

// tileKey names a body. Another state makes an earlier body unreachable; it then falls out of the cache.
type tileKey struct {
	layer string
	at    Address
	state state
}

// Settings are what an operator decides. The zero value is as good as any for a small country.
type Settings struct {
	// CacheBytes bounds the memory of tiles that are kept, each with what it weighs in the forms that were asked for. 0: 64 MiB.
	CacheBytes uint64
	// Archive is where tiles are that were made beforehand. Nil: all are made when they are asked for.
	Archive *archive.Store
	// MayRead is asked before anything is told of a dataset of a restricted theme. Nil: nobody may read one.
	MayRead MayRead
}

// New makes a service that reads from pool.
func New(pool *pgxpool.Pool) *Service { return NewWith(pool, Settings{}) }

// NewWith makes a service that reads from pool, as an operator wants it.
func NewWith(pool *pgxpool.Pool, settings Settings) *Service {
	return &Service{
		pool: pool, archive: settings.Archive, mayRead: settings.MayRead,
		bodies: otter.Must(&otter.Options[tileKey, *Tile]{
			MaximumWeight: cmp.Or(settings.CacheBytes, cacheBytes),
			Weigher:       func(_ tileKey, t *Tile) uint32 { return t.weight() },
		}),
		extents:  otter.Must(&otter.Options[extentKey, *whereabouts]{MaximumSize: 512}),
		gate:     newGate(makeSlots, makeQueue),
		encoders: sync.Pool{New: func() any { return new(encoder) }},
	}
}

// Tile answers one tile of a layer as it is after the last publication, from the cache when nothing has been published in between.
func (s *Service) Tile(ctx context.Context, layer string, at Address) (*Tile, error) {
	return s.TileOf(ctx, layer, at, "")
}

// TileOf answers the tile to somebody who knows a version. Where that is the newest that this process knows, a little ago, the database is not asked again: what a version
// has does not change. Otherwise it is the newest tile, never an older one.
func (s *Service) TileOf(ctx context.Context, layer string, at Address, version string) (*Tile, error) {
	if t := s.Kept(layer, at, version); t != nil {
		return t, nil
	}
	l := s.known(layer, catalogueAge)
	stale := false
	if l == nil || l.version != version {
		var err error
		if l, err = s.layer(ctx, layer); pg.Away(err) { // what is kept is better than nothing
			l, stale = s.known(layer, staleAge), true
		}
		if l == nil {
			return nil, err
		}
	}
	if err := l.checkZoom(at.Z); err != nil {
		return nil, err
	}
	key := tileKey{layer, at, l.state(at)}
	if t, ok := s.bodies.GetIfPresent(key); ok {
		return t.of(l, stale && version != l.version), nil
	}
	return once(ctx, &s.flight, fmt.Sprintf("tile/%s/%d/%d/%d/%s", layer, at.Z, at.X, at.Y, l.version), func(ctx context.Context) (*Tile, error) {
		if t := s.prebuilt(l, at); t != nil {
			t.kept = func() { s.bodies.Set(key, t) }
			t.kept()
			return t, nil
		}
		leave, err := s.gate.enter(ctx)
		if err != nil {
			return nil, err
		}
		defer leave()
		s.made.Add(1)
		t, err := s.make(ctx, l, at)
		if err == nil {
			t.kept = func() { s.bodies.Set(key, t) }
			t.kept()
		}
		return t, err
	})
}

// Kept answers the tile of a version that is in memory, where that is the newest version that this process knows; else nil. It waits for nothing.
func (s *Service) Kept(layer string, at Address, version string) *Tile {
	l := s.known(layer, catalogueAge)
	if version == "" || l == nil || l.version != version || at.Z < l.minZoom || at.Z > l.maxZoom {
		return nil
	}
	t, ok := s.bodies.GetIfPresent(tileKey{layer, at, l.state(at)})
	if !ok {
		return nil
	}
	return t.of(l, false)
}

// of is a tile that is kept, of the newest version too: what was published since is elsewhere.
func (t *Tile) of(l *layer, stale bool) *Tile {
	if !stale && t.version == l.version {
		return t
	}
	return &Tile{version: l.version, hash: t.hash, size: t.size, stale: stale, restricted: t.restricted, forms: t.forms}
}

// known is the layer as this process saw it last, nil when that is longer ago.
func (s *Service) known(code string, age time.Duration) *layer {
	c := s.latest.Load()
	if c == nil || time.Now().UnixNano()-s.loaded.Load() > int64(age) {
		return nil
	}
	l := c.layers[code]
	if l == nil {
		if kept, ok := c.datasets.Load(code); ok {
			return kept.(*layer)
		}
	}
	if l == nil || l.geometry == "none" {
		return nil
	}
	return l
}

func (s *Service) make(ctx context.Context, l *layer, at Address) (*Tile, error) {
	e := s.encoders.Get().(*encoder)
	// A tile is a short question; compiling its plan takes longer than running it.
	err := pg.InScope(ctx, s.pool, l.scope(), pgx.TxOptions{AccessMode: pgx.ReadOnly, IsoLevel: pgx.RepeatableRead}, func(tx pgx.Tx) error {
		if l.parts != nil {
			return e.readAll(ctx, tx, l.partsAt(at.Z), at)
		}
		return e.read(ctx, tx, l, at)
	}, "jit", "off", "statement_timeout", fmt.Sprint(tileTime.Milliseconds()))
	if err != nil {
		return nil, fmt.Errorf("making tile %s/%d/%d/%d: %w", l.code, at.Z, at.X, at.Y, err)
	}
	t := newTile(&s.packers, l.version, e.body)
	t.restricted = l.restricted
	if cap(e.body) <= mostKept {
		s.encoders.Put(e)
	}
	return t, nil
}

// current answers the catalogue at the end of the change log. Those who ask at the same time share the question.
func (s *Service) current(ctx context.Context) (*catalogue, error) {
	return once(ctx, &s.flight, "end", func(ctx context.Context) (*catalogue, error) {
		var end, made, written int64
		if err := s.pool.QueryRow(ctx, `
			select layers.change_end(), (select coalesce(sum(position) + count(*), 0)::bigint from layers.generalisation), (select coalesce(sum(cells + units), 0)::bigint from progress.written)`).
			Scan(&end, &made, &written); err != nil {
			return nil, fmt.Errorf("reading the end of the change log: %w", err)
		}
		now := time.Now().UnixNano()
		if c := s.latest.Load(); c != nil && c.end == end && c.made == made && c.written == written && now-s.loaded.Load() < int64(catalogueAge) {
			return c, nil
		}
		c, err := s.loadCatalogue(ctx, end, made, written)
		if err == nil {
			s.latest.Store(c)
			s.loaded.Store(now)
		}
		return c, err
	})
}
