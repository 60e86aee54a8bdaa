package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/internal/fixture"
	"nsdi/internal/pg"
	"nsdi/tiles"
)

// PostgreSQL is killed and started again while tiles are asked for: there are errors for a while, and then there are none. No answer has another body than it should
// have, neither then nor later: nothing half made is kept.
func TestTilesWhileDatabaseIsAway(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("starts a cluster")
	}
	own := newOwnDatabase(t)
	db, err := openDatabase(t.Context(), &cli{DatabaseURL: own.address("nsdi"), ApplicationURL: own.address(pg.ApplicationRole)}, false, io.Discard)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.close()) })
	var towns []fixture.Feature
	for i := range 400 {
		lon, lat := 51+float64(i%20)*0.05, 35+float64(i/20)*0.05
		towns = append(towns, fixture.Feature{
			Key: fmt.Sprint(i), WKT: fmt.Sprintf("POLYGON((%[1]f %[2]f,%[3]f %[2]f,%[3]f %[4]f,%[1]f %[2]f))", lon, lat, lon+0.04, lat+0.04),
			Attributes: map[string]any{"code": fmt.Sprint(i), "name_fa": fmt.Sprint("شهر ", i)},
		})
	}
	fixture.Publish(t, db.pool, "urban-boundary", "interior", nil, towns...)
	p, err := db.application(t.Context())
	require.NoError(t, err)
	t.Cleanup(p.close)
	var places []tiles.Address // z13 over the towns: more than are made before the database goes
	for x := 5256; x < 5279; x++ {
		for y := 3209; y < 3237; y++ {
			places = append(places, tiles.Address{Z: 13, X: x, Y: y})
		}
	}
	ask := func(ctx context.Context, s *tiles.Service, at tiles.Address) (string, error) {
		tile, err := s.Tile(ctx, "urban-boundary", at)
		if err != nil {
			return "", err
		}
		w := httptest.NewRecorder()
		tile.ServeHTTP(w, httptest.NewRequestWithContext(ctx, http.MethodGet, "/", nil))
		return w.Body.String(), nil
	}
	want := map[tiles.Address]string{}
	first := tiles.New(p.public)
	for _, at := range places {
		want[at], err = ask(t.Context(), first, at)
		require.NoError(t, err)
	}

	var failed, right, wrong atomic.Int64
	ctx, stop := context.WithCancel(t.Context())
	var wait sync.WaitGroup
	var service atomic.Pointer[tiles.Service]
	service.Store(tiles.New(p.public))
	for i := range 8 {
		random := rand.New(rand.NewPCG(1, uint64(i)))
		wait.Go(func() {
			for ctx.Err() == nil {
				at := places[random.IntN(len(places))]
				body, err := ask(ctx, service.Load(), at)
				switch {
				case err != nil:
					failed.Add(1)
					time.Sleep(5 * time.Millisecond)
				case body == want[at]:
					right.Add(1)
				default:
					wrong.Add(1)
				}
			}
		})
	}
	require.Eventually(t, func() bool { return right.Load() > 100 }, time.Minute, time.Millisecond)
	service.Store(tiles.New(p.public)) // nothing is kept: tiles are being made when the database goes
	own.down()
	require.Eventually(t, func() bool { return failed.Load() > 50 }, time.Minute, time.Millisecond)
	own.up()
	s := service.Load()
	for _, at := range places {
		require.Eventually(t, func() bool { _, err := ask(t.Context(), s, at); return err == nil }, time.Minute, 10*time.Millisecond)
	}
	failed.Store(0)
	good := right.Load()
	require.Eventually(t, func() bool { return right.Load() > good+200 }, time.Minute, time.Millisecond)
	assert.Zero(t, failed.Load(), "it is well again")
	stop()
	wait.Wait()
	assert.Zero(t, wrong.Load())
	for _, at := range places {
		body, err := ask(t.Context(), s, at)
		require.NoError(t, err)
		assert.True(t, want[at] == body, "%v is kept as something else", at)
	}
	require.Eventually(t, func() bool { return p.public.Stat().AcquiredConns() == 0 }, time.Minute, time.Millisecond)
}
