package progress_test

import (
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"nsdi/internal/fixture"
	"nsdi/internal/pg"
	"nsdi/internal/pgtest"
	"nsdi/progress"
)

// Of the made-up country: 31 provinces, 15 counties each, three cities each, with the country some 1,900 units.
const (
	benchCounties = 15
	benchCities   = 3
)

// benchParcels is how many parcels, and as many addresses, the country has: a million, or what NSDI_BENCH_PARCELS says.
func benchParcels(b *testing.B) int {
	n, err := strconv.Atoi(os.Getenv("NSDI_BENCH_PARCELS"))
	if os.Getenv("NSDI_BENCH_PARCELS") == "" {
		return 1_000_000
	}
	require.NoError(b, err)
	return n
}

// benchSheets is the SQL of ten rows of sheets in each city, from column 0 to another.
func benchSheets(theme string, last int, attributes string) string {
	return `insert into layers.feature (theme, dataset_id, version_id, key, hash, attributes, geom, geom_3857, valid_from)
		select '` + theme + `', d.id, v.id, no, '', ('{` + attributes + `"scale": 500, "sheet_no": "' || no || '"}')::jsonb, g, st_transform(g, 3857), now()
		from progress.bench_city cross join generate_series(0, ` + strconv.Itoa(last) + `) x cross join generate_series(0, 9) y
		cross join lateral (select city || '-' || x || '-' || y as no, st_makeenvelope(w + x * 0.0012, s + y * 0.002, w + (x + 1) * 0.0012, s + (y + 1) * 0.002, 4326) as g) i,
		  layers.dataset d join layers.version v on v.dataset_id = d.id
		where d.theme = '` + theme + `'`
}

// madeUp publishes the country by statements, as fast as the database takes rows: what is measured is what comes after.
func madeUp(b *testing.B, parcels int) *pgxpool.Pool {
	b.Helper()
	pool := pgtest.New(b)
	for _, p := range [][2]string{{"cadastre-urban", "registry"}, {"gnaf-address", "post"}, {"urban-boundary", "interior"}, {"base-map-sheet", "ncc"}, {"expected-addresses", "statistics"}, {"required-scale", "ncc"}, {"required-sheet", "ncc"}} {
		fixture.Publish(b, pool, p[0], p[1], nil) // a version without features, which the rows below join
	}
	for _, sql := range []string{
		// A city is two kilometres wide; its lots lie in columns of 24.
		`create table progress.bench_city as
		select p.code as province, p.code || '-K' || lpad(k::text, 2, '0') as county, p.code || '-K' || lpad(k::text, 2, '0') || '-C' || c as city,
		  (row_number() over (order by p.code, k, c) - 1)::int as n, 44 + (p.n % 6) * 3.0 as pw, 26 + (p.n / 6) * 2.0 as ps, 44 + (p.n % 6) * 3.0 + (k % 4) * 0.4 as kw, 26 + (p.n / 6) * 2.0 + (k / 4) * 0.4 as ks,
		  44 + (p.n % 6) * 3.0 + (k % 4) * 0.4 + 0.05 + c * 0.1 as w, 26 + (p.n / 6) * 2.0 + (k / 4) * 0.4 + 0.1 as s
		from (select code, row_number() over (order by code) - 1 as n from layers.admin_unit where level = 'province') p, generate_series(0, ` + strconv.Itoa(benchCounties-1) + `) k, generate_series(1, ` + strconv.Itoa(benchCities) + `) c`,
		`update layers.admin_unit u set geom = st_multi(st_makeenvelope(pw, ps, pw + 1.7, ps + 1.7, 4326)) from progress.bench_city b where b.province = u.code`,
		`insert into layers.admin_unit (code, level, name_fa, name_key, parent_code, geom)
		select distinct on (county) county, 'county', county, county, province, st_multi(st_makeenvelope(kw, ks, kw + 0.4, ks + 0.4, 4326)) from progress.bench_city order by county`,
		`insert into layers.admin_unit (code, level, name_fa, name_key, parent_code, geom)
		select city, 'city', city, city, county, st_multi(st_makeenvelope(w - 0.005, s - 0.005, w + 0.025, s + 0.025, 4326)) from progress.bench_city`,
		`insert into layers.feature (theme, dataset_id, version_id, key, hash, attributes, geom, geom_3857, valid_from)
		select 'urban-boundary', d.id, v.id, city, '', '{}', g, st_transform(g, 3857), now()
		from progress.bench_city cross join lateral st_makeenvelope(w, s, w + 0.02, s + 0.02, 4326) g, layers.dataset d join layers.version v on v.dataset_id = d.id
		where d.theme = 'urban-boundary'`,
		benchSheets("base-map-sheet", 9, `"accuracy_m": 0.1, "capture_year": 2024, `),
		benchSheets("required-sheet", 15, ``), // a city is wider than what is mapped of it
		`insert into layers.feature (theme, dataset_id, version_id, key, hash, attributes, valid_from)
		select 'expected-addresses', d.id, v.id, u.code, '', jsonb_build_object('admin_code', u.code, 'count', 100000, 'source', 'bench', 'date', '2026-03-21'), now()
		from layers.admin_unit u, layers.dataset d join layers.version v on v.dataset_id = d.id
		where d.theme = 'expected-addresses'`,
		`insert into layers.feature (theme, dataset_id, version_id, key, hash, attributes, valid_from)
		select 'required-scale', d.id, v.id, 'IR', '', '{"admin_code": "IR", "scale": 500}', now()
		from layers.dataset d join layers.version v on v.dataset_id = d.id
		where d.theme = 'required-scale'`,
		`create table progress.bench_lot as
		select b.n as city, i, w + (i / 24) * d.x as x, s + (i % 24) * 0.0008 as y, d.x as dx
		from progress.bench_city b
		cross join lateral (select $1::int / (select count(*) from progress.bench_city)::int as lots) l
		cross join lateral (select 0.019 / (l.lots / 24 + 1) as x) d
		cross join lateral generate_series(0, l.lots - 1) i`,
		`insert into cadastre.parcel (theme, dataset_id, version_id, key, hash, parcel_id, section, main_plate, sub_plate, area_m2, geom, geom_3857, valid_from)
		select 'cadastre-urban', d.id, v.id, city || '-' || i, '', city || '-' || i, '1', city + 1, i + 1, 1, g, st_transform(g, 3857), now()
		from progress.bench_lot cross join lateral (
			select st_setsrid(st_makepolygon(st_makeline(array[st_makepoint(x, y), st_makepoint(x + dx, y), st_makepoint(x + dx, y + 0.0007), st_makepoint(x + dx / 50, y + 0.0007), st_makepoint(x, y + 0.00068), st_makepoint(x, y)])), 4326) as g
		) p, layers.dataset d join layers.version v on v.dataset_id = d.id
		where d.theme = 'cadastre-urban'`,
		`insert into gnaf.address (theme, dataset_id, version_id, key, hash, city, street, number, postal_code, way_id, geom, geom_3857, valid_from)
		select 'gnaf-address', d.id, v.id, city || '-' || i, '', 'c', 's', i + 1,
		  translate(lpad((city / 512)::text, 1, '0') || lpad((city / 64 % 8)::text, 1, '0') || (city / 8 % 8)::text || (city % 8)::text || '0', '01234567', '13456789') || lpad((10000 + i)::text, 5, '0'), city, g, st_transform(g, 3857), now()
		from progress.bench_lot cross join lateral (select st_setsrid(st_makepoint(x + dx / 2, y + 0.0003), 4326) as g) p, layers.dataset d join layers.version v on v.dataset_id = d.id
		where d.theme = 'gnaf-address'`,
		`update layers.version set features = $1`,
	} {
		var args []any
		if slices.Contains([]byte(sql), '$') {
			args = []any{parcels}
		}
		_, err := pool.Exec(b.Context(), sql, args...)
		require.NoError(b, err, sql)
	}
	for _, table := range []string{"cadastre.parcel", "gnaf.address", "layers.feature", "layers.admin_unit"} {
		_, err := pool.Exec(b.Context(), `vacuum analyze `+table)
		require.NoError(b, err)
	}
	return pool
}

// BenchmarkProgress measures what the figures of a country of a million parcels and a million addresses take: all of them anew (goal 5 min), after a city was published
// again (2 s), as answers from the store (50 ms for 99 of 100), and a year of them on the disk (100 MB).
func BenchmarkProgress(b *testing.B) {
	pool := madeUp(b, benchParcels(b))
	began, worked := time.Now(), cpu(b, pool)
	require.NoError(b, progress.Recalculate(b.Context(), pool))
	b.ReportMetric(time.Since(began).Seconds(), "s/full")
	b.ReportMetric(cpu(b, pool)-worked, "cpu-s/full")
	r := report(b, pool, "IR")
	require.Equal(b, "known", obligation(b, r, "A25-URBAN").State)
	require.InDelta(b, 100*60./100, *obligation(b, r, "A24-URBAN").Percent, 0.1, "twelve twentieths of each city have sheets")
	require.InEpsilon(b, float64(benchParcels(b)), *obligation(b, r, "A27-GNAF").Numerator, 0.01)

	b.ReportMetric(changedCity(b, pool).Seconds(), "s/city")
	b.ReportMetric(answers(b, pool).Seconds()*1000, "ms/p99")
	b.ReportMetric(yearOfSnapshots(b, pool)/1e6, "MB/year")
	b.ReportMetric(0, "ns/op")
}

// changedCity publishes the parcels of a city again, each a little smaller, and has the figures follow.
func changedCity(b *testing.B, pool *pgxpool.Pool) time.Duration {
	_, err := pool.Exec(b.Context(), `
		with v as (
			select v.dataset_id, v.id
			from layers.version v
			join layers.dataset d on d.id = v.dataset_id
			where d.theme = 'cadastre-urban'
		), next as (
			insert into layers.version (dataset_id, seq, submission_id, added, altered, removed, features)
			select dataset_id, 2, submission_id, 0, 1, 0, features
			from layers.version
			where id = (select id from v)
			returning id, dataset_id
		), moved as (
			update cadastre.parcel p
			set version_id = next.id, geom = st_scale(p.geom, 'POINT(0.9 0.9)'::geometry, st_centroid(p.geom)), geom_3857 = st_transform(st_scale(p.geom, 'POINT(0.9 0.9)'::geometry, st_centroid(p.geom)), 3857)
			from next
			where p.main_plate = 701
			returning p.id, p.dataset_id, p.version_id, p.geom
		), said as (
			insert into layers.change (version_id, theme, dataset_id, feature_id, op, box)
			select version_id, 'cadastre-urban', dataset_id, id, '~', st_envelope(geom)
			from moved
			returning id, version_id, dataset_id
		)
		insert into layers.change_span (version_id, theme, dataset_id, first, last)
		select version_id, 'cadastre-urban', dataset_id, min(id), max(id)
		from said
		group by version_id, dataset_id`)
	require.NoError(b, err)
	f := &progress.Follower{Pool: pool, Log: slog.New(slog.DiscardHandler)}
	before := *obligation(b, report(b, pool, "IR"), "A25-URBAN").Numerator
	began, worked := time.Now(), cpu(b, pool)
	did, err := f.Step(b.Context())
	took := time.Since(began)
	b.ReportMetric(cpu(b, pool)-worked, "cpu-s/city")
	require.NoError(b, err)
	require.True(b, did)
	require.Less(b, *obligation(b, report(b, pool, "IR"), "A25-URBAN").Numerator, before)
	return took
}

// answers asks for the country a thousand times, as the server does, and takes the time that 99 of 100 stay below.
func answers(b *testing.B, pool *pgxpool.Pool) time.Duration {
	s := &progress.Service{Pool: pgtest.Application(b, pool, pg.Nothing)}
	var took []time.Duration
	for range 1000 {
		began := time.Now()
		_, err := s.Report(b.Context(), "IR")
		require.NoError(b, err)
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	return took[989]
}

// yearOfSnapshots takes 52 weekly ones, between which half of all figures move, and answers the bytes that they take with their indexes.
func yearOfSnapshots(b *testing.B, pool *pgxpool.Pool) float64 {
	now := time.Date(2026, 1, 3, 9, 0, 0, 0, time.UTC)
	s := &progress.Snapshots{Pool: pool, RuleSet: 1, Now: func() time.Time { return now }}
	for week := range 52 {
		_, err := pool.Exec(b.Context(), `
			update progress.figure
			set published = published * 0.999, fresh = fresh * 0.998
			where state = 'known'
			  and hashtext(admin_code) % 2 = $1 % 2`, week)
		require.NoError(b, err)
		require.NoError(b, s.TakeWeekly(b.Context()))
		now = now.AddDate(0, 0, 7)
	}
	list, err := s.List(b.Context(), 100)
	require.NoError(b, err)
	require.Len(b, list, 52)
	b.ReportMetric(float64(list[0].Units), "units")
	var bytes float64
	require.NoError(b, pool.QueryRow(b.Context(), `
		select sum(pg_total_relation_size(t))::float8 from unnest('{progress.snapshot, progress.snapshot_row, progress.snapshot_agency, progress.register, progress.basis}'::regclass[]) t`).Scan(&bytes))
	return bytes
}

// cpu is the processor's time, in seconds, of everybody who works for the database: on a machine that does other things as well, this is what can be compared.
func cpu(b *testing.B, pool *pgxpool.Pool) float64 {
	rows, err := pool.Query(b.Context(), `select pid from pg_stat_activity where datname = current_database()`)
	require.NoError(b, err)
	pids, err := pgx.CollectRows(rows, pgx.RowTo[int])
	require.NoError(b, err)
	ticks := 0.0
	for _, pid := range pids {
		line, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if os.IsNotExist(err) {
			continue // a parallel worker that ended
		}
		require.NoError(b, err)
		_, after, _ := strings.Cut(string(line), ") ")
		for _, field := range strings.Fields(after)[11:13] { // utime and stime
			n, err := strconv.ParseFloat(field, 64)
			require.NoError(b, err)
			ticks += n
		}
	}
	return ticks / 100
}
