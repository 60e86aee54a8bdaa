package tiles

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/internal/fixture"
	"nsdi/internal/pgtest"
)

// crowded is a service whose tile 14/10527/6449 has some 1,500 parcels, behind a server as browsers see it.
func crowded(t *testing.T) (*Service, *pgxpool.Pool, *httptest.Server) {
	pool := pgtest.New(t)
	random := rand.New(rand.NewPCG(3, 4))
	var parcels []fixture.Feature
	for i := range 40 {
		for j := range 40 {
			parcels = append(parcels, fixture.Feature{
				Key: fmt.Sprintf("p%d-%d", i, j), WKT: parcel(random, 51.31+float64(i)*5e-4, 35.71+float64(j)*4e-4, 3.6e-4),
				Attributes: map[string]any{"section": fmt.Sprint("بخش ", i*j), "main_plate": i + 1, "sub_plate": j + 1, "declared_area_m2": random.IntN(100_000)},
			})
		}
	}
	fixture.Publish(t, pool, "cadastre-urban", "registry", nil, parcels...)
	s := New(pool)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var at Address
		_, err := fmt.Sscanf(r.URL.Path, "/%d/%d/%d", &at.Z, &at.X, &at.Y)
		if err == nil {
			var tile *Tile
			if tile, err = s.TileOf(r.Context(), "cadastre-urban", at, VersionOf(r)); err == nil {
				tile.ServeHTTP(w, r)
				return
			}
		}
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
	}))
	t.Cleanup(server.Close)
	return s, pool, server
}

// A hundred clients go away: right after they asked for a tile that nobody has, and in the middle of a body. Then nothing is held and everything answers.
func TestClientsThatGoAway(t *testing.T) {
	t.Parallel()
	s, pool, server := crowded(t)
	at := over(51.32, 35.72, 14)
	var wait sync.WaitGroup
	for i := range 100 {
		wait.Go(func() {
			conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", server.Listener.Addr().String())
			if !assert.NoError(t, err) {
				return
			}
			defer conn.Close()
			place := at
			if i%2 == 0 { // cold ones, each another
				place = Address{Z: 16, X: at.X*4 + i%4, Y: at.Y*4 + i/4%4}
			}
			fmt.Fprintf(conn, "GET /%d/%d/%d HTTP/1.1\r\nHost: x\r\n\r\n", place.Z, place.X, place.Y)
			if i%2 == 1 {
				_, err = bufio.NewReaderSize(conn, 16).Peek(16)
				assert.NoError(t, err)
			}
			require.NoError(t, conn.(*net.TCPConn).SetLinger(0)) // the connection is torn, not ended
		})
	}
	wait.Wait()
	assert.Eventually(t, func() bool {
		s.flight.mutex.Lock()
		defer s.flight.mutex.Unlock()
		return pool.Stat().AcquiredConns() == 0 && len(s.flight.under) == 0 && len(s.gate.all) == 0 && len(s.gate.slots) == 0
	}, time.Minute, 5*time.Millisecond, "something is still held")
	for _, z := range []int{14, 15, 16} {
		tile, err := s.Tile(t.Context(), "cadastre-urban", over(51.32, 35.72, z))
		require.NoError(t, err)
		assert.Positive(t, tile.size)
	}
}

// Thirty-two ask for one cold tile in different forms, and it is made once.
func TestColdTileIsMadeOnce(t *testing.T) {
	t.Parallel()
	s, _, server := crowded(t)
	at := over(51.32, 35.72, 14)
	var wait sync.WaitGroup
	bodies := make([]string, 32)
	for i := range bodies {
		wait.Go(func() {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, fmt.Sprintf("%s/%d/%d/%d", server.URL, at.Z, at.X, at.Y), nil)
			if !assert.NoError(t, err) {
				return
			}
			r.Header.Set("Accept-Encoding", []string{"identity", "gzip", "zstd", "gzip, zstd"}[i%4])
			answer, err := http.DefaultClient.Do(r)
			if assert.NoError(t, err) {
				assert.Equal(t, http.StatusOK, answer.StatusCode)
				bodies[i] = answer.Header.Get("Etag")[:25]
				answer.Body.Close()
			}
		})
	}
	wait.Wait()
	assert.EqualValues(t, 1, s.made.Load())
	for _, tag := range bodies {
		assert.Equal(t, bodies[0], tag)
	}
}

// A tile in the version that TileJSON names is answered without the database, and so it is, for a while, when the database is away; a tile in no version then says that it
// may be stale, and one that is not kept is a problem.
func TestKeptTilesNeedNoDatabase(t *testing.T) {
	t.Parallel()
	s, pool, server := crowded(t)
	at := over(51.32, 35.72, 14)
	l, err := s.layer(t.Context(), "cadastre-urban")
	require.NoError(t, err)
	ask := func(place Address, version string) *http.Response {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, fmt.Sprintf("%s/%d/%d/%d?v=%s", server.URL, place.Z, place.X, place.Y, version), nil)
		require.NoError(t, err)
		answer, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		answer.Body.Close()
		return answer
	}
	fresh := ask(at, l.version)
	assert.Contains(t, fresh.Header.Get("Cache-Control"), "immutable")
	before := pool.Stat().AcquireCount()
	assert.Equal(t, fresh.Header.Get("Etag"), ask(at, l.version).Header.Get("Etag"))
	assert.Equal(t, before, pool.Stat().AcquireCount(), "the database was asked")
	ask(at, "")
	assert.Less(t, before, pool.Stat().AcquireCount(), "who names no version gets what was published last")

	away, err := pgxpool.New(context.WithoutCancel(t.Context()), "postgres://nobody@127.0.0.1:1/none?connect_timeout=1")
	require.NoError(t, err)
	t.Cleanup(away.Close)
	s.pool = away
	s.loaded.Store(time.Now().Add(-time.Minute).UnixNano()) // what is known is a minute old
	kept := ask(at, l.version)
	assert.Contains(t, kept.Header.Get("Cache-Control"), "immutable")
	assert.Empty(t, kept.Header.Get("Warning"))
	stale := ask(at, "")
	assert.Equal(t, []any{200, fresh.Header.Get("Etag")}, []any{stale.StatusCode, stale.Header.Get("Etag")})
	assert.Contains(t, stale.Header.Get("Warning"), "110")
	assert.NotContains(t, stale.Header.Get("Cache-Control"), "immutable")
	assert.Equal(t, 503, ask(Address{Z: 15, X: at.X * 2, Y: at.Y * 2}, l.version).StatusCode)
	s.loaded.Store(time.Now().Add(-staleAge - time.Second).UnixNano())
	assert.Equal(t, 503, ask(at, l.version).StatusCode, "too old to be sure that the layer is still public")
}

// What one client after the other asked for is made as long as one of them is there. With the last its query ends in the database, which was waiting for a lock that nobody lets go.
func TestQueryEndsWithItsLastClient(t *testing.T) {
	t.Parallel()
	s, pool, server := crowded(t)
	_, err := s.layer(t.Context(), "cadastre-urban")
	require.NoError(t, err)
	lock, err := pool.Begin(t.Context())
	require.NoError(t, err)
	defer lock.Rollback(context.WithoutCancel(t.Context())) //nolint:errcheck // the test is over
	_, err = lock.Exec(t.Context(), `lock table cadastre.parcel in access exclusive mode`)
	require.NoError(t, err)
	waiting := func() (n int) {
		const sql = `select count(*) from pg_stat_activity where datname = current_database() and backend_type = 'client backend' and state = 'active' and wait_event_type = 'Lock'`
		assert.NoError(t, pool.QueryRow(t.Context(), sql).Scan(&n)) // within the transaction it would be told what it was told first
		return n
	}
	under := func() (one *flight, clients int) {
		s.flight.mutex.Lock()
		defer s.flight.mutex.Unlock()
		for _, one = range s.flight.under {
			clients += one.waiting
		}
		return one, clients
	}
	at := over(51.32, 35.72, 14)
	var leave []context.CancelFunc
	var gone sync.WaitGroup
	for range 2 {
		ctx, cancel := context.WithCancel(t.Context())
		leave = append(leave, cancel)
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, fmt.Sprintf("%s/%d/%d/%d", server.URL, at.Z, at.X, at.Y), nil)
		require.NoError(t, err)
		gone.Go(func() {
			answer, err := http.DefaultClient.Do(r)
			if err == nil {
				body, _ := io.ReadAll(answer.Body)
				answer.Body.Close()
				assert.Fail(t, "answered", "%d %s", answer.StatusCode, body)
			}
		})
	}
	const enough, often = time.Minute, 5 * time.Millisecond
	require.Eventually(t, func() bool { _, clients := under(); return clients == 2 && waiting() == 1 }, enough, often, "two clients, one query")
	one, _ := under()
	leave[0]()
	require.Eventually(t, func() bool { _, clients := under(); return clients == 1 }, enough, often)
	require.Equal(t, 1, waiting(), "the other one is still there")
	leave[1]()
	gone.Wait()
	<-one.done
	require.ErrorIs(t, one.err, context.Canceled, "it did not end by its time")
	require.Eventually(t, func() bool { return waiting() == 0 }, enough, often, "the database works for nobody")
}
