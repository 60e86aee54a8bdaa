package persian_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"nsdi/gnaf/persian"
)

func TestDistance(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		want float64
	}{
		{"مطهری", "مطهری", 0},
		{"مطهری", "متهری", 0.5},  // one sound
		{"بهار", "نهار", 0.5},    // dots
		{"کاج", "کاچ", 0.5},      // dots, and keys beside each other
		{"شادی", "سادی", 0.5},    // dots
		{"ازادی", "اژادی", 0.5},  // dots
		{"لاله", "لالت", 1},      // far keys
		{"میدان", "نیدان", 0.7},  // the key beside it
		{"مطهری", "مهطری", 0.7},  // neighbours exchanged
		{"محمد", "محممد", 0.5},   // a letter twice
		{"اسلامی", "اسلمی", 1},   // one left out
		{"ولیعصر", "ولیعصری", 1}, // one added
		{"並町", "松並町", 0.8},       // a sign left out
		{"松並町", "並町", 1},         // one added
		{"松松並町", "松並町", 0.5},     // one twice
		{"松並町", "竹並町", 1},        // another sign
		{"کاج", "سرو", 3},
		{"", "سه", 2},
	} {
		assert.InDelta(t, c.want, persian.Distance(c.a, c.b, 5), 1e-9, "%s, %s", c.a, c.b)
	}
	assert.Greater(t, persian.Distance("جمهوری", "شریعتی", 1), 1.0)
}

func TestDistanceIsOne(t *testing.T) {
	t.Parallel()
	word := rapid.StringMatching(`[ابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی]{0,8}`)
	rapid.Check(t, func(rt *rapid.T) {
		a, b := word.Draw(rt, "a"), word.Draw(rt, "b")
		d := persian.Distance(a, b, 100)
		require.InDelta(rt, d, persian.Distance(b, a, 100), 1e-9, "it is the same in both directions")
		require.Equal(rt, a == b, d == 0)
		n, m := len([]rune(a)), len([]rune(b))
		require.LessOrEqual(rt, d, float64(max(n, m)), "no more than all letters")
		limit := rapid.Float64Range(0, 4).Draw(rt, "limit")
		bounded := persian.Distance(a, b, limit)
		if d <= limit {
			require.InDelta(rt, d, bounded, 1e-9, "the limit changes nothing below it")
		} else {
			require.Greater(rt, bounded, limit)
		}
	})
}
