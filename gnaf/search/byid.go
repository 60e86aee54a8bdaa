package search

import (
	"context"
	"strconv"
	"strings"
)

// Place answers the way or the area of an identifier; false where there is none now. Addresses are known by the database.
func (e *Engine) Place(ctx context.Context, id string) (Result, bool, error) {
	s, err := e.enter(ctx)
	if err != nil {
		return Result{}, false, err
	}
	defer s.base.leave()
	if number, isWay := strings.CutPrefix(id, "way/"); isWay {
		n, err := strconv.ParseUint(number, 10, 64)
		if err != nil {
			return Result{}, false, nil //nolint:nilerr // what is no number is no way
		}
		r, ok := s.wayOf(n)
		return r, ok, nil
	}
	r, ok := s.base.areaOf(id)
	return r, ok, nil
}

// wayOf answers a way: of those under several ways before it, the one with the most addresses.
func (s *state) wayOf(id uint64) (Result, bool) {
	x := s.base.index
	if _, changed := s.hidden[id]; changed {
		x = s.delta
	}
	var best *candidate
	for _, n := range x.ofWay(id) {
		w := x.way(n)
		if best == nil || w.units > best.record.units {
			best = &candidate{x: x, m: &matches{x: x, r: &reading{}}, way: n, area: w.area, record: w, inCity: true, place: house{unit: -1, lon: w.lon, lat: w.lat}, confidence: 1}
		}
	}
	if best == nil {
		return Result{}, false
	}
	return best.result(), true
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
