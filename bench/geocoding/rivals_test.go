package geocoding

import (
	"testing"

	"github.com/stretchr/testify/require"

	"nsdi/bench/geocoding/country"
	"nsdi/bench/geocoding/noise"
)

func TestEdits(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		n    int
	}{{"", "", 0}, {"", "سرو", 3}, {"سرو", "سرو", 0}, {"سرو", "سورو", 1}, {"سرو", "رسو", 1}, {"سرو", "صرو", 1}, {"kitten", "sitting", 3}, {"ca", "abc", 3}} {
		require.Equal(t, c.n, edits(c.a, c.b), c.a+" "+c.b)
		require.Equal(t, c.n, edits(c.b, c.a), c.a+" "+c.b)
	}
}

// TestRivals: «南丁目» is as near to 南一丁目 as to 南二丁目 and 南三丁目, and to none of another city.
func TestRivals(t *testing.T) {
	t.Parallel()
	row := func(city, street string) country.Row { return country.Row{City: city, Street: street} }
	r := Real{Rows: []country.Row{row("a", "南一丁目"), row("a", "南二丁目"), row("a", "南二丁目"), row("a", "南三丁目"), row("a", "北新町"), row("b", "南四丁目"), row("b", "山川")}}
	require.Equal(t, 2, r.rivals(&r.Rows[0], "南丁目"))
	require.Equal(t, 0, r.rivals(&r.Rows[4], "北町"))
	require.Equal(t, 0, r.rivals(&r.Rows[5], "南丁目"))
}

// A misspelt «مرس» is as near to «مدرس» as to «مریس», and «مدرس» of another city is not what was asked for.
func TestAsNear(t *testing.T) {
	t.Parallel()
	q := &Question{Text: "تهران، شادرود، خیابان مرس، پلاک 12", Want: noise.SiteLevel, Row: country.Row{Province: "تهران", County: "شادرود", City: "شادرود", Street: "خیابان مدرس", Number: 12}}
	answer := func(city, street, number string) *Outcome {
		return &Outcome{Question: q, Answered: true, Top: Hit{Province: "تهران", City: city, Street: street, Number: number}}
	}
	require.True(t, answer("شادرود", "خیابان مریس", "12").AsNear())
	require.False(t, answer("گلشهر", "خیابان مدرس", "12").AsNear())
	require.False(t, answer("شادرود", "خیابان مریس", "").AsNear(), "no number")
	require.False(t, answer("شادرود", "خیابان مرجان", "12").AsNear())
	right := answer("شادرود", "خیابان مدرس", "12")
	right.Rank = 1
	require.False(t, right.AsNear())
}
