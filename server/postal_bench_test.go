package server_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"nsdi/access"
	"nsdi/gnaf"
	"nsdi/internal/pg"
	"nsdi/internal/pgtest"
	"nsdi/server"
)

const benchCodes = 300_000

// benchCode is the nth code of the bench: a hundred thousand below each prefix.
func benchCode(n int) string {
	return []string{"13111", "13113", "13114"}[n/100_000] + fmt.Sprintf("%05d", n%100_000)
}

// postalBench serves 300,000 addresses from memory, and answers the directory too.
func postalBench(b *testing.B) (*httptest.Server, *gnaf.Directory, string, *pgxpool.Pool) {
	b.Helper()
	before := debug.SetGCPercent(300) // as nsdi serves
	b.Cleanup(func() { debug.SetGCPercent(before) })
	pool := pgtest.New(b)
	_, err := pool.Exec(b.Context(), `
		with d as (
			insert into layers.dataset (theme, agency_id) select 'gnaf-address', id from access.agency where code = 'post' returning id, agency_id
		), s as (
			insert into layers.submission (dataset_id, agency_id, theme, state, files) select id, agency_id, 'gnaf-address', 'published', '[]' from d returning id, dataset_id
		), v as (
			insert into layers.version (dataset_id, seq, submission_id, added, altered, removed, features) select dataset_id, 1, id, $1, 0, 0, $1 from s returning id, dataset_id
		)
		insert into gnaf.address (theme, dataset_id, version_id, key, hash, province, county, city, neighbourhood, street, number, building, floor, unit, postal_code, way_id,
			geom, geom_3857, valid_from)
		select 'gnaf-address', v.dataset_id, v.id, 'a' || i, '', 'تهران', 'تهران', 'تهران', 'محله ' || i / 3000, 'خیابان ' || i / 100, 1 + i % 100 / 4, 'ساختمان ' || i / 4, i % 4, (1 + i % 4)::text,
			(array['13111', '13113', '13114'])[1 + i / 100000] || lpad((i % 100000)::text, 5, '0'), gnaf.way_id('k' || i / 100, 'تهران'), g, st_transform(g, 3857), now()
		from v, generate_series(0, $1::int - 1) i, st_setsrid(st_makepoint(51 + (i % 1000) / 1e3, 35 + (i / 1000) / 1e3), 4326) g`, benchCodes)
	require.NoError(b, err)
	_, err = pool.Exec(b.Context(), `vacuum analyze gnaf.address`)
	require.NoError(b, err)
	settle(b, pool)
	app := pgtest.Application(b, pool, pg.Nothing)
	d := gnaf.NewDirectory(app, 0, nil)
	ctx, stop := context.WithCancel(b.Context())
	var running sync.WaitGroup
	running.Go(func() { _ = d.Run(ctx) })
	b.Cleanup(func() { stop(); running.Wait() })
	require.Eventually(b, func() bool {
		v, err := d.Now(b.Context())
		return err == nil && v.InMemory()
	}, time.Minute, 10*time.Millisecond)
	_, key, err := (&access.Keys{Pool: pool}).Add(b.Context(), access.Key{
		Name: "bench", Agency: "post", Roles: []access.Role{access.Inquirer}, Scopes: []string{"*"}, ExpiresAt: time.Now().Add(time.Hour),
	})
	require.NoError(b, err)
	system := pgtest.Application(b, pool, pg.Everything)
	site := httptest.NewServer(server.New(server.Deps{Pool: app, System: system, Directory: d, Keys: &access.Keys{Pool: system}}))
	b.Cleanup(site.Close)
	return site, d, key, pool
}

// BenchmarkCodeInProcess is an exact code to its address on one core: the freshness of one view, and a look-up with the address in one line.
func BenchmarkCodeInProcess(b *testing.B) {
	_, d, _, _ := postalBench(b)
	v, err := d.Now(b.Context())
	require.NoError(b, err)
	codes := make([]string, benchCodes)
	for n := range codes {
		codes[n] = benchCode(n * 7919 % benchCodes)
	}
	b.ReportAllocs()
	b.ResetTimer()
	for n := range b.N {
		found, err := v.Find(b.Context(), codes[n%benchCodes])
		if err != nil || len(found[0]) != 1 || found[0][0].Address == "" {
			b.Fatal(found, err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "codes/s")
}

// BenchmarkPostalInquiries asks for single codes at 2,000 requests a second, and for batches of 1,000 at 5 a second, each recorded, and tells how long the slowest in
// a hundred took. Run it with -benchtime 20000x; batches are a hundredth of that. What the flushes of the records alone take is measured beside single codes: as many,
// as large and as often as they were, by a program that does nothing else.
func BenchmarkPostalInquiries(b *testing.B) {
	site, _, key, pool := postalBench(b)
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 256, MaxConnsPerHost: 256}}
	defer client.CloseIdleConnections()
	measure := func(b *testing.B, times, rate int, ask func(n int) (*http.Request, error)) {
		b.Helper()
		took := make([]time.Duration, times)
		var wg sync.WaitGroup
		began := time.Now()
		for n := range times {
			at := began.Add(time.Duration(n) * time.Second / time.Duration(rate))
			time.Sleep(time.Until(at))
			wg.Go(func() {
				r, err := ask(n)
				if err != nil {
					b.Error(err)
					return
				}
				answer, err := client.Do(r)
				if err != nil {
					b.Error(err)
					return
				}
				defer answer.Body.Close()
				if body, err := io.ReadAll(answer.Body); err != nil || answer.StatusCode != http.StatusOK {
					b.Errorf("%d %s: %v", answer.StatusCode, body, err)
				}
				took[n] = time.Since(at) // from when it was due: what waits for the asker counts
			})
		}
		wg.Wait()
		b.ReportMetric(float64(times)/time.Since(began).Seconds(), "requests/s")
		spread(b, "", took)
	}
	b.Run("code", func(b *testing.B) {
		run := time.Now().UnixNano() // identifiers of its own each time: an inquiry that is repeated is not recorded anew
		before, began := flushed(b, pool), time.Now()
		measure(b, b.N, 2000, func(n int) (*http.Request, error) {
			return http.NewRequestWithContext(b.Context(), "GET", fmt.Sprintf("%s/v1/postal-codes/%s?purpose=bench&request=c-%d-%d-%d", site.URL, benchCode(n*7919%benchCodes), run, b.N, n), nil)
		})
		took := time.Since(began)
		after := flushed(b, pool)
		times := after.times - before.times
		b.ReportMetric(float64(b.N)/float64(max(1, times)), "records/flush")
		if b.N > 1000 && times > 0 {
			spread(b, "flush-", flushes(b, times, (after.bytes-before.bytes)/times, took/time.Duration(times)))
		}
	})
	b.Run("batch", func(b *testing.B) {
		run := time.Now().UnixNano()
		measure(b, max(1, b.N/100), 5, func(n int) (*http.Request, error) {
			codes := make([]string, 1000)
			for i := range codes {
				codes[i] = benchCode((n*1000 + i) * 7919 % benchCodes)
			}
			body := fmt.Sprintf(`{"purpose":"bench","request":"b-%d-%d-%d","codes":["%s"]}`, run, b.N, n, strings.Join(codes, `","`))
			r, err := http.NewRequestWithContext(b.Context(), "POST", site.URL+"/v1/postal-codes/inquiries", strings.NewReader(body))
			if err == nil {
				r.Header.Set("Content-Type", "application/json")
				r.Header.Set("x-api-key", key)
			}
			return r, err
		})
	})
}

// spread reports the middle, and what the slowest in a hundred took.
func spread(b *testing.B, name string, took []time.Duration) {
	b.Helper()
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2])/1e6, name+"p50-ms")
	b.ReportMetric(float64(took[len(took)*99/100])/1e6, name+"p99-ms")
}

// settle makes a checkpoint, as a server in operation has made one: what the addresses have written is not to reach the disk while codes are asked for, and files of the
// log that they have filled are used again. The private cluster lets its superuser in; elsewhere the figures are taken without.
func settle(b *testing.B, pool *pgxpool.Pool) {
	b.Helper()
	c := pool.Config().ConnConfig.Copy()
	c.User = "postgres"
	conn, err := pgx.ConnectConfig(b.Context(), c)
	if err != nil {
		b.Logf("without a checkpoint: %v", err)
		return
	}
	defer conn.Close(b.Context())
	_, err = conn.Exec(b.Context(), `checkpoint`)
	require.NoError(b, err)
	syscall.Sync() // what the compiler and the linker have written would reach the disk while codes are asked for
}

// written is what PostgreSQL has flushed of its log.
type written struct{ times, bytes int }

func flushed(b *testing.B, pool *pgxpool.Pool) (w written) {
	b.Helper()
	time.Sleep(2 * time.Second) // connections tell of it once a second
	require.NoError(b, pool.QueryRow(b.Context(), `select wal_sync, wal_bytes::bigint from pg_stat_wal`).Scan(&w.times, &w.bytes))
	return w
}

// flushes writes so many bytes so often into a file that has its room already, as a log in use has, and answers how long each took to be on the disk, from when it was due.
func flushes(b *testing.B, times, size int, every time.Duration) []time.Duration {
	b.Helper()
	const room, page = 16 << 20, 8192
	f, err := os.CreateTemp("/tmp", "nsdi-flush-*") // where a durable throw-away cluster lies
	require.NoError(b, err)
	defer os.Remove(f.Name())
	defer f.Close()
	_, err = f.Write(make([]byte, room))
	require.NoError(b, err)
	require.NoError(b, f.Sync())
	text := make([]byte, (size+page-1)/page*page)
	took := make([]time.Duration, times)
	began := time.Now()
	for n := range took {
		at := began.Add(time.Duration(n) * every)
		time.Sleep(time.Until(at))
		_, err := f.WriteAt(text, int64(n*len(text)%(room-len(text))))
		if err == nil {
			err = syscall.Fdatasync(int(f.Fd()))
		}
		require.NoError(b, err)
		took[n] = time.Since(at) // from when it was due, as requests are measured: one flush that is held up holds up those behind it
	}
	return took
}
