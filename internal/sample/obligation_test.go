package sample

import (
	"strconv"
	"strings"
	"testing"
)

// nothingIsCompleteOrEmpty estimates each measurable obligation from the files: none may be at 0 or 100.
func nothingIsCompleteOrEmpty(t *testing.T, d *sampleDir) {
	sum := map[string]float64{}
	expected, places, addresses := 0, 0, 0
	for _, del := range d.manifest.Deliveries {
		if del.Dirty {
			continue
		}
		for _, row := range d.read(t, del) {
			switch schema := themeSchemas()[del.Theme]; {
			case del.Theme == "expected-addresses":
				n, err := strconv.Atoi(row.attrs["count"])
				if err != nil {
					t.Fatal(err)
				}
				switch strings.Count(row.attrs["admin_code"], "-") {
				case 0:
					expected = n
				case 3:
					places += n
				}
			case del.Theme == "gnaf-address":
				addresses++
			case schema.geometry == "Polygon":
				_, ring := row.vertices(t)
				name := del.Theme
				if name == "base-map-sheet" {
					name += row.attrs["scale"]
					if strings.HasPrefix(row.attrs["sheet_no"], "R-") {
						name = "base-map-rest"
					}
				}
				if row.attrs["code"] == "IR" {
					name = "country"
				}
				sum[name] += area(ring)
			}
		}
	}
	for _, ratio := range []struct {
		name, part, whole string
		low, high         float64
	}{
		{"urban base maps 1:500", "base-map-sheet500", "urban-boundary", 0.2, 0.8},
		{"urban base maps 1:2000", "base-map-sheet2000", "urban-boundary", 0.3, 1.5},
		{"base maps of the rest", "base-map-rest", "country", 0.2, 0.6},
		{"urban cadastre", "cadastre-urban", "urban-boundary", 0.2, 0.8},
		{"rural cadastre", "cadastre-rural", "village", 0.05, 0.8},
		{"range and forest cadastre", "cadastre-range-forest", "range-forest", 0.2, 0.8},
		{"marine cadastre", "cadastre-marine", "territorial-sea", 0.2, 0.8},
	} {
		if got := sum[ratio.part] / sum[ratio.whole]; got < ratio.low || got > ratio.high {
			t.Errorf("%s: %.0f %%", ratio.name, 100*got)
		}
	}
	if places != expected {
		t.Errorf("settlements expect %d addresses, the country %d", places, expected)
	}
	if got := float64(addresses) / float64(expected); got < 0.6 || got > 0.8 {
		t.Errorf("addresses: %.0f %%", 100*got)
	}
}
