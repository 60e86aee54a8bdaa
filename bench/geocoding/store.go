package geocoding

import (
	"context"

	"nsdi/bench/geocoding/country"
	"nsdi/gnaf"
)

// Store is nsdi's search in PostGIS, exact on folded text: what the engine came after.
type Store struct{ Geocoder *gnaf.Geocoder }

// Name is the geocoder's.
func (Store) Name() string { return "nsdi in PostGIS" }

// Geocode knows no focus.
func (s Store) Geocode(ctx context.Context, query string, _ *country.Corner, limit int) ([]Hit, error) {
	found, err := s.Geocoder.Geocode(ctx, query, limit)
	if err != nil {
		return nil, err
	}
	hits := make([]Hit, len(found.Features))
	for i, f := range found.Features {
		p := f.Properties.Geocoding
		hits[i] = Hit{
			Province: p.State, City: p.City, Street: p.Street, Number: p.HouseNumber, Unit: p.Unit, Code: p.Postcode, Level: f.Properties.Match.Level,
			At:         country.Corner{Lon: f.Geometry.Coordinates[0], Lat: f.Geometry.Coordinates[1]},
			Confidence: f.Properties.Match.Confidence, Sure: f.Properties.Match.Confidence >= sure,
		}
	}
	return hits, nil
}

// sure is the confidence from which an answer to nonsense counts as a mistake.
const sure = 0.8
