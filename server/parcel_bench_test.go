package server_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"nsdi/internal/pg"
	"nsdi/internal/pgtest"
	"nsdi/server"
)

// BenchmarkParcelInquiries asks by plate and by point at 500 requests a second, each recorded, over 300,000 parcels, and tells how long the slowest in a hundred took.
// Run it with -benchtime 5000x for ten seconds of each.
func BenchmarkParcelInquiries(b *testing.B) {
	pool := pgtest.New(b)
	_, err := pool.Exec(b.Context(), `
		with d as (
			insert into layers.dataset (theme, agency_id) select 'cadastre-urban', id from access.agency where code = 'registry' returning id, agency_id
		), s as (
			insert into layers.submission (dataset_id, agency_id, theme, state, files) select id, agency_id, 'cadastre-urban', 'published', '[]' from d returning id, dataset_id
		), v as (
			insert into layers.version (dataset_id, seq, submission_id, added, altered, removed, features) select dataset_id, 1, id, 300000, 0, 0, 300000 from s returning id, dataset_id
		)
		insert into cadastre.parcel (theme, dataset_id, version_id, key, hash, parcel_id, section, main_plate, sub_plate, area_m2, geom, geom_3857, valid_from)
		select 'cadastre-urban', v.dataset_id, v.id, 'p' || i, '', 'p' || i, (1 + i % 12)::text, 1 + i % 500, 1 + i / 500, 100, g, st_transform(g, 3857), now()
		from v, generate_series(0, 299999) i, st_makeenvelope(51 + (i % 1000) / 1e3, 35 + (i / 1000) / 1e3, 51.0009 + (i % 1000) / 1e3, 35.0009 + (i / 1000) / 1e3, 4326) g`)
	require.NoError(b, err)
	_, err = pool.Exec(b.Context(), `vacuum analyze cadastre.parcel, layers.version`)
	require.NoError(b, err)
	site := httptest.NewServer(server.New(server.Deps{Pool: pgtest.Application(b, pool, pg.Nothing), System: pgtest.Application(b, pool, pg.Everything)}))
	defer site.Close()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	defer client.CloseIdleConnections()
	for name, path := range map[string]func(i int) string{
		"plate": func(i int) string {
			return fmt.Sprintf("/v1/parcels/by-plate?section=%d&main=%d&sub=%d", 1+i%12, 1+i%500, 1+i/500)
		},
		"point": func(i int) string {
			return fmt.Sprintf("/v1/parcels/at?lon=%.4f&lat=%.4f", 51.0004+float64(i%1000)/1e3, 35.0004+float64(i/1000)/1e3)
		},
	} {
		b.Run(name, func(b *testing.B) {
			took := make([]time.Duration, b.N)
			var wg sync.WaitGroup
			tick := time.NewTicker(time.Second / 500)
			defer tick.Stop()
			run := time.Now().UnixNano()
			for n := range b.N {
				<-tick.C
				wg.Go(func() {
					started := time.Now()
					r, err := client.Get(site.URL + path(n*7919%300000) + fmt.Sprintf("&purpose=bench&request=%s-%d-%d", name, run, n))
					if err != nil {
						b.Error(err)
						return
					}
					defer r.Body.Close()
					if _, err := io.Copy(io.Discard, r.Body); err != nil || r.StatusCode != http.StatusOK {
						b.Errorf("%d: %v", r.StatusCode, err)
					}
					took[n] = time.Since(started)
				})
			}
			wg.Wait()
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2])/1e6, "p50-ms")
			b.ReportMetric(float64(took[len(took)*99/100])/1e6, "p99-ms")
		})
	}
}
