package gnaf

import (
	"strconv"

	"nsdi/gnaf/search"
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
	Truncated   bool   `json:"truncated" doc:"A bound of work was reached: there may be better answers"`
	// Nothing is there with no features only.
	Nothing *search.Nothing `json:"nothing,omitempty" doc:"Why there is no answer, and what can be done"`
}

// Feature is one place. Coordinates are longitude and latitude in degrees (EPSG:4326).
type Feature struct {
	Type       string     `json:"type" enum:"Feature"`
	Geometry   Point      `json:"geometry"`
	Properties Properties `json:"properties"`
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
	Type        string   `json:"type" enum:"house,street,locality,postcode,parcel"`
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
	AliasOf     string   `json:"alias_of,omitempty" doc:"place_id of the address that this is another address of"`
	ParcelID    string   `json:"national_parcel_id,omitempty" doc:"Of a parcel"`
	DistanceM   *float64 `json:"distance_m,omitempty" doc:"Metres on the ellipsoid"`
}

// Match says how sure the answer is and why.
type Match struct {
	Level      string       `json:"level" doc:"unit, site (the number), interpolated (between two numbers), alley (a way with the way before it), way, parcel, intersection, landmark, or the level of an administrative unit or place"`
	Code       string       `json:"level_code" enum:"0,1,2,3,4,5,6,7,8,9,P,X,L" doc:"The level in order: 1 province, 2 county, 3 city or village, 4 neighbourhood, 5 way, 6 alley, 7 interpolated, 8 site, 9 unit; P parcel, X intersection, L beside a landmark"`
	Confidence float64      `json:"confidence" minimum:"0" maximum:"1"`
	Reasons    Reasons      `json:"reasons"`
	Unmatched  []string     `json:"unmatched" doc:"Words of the query that matched nothing, folded"`
	Corrected  []Correction `json:"corrected" doc:"Words that were taken for others"`
	Radius     *float64     `json:"radius_m,omitempty" doc:"Metres around the point within which the place lies, where it is no point"`
}

// Correction is a word of the query that was taken for another one.
type Correction struct {
	From string `json:"from"`
	To   string `json:"to"`
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
			Match:     Match{Level: level, Confidence: 1, Reasons: Reasons{FA: []string{}, EN: []string{}}, Unmatched: []string{}, Corrected: []Correction{}},
		},
	}
}

// round7 keeps about a centimetre.
func round7(degrees float64) float64 {
	rounded, _ := strconv.ParseFloat(strconv.FormatFloat(degrees, 'f', 7, 64), 64)
	return rounded
}
