package gnaf

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Whatever the text: every token is used at most once, places are inside the query, and what is claimed by a locator is no name.
func FuzzParseQuery(f *testing.F) {
	for _, s := range []string{"یزد، خیابان کاشانی، پلاک ۱۲ واحد ۳", "2916 VT ROUTE 22A", "کد پستی ۸۹۱۷۹-۵۷۹۱۶", "پلاک", "پ12 و3 ط4", "10 الف", "\xff", "12345 67890"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		q, err := parseQuery(s)
		if err != nil {
			return
		}
		require.NotEmpty(t, q.tokens)
		require.LessOrEqual(t, len(q.tokens), maxQueryTokens)
		require.Len(t, q.reserved, len(q.tokens))
		used := make([]bool, len(q.tokens))
		for _, n := range q.numbers(used) {
			require.GreaterOrEqual(t, n.value, 0)
			require.Less(t, n.at, len(q.tokens))
			q.suffixAfter(n, used)
		}
		if q.postal != nil {
			require.LessOrEqual(t, q.postal.first, q.postal.last)
			require.Less(t, q.postal.last, len(q.tokens))
		}
		for _, gram := range q.grams() {
			require.NotEmpty(t, gram)
		}
		require.Equal(t, q.tokens, q.unmatched(used))
	})
}
