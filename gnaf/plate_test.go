package gnaf_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/gnaf/search"
	"nsdi/internal/errs"
	"nsdi/internal/fixture"
)

// A registration plate leads to its parcels, those in the place that was named first; it is no house number.
func TestGeocodePlate(t *testing.T) {
	t.Parallel()
	pool := publishTown(t)
	parcel := func(key, wkt string, main, sub int) fixture.Feature {
		return fixture.Feature{Key: key, WKT: wkt, Attributes: map[string]any{"section": "بخش ۳", "main_plate": main, "sub_plate": sub}}
	}
	const yazd, besideIt, ardakan = "POLYGON((54.36 31.89,54.361 31.89,54.361 31.891,54.36 31.89))", "POLYGON((54.37 31.89,54.371 31.89,54.371 31.891,54.37 31.89))",
		"POLYGON((53.5 32.9,53.501 32.9,53.501 32.901,53.5 32.9))"
	fixture.Publish(t, pool, "cadastre-urban", "registry", nil, parcel("yazd", yazd, 72, 1617), parcel("turned", besideIt, 1617, 72), parcel("ardakan", ardakan, 72, 1617))
	g := geocoder(t, pool)
	ask := func(q search.Query) (keys []string, confidences []float64) {
		q.Limit = 10
		got, err := g.Geocode(t.Context(), q)
		require.NoError(t, err, q.Text)
		require.NotNil(t, got.Features, q.Text)
		for _, f := range got.Features {
			p := &f.Properties
			number, isParcel := strings.CutPrefix(p.Geocoding.PlaceID, "parcel/")
			if !isParcel {
				continue
			}
			require.Equal(t, []any{"parcel", "P"}, []any{p.Match.Level, p.Match.Code})
			require.NotEmpty(t, p.Match.Reasons.EN)
			require.Equal(t, 1, strings.Count(p.Geocoding.Label, "بخش"), p.Geocoding.Label)
			var key string
			require.NoError(t, pool.QueryRow(t.Context(), `select key from cadastre.parcel where id = $1::bigint`, number).Scan(&key))
			keys, confidences = append(keys, key), append(confidences, p.Match.Confidence)
			same, err := g.Place(t.Context(), p.Geocoding.PlaceID)
			require.NoError(t, err)
			require.Equal(t, p.Geocoding.Label, same.Properties.Geocoding.Label)
		}
		return keys, confidences
	}
	keys, sure := ask(search.Query{Text: "یزد، پلاک ثبتی شماره ۱۶۱۷ فرعی از ۷۲ اصلی واقع در بخش ثبتی ۳"})
	require.Equal(t, []string{"yazd", "ardakan"}, keys)
	assert.Greater(t, sure[0], 0.9)
	assert.Less(t, sure[1], 0.2)
	keys, sure = ask(search.Query{Text: "۱۶۱۷ فرعی از ۷۲ اصلی"})
	require.Equal(t, []string{"yazd", "ardakan"}, keys)
	assert.Less(t, sure[0], 0.5, "either may be meant")
	keys, sure = ask(search.Query{Text: "یزد، پلاک ثبتی ۱۶۱۷/۷۲ بخش ۳"})
	require.ElementsMatch(t, []string{"yazd", "turned", "ardakan"}, keys)
	assert.Less(t, sure[0], 0.6, "which number is the main plate is not said")
	keys, _ = ask(search.Query{Text: "۱۶۱۷ فرعی از ۷۲ اصلی", Box: &search.Box{West: 53, South: 32.5, East: 54, North: 33}})
	require.Equal(t, []string{"ardakan"}, keys)
	for _, none := range []string{"پلاک ثبتی ۹ اصلی بخش ۳", "۱۶۱۷ فرعی از ۷۲ اصلی بخش ۴", "یزد، خیابان کاشانی، پلاک ۷۲"} {
		keys, _ = ask(search.Query{Text: none})
		require.Empty(t, keys, none)
	}
	for _, id := range []string{"parcel/0", "parcel/x"} {
		_, err := g.Place(t.Context(), id)
		require.Equal(t, "place-unknown", errs.Code(err), id)
	}
}
