package progress

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

// A curve shows where the layer behind 100 per cent became another version or was approved, also when the number stayed the same.
func TestLayersOfADenominatorBreakTheCurve(t *testing.T) {
	t.Parallel()
	day := func(sources string) *Moment {
		var kept any
		require.NoError(t, json.Unmarshal([]byte(sources), &kept))
		whole := 100.0
		return &Moment{Day: "2026-11-22", Denominator: &whole, sources: sourcesOf(kept)}
	}
	const second, approved = `[{"theme":"urban-boundary","dataset":7,"version":2}]`, `[{"theme":"urban-boundary","dataset":7,"version":2,"approved":true}]`
	for _, c := range []struct{ before, after, text string }{
		{second, second, ""},
		{`[]`, second, ""},
		{second, approved, "The committee approved version 2 of the layer urban-boundary as the denominator"},
		{approved, `[{"theme":"urban-boundary","dataset":7,"version":3}]`, "The denominator is by version 3 of the layer urban-boundary"},
		{approved, `[{"theme":"urban-boundary","dataset":7,"version":2,"approved":true},{"theme":"urban-boundary","dataset":8,"version":1}]`, "The denominator is by version 1 of the layer urban-boundary"},
		{`[{"denominator":"Census"}]`, `[{"denominator":"Register"}]`, ""},
	} {
		found := breaks(day(c.before), day(c.after))
		if c.text == "" {
			require.Empty(t, found, c.after)
			continue
		}
		require.Len(t, found, 1, c.after)
		require.Equal(t, []string{"denominator", c.text}, []string{found[0].Kind, found[0].Text.EN})
		require.False(t, found[0].restarts, "the number is the same, so a trend goes on")
	}
}
