package search

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestCoordinates(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"35.6892, 51.389", "51.389 35.6892", "(۳۵٫۶۸۹۲، ۵۱٫۳۸۹)", "geo:35.6892,51.389", "N35.6892 E51.389", "35.6892° N, 51.389° E", "51.389E 35.6892N",
		"lat: 35.6892, lon: 51.389", "longitude=51.389&latitude=35.6892", "عرض ۳۵٫۶۸۹۲ طول ۵۱٫۳۸۹", `35°41'21.12"N 51°23'20.4"E`, "35° 41′ 21.12″، 51° 23′ 20.4″", "35°41.352' 51°23.34'",
	} {
		p, ok := coordinates(text)
		assert.True(t, ok, text)
		assert.InDelta(t, 35.6892, p.Lat, 1e-6, text)
		assert.InDelta(t, 51.389, p.Lon, 1e-6, text)
	}
	p, ok := coordinates("33.9 S 18.4 W")
	assert.True(t, ok)
	assert.Equal(t, Point{-18.4, -33.9}, p)
	for _, text := range []string{"12 34", "پلاک 12.5 واحد 3", "35.6892", "35.6892, 51.389, 12.5", "N35.6 N51.3", "95.1 200.3", "1.2.3, 4", "خیابان 12.5، 13.5", "35°, ", "N 12 34"} {
		_, ok := coordinates(text)
		assert.False(t, ok, text)
	}
}
