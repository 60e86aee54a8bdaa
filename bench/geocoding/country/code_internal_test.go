package country

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestCodesOfALargeCountry: a range has 90,000 codes, and the largest city of ten million addresses has more. Codes are distinct because prefixes of ranges are, and
// serials within a range; so the ends of each range tell of all between.
func TestCodesOfALargeCountry(t *testing.T) {
	t.Parallel()
	for _, rows := range []int{1, 60_000, 1_000_000, 2_000_000, 10_000_000, 40_000_000} {
		all, sum, several := settlements(Options{Rows: rows, Seed: 1404}), 0, 0
		of := map[string]int{} // the settlement of a prefix
		for i := range all {
			s := &all[i]
			sum += s.target
			if s.target > serials {
				several++
			}
			for from := 0; from < s.target; from += serials {
				first, last := s.code(from), s.code(min(from+serials, s.target)-1)
				for _, code := range []string{first, last} {
					require.Regexp(t, `^[1346789][13456789]{3}[1346789][1-9][0-9]{4}$`, code, "%d rows, settlement %d", rows, i)
				}
				require.Equal(t, first[:5], last[:5])
				require.NotContains(t, of, first[:5], "%d rows, settlements %d", rows, i)
				of[first[:5]] = i
			}
		}
		require.GreaterOrEqual(t, sum, rows)
		require.Equal(t, rows > 1_000_000, several > 0, "%d rows", rows)
	}
}
