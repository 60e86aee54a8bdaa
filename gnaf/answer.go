package gnaf

import (
	"strconv"
	"strings"
	"unicode"

	"nsdi/internal/errs"
)

// Collection is an answer in GeocodeJSON: what was asked, which state of the data answered, and the places found.
type Collection struct {
	Type      string    `json:"type" enum:"FeatureCollection"`
	Geocoding Geocoding `json:"geocoding"`
	Features  []Feature `json:"features"`
}

// Geocoding says what was asked and of which data.
type Geocoding struct {
	Version     string `json:"version" example:"0.1.0"`
	Query       string `json:"query"`
	DataVersion string `json:"data_version" doc:"Last change of the change log that the answer has seen"`
}

// Feature is one place. Coordinates are longitude and latitude in degrees (EPSG:4326).
type Feature struct {
	Type       string     `json:"type" enum:"Feature"`
	Geometry   Point      `json:"geometry"`
	Properties Properties `json:"properties"`

	explained int    // tokens of the query that the feature answers
	rank      int    // among equals, the smaller first
	key       string // of a place: its name, folded
}

// Point is a GeoJSON point.
type Point struct {
	Type        string     `json:"type" enum:"Point"`
	Coordinates [2]float64 `json:"coordinates"`
}

// Properties holds the place and why it is an answer.
type Properties struct {
	Geocoding Place `json:"geocoding"`
	Match     Match `json:"match"`
}

// Place describes what was found, in the words of GeocodeJSON.
type Place struct {
	PlaceID     string   `json:"place_id"`
	Type        string   `json:"type" enum:"house,street,locality,postcode"`
	Label       string   `json:"label"`
	LabelEN     string   `json:"label_en,omitempty"`
	HouseNumber string   `json:"housenumber,omitempty"`
	Unit        string   `json:"unit,omitempty"`
	Street      string   `json:"street,omitempty"`
	Locality    string   `json:"locality,omitempty"`
	City        string   `json:"city,omitempty"`
	County      string   `json:"county,omitempty"`
	State       string   `json:"state,omitempty"`
	Postcode    string   `json:"postcode,omitempty"`
	DistanceM   *float64 `json:"distance_m,omitempty" doc:"Metres on the ellipsoid"`
}

// Match says how sure the answer is and why.
type Match struct {
	Level      string   `json:"level" doc:"unit, site, way, or the level of an administrative unit or place"`
	Confidence float64  `json:"confidence" minimum:"0" maximum:"1"`
	Reasons    Reasons  `json:"reasons"`
	Unmatched  []string `json:"unmatched" doc:"Words of the query that matched nothing, folded"`
}

// Reasons are sentences for people, in both languages.
type Reasons struct {
	FA []string `json:"fa"`
	EN []string `json:"en"`
}

func (r *Reasons) add(t errs.Text) {
	r.FA = append(r.FA, t.FA)
	r.EN = append(r.EN, t.EN)
}

func newFeature(lon, lat float64, place Place, level string) Feature {
	return Feature{
		Type:     "Feature",
		Geometry: Point{Type: "Point", Coordinates: [2]float64{round7(lon), round7(lat)}},
		Properties: Properties{
			Geocoding: place,
			Match:     Match{Level: level, Confidence: 1, Reasons: Reasons{FA: []string{}, EN: []string{}}, Unmatched: []string{}},
		},
	}
}

// round7 keeps about a centimetre.
func round7(degrees float64) float64 {
	rounded, _ := strconv.ParseFloat(strconv.FormatFloat(degrees, 'f', 7, 64), 64)
	return rounded
}

// houseNumber writes number and suffix as people do: "12 الف", "22A", "7 1/2".
func houseNumber(number *int, suffix string) string {
	if number == nil {
		return ""
	}
	n := strconv.Itoa(*number)
	switch {
	case suffix == "":
		return n
	case isLatin(suffix) && !unicode.IsDigit(rune(suffix[0])):
		return n + suffix
	}
	return n + " " + suffix
}

// label writes the address in the order of its script: from large to small in Persian, number first in Latin.
func (a *address) label() string {
	parts := make([]string, 0, 8)
	add := func(s string) {
		if s = strings.TrimSpace(s); s != "" && (len(parts) == 0 || parts[len(parts)-1] != s) {
			parts = append(parts, s)
		}
	}
	number := houseNumber(a.number, a.suffix)
	if isLatin(a.street) {
		add(strings.TrimSpace(number + " " + a.street))
		if a.unit != "" {
			add("unit " + a.unit)
		}
		add(a.neighbourhood)
		add(a.city)
		add(a.province)
		return strings.Join(parts, ", ")
	}
	add(a.province)
	add(a.city)
	add(a.neighbourhood)
	add(a.streetBefore)
	add(a.street)
	if number != "" {
		add("پلاک " + number)
	}
	if a.unit != "" {
		add("واحد " + a.unit)
	}
	return strings.Join(parts, "، ")
}

func isLatin(s string) bool {
	for _, r := range s {
		if unicode.Is(unicode.Arabic, r) && unicode.IsLetter(r) {
			return false
		}
	}
	return true
}
