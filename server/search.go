package server

import (
	"context"
	"math"
	"strconv"
	"strings"

	"nsdi/gnaf"
	"nsdi/gnaf/search"
)

// FindInput is what both searches understand.
type FindInput struct {
	Limit    int     `query:"limit" default:"10" minimum:"1" maximum:"50"`
	Focus    string  `query:"focus" maxLength:"60" doc:"lon,lat: what is near is preferred, and stands for a city that is not said" example:"51.4,35.7"`
	Box      string  `query:"bbox" maxLength:"100" doc:"West, south, east, north in degrees: nothing outside is an answer"`
	Province string  `query:"province" maxLength:"100" doc:"Only answers within the province"`
	City     string  `query:"city" maxLength:"100" doc:"Only answers within the city or village"`
	MinLevel float64 `query:"min_level" minimum:"0" maximum:"9" doc:"The least level_code of answers: 5 leaves cities out, 8 all but numbers and units"`
}

func (in *FindInput) query() (search.Query, error) {
	q := search.Query{Limit: in.Limit, Province: in.Province, City: in.City, Least: search.Level(in.MinLevel)}
	if in.Focus != "" {
		p, err := degrees("query.focus", in.Focus, 2)
		if err != nil {
			return q, err
		}
		q.Focus = &search.Point{Lon: p[0], Lat: p[1]}
	}
	if in.Box != "" {
		b, err := degrees("query.bbox", in.Box, 4)
		if err != nil {
			return q, err
		}
		if b[0] > b[2] || b[1] > b[3] {
			return q, invalid("query.bbox", in.Box)
		}
		q.Box = &search.Box{West: b[0], South: b[1], East: b[2], North: b[3]}
	}
	return q, nil
}

// degrees reads so many numbers with commas, longitudes and latitudes by turns.
func degrees(location, text string, n int) ([]float64, error) {
	parts := strings.Split(text, ",")
	if len(parts) != n {
		return nil, invalid(location, text)
	}
	list := make([]float64, n)
	for i, part := range parts {
		v, err := strconv.ParseFloat(strings.TrimSpace(part), 64)
		if most := []float64{180, 90}[i%2]; err != nil || math.IsNaN(v) || math.Abs(v) > most {
			return nil, invalid(location, text)
		}
		list[i] = v
	}
	return list, nil
}

type geocodeInput struct {
	FindInput
	Q             string `query:"q" doc:"Address, postal code, coordinates or name of a place, in any order and with any digits; or the parts below"`
	County        string `query:"county" maxLength:"100"`
	Neighbourhood string `query:"neighbourhood" maxLength:"100"`
	StreetBefore  string `query:"street_before" maxLength:"200" doc:"The way that the street branches off"`
	Street        string `query:"street" maxLength:"200"`
	Number        string `query:"number" maxLength:"30"`
	Unit          string `query:"unit" maxLength:"30"`
	PostalCode    string `query:"postal_code" maxLength:"30"`
}

// geocode answers GET /v1/geocode.
func (s *server) geocode(ctx context.Context, in *geocodeInput) (*gnaf.Collection, error) {
	q, err := in.query()
	if err != nil {
		return nil, err
	}
	q.Text = in.Q
	q.Parts = search.Parts{
		County: in.County, Neighbourhood: in.Neighbourhood, StreetBefore: in.StreetBefore, Street: in.Street, Number: in.Number, Unit: in.Unit, PostalCode: in.PostalCode,
	}
	if q.Parts != (search.Parts{}) { // in an address by parts, province and city are parts as well, which may be wrong
		q.Parts.Province, q.Parts.City, q.Province, q.City = in.Province, in.City, "", ""
	}
	return s.Geocoder.Geocode(ctx, q)
}

type autocompleteInput struct {
	FindInput
	Q string `query:"q" required:"true" doc:"The beginning of an address or of the name of a place: the last word need not be whole"`
}

// autocomplete answers GET /v1/autocomplete.
func (s *server) autocomplete(ctx context.Context, in *autocompleteInput) (*gnaf.Collection, error) {
	q, err := in.query()
	if err != nil {
		return nil, err
	}
	q.Text, q.Prefix = in.Q, true
	return s.Geocoder.Geocode(ctx, q)
}

type reverseInput struct {
	Lat   float64 `query:"lat" required:"true" minimum:"-85" maximum:"85" doc:"Latitude in degrees"`
	Lon   float64 `query:"lon" required:"true" minimum:"-180" maximum:"180" doc:"Longitude in degrees"`
	Limit int     `query:"limit" default:"5" minimum:"1" maximum:"50" doc:"Number of addresses; the parcel and administrative units come on top"`
}

// reverse answers GET /v1/reverse.
func (s *server) reverse(ctx context.Context, in *reverseInput) (*gnaf.Collection, error) {
	return s.Geocoder.Reverse(ctx, in.Lat, in.Lon, in.Limit)
}

type placeInput struct {
	Kind string `path:"kind" maxLength:"40" example:"way"`
	ID   string `path:"id" maxLength:"400" doc:"The rest of a place_id"`
}

// placeNamed answers GET /v1/places/{kind}/{id}.
func (s *server) placeNamed(ctx context.Context, in *placeInput) (*gnaf.Feature, error) {
	return s.Geocoder.Place(ctx, in.Kind+"/"+in.ID)
}
