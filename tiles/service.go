package tiles

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/maypok86/otter/v2"
	"golang.org/x/sync/singleflight"
	"nsdi/internal/pg"
)

const (
	// cacheBytes bounds the compressed bodies that are kept.
	cacheBytes = 64 << 20
	// tileTime is what the making of one tile may take, whoever waits for it.
	tileTime = 15 * time.Second
	// catalogueAge is how long a change of the catalogue itself, such as a zoom range, may go unseen.
	catalogueAge = 10 * time.Second
)

// Service makes tiles and keeps the ones that were asked for. It is safe for concurrent use.
type Service struct {
	pool    *pgxpool.Pool
	bodies  *otter.Cache[tileKey, *Tile]
	extents *otter.Cache[extentKey, *whereabouts]
	flight  singleflight.Group
	// encoders are those that no tile is made with at the moment.
	encoders sync.Pool
	latest   atomic.Pointer[catalogue]
	loaded   atomic.Int64 // when latest was loaded, in Unix nanoseconds
}

// tileKey names a body. The version makes a body of an earlier publication unreachable; it then falls out of the cache.
type tileKey struct {
	layer   string
	at      Address
	version string
}

// New makes a service that reads from pool.
func New(pool *pgxpool.Pool) *Service {
	return &Service{
		pool: pool,
		bodies: otter.Must(&otter.Options[tileKey, *Tile]{
			MaximumWeight: cacheBytes,
			Weigher:       func(_ tileKey, t *Tile) uint32 { return uint32(len(t.gzipped) + 256) },
		}),
		extents:  otter.Must(&otter.Options[extentKey, *whereabouts]{MaximumSize: 512}),
		encoders: sync.Pool{New: func() any { return newEncoder() }},
	}
}

// Tile is a made tile. Its body is empty when the layer has nothing there.
type Tile struct {
	version string // of the layer
	hash    string // of the uncompressed body
	size    int    // of the uncompressed body
	gzipped []byte
}

// Tile answers one tile of a layer, from the cache when nothing has been published in between.
func (s *Service) Tile(ctx context.Context, layer string, at Address) (*Tile, error) {
	l, err := s.layer(ctx, layer)
	if err != nil {
		return nil, err
	}
	if err := l.checkZoom(at.Z); err != nil {
		return nil, err
	}
	key := tileKey{layer, at, l.version}
	if t, ok := s.bodies.GetIfPresent(key); ok {
		return t, nil
	}
	return once(ctx, &s.flight, fmt.Sprintf("tile/%s/%d/%d/%d/%s", layer, at.Z, at.X, at.Y, l.version), func(ctx context.Context) (*Tile, error) {
		t, err := s.make(ctx, l, at)
		if err == nil {
			t.version = l.version
			s.bodies.Set(key, t)
		}
		return t, err
	})
}

func (s *Service) make(ctx context.Context, l *layer, at Address) (*Tile, error) {
	e := s.encoders.Get().(*encoder)
	// A tile is a short question; compiling its plan takes longer than running it.
	err := pg.InScope(ctx, s.pool, pg.Public, pgx.TxOptions{AccessMode: pgx.ReadOnly, IsoLevel: pgx.RepeatableRead}, func(tx pgx.Tx) error {
		return e.read(ctx, tx, l, at)
	}, "jit", "off", "statement_timeout", fmt.Sprint(tileTime.Milliseconds()))
	if err != nil {
		return nil, fmt.Errorf("making tile %s/%d/%d/%d: %w", l.code, at.Z, at.X, at.Y, err)
	}
	t, err := e.tile()
	if cap(e.body) <= mostKept {
		s.encoders.Put(e)
	}
	return t, err
}

// current answers the catalogue at the end of the change log. Those who ask at the same time share the question.
func (s *Service) current(ctx context.Context) (*catalogue, error) {
	return once(ctx, &s.flight, "end", func(ctx context.Context) (*catalogue, error) {
		var end, made int64
		if err := s.pool.QueryRow(ctx, `select layers.change_end(), (select coalesce(sum(position) + count(*), 0)::bigint from layers.generalisation)`).Scan(&end, &made); err != nil {
			return nil, fmt.Errorf("reading the end of the change log: %w", err)
		}
		now := time.Now().UnixNano()
		if c := s.latest.Load(); c != nil && c.end == end && c.made == made && now-s.loaded.Load() < int64(catalogueAge) {
			return c, nil
		}
		c, err := s.loadCatalogue(ctx, end, made)
		if err == nil {
			s.latest.Store(c)
			s.loaded.Store(now)
		}
		return c, err
	})
}

// once runs f for all who ask for the same key at the same time. f outlives a caller that goes away, because others may
// wait for it, but never tileTime.
func once[T any](ctx context.Context, g *singleflight.Group, key string, f func(ctx context.Context) (T, error)) (T, error) {
	done := g.DoChan(key, func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), tileTime)
		defer cancel()
		return f(ctx)
	})
	var none T
	select {
	case <-ctx.Done():
		return none, ctx.Err()
	case r := <-done:
		if r.Err != nil {
			return none, r.Err
		}
		return r.Val.(T), nil
	}
}
