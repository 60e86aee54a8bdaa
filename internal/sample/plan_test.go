package sample

import "testing"

// TestPlacesKeepApart plans a country with counties of full size: settlements lie in their county and apart from each
// other, counties lie in their province and apart, and range and forest stay off the counties.
func TestPlacesKeepApart(t *testing.T) {
	t.Parallel()
	p, err := newPlan(t.Context(), Options{Addresses: 200_000, Seed: 4})
	if err != nil {
		t.Fatal(err)
	}
	planned, full := 0, 0
	for i, c := range p.counties {
		for _, q := range c.ring {
			if !contains(c.province.ring, q) {
				t.Errorf("%s is not in %s", c.code, c.province.code)
			}
		}
		for _, other := range p.counties[:i] {
			if c.box.overlaps(other.box) {
				t.Errorf("%s overlaps %s", c.code, other.code)
			}
		}
		places := c.settlements
		if c == p.mainCity().county {
			places = append(places[:len(places):len(places)], p.dirty)
		}
		for k, s := range places {
			if s != p.dirty {
				planned += s.target
			}
			if s.target > cityLimit/2 {
				full++
			}
			for _, q := range s.limits() {
				if !contains(c.ring, q) {
					t.Errorf("%s: %v is outside its county", s.code, q)
				}
			}
			for _, other := range places[:k] {
				if boundsOf(s.limits()).overlaps(boundsOf(other.limits())) {
					t.Errorf("%s overlaps %s", s.code, other.code)
				}
			}
		}
	}
	if planned != 200_000 || full < 3 {
		t.Errorf("%d addresses are planned, %d cities are of full size", planned, full)
	}
	for i := range p.provinces {
		pr := &p.provinces[i]
		b, err := p.natureBox(pr)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range p.counties {
			if b.overlaps(c.box) {
				t.Errorf("range and forest of %s lie on %s", pr.code, c.code)
			}
		}
	}
}

func boundsOf(ring []xy) box {
	b := box{ring[0].X, ring[0].Y, ring[0].X, ring[0].Y}
	for _, q := range ring {
		b = box{min(b.west, q.X), min(b.south, q.Y), max(b.east, q.X), max(b.north, q.Y)}
	}
	return b
}

// TestEveryAddressCountIsReached plans awkward sizes: the counts must add up, and codes must not run out.
func TestEveryAddressCountIsReached(t *testing.T) {
	t.Parallel()
	for _, n := range []int{100, 101, 999, 60_001, 91_000} {
		p, err := newPlan(t.Context(), Options{Addresses: n, Seed: 2})
		if err != nil {
			t.Fatalf("%d addresses: %v", n, err)
		}
		sum := 0
		for _, c := range p.counties {
			serial := 0
			for _, s := range c.settlements {
				if s.postalFrom != serial {
					t.Errorf("%s begins at serial %d, want %d", s.code, s.postalFrom, serial)
				}
				serial += s.target
				sum += s.target
			}
		}
		if sum != n {
			t.Errorf("%d addresses are planned, want %d", sum, n)
		}
	}
}
