package geocoding_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"nsdi/bench/geocoding"
	"nsdi/bench/geocoding/country"
	"nsdi/bench/geocoding/noise"
)

// A question can be answered where the register has one of its streets, in the city and near: elsewhere the street is another one of that name.
func TestAnswerable(t *testing.T) {
	t.Parallel()
	at := country.Corner{Lon: 51.4, Lat: 35.7}
	ask := func(text string) geocoding.Question {
		return geocoding.Question{Text: "تهران، " + text, Want: noise.PlaceLevel, At: at, Within: 500}
	}
	questions := []geocoding.Question{
		ask("خیابان پیروزی تقاطع 17 شهریور،نرسیده به میدان شهدا، جنب اداره برق"), ask("تقاطع خیابان های پانزده خرداد و خیام - چهارراه گلوبندک"), ask("ارم سبز"),
	}
	var streets []string
	rows := geocoding.StationStreets(questions)
	for _, r := range rows {
		streets = append(streets, r.Street)
	}
	require.Equal(t, []string{"خیابان پیروزی", "میدان شهدا", "خیابان پانزده خرداد", "خیابان خیام", "چهارراه گلوبندک"}, streets)
	require.Equal(t, questions[:2], geocoding.Answerable(questions, slices.Values(rows)))
	for i := range rows[1:] {
		rows[i+1].Lat += 0.01
	}
	require.Equal(t, questions[:1], geocoding.Answerable(questions, slices.Values(rows)), "a kilometre away")
	rows[0].City = "کرج"
	require.Empty(t, geocoding.Answerable(questions, slices.Values(rows)), "of another city")
}
