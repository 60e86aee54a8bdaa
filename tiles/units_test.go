package tiles_test

import (
	"path/filepath"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/internal/fixture"
	"nsdi/internal/pg"
	"nsdi/internal/pgtest"
	"nsdi/tiles"
)

// When one unit's outline is published again, only the tiles over it are made beforehand again; when the official hierarchy is, those of the units that it names.
func TestArchiveOfUnitsFollowsChanges(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	fixture.Outline(t, pool, "IR-23", "province", "تهران", "IR", square(51, 35.4, 0.4))
	fixture.Outline(t, pool, "IR-11", "province", "سیستان", "IR", square(60.5, 29.4, 0.4))
	folder := t.TempDir()
	s, keeper := archived(t, pool, folder)
	step := func() (whole string, files int) {
		_, err := keeper.Step(t.Context())
		require.NoError(t, err)
		all, err := filepath.Glob(filepath.Join(folder, "admin-unit.*.pmtiles"))
		require.NoError(t, err)
		whole = one(t, filepath.Join(folder, "admin-unit.*.all.pmtiles"))
		cold, made := tiles.New(pgtest.Application(t, pool, pg.Public)), s.Made()
		for z := 3; z <= 12; z++ {
			for _, place := range [][2]float64{{51.1, 35.5}, {51.5, 35.9}, {60.6, 29.5}, {55, 32}} {
				a := at(place[0], place[1], z)
				assert.Equal(t, tags(t, cold, "admin-unit", []tiles.Address{a}), tags(t, s, "admin-unit", []tiles.Address{a}), "%v", a)
			}
		}
		assert.Equal(t, made, s.Made(), "all of them were there")
		return whole, len(all)
	}
	first, files := step()
	assert.Equal(t, 1, files)
	fixture.Outline(t, pool, "IR-23", "province", "تهران", "IR", square(51, 35.4, 0.55))
	second, files := step()
	assert.Equal(t, first, second, "it is not made anew")
	assert.Equal(t, 2, files, "what changed is beside it")
	both := []tiles.Address{at(60.6, 29.5, 12), at(51.1, 35.5, 12)}
	before := tags(t, s, "admin-unit", both)
	fixture.Publish(t, pool, "admin-division", "interior", func(tx pgx.Tx) error { // as layers does
		_, err := tx.Exec(t.Context(), `
			with named as (update layers.admin_unit set name_en = 'Another' where code = 'IR-11' returning geom)
			update layers.change set box = st_envelope(geom) from named where theme = 'admin-division'`)
		return err
	}, fixture.Feature{Key: "d", Attributes: map[string]any{"code": "IR-11"}})
	third, files := step()
	assert.Equal(t, first, third)
	assert.Equal(t, 3, files)
	after := tags(t, s, "admin-unit", both)
	assert.NotEqual(t, before[both[0]], after[both[0]], "it has the name")
	assert.Equal(t, before[both[1]], after[both[1]])
}
