package progress_test

import (
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/internal/fixture"
	"nsdi/progress"
)

// kept answers every figure in one text, to a hundredth of a square metre.
func kept(t testing.TB, pool *pgxpool.Pool) []string {
	rows, err := pool.Query(t.Context(), `
		select concat_ws(' ', obligation, admin_code, measure, state, round(denominator::numeric, 2), round(delivered::numeric, 2), round(published::numeric, 2), round(fresh::numeric, 2), source_en, reason_en)
		from progress.figure
		order by obligation, admin_code, measure`)
	require.NoError(t, err)
	all, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err)
	return all
}

// When units are published again, the ground that came to another unit is measured and no other, and every figure is what a calculation from nothing makes it.
func TestUnitsPublishedAgain(t *testing.T) {
	t.Parallel()
	pool := coast(t)
	var addresses []fixture.Feature
	for i := range 20 {
		addresses = append(addresses, fixture.Feature{Key: fmt.Sprint(i), WKT: fmt.Sprintf("POINT(%v 35.55)", 51.91+float64(i)/100), Attributes: map[string]any{
			"city": "ت", "street": "خ", "postal_code": fmt.Sprint(1311133710 + i), "street_key": "خ", "city_key": "ت",
		}})
	}
	fixture.Publish(t, pool, "gnaf-address", "post", nil, addresses...)
	for _, unit := range []string{"IR-23", "IR-30"} {
		fixture.Publish(t, pool, "expected-addresses", "statistics", nil, fixture.Feature{Key: unit, Attributes: map[string]any{"admin_code": unit, "count": 50, "source": "س", "date": "2026-03-21"}})
	}
	follow(t, pool)
	pieces := func() (list map[string]string) {
		list = map[string]string{}
		rows, err := pool.Query(t.Context(), `select kind || ' ' || cell || ' ' || admin_code, xmin::text from progress.territory`)
		require.NoError(t, err)
		var name, by string
		_, err = pgx.ForEachRow(rows, []any{&name, &by}, func() error { list[name] = by; return nil })
		require.NoError(t, err)
		return list
	}
	written := func() map[string]string {
		list := map[string]string{}
		rows, err := pool.Query(t.Context(), `select obligation || ' ' || admin_code || ' ' || measure, xmin::text from progress.figure`)
		require.NoError(t, err)
		var name, by string
		_, err = pgx.ForEachRow(rows, []any{&name, &by}, func() error { list[name] = by; return nil })
		require.NoError(t, err)
		return list
	}
	changed := func(before, after map[string]string) (names []string) {
		for name, by := range after {
			if before[name] != by {
				names = append(names, name)
			}
		}
		return names
	}
	before, figures := pieces(), written()
	require.Greater(t, len(before), 500)
	fixture.Outline(t, pool, "IR-30", "province", "البرز", "IR", box(52, 35, 52.95, 36)) // what it loses is of no city, forest or sea
	follow(t, pool)
	again := len(changed(before, pieces()))
	assert.Positive(t, again)
	assert.Less(t, again, len(before)/4, "the rest was left as it was")
	assert.ElementsMatch(t, []string{"A24-REST IR headline", "A24-REST IR scale-500", "A24-REST IR scale-2000", "A24-REST IR-30 headline", "A24-REST IR-30 scale-500", "A24-REST IR-30 scale-2000"},
		changed(figures, written()), "and so were all figures but those of the ground that went")

	for _, step := range []struct {
		name string
		do   func()
	}{
		{"a border moves", func() {
			fixture.Outline(t, pool, "IR-23", "province", "تهران", "IR", box(51, 35, 51.97, 36))
			fixture.Outline(t, pool, "IR-30", "province", "البرز", "IR", box(51.97, 35, 53, 36))
		}},
		{"a county comes", func() {
			fixture.Outline(t, pool, "IR-23-01", "county", "شهرستان", "IR-23", box(51.3, 35.2, 51.95, 35.8))
		}},
		{"it goes", func() {
			_, err := pool.Exec(t.Context(), `update layers.admin_unit set geom = null where code = 'IR-23-01'`)
			require.NoError(t, err)
			fixture.Publish(t, pool, "admin-unit", "interior", nil, fixture.Feature{Key: "x", WKT: box(60, 30, 60.1, 30.1), Attributes: map[string]any{}})
		}},
	} {
		step.do()
		follow(t, pool)
		followed := kept(t, pool)
		require.NoError(t, progress.Recalculate(t.Context(), pool))
		assert.Equal(t, kept(t, pool), followed, step.name)
	}
	var left int
	require.NoError(t, pool.QueryRow(t.Context(), `select count(*) from progress.moved`).Scan(&left))
	assert.Zero(t, left)
}
