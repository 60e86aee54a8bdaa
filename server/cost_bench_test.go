package server_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"nsdi/access"
	"nsdi/gnaf"
	"nsdi/internal/fixture"
	"nsdi/internal/pg"
	"nsdi/internal/pgtest"
	"nsdi/progress"
	"nsdi/server"
	"nsdi/tiles"
)

// costed is a server over addresses on a grid, 150 a side.
type costed struct {
	handler http.Handler
	can     *access.Permissions
	key     string
	post    access.Subject
}

const costSide = 150

func newCosted(b *testing.B, rowSecurity bool) *costed {
	b.Helper()
	pool := pgtest.New(b)
	var features []fixture.Feature
	for i := range costSide * costSide {
		attributes := map[string]any{"city": "تهران", "street": fmt.Sprintf("خیابان %d", i/costSide), "number": i % costSide}
		for name, value := range gnaf.Derive(attributes) {
			attributes[name] = value
		}
		features = append(features, fixture.Feature{
			Key: fmt.Sprint(i), WKT: fmt.Sprintf("POINT(%.5f %.5f)", 51.3+float64(i%costSide)/700, 35.6+float64(i/costSide)/700), Attributes: attributes,
		})
	}
	fixture.Publish(b, pool, "gnaf-address", "post", func(tx pgx.Tx) error { return gnaf.AfterPublish(b.Context(), tx) }, features...)
	if !rowSecurity {
		withoutRowSecurity(b, pool)
	}
	_, err := pool.Exec(b.Context(), `analyze gnaf.address; analyze gnaf.way; analyze layers.change`)
	require.NoError(b, err)
	requests, public, system := pgtest.Application(b, pool, pg.Nothing), pgtest.Application(b, pool, pg.Public), pgtest.Application(b, pool, pg.Everything)
	keys := &access.Keys{Pool: system}
	_, key, err := keys.Add(b.Context(), access.Key{
		Name: "x", Agency: "post", Roles: []access.Role{access.Inquirer, access.Uploader}, Scopes: []string{"*"}, ExpiresAt: time.Now().Add(time.Hour),
	})
	require.NoError(b, err)
	c := &costed{key: key, can: &access.Permissions{Pool: system, Now: time.Now}}
	require.NoError(b, pool.QueryRow(b.Context(), `select id from access.agency where code = 'post'`).Scan(&c.post.KeyID))
	c.post.Memberships = []access.Membership{{AgencyID: c.post.KeyID, Agency: "post", Roles: []access.Role{access.Uploader}}}
	c.post.Scopes = []string{"*"}
	// The clock goes on by an hour a look, so that no quota is met.
	now := time.Now()
	c.handler = server.New(server.Deps{
		Pool: requests, System: system, Geocoder: geocoder(b, requests), Tiles: tiles.New(public), Progress: &progress.Service{Pool: requests}, Keys: keys,
		Now: func() time.Time { now = now.Add(time.Second); return now },
	})
	return c
}

// withoutRowSecurity takes the second wall down.
func withoutRowSecurity(b *testing.B, pool *pgxpool.Pool) {
	b.Helper()
	rows, err := pool.Query(b.Context(), `select oid::regclass::text from pg_class where relrowsecurity`)
	require.NoError(b, err)
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(b, err)
	require.NotEmpty(b, tables)
	for _, table := range tables {
		_, err := pool.Exec(b.Context(), `alter table `+table+` disable row level security, no force row level security`)
		require.NoError(b, err)
	}
}

// ask asks and answers how long it took.
func (c *costed) ask(b *testing.B, path, key string) time.Duration {
	b.Helper()
	r := httptest.NewRequestWithContext(b.Context(), "GET", path, nil)
	if key != "" {
		r.Header.Set("x-api-key", key)
	}
	w := httptest.NewRecorder()
	began := time.Now()
	c.handler.ServeHTTP(w, r)
	took := time.Since(began)
	require.Equal(b, 200, w.Code, "%s: %s", path, w.Body)
	return took
}

// BenchmarkWalls measures, one request after the other on the same machine at the same time, what a request costs with row security and without, with a key and
// without, and together with the whole question of permission.
func BenchmarkWalls(b *testing.B) {
	with, without := newCosted(b, true), newCosted(b, false)
	for name, path := range map[string]func(i int) string{
		// Each tile is another one, so none comes from the cache.
		"tile": func(i int) string { return fmt.Sprintf("/tiles/gnaf-address/16/%d/%d", 42106+i%38, 25777+(i/38)%47) },
		"geocode": func(i int) string {
			return "/v1/geocode?q=" + url.QueryEscape(fmt.Sprintf("تهران خیابان %d پلاک %d", i%costSide, i/costSide%costSide))
		},
	} {
		b.Run(name, func(b *testing.B) {
			var plain, walled, keyed, asked time.Duration
			n := 0
			for b.Loop() {
				walled += with.ask(b, path(2*n), "")
				plain += without.ask(b, path(2*n), "")
				keyed += with.ask(b, path(2*n+1), with.key)
				began := time.Now()
				require.NoError(b, with.can.Can(b.Context(), with.post, access.Upload, access.Resource{Theme: "gnaf-address", Agency: "post"}, ""))
				asked += time.Since(began)
				n++
			}
			b.ReportMetric(float64(plain.Microseconds())/float64(n), "µs/without")
			b.ReportMetric(float64(walled)/float64(plain), "row-security/without")
			b.ReportMetric(float64(keyed)/float64(walled), "key/no-key")
			b.ReportMetric(float64(walled+asked)/float64(walled), "with-permission/without")
			b.ReportMetric(0, "ns/op")
		})
	}
}
