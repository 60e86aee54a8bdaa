package geocoding

import (
	"context"
	"strconv"

	"nsdi/bench/geocoding/country"
	"nsdi/bench/geocoding/noise"
)

// Geocoder is what is measured.
type Geocoder interface {
	Name() string
	// Geocode answers the best first. near is where the asker is, or nil.
	Geocode(ctx context.Context, query string, near *country.Corner, limit int) ([]Hit, error)
}

// Hit is one answer, in the words of the data.
type Hit struct {
	Province, City, Before, Street, Number, Suffix, Block, Unit, Code string

	At         country.Corner
	Level      string  // as the geocoder calls it
	Confidence float64 // 0 where it has none
	// Sure is false for what a geocoder itself calls a weak answer. One without confidences is always sure.
	Sure bool
}

// exact reports whether the answer says that it is the very house.
func (h Hit) exact() bool {
	switch h.Level {
	case "site", "unit", "code", "postcode":
		return true
	}
	return false
}

// Right reports whether the answer is what the question is about.
func (q *Question) Right(h Hit) bool {
	switch q.Want {
	case noise.NoAnswer:
		return false
	case noise.PlaceLevel:
		return noise.Distance(q.At, h.At) <= q.Within
	case noise.WayLevel, noise.PrefixLevel:
		return q.sameWay(h) && (q.Want == noise.PrefixLevel || !h.exact())
	case noise.CityLevel:
		return noise.Same(q.Row.City, h.City)
	}
	r := &q.Row
	return q.sameWay(h) && noise.Same(strconv.Itoa(r.Number)+r.Suffix, h.Number+h.Suffix) &&
		(r.Block == "" || h.Block == "" || noise.Same(r.Block, h.Block)) && (q.Want != noise.UnitLevel || r.Unit == h.Unit && (r.Code == "" || h.Code == "" || r.Code == h.Code))
}

// sameWay: a way is told apart by its settlement and by what it branches off. An answer that does not say the latter is taken by its place.
func (q *Question) sameWay(h Hit) bool {
	r := &q.Row
	if !noise.Same(r.Street, h.Street) || !noise.Same(r.City, h.City) || h.Province != "" && !noise.Same(r.Province, h.Province) {
		return false
	}
	return noise.Same(r.Before, h.Before) || h.Before == "" && noise.Distance(q.At, h.At) <= 300
}
