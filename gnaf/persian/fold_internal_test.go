package persian

import (
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
