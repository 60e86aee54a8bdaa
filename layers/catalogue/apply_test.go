package catalogue_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"golang.org/x/sync/errgroup"

	"nsdi/internal/errs"
	"nsdi/internal/fixture"
	"nsdi/internal/pg"
	"nsdi/internal/pgtest"
	"nsdi/layers/catalogue"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func entry(t *testing.T, code string) catalogue.Entry {
	t.Helper()
	all, err := catalogue.Load()
	require.NoError(t, err)
	i := slices.IndexFunc(all, func(e catalogue.Entry) bool { return e.Code == code })
	require.GreaterOrEqual(t, i, 0)
	return all[i]
}

func text(t *testing.T, pool *pgxpool.Pool, sql string, args ...any) (s string) {
	t.Helper()
	require.NoError(t, pool.QueryRow(t.Context(), sql, args...).Scan(&s))
	return s
}

// The catalogue takes over from the rows that migrations wrote, and agrees with them on all that published data hangs on.
func TestTheFilesAgreeWithTheMigrations(t *testing.T) {
	t.Parallel()
	pool := pgtest.Empty(t)
	require.NoError(t, pg.Migrate(t.Context(), pool))
	const contract = `
		select string_agg(concat_ws(' ', t.code, store, geometry, key_attributes, title_fa, title_en, obligation, territory_buffer_m, max_zoom, position,
		  (select string_agg(a ->> 'name' || ':' || (a ->> 'type') || ':' || (a ->> 'required') || ':' || (a ->> 'title_fa') || coalesce(a ->> 'domain', ''), ',' order by a ->> 'name')
		   from jsonb_array_elements(attributes) a
		   where (t.code, a ->> 'name') in (select b.code, n ->> 'name' from before b, jsonb_array_elements(b.attributes) n))), chr(10) order by t.code)
		from layers.theme t
		where t.code in (select code from before)`
	_, err := pool.Exec(t.Context(), `create table layers.before_catalogue as select code, attributes from layers.theme`)
	require.NoError(t, err)
	ask := `with before as (select * from layers.before_catalogue) ` + contract
	before := text(t, pool, ask)
	require.Contains(t, before, "gnaf-address gnaf.address point")
	require.NoError(t, catalogue.Apply(t.Context(), pool))
	require.Equal(t, before, text(t, pool, ask))
	all, err := catalogue.Load()
	require.NoError(t, err)
	require.Equal(t, len(all), count(t, pool, `select count(*) from layers.theme where catalogue_version = $1 and definition_fa <> ''`, catalogue.Version))
	require.Equal(t, "5000", text(t, pool, `select territory_buffer_m::text from layers.theme where code = 'city-limits'`))
	require.Equal(t, 1, count(t, pool, `select count(*) from pg_tables where tablename = 'feature_health_facility'`), "a new theme of the common store has its partition")
}

func count(t *testing.T, pool *pgxpool.Pool, sql string, args ...any) (n int) {
	t.Helper()
	require.NoError(t, pool.QueryRow(t.Context(), sql, args...).Scan(&n))
	return n
}

func TestApplyingAgainWritesNothing(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	state := `select string_agg(code || xmin::text, ',' order by code) from layers.theme`
	before := text(t, pool, state)
	var g errgroup.Group
	for range 4 {
		g.Go(func() error { return catalogue.Apply(t.Context(), pool) })
	}
	require.NoError(t, g.Wait())
	require.Equal(t, before, text(t, pool, state))
}

func TestChangesThatFitAreTaken(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	fixture.Publish(t, pool, "road", "ncc", nil, fixture.Feature{Key: "r", WKT: "LINESTRING(51 35,51.1 35)", Attributes: map[string]any{"road_id": "r"}})
	_, err := pool.Exec(t.Context(), `
		insert into layers.theme (code, store, geometry, title_fa, title_en, key_attributes, attributes)
		values ('own', 'layers.feature', 'point', 'خودمان', 'Own', '{id}', '[{"name":"id","type":"text","required":true,"title_fa":"شناسه","title_en":"Id"}]')`)
	require.NoError(t, err)
	changed := catalogue.Changed(entry(t, "road"), func(e *catalogue.Entry) {
		e.Title = errs.T("راه‌ها", "Ways")
		e.Attributes[1].Aliases = append(e.Attributes[1].Aliases, "esm")
		e.Attributes = append(e.Attributes, catalogue.Attribute{Name: "toll", Type: "boolean", Title: errs.T("عوارضی", "Toll"), Examples: []string{"true"}})
	})
	require.NoError(t, catalogue.ApplyVersion(t.Context(), pool, []catalogue.Entry{changed}, catalogue.Version+1))
	require.Equal(t, fmt.Sprintf("Ways %d true", catalogue.Version+1), text(t, pool, `
		select title_en || ' ' || catalogue_version || ' ' || (attributes @> '[{"name": "toll", "type": "boolean"}]' and attributes::text like '%esm%')
		from layers.theme
		where code = 'road'`))
	require.Equal(t, "Own", text(t, pool, `select title_en from layers.theme where code = 'own'`), "an operator's own theme stays")

	require.NoError(t, catalogue.Apply(t.Context(), pool), "an older program")
	require.Equal(t, "Ways", text(t, pool, `select title_en from layers.theme where code = 'road'`), "leaves what a newer one wrote")
}

func TestChangesUnderDataAreRefused(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	fixture.Publish(t, pool, "road", "ncc", nil, fixture.Feature{Key: "r", WKT: "LINESTRING(51 35,51.1 35)", Attributes: map[string]any{"road_id": "r"}})
	changes := map[string]func(*catalogue.Entry){
		"the key from road_id to name_fa":                  func(e *catalogue.Entry) { e.Key = []string{"name_fa"} },
		"the geometry from line to polygon":                func(e *catalogue.Entry) { e.Geometry = "polygon" },
		"the type of width_m from number to int":           func(e *catalogue.Entry) { e.Attributes[3].Type = "int" },
		"name_fa to a required attribute":                  func(e *catalogue.Entry) { e.Attributes[1].Required = true },
		"leaving out name_fa":                              func(e *catalogue.Entry) { e.Attributes = slices.Delete(e.Attributes, 1, 2) },
		"the store from layers.feature to cadastre.parcel": func(e *catalogue.Entry) { e.Store = "cadastre.parcel" },
		"toll to a required attribute": func(e *catalogue.Entry) {
			e.Attributes = append(e.Attributes, catalogue.Attribute{Name: "toll", Type: "text", Required: true})
		},
	}
	state := `select string_agg(t::text, ',' order by code) from layers.theme t`
	before := text(t, pool, state)
	for want, change := range changes {
		other := catalogue.Changed(entry(t, "alley"), func(e *catalogue.Entry) { e.Title = errs.T("کوی", "Lanes") })
		err := catalogue.ApplyVersion(t.Context(), pool, []catalogue.Entry{other, catalogue.Changed(entry(t, "road"), change)}, catalogue.Version+1)
		problem, ok := errs.As(err)
		require.True(t, ok, "%s: %v", want, err)
		require.Equal(t, "catalogue-incompatible", problem.Code)
		require.Contains(t, problem.Detail.EN, want)
		require.Contains(t, problem.Next.EN, "nothing was written")
		require.NotEmpty(t, problem.Next.FA)
		require.Equal(t, before, text(t, pool, state), "%s: neither this theme nor another", want)

		empty := entry(t, "alley") // of which nothing is published: it may change as it likes
		if want == "the geometry from line to polygon" || want == "the store from layers.feature to cadastre.parcel" {
			require.NoError(t, catalogue.ApplyVersion(t.Context(), pool, []catalogue.Entry{catalogue.Changed(empty, change)}, catalogue.Version+1))
			require.NoError(t, catalogue.ApplyVersion(t.Context(), pool, []catalogue.Entry{empty}, catalogue.Version+2))
			before = text(t, pool, state)
		}
	}
	require.Equal(t, 1, count(t, pool, `select count(*) from pg_tables where tablename = 'feature_alley'`))
}
