package progress_test

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/internal/fixture"
	"nsdi/progress"
)

// all runs statements as the owner of the database does.
func all(t testing.TB, pool *pgxpool.Pool, statements ...string) {
	t.Helper()
	for _, sql := range statements {
		_, err := pool.Exec(t.Context(), sql)
		require.NoError(t, err, sql)
	}
}

// wrong has an error be open on a parcel.
func wrong(key string) string {
	return `
		insert into cadastre.open_finding (rule, severity, theme, dataset_id, feature_id, key, other_dataset_id, other_feature_id, other_key, measure, unit, geom, version_id, found_at)
		select 'overlap-published', 'E', theme, dataset_id, id, key, dataset_id, id, key, 1, 'm²', geom, version_id, now()
		from cadastre.parcel
		where key = '` + key + `'`
}

func expected(t testing.TB, pool *pgxpool.Pool, amount float64) {
	t.Helper()
	require.NoError(t, pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) error {
		_, err := progress.SetDenominator(context.WithoutCancel(t.Context()), tx, progress.NewDenominator{
			Obligation: "A27-GNAF", Unit: "IR-23", Amount: &amount, Source: "کد پستی", Dated: "2026-03-21", Decision: "7", DecidedOn: "2026-03-22", Body: progress.Text{FA: "کمیته", EN: "Committee"},
		}, time.Now())
		return err
	}))
}

// A country in which after a snapshot everything becomes different that a figure hangs on. The snapshot comes out the same from history, and does no longer when history is changed.
func TestSnapshotsLookBackInEveryState(t *testing.T) {
	t.Parallel()
	pool := coast(t)
	s := (&clock{time.Date(2026, 11, 21, 21, 0, 0, 0, time.UTC)}).snapshots(pool)
	asked := func(service string) {
		_, err := pool.Exec(t.Context(), `
			insert into access.inquiry (at, caller, person_id, key_id, service, kind, purpose, request, question, answers, code)
			values (now(), 'key:1', 0, 1, $1::text, 'parcel', 'test', $1::text, sha256(convert_to($1::text, 'UTF8')), 1, 200)`, service)
		require.NoError(t, err)
	}
	town(t, pool, "municipality-t", "IR-23")
	owed(t, pool, "province")
	index := func(key string, w float64) fixture.Feature {
		return fixture.Feature{Key: key, WKT: box(w, 35.2, w+0.01, 35.21), Attributes: map[string]any{"sheet_no": key, "scale": 500, "source": "شاخص", "date": "2026-03-21"}}
	}
	fixture.Publish(t, pool, "required-sheet", "ncc", nil, index("7", 51.25), index("8", 51.3))
	fixture.Publish(t, pool, "base-map-sheet", "ncc", nil, fixture.Feature{Key: "7", WKT: box(51.25, 35.2, 51.26, 35.21), Attributes: map[string]any{"sheet_no": "7", "scale": 500, "accuracy_m": 0.1, "capture_year": 1404}})
	home := func(key, wkt, code string) fixture.Feature {
		return fixture.Feature{Key: key, WKT: wkt, Attributes: map[string]any{"city": "ت", "street": "خ", "postal_code": code}}
	}
	submitted := func(agency, theme, state, tracking string) (id int64) {
		require.NoError(t, pool.QueryRow(t.Context(), `
			insert into layers.submission (agency_id, theme, state, files, tracking, staged_rows)
			select id, $2, $3, '[]', nullif($4, ''), 1
			from access.agency
			where code = $1
			returning id`, agency, theme, state, tracking).Scan(&id))
		return id
	}
	event := func(seq int, state string) string {
		return `
			insert into access.tracking_event (tracking, seq, at, state_from, state_to, person_id, key_id, actor, actor_agency, responsible_person, unit_fa, unit_en, note_fa, note_en, prev, hash)
			values ('NSDI-1405-2222-2222-2', ` + string(rune('0'+seq)) + `, now(), '', '` + state + `', 0, 0, '', '', '', '', '', '', '', '', sha256(''))`
	}
	all(t, pool, `
		insert into access.tracking (id, kind, state, events, head, created_at, updated_at)
		values ('NSDI-1405-2222-2222-2', 'submission', 'received', 1, sha256(''), now(), now())`, event(1, "reviewed"))
	submitted("municipality-t", "road", "reviewed", "NSDI-1405-2222-2222-2")
	submitted("municipality-t", "building", "received", "")
	staged := submitted("registry", "cadastre-range-forest", "validated", "")
	staging := fmt.Sprintf("staging.s%d", staged)
	all(
		t, pool,
		`create table `+staging+` as select st_geomfromtext('`+lot(52.45, 35.3, 52.55, 35.5)+`', 4326) as geom, false as refused, '{}'::jsonb as attributes`,
		wrong("p2"),
		`update layers.theme set update_cycle = '{"duration": "PT2S"}' where code = 'cadastre-marine'`,
	)
	asked("nsdi-parcels")
	fixture.Publish(t, pool, "gnaf-address", "post", nil, home("a1", "POINT(51.3 35.3)", "1457835116"), home("a2", "POINT(51.31 35.3)", "1457835117"))
	expected(t, pool, 4)
	fixture.Publish(t, pool, "cadastre-marine", "registry", nil, place("n1", lot(52.2, 34.5, 52.35, 34.9))) // new for two seconds
	follow(t, pool)
	first, err := s.Take(t.Context(), "Sara", "")
	require.NoError(t, err)
	east := obligation(t, report(t, pool, "IR-30"), "A25-RANGE-FOREST")
	require.Greater(t, east.Delivered.Value, *east.Numerator)

	all(
		t, pool,
		`delete from cadastre.open_finding`, wrong("p1"),
		`drop table `+staging, `update layers.submission set state = 'returned' where state <> 'published'`,
		event(2, "returned"),
		`update access.agency set kind = 'committee' where code = 'municipality-t'`,
		`delete from access.agency_theme where theme = 'range-forest'`,
		`update layers.theme set update_cycle = '{"duration": "P1D"}' where code <> 'cadastre-marine'`,
	)
	town(t, pool, "municipality-u", "IR-30")
	asked("nsdi-parcel-inquiry")
	fixture.Outline(t, pool, "IR-30", "province", "البرز", "IR", box(52, 35, 53, 36.5))
	fixture.Outline(t, pool, "IR-30-x", "county", "ساوجبلاغ", "IR-30", box(52.1, 35.1, 52.5, 35.5))
	fixture.Publish(t, pool, "cadastre-urban", "registry", nil, place("p1", lot(52.0, 35.5, 52.1, 35.6)), place("p5", lot(51.4, 35.4, 51.45, 35.45)))
	fixture.Publish(t, pool, "range-forest", "forests", nil, place("f1", box(52.2, 35.2, 53, 35.6)))
	fixture.Publish(t, pool, "gnaf-address", "post", nil, home("a2", "POINT(52.31 35.3)", "1457835118"))
	fixture.Remove(t, pool, "village", "interior", "v1")
	fixture.Remove(t, pool, "required-theme", "interior", "province road")
	fixture.Remove(t, pool, "required-sheet", "ncc", "8")
	fixture.Remove(t, pool, "base-map-sheet", "ncc", "7")
	expected(t, pool, 8)
	require.NoError(t, pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) error {
		var dataset int64
		if err := tx.QueryRow(t.Context(), `select id from layers.dataset where theme = 'urban-boundary'`).Scan(&dataset); err != nil {
			return err
		}
		_, err := progress.Approve(context.WithoutCancel(t.Context()), tx, progress.NewApproval{
			Dataset: dataset, Version: 1, Decision: "8", DecidedOn: "2026-03-22", Body: progress.Text{FA: "کمیته", EN: "Committee"},
		}, time.Now())
		return err
	}))
	all(t, pool, `select pg_sleep(greatest(0, extract(epoch from max(published_at) + interval '2.1 s' - clock_timestamp())))
		from layers.version v join layers.dataset d on d.id = v.dataset_id where d.theme = 'cadastre-marine'`)
	require.NoError(t, progress.Recalculate(t.Context(), pool)) // findings came and went without a publication
	second, err := s.Take(t.Context(), "Sara", "")
	require.NoError(t, err)
	for _, n := range []*progress.Snapshot{second, first} {
		v, err := s.Verify(t.Context(), strconv.Itoa(n.ID))
		require.NoError(t, err)
		assert.Empty(t, v.Differ, n.ID)
		assert.True(t, v.OK(), n.ID)
		assert.NotEmpty(t, v.Kept)
		if n == first {
			require.Len(t, v.Apart, 1, "a delivery was under way")
			assert.Contains(t, v.Apart[0].Why.EN, "under way")
			assert.Equal(t, 2*2, v.Apart[0].Figures, "delivered and validated in the country and the province")
		} else {
			assert.Empty(t, v.Apart)
		}
	}

	then, err := (&progress.Service{Pool: pool}).Snapshot(t.Context(), "1", "")
	require.NoError(t, err)
	i := slices.IndexFunc(then.Agencies, func(a progress.FrozenAgency) bool {
		return a.Agency == "municipality-t" && a.Obligation == "A26-LAYERS"
	})
	require.GreaterOrEqual(t, i, 0)
	assert.Equal(t, []float64{2, 1, 0}, []float64{then.Agencies[i].Delivered, then.Agencies[i].Validated, then.Agencies[i].Published}, "roads were checked, buildings had come in")

	// One figure or register that is stored otherwise, or one more or less, and the digest is another.
	for _, sql := range []string{
		`update progress.snapshot_agency set value[4] = value[4] + 1 where snapshot_id = 2 and agency = 'registry' and obligation = 'A23-N2'`,
		`update progress.register set content = content || '[{}]' where kind = 'territory'`,
		`delete from progress.snapshot_row where admin_code = 'IR-30' and snapshot_id = 2`,
		`update progress.snapshot set moment = moment - interval '1 hour' where id = 2`,
		`update progress.basis set sources = '[]' where id = (select min(id) from progress.basis where sources <> '[]')`,
	} {
		intact, err := s.IntactAfter(t.Context(), "2", sql)
		require.NoError(t, err, sql)
		assert.False(t, intact, sql)
	}

	// What history says is what the calculation gives.
	unguarded := func(table, sql string) {
		all(t, pool, `alter table `+table+` disable trigger user`, sql, `alter table `+table+` enable trigger user`)
	}
	unguarded("cadastre.closed_finding", `delete from cadastre.closed_finding`)
	unguarded("access.tracking_event", `update access.tracking_event set state_to = 'refused' where seq = 1`)
	unguarded("access.inquiry", `update access.inquiry set code = 404`)
	unguarded("layers.feature_history", `update layers.feature_history set geom = st_translate(geom, 0, 0.1) where theme = 'range-forest'`)
	unguarded("progress.denominator", `update progress.denominator set amount = 5 where version = 1`)
	unguarded("layers.version", `update layers.version set published_at = published_at - interval '30 years' where dataset_id = (select id from layers.dataset where theme = 'cadastre-urban')`)
	v, err := s.Verify(t.Context(), strconv.Itoa(first.ID))
	require.NoError(t, err)
	assert.True(t, v.Intact)
	assert.False(t, v.OK())
	found := map[string]bool{}
	for _, d := range v.Differ {
		found[d.Obligation+" "+d.What] = true
	}
	for _, what := range []string{"A25-URBAN published", "A26-LAYERS validated", "A25-INQUIRY published", "A25-RANGE-FOREST published", "A27-GNAF denominator", "A25-URBAN fresh"} {
		assert.True(t, found[what], what)
	}
}
