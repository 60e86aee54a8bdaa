package persian_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"nsdi/gnaf/persian"
)

func TestReadHouseNumber(t *testing.T) {
	t.Parallel()
	type number = persian.HouseNumber
	for written, want := range map[string]number{
		"12": {Value: 12}, " ۱۲ ": {Value: 12}, "٠٧": {Value: 7}, "12/1": {Value: 12, Suffix: "/1"}, "12٫1": {Value: 12, Suffix: "/1"}, "19.0": {Value: 19}, "12.": {}, "12/": {}, "12/0": {Value: 12, Suffix: "/0"},
		"12الف": {Value: 12, Suffix: "الف"}, "12 - الف": {Value: 12, Suffix: "الف"}, "12--5": {Value: 12, Suffix: "5"}, "12-/x": {}, "12-14": {Value: 12, To: 14}, "12–14 الف": {Value: 12, To: 14, Suffix: "الف"},
		"12-14ب": {Value: 12, Suffix: "14ب"}, "-5": {Value: -5}, "−5": {Value: -5}, "1234567": {}, "الف": {}, "": {}, "12 المـاس": {Value: 12, Suffix: "المـاس"},
	} {
		got, ok := persian.ReadHouseNumber(written)
		require.Equal(t, want, got, written)
		require.Equal(t, want != number{}, ok, written)
	}
}

// What is read is written so that it is read as the same, whatever stood there.
func FuzzReadHouseNumber(f *testing.F) {
	for _, s := range []string{"12", "۱۲ الف", "12-14", "12/1", "-5", "12--x", "12-.5", "1-2-3", "12\u200f/5", "7ـ", "12 14"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, ok := persian.ReadHouseNumber(s)
		if !ok {
			require.Zero(t, n)
			return
		}
		require.Less(t, n.Value, 1_000_000)
		again, ok := persian.ReadHouseNumber(n.String())
		require.True(t, ok, "%q is written %q", s, n.String())
		require.Equal(t, n, again, "%q is written %q", s, n.String())
	})
}
