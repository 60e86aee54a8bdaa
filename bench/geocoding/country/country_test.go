package country_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/bench/geocoding/country"
)

func TestCountry(t *testing.T) {
	t.Parallel()
	const n = 30_000
	rows := slices.Collect(country.Rows(country.Options{Rows: n, Seed: 7}))
	require.Len(t, rows, n)
	require.Equal(t, rows, slices.Collect(country.Rows(country.Options{Rows: n, Seed: 7})), "the same options give the same rows")

	keys, addresses, codes := map[string]bool{}, map[string]int{}, map[string]bool{}
	var dups, units, nested, former, colloquial, suffixes, villages int
	sizes := map[country.Size]int{}
	for _, r := range rows {
		require.False(t, keys[r.Key], "key %s twice", r.Key)
		keys[r.Key] = true
		addresses[r.Address()]++
		if r.Code != "" {
			require.Regexp(t, `^[1346789][13456789]{3}[1346789][0-9]{5}$`, r.Code)
			require.False(t, codes[r.Code], "code %s twice", r.Code)
			codes[r.Code] = true
		}
		sizes[r.Size]++
		count := func(n *int, is bool) {
			if is {
				*n++
			}
		}
		count(&dups, r.Dup)
		count(&units, r.Unit != "")
		count(&nested, r.Main != "")
		count(&former, r.Formerly != "")
		count(&colloquial, r.Colloquially != "")
		count(&suffixes, r.Suffix != "")
		count(&villages, r.Street == "معبر اصلی")
	}
	share := func(k int) float64 { return float64(k) / n }
	assert.InDelta(t, 0.02, share(dups), 0.005)
	assert.Greater(t, share(units), 0.3)
	assert.Greater(t, nested, 300)
	assert.Greater(t, former, 50)
	assert.Greater(t, colloquial, 50)
	assert.Greater(t, suffixes, 300)
	assert.Positive(t, villages)
	assert.Len(t, sizes, 3)
	twice := 0
	for _, n := range addresses {
		if n > 1 {
			twice++
		}
	}
	assert.GreaterOrEqual(t, twice, dups*9/10, "a duplicate has the address of another row")
	assert.Less(t, twice, dups+len(rows)/100, "other rows have an address of their own")
}
