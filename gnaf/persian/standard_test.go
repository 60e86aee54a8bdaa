package persian_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"nsdi/gnaf/persian"
)

func TestStandardString(t *testing.T) {
	t.Parallel()
	ground := 0
	a := persian.Standard{
		Province: "یزد", County: "میبد", District: "مرکزی", SettlementKind: "شهر", Settlement: "میبد", Neighbourhood: "فیروزآباد", StreetBefore: "خیابان امام", Street: "کوچه 5",
		Number: &persian.HouseNumber{Value: 12, Suffix: "الف"}, Building: "نور", Floor: &ground, Unit: "3",
	}
	const want = "استان یزد، شهرستان میبد، بخش مرکزی، شهر میبد، محله فیروزآباد، خیابان امام، کوچه 5، پلاک 12 الف، ساختمان نور، همکف، واحد 3"
	assert.Equal(t, want, a.String())
	again, ok := persian.ParseStandard(want)
	assert.True(t, ok)
	assert.Equal(t, a, again)
	// The free parser reads it too.
	assert.Equal(t, want, persian.Parse(want, nil).Standard().String())

	floor := -1
	assert.Equal(t, "روستای ده نو، «واحد شمالی»، پلاک 12-14، طبقه -1",
		persian.Standard{SettlementKind: "روستا", Settlement: "ده نو", Street: "واحد شمالی", Number: &persian.HouseNumber{Value: 12, To: 14}, Floor: &floor}.String())
	for _, s := range []string{"", "پلاک", "پلاک الف", "طبقه دو", "واحد", "خیابان الف، خیابان ب، خیابان ج", "پلاک 5، خیابان الف", "شهر یزد، استان یزد", "همکف، طبقه 1", "، ،"} {
		_, ok := persian.ParseStandard(s)
		assert.False(t, ok, s)
	}
}

// What is written is read back, whatever the names are.
func TestStandardRoundTrip(t *testing.T) {
	t.Parallel()
	name := rapid.OneOf(
		rapid.SampledFrom([]string{"", "یزد", "خیابان امام", "کوچه ۵", "پلاک 5", "واحد", "همکف", "استان", "الف، ب", "شهر", "روستای نو", "طبقه 2", "ساختمان", "ولی‌عصر", "محله"}),
		rapid.Map(rapid.StringMatching(`[ا-ی، ۰-۹a-z«»‌-]{0,12}`), clean),
		rapid.Map(rapid.String(), clean),
	)
	rapid.Check(t, func(rt *rapid.T) {
		a := persian.Standard{
			Province: name.Draw(rt, "province"), County: name.Draw(rt, "county"), District: name.Draw(rt, "district"), Settlement: name.Draw(rt, "settlement"),
			Neighbourhood: name.Draw(rt, "neighbourhood"), Street: name.Draw(rt, "street"), Building: name.Draw(rt, "building"), Unit: name.Draw(rt, "unit"),
		}
		if a.Settlement != "" {
			a.SettlementKind = rapid.SampledFrom([]string{"شهر", "روستا", "آبادی"}).Draw(rt, "kind")
		}
		if a.Street != "" {
			a.StreetBefore = name.Draw(rt, "before")
		}
		if rapid.Bool().Draw(rt, "numbered") {
			a.Number = &persian.HouseNumber{Value: rapid.IntRange(0, 99998).Draw(rt, "n"), Suffix: rapid.SampledFrom([]string{"", "الف", "مکرر", "/1", "B"}).Draw(rt, "suffix")}
			if rapid.Bool().Draw(rt, "range") {
				a.Number.To = a.Number.Value + 2
			}
		}
		if rapid.Bool().Draw(rt, "floored") {
			floor := rapid.IntRange(-9, 200).Draw(rt, "floor")
			a.Floor = &floor
		}
		if a == (persian.Standard{}) {
			return
		}
		again, ok := persian.ParseStandard(a.String())
		require.True(rt, ok, a.String())
		require.Equal(rt, a, again, a.String())
	})
}

// clean is what a text of a standard address is: as shown, without guillemets.
func clean(s string) string {
	return persian.Display(strings.NewReplacer("«", "", "»", "").Replace(persian.Display(s)))
}
