package tiles

import (
	"fmt"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/internal/fixture"
	"nsdi/internal/pg"
	"nsdi/internal/pgtest"
)

// After the publication of one town's change every other tile of the country is the same, and is not made again; the town's own are new, at every zoom.
func TestOnlyChangedTilesAreMadeAgain(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	town := func(lon float64, use string) (list []fixture.Feature) {
		for i := range 40 {
			x, y := lon+float64(i%8)*1e-3, 32+float64(i/8)*1e-3
			list = append(list, fixture.Feature{
				Key: fmt.Sprintf("%v-%d", lon, i), Attributes: map[string]any{"use": use},
				WKT: fmt.Sprintf("POLYGON((%[1]f %[2]f,%[3]f %[2]f,%[3]f %[4]f,%[1]f %[4]f,%[1]f %[2]f))", x, y, x+9e-4, y+9e-4),
			})
		}
		return list
	}
	var country []fixture.Feature
	for i := range 6 {
		country = append(country, town(46+2.5*float64(i), "مسکونی")...)
	}
	fixture.Publish(t, pool, "land-use", "interior", nil, country...)
	g := &Generaliser{Pool: pgtest.Application(t, pool, pg.Everything), Log: slog.New(slog.DiscardHandler)}
	step := func() {
		_, err := g.Step(t.Context())
		require.NoError(t, err)
	}
	step()
	s := New(pgtest.Application(t, pool, pg.Public))
	all := func() map[Address]string {
		found := map[Address]string{}
		var look func(at Address)
		look = func(at Address) {
			if at.Z >= 3 {
				tile, err := s.Tile(t.Context(), "land-use", at)
				require.NoError(t, err)
				if found[at] = tile.hash; tile.size == 0 {
					return
				}
			}
			if at.Z == 15 || at.Z < 3 && at != over(50, 32, at.Z) {
				return
			}
			for i := range 4 {
				look(Address{at.Z + 1, 2*at.X + i%2, 2*at.Y + i/2})
			}
		}
		look(Address{})
		return found
	}
	before := all()
	require.Greater(t, len(before), 200)
	made := s.made.Load()
	require.Equal(t, before, all())
	require.Equal(t, made, s.made.Load(), "all tiles are kept")

	fixture.Publish(t, pool, "land-use", "interior", nil, town(48.5, "تجاری")...)
	step()
	after := all()
	require.Len(t, after, len(before))
	changed, kept := 0, 0
	for at, hash := range before {
		// The town and the margin within which what a cell of it shows may lie.
		n := 1 << at.Z
		west, east := (48.5+180)/360*float64(n)-cellEdge, (48.5+0.008+180)/360*float64(n)+cellEdge
		if near := float64(at.X)+1 >= west && float64(at.X) <= east; !near {
			kept++
			require.Equal(t, hash, after[at], "%v", at)
		} else if hash != after[at] {
			changed++
		}
	}
	assert.Greater(t, kept, 100)
	for z := 3; z <= 15; z++ {
		at := over(48.5005, 32.0005, z)
		assert.NotEqual(t, before[at], after[at], "zoom %d", z)
	}
	again := int(s.made.Load() - made)
	assert.GreaterOrEqual(t, again, changed)
	assert.LessOrEqual(t, again, len(before)-kept, "the others were not made again")

	tile, err := s.Tile(t.Context(), "land-use", over(46.0005, 32.0005, 14))
	require.NoError(t, err)
	l, err := s.layer(t.Context(), "land-use")
	require.NoError(t, err)
	assert.Equal(t, l.version, tile.version, "a kept tile is of the newest version")
}
