package batch

import (
	"context"
	"strings"

	"nsdi/gnaf"
	"nsdi/gnaf/search"
	"nsdi/internal/errs"
)

// Store is a Finder that asks the search in PostGIS.
type Store struct{ Geocoder *gnaf.Geocoder }

// Search asks for the text, or the parts as one.
func (s Store) Search(ctx context.Context, q search.Query) (search.Answer, error) {
	text := q.Text
	if p := q.Parts; text == "" {
		parts := []string{p.Province, p.County, p.City, p.Neighbourhood, p.StreetBefore, p.Street}
		if p.Number != "" {
			parts = append(parts, "پلاک "+p.Number)
		}
		if p.Unit != "" {
			parts = append(parts, "واحد "+p.Unit)
		}
		if p.PostalCode != "" {
			parts = []string{p.PostalCode}
		}
		text = strings.Join(parts, " ")
	}
	found, err := s.Geocoder.Geocode(ctx, text, max(1, q.Limit))
	if err != nil {
		return search.Answer{}, err
	}
	var a search.Answer
	for _, f := range found.Features {
		p, m := f.Properties.Geocoding, f.Properties.Match
		r := search.Result{
			ID: p.PlaceID, Level: levelOf(m.Level), Confidence: m.Confidence, Label: p.Label, LabelEN: p.LabelEN, Lon: f.Geometry.Coordinates[0], Lat: f.Geometry.Coordinates[1], Unmatched: m.Unmatched,
			Components: search.Components{
				Province: p.State, County: p.County, City: p.City, Neighbourhood: p.Locality, Street: p.Street, Number: p.HouseNumber, Unit: p.Unit, PostalCode: p.Postcode,
			},
		}
		for i := range m.Reasons.FA {
			r.Reasons = append(r.Reasons, errs.T(m.Reasons.FA[i], m.Reasons.EN[i]))
		}
		a.Results = append(a.Results, r)
	}
	return a, nil
}

func levelOf(name string) search.Level {
	for l := search.LevelNone; l <= search.LevelLandmark; l++ {
		if l.Name() == name {
			return l
		}
	}
	return search.LevelCity // a place
}
