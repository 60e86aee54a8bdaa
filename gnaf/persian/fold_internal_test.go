package persian

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// The quick way without decomposing and the slow one are one function: for each rune that the quick way takes, alone
// and between others, and for strings of such.
func TestQuickKeyIsTheDecomposedOne(t *testing.T) {
	t.Parallel()
	same := func(t require.TestingT, s string) {
		require.Equal(t, string(appendDecomposed(nil, s)), string(AppendKey(nil, s)), "%+q", s)
	}
	var simple []rune
	for r := range rune(0xFFFF + 1) {
		if !isSimple(r) {
			continue
		}
		simple = append(simple, r)
		for _, s := range []string{string(r), "ب" + string(r) + "ا", "1" + string(r) + "2", "ه" + string(r) + " ی " + string(r) + "و"} {
			same(t, s)
		}
	}
	require.Len(t, simple, 0x80+0x100+0x70+7)
	rapid.Check(t, func(rt *rapid.T) {
		same(rt, rapid.StringOf(rapid.SampledFrom(simple)).Draw(rt, "s"))
	})
	rapid.Check(t, func(rt *rapid.T) {
		same(rt, rapid.String().Draw(rt, "any"))
	})
}

// Stored keys are made again when Version moves, so it has to move with every change of what keys are: of the tables, of the
// spellings of kinds of ways in the lexicon, of Unicode. When this fails: raise Version, and write the new checksum here.
func TestKeysMoveWithTheirVersion(t *testing.T) {
	t.Parallel()
	h := sha256.New()
	for r := range rune(0x20000) {
		fmt.Fprintf(h, "%d %s\n", r, Fold("ب"+string(r)+"ا"))
	}
	for _, s := range []string{"پ12", "خانه‌ی ما", "22A", "ه ی ب"} {
		fmt.Fprintln(h, Fold(s))
	}
	for _, spelling := range slices.Sorted(maps.Keys(Words().kinds)) {
		fmt.Fprintln(h, spelling, Words().kinds[spelling])
	}
	require.Equal(t, "2 171e5529fc48bd8c", fmt.Sprintf("%d %x", Version, h.Sum(nil)[:8]))
}
