package tiles

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"runtime"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/internal/errs"
)

func TestChoiceOfForm(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]coding{
		"": identity, "gzip": gzipped, "GZIP": gzipped, "br, gzip;q=0.5": gzipped, "gzip;q=0": identity, "gzip; q=0.0, *": zstandard, "*": zstandard, "*;q=0": identity,
		"identity": identity, "x-gzip": gzipped, "gzip;q=abc": identity, "deflate, gzip;q=1.0, *;q=0.5": gzipped, "gzip, deflate, br, zstd": zstandard,
		"zstd;q=0.5, gzip;q=0.8": gzipped, "zstd;q=0, gzip;q=0.001": gzipped, "identity, gzip;q=0.5": identity, "identity;q=0.5, gzip;q=0.5": gzipped, "br": identity,
		"identity;q=0": identity, "zstd;q=7": identity, "zstd;q=-1, gzip;q=NaN": identity,
	} {
		tile := newTile(new(packers), "", []byte("body"))
		assert.Equal(t, want, tile.choose([]string{value}), value)
	}
	tile := newTile(new(packers), "", []byte("body"))
	_, err := tile.form(gzipped)
	require.NoError(t, err)
	assert.Equal(t, gzipped, tile.choose([]string{"gzip, zstd"}), "what is there already is not made again in another form")
	assert.Equal(t, zstandard, tile.choose([]string{"gzip;q=0.9, zstd"}))
}

// A form is made once, the raw body is kept only until there is another one, and each form unpacks to the body.
func TestFormsOfABody(t *testing.T) {
	t.Parallel()
	body := make([]byte, 10_000)
	for i := range body {
		body[i] = byte(i % 7)
	}
	p := new(packers)
	for _, order := range [][]coding{{gzipped, zstandard}, {zstandard, gzipped}, {identity, gzipped}} {
		tile := newTile(p, "", body)
		told := 0
		tile.kept = func() { told++ }
		before := tile.weight()
		for _, c := range order {
			f, err := tile.form(c)
			require.NoError(t, err)
			again, err := tile.form(c)
			require.NoError(t, err)
			assert.Equal(t, f.body(), again.body())
		}
		raw, err := tile.form(identity)
		require.NoError(t, err)
		assert.Equal(t, body, raw.body())
		assert.Nil(t, tile.made[identity].Load(), "the raw body is not kept beside a packed one")
		assert.Less(t, tile.weight(), before)
		assert.Positive(t, told)
	}
}

// Work ends when the last who waits for it goes, and not before; who comes then begins anew.
func TestWorkEndsWithTheLastWhoWaits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var g flights
		begun, ended := 0, 0
		work := func(ctx context.Context) (int, error) {
			begun++
			<-ctx.Done()
			ended++
			return 0, ctx.Err()
		}
		first, leaveFirst := context.WithCancel(t.Context())
		second, leaveSecond := context.WithCancel(t.Context())
		var wait sync.WaitGroup
		for _, ctx := range []context.Context{first, second} {
			wait.Go(func() {
				_, err := once(ctx, &g, "a", work)
				assert.ErrorIs(t, err, context.Canceled)
			})
		}
		synctest.Wait()
		leaveFirst()
		synctest.Wait()
		assert.Equal(t, [2]int{1, 0}, [2]int{begun, ended}, "somebody still waits")
		leaveSecond()
		synctest.Wait()
		assert.Equal(t, [2]int{1, 1}, [2]int{begun, ended})
		wait.Wait()
		got, err := once(t.Context(), &g, "a", func(context.Context) (int, error) { return 7, nil })
		require.NoError(t, err)
		assert.Equal(t, 7, got)
		_, err = once(t.Context(), &g, "a", func(context.Context) (int, error) { panic("broken") })
		require.ErrorContains(t, err, "broken")
		began := time.Now()
		_, err = once(t.Context(), &g, "a", work)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Equal(t, tileTime, time.Since(began))
		assert.Empty(t, g.under)
	})
}

func TestGate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := newGate(1, 1)
		leave, err := g.enter(t.Context())
		require.NoError(t, err)
		answer := make(chan error)
		go func() {
			_, err := g.enter(t.Context())
			answer <- err
		}()
		synctest.Wait()
		_, err = g.enter(t.Context())
		assert.Equal(t, 503, errs.Status(err), "no room to wait: turned away at once")
		began := time.Now()
		assert.Equal(t, "server-busy", errs.Code(<-answer))
		assert.Equal(t, queueTime, time.Since(began))
		leave()
		gone, cancel := context.WithCancelCause(t.Context())
		leave, err = g.enter(gone)
		require.NoError(t, err)
		go func() {
			_, err := g.enter(gone)
			answer <- err
		}()
		synctest.Wait()
		cancel(errors.New("went away"))
		require.ErrorIs(t, <-answer, context.Canceled)
		leave()
		assert.Empty(t, g.all)
		assert.Empty(t, g.slots)
	})
}

func TestCacheIsAsLargeAsTheOperatorSays(t *testing.T) {
	t.Parallel()
	require.EqualValues(t, 64<<20, New(nil).bodies.GetMaximum())
	s := NewWith(nil, Settings{CacheBytes: 100_000})
	for i := range 50 {
		s.bodies.Set(tileKey{layer: "a", at: Address{Z: 14, X: i}}, newTile(&s.packers, "1", make([]byte, 10_000)))
	}
	s.bodies.CleanUp()
	require.LessOrEqual(t, s.bodies.WeightedSize(), uint64(100_000))
	require.Greater(t, s.bodies.WeightedSize(), uint64(50_000))
}

// fileTaker is a writer of answers that has files sent.
type fileTaker struct {
	*httptest.ResponseRecorder
	files int
}

func (f *fileTaker) SendFile(file *os.File, size int) error {
	f.files++
	_, err := io.Copy(f, io.NewSectionReader(file, 0, int64(size)))
	return err
}

// A large packed body is in a file that goes with it, weighs the same, and is the same to those who have it sent and those who copy it. There are not more files than are allowed.
func TestLargeBodiesAreInFiles(t *testing.T) {
	t.Parallel()
	body := make([]byte, 300_000)
	rand.NewChaCha8([32]byte{1}).Read(body)
	p := new(packers)
	for _, large := range []bool{true, false} {
		tile := newTile(p, "", body)
		if !large {
			p.files.Add(mostFiles)
		}
		f, err := tile.form(gzipped)
		require.NoError(t, err)
		require.Equal(t, large, f.file != nil)
		require.Equal(t, large, f.bytes == nil)
		require.Equal(t, uint32(512+f.size), tile.weight())
		raw, err := tile.form(identity)
		require.NoError(t, err)
		require.Equal(t, body, raw.body())
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Accept-Encoding", "gzip")
		taker, plain := &fileTaker{ResponseRecorder: httptest.NewRecorder()}, httptest.NewRecorder()
		tile.ServeHTTP(taker, r)
		tile.ServeHTTP(plain, r)
		require.Equal(t, large, taker.files == 1)
		require.Equal(t, plain.Header(), taker.Header())
		require.Equal(t, plain.Body.Bytes(), taker.Body.Bytes())
		require.Equal(t, plain.Header().Get("Content-Length"), strconv.Itoa(plain.Body.Len()))
		if !large {
			p.files.Add(-mostFiles)
		}
		runtime.KeepAlive(tile)
	}
	require.Eventually(t, func() bool {
		runtime.GC()
		return p.files.Load() == 0
	}, time.Minute, 10*time.Millisecond)
}
