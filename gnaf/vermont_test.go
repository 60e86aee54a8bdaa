package gnaf_test

import (
	"compress/gzip"
	"encoding/csv"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/gnaf"
	"nsdi/gnaf/search"
	"nsdi/internal/fixture"
	"nsdi/internal/pgtest"
)

const vermont = "../../shared/data/addresses/us_vt_e911_half_a.csv.gz"

// loadVermont fills the store with the addresses that have a street and a town, and answers one in every thousand.
func loadVermont(t *testing.T, pool *pgxpool.Pool) []map[string]string {
	t.Helper()
	file, err := os.Open(vermont)
	if os.IsNotExist(err) {
		t.Skipf("%s is not here", vermont)
	}
	require.NoError(t, err)
	defer file.Close()
	z, err := gzip.NewReader(file)
	require.NoError(t, err)
	records := csv.NewReader(z)
	head, err := records.Read()
	require.NoError(t, err)
	at := func(name string) int { return slices.Index(head, name) }
	street, town, number, suffix := at("primaryname"), at("townname"), at("house_number"), at("house_numbersuffix")
	id, county, state, lon, lat := at("esiteid"), at("county"), at("state"), at("lon"), at("lat")

	ctx := t.Context()
	version := fixture.Publish(t, pool, "gnaf-address", "post", nil)
	err = pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `create temp table row (key text, province text, county text, city text, street text, number int, suffix text,
			way_id bigint, lon float8, lat float8) on commit drop`); err != nil {
			return err
		}
		if _, err := tx.CopyFrom(ctx, pgx.Identifier{"row"}, []string{"key", "province", "county", "city", "street", "number", "suffix", "way_id", "lon", "lat"},
			pgx.CopyFromFunc(func() ([]any, error) {
				for {
					r, err := records.Read()
					if err == io.EOF {
						return nil, nil
					}
					if err != nil {
						return nil, err
					}
					if r[street] == "" || r[town] == "" {
						continue
					}
					var n *int
					if v, err := strconv.Atoi(r[number]); err == nil && v > 0 {
						n = &v
					}
					var s *string
					if v := strings.TrimSpace(r[suffix]); v != "" {
						s = &v
					}
					x, err := strconv.ParseFloat(r[lon], 64)
					if err != nil {
						return nil, err
					}
					y, err := strconv.ParseFloat(r[lat], 64)
					if err != nil {
						return nil, err
					}
					derived := gnaf.Derive(map[string]any{"street": r[street], "city": r[town]})
					return []any{r[id], r[state], r[county], r[town], r[street], n, s, derived["way_id"], x, y}, nil
				}
			})); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `
			insert into gnaf.address (theme, dataset_id, version_id, key, hash, province, county, city, street, number, number_suffix, way_id, geom, geom_3857, valid_from)
			select 'gnaf-address', v.dataset_id, v.id, r.key, '', r.province, r.county, r.city, r.street, r.number, r.suffix, r.way_id, g, st_transform(g, 3857), now()
			from row r
			cross join lateral st_setsrid(st_makepoint(r.lon, r.lat), 4326) g
			join layers.version v on v.id = $1`, version); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `
			create temp table changed on commit drop as
			select id as feature_id, '+' as op
			from gnaf.address`); err != nil {
			return err
		}
		return gnaf.AfterPublish(ctx, tx)
	})
	require.NoError(t, err)
	_, err = pool.Exec(ctx, `analyze gnaf.address, gnaf.way`)
	require.NoError(t, err)

	rows, err := pool.Query(ctx, `
		select jsonb_build_object('id', id::text, 'number', number::text, 'suffix', coalesce(number_suffix, ''), 'street', street, 'city', city,
		  'others', (select count(*)::text from gnaf.address b where b.way_id = a.way_id and b.number = a.number
		    and b.number_suffix is not distinct from a.number_suffix))
		from gnaf.address a
		where number is not null
		  and id % 1000 = 0`)
	require.NoError(t, err)
	sample, err := pgx.CollectRows(rows, pgx.RowTo[map[string]string])
	require.NoError(t, err)
	return sample
}

// Real addresses: each is found as the first answer, exactly, however its parts are ordered, and fast.
func TestVermont(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("loads 136,000 addresses")
	}
	pool := pgtest.New(t)
	sample := loadVermont(t, pool)
	require.Greater(t, len(sample), 100)
	g := geocoder(t, pool)
	missed := 0
	for _, a := range sample {
		number := strings.TrimSpace(a["number"] + " " + a["suffix"])
		for _, q := range []string{number + " " + a["street"] + ", " + a["city"], a["city"] + ", " + strings.ToLower(a["street"]) + " " + number} {
			got, err := g.Geocode(t.Context(), search.Query{Text: q, Limit: 5})
			require.NoError(t, err)
			found := false
			for _, f := range got.Features {
				// Several rows can be one site; the answer is one of them.
				p := f.Properties
				found = found || p.Match.Level == "site" && strings.TrimSpace(p.Geocoding.Street) == strings.TrimSpace(a["street"]) && p.Geocoding.City == a["city"] &&
					strings.HasPrefix(p.Geocoding.HouseNumber, a["number"]) && f.Properties.Match.Confidence > 0.3
			}
			if !found {
				missed++
				t.Logf("missed: %s", q)
			}
		}
	}
	assert.Zero(t, missed)

	fastest := time.Hour
	for range 20 {
		began := time.Now()
		got, err := g.Geocode(t.Context(), search.Query{Text: "2916 VT ROUTE 22A, ADDISON", Limit: 10})
		fastest = min(fastest, time.Since(began))
		require.NoError(t, err)
		require.Len(t, got.Features, 1)
		require.Equal(t, [2]float64{-73.2946942, 44.1190003}, got.Features[0].Geometry.Coordinates)
		require.Equal(t, "site", got.Features[0].Properties.Match.Level)
		require.Greater(t, got.Features[0].Properties.Match.Confidence, 0.97)
	}
	t.Logf("%d addresses of the sample, one answer in %v", len(sample), fastest)
}
