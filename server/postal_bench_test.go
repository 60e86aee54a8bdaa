package server_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

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
func postalBench(b *testing.B) (*httptest.Server, *gnaf.Directory, string) {
	b.Helper()
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
	return site, d, key
}

// BenchmarkCodeInProcess is an exact code to its address on one core: the freshness of one view, and a look-up with the address in one line.
func BenchmarkCodeInProcess(b *testing.B) {
	_, d, _ := postalBench(b)
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
// a hundred took. Run it with -benchtime 20000x; batches are a hundredth of that.
func BenchmarkPostalInquiries(b *testing.B) {
	site, _, key := postalBench(b)
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 256}}
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
		slices.Sort(took)
		b.ReportMetric(float64(times)/time.Since(began).Seconds(), "requests/s")
		b.ReportMetric(float64(took[len(took)/2])/1e6, "p50-ms")
		b.ReportMetric(float64(took[len(took)*99/100])/1e6, "p99-ms")
	}
	run := time.Now().UnixNano()
	b.Run("code", func(b *testing.B) {
		measure(b, b.N, 2000, func(n int) (*http.Request, error) {
			return http.NewRequestWithContext(b.Context(), "GET", fmt.Sprintf("%s/v1/postal-codes/%s?purpose=bench&request=c-%d-%d-%d", site.URL, benchCode(n*7919%benchCodes), run, b.N, n), nil)
		})
	})
	b.Run("batch", func(b *testing.B) {
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
