package search

import (
	"context"
	"strconv"
	"strings"

	"nsdi/gnaf/persian"
)

// Place answers the way or the area of an identifier; false where there is none now. Addresses are known by the database.
func (e *Engine) Place(ctx context.Context, id string) (Result, bool, error) {
	s, err := e.enter(ctx)
	if err != nil {
		return Result{}, false, err
	}
	defer s.base.leave()
	if number, isWay := strings.CutPrefix(id, "way/"); isWay {
		number, state, _ := strings.Cut(number, "-")
		n, err := strconv.ParseUint(number, 10, 64)
		if err != nil {
			return Result{}, false, nil //nolint:nilerr // what is no number is no way
		}
		r, ok := s.wayOf(n, state)
		return r, ok, nil
	}
	r, ok := s.base.areaOf(id)
	return r, ok, nil
}

// wayOf answers a way, in one province where that is named: of those under several ways before it, the one with the most addresses.
func (s *state) wayOf(id uint64, state string) (Result, bool) {
	x := s.base.index
	if _, changed := s.hidden[id]; changed {
		x = s.delta
	}
	var best *candidate
	for _, n := range x.ofWay(id) {
		w := x.way(n)
		if state != "" && StateID(x.components(w.area+1).Province) != state {
			continue
		}
		if best == nil || w.units > best.record.units {
			best = &candidate{x: x, m: &matches{x: x, r: &reading{}}, way: n, area: w.area, record: w, inCity: true, place: house{unit: -1, lon: w.lon, lat: w.lat}, confidence: 1}
		}
	}
	if best == nil {
		return Result{}, false
	}
	return best.result(), true
}

// wayPlace is the identifier of a way among those of places. Its number is that of a name in all settlements of one name: where there are some in several provinces, the
// identifier of the province follows.
func (x *index) wayPlace(id uint64, province string) string {
	place := "way/" + strconv.FormatUint(id, 10)
	if province == "" {
		return place
	}
	for _, n := range x.ofWay(id) {
		if other := x.components(x.way(n).area + 1).Province; other != "" && persian.UnitName("province", other) != persian.UnitName("province", province) {
			return place + "-" + StateID(province)
		}
	}
	return place
}

func (x *index) areaOf(id string) (Result, bool) {
	for n := range x.areas {
		a := x.area(n)
		if x.text(a.id) != id {
			continue
		}
		c := candidate{x: x, m: &matches{x: x, r: &reading{}}, area: n, isArea: true, place: house{unit: -1, lon: a.lon, lat: a.lat}, confidence: 1}
		return c.result(), true
	}
	return Result{}, false
}
