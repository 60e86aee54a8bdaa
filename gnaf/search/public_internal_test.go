package search

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestOnlyWhatIsAskedForIsToldToEverybody(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		asked      string
		level      Level
		unit, code string
	}{
		"a site with one unit":            {"یزد، خیابان کاشانی، پلاک ۵", LevelSite, "", ""},
		"a unit by its number":            {"یزد، خیابان کاشانی، پلاک ۵، واحد ۳", LevelUnit, "3", ""},
		"the code, in Persian digits":     {"۱۳۱۱۱۳۳۷۱۷", LevelUnit, "", "1311133717"},
		"another code, one digit further": {"1311133718", LevelUnit, "3", ""},
		"a point":                         {"", LevelSite, "", ""},
	} {
		r := []Result{{
			Level: c.level, Label: "as it was", Components: Components{City: "یزد", Street: "خیابان کاشانی", Number: "5", Unit: "3", PostalCode: "1311133717"},
			Corrected: []Correction{{From: "کاشانی", To: "کاشانی"}, {From: "1311133718", To: "1311133717"}},
		}}
		withhold(r, c.asked)
		require.Equal(t, c.unit, r[0].Components.Unit, name)
		require.Equal(t, c.code, r[0].Components.PostalCode, name)
		require.Equal(t, c.unit != "", r[0].Label == "as it was", name)
		require.NotContains(t, r[0].Label, "واحد", name)
		require.Len(t, r[0].Corrected, map[bool]int{true: 2, false: 1}[c.code != ""], name)
	}
}
