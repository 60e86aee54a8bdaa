package country

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
)

const metresADegree = 111_320.0

// way is a line with houses. Its place is metres east and north of the settlement's middle.
type way struct {
	name, formerly, colloquially, square string
	before                               *way
	x, y, angle, length                  float64
	houses                               int
}

func (w *way) at(along, aside float64) (x, y float64) {
	sin, cos := math.Sincos(w.angle)
	return w.x + along*cos - aside*sin, w.y + along*sin + aside*cos
}

// rows makes the settlement's addresses, way by way, until there are enough or give says no.
func (s *settlement) rows(give func(Row) bool) {
	d := &doors{s: s, give: give, r: stream(s.seed, "doors", 0)}
	if s.noWays {
		d.way(&way{name: "معبر اصلی", length: 400, houses: s.target})
		return
	}
	taken := map[string]bool{}
	for i := 0; d.n < s.target && !d.over; i++ {
		r := stream(s.seed, "street", i)
		main := s.street(r, taken, i)
		d.way(main)
		for k := range main.alleys(r) {
			alley := main.alley(r, k)
			d.way(alley)
			if r.Float64() < 0.15 {
				d.way(alley.deadEnd(r))
			}
		}
	}
}

// street is a main street across the settlement. Its name is used once there, so that the street is told by it when its kind is left out.
func (s *settlement) street(r *rand.Rand, taken map[string]bool, i int) *way {
	kind := "خیابان"
	switch f := r.Float64(); {
	case f < 0.12:
		kind = "بلوار"
	case f < 0.16:
		kind = "بزرگراه"
	case f < 0.18:
		kind = "جاده"
	}
	names := list(streetNames)
	name := names[zipf(r, len(names))]
	for try := 0; taken[name]; try++ {
		name = names[zipf(r, len(names))]
		if try >= 6 {
			family := fields(surnames)
			name = "شهید " + fields(settlementHeads)[r.IntN(60)] + " " + family[r.IntN(len(family))]
		}
		if try > 50 {
			name += " " + strconv.Itoa(i)
		}
	}
	taken[name] = true
	name = kind + " " + name
	span := 200 * math.Sqrt(float64(s.target)/20)
	w := &way{
		name: name, x: (r.Float64() - 0.5) * span, y: (r.Float64() - 0.5) * span, angle: float64(r.IntN(2))*math.Pi/2 + (r.Float64()-0.5)*0.3,
		length: 400 + r.Float64()*900, houses: 8 + r.IntN(24),
	}
	if f := r.Float64(); f < 0.05 {
		w.formerly = kind + " " + pick(r, list(formerNames))
	} else if f < 0.08 {
		w.colloquially = kind + " " + pick(r, list(colloquialNames))
	}
	if r.Float64() < 0.15 {
		w.square = "میدان " + pick(r, names)
	}
	return w
}

func (w *way) alleys(r *rand.Rand) int { return 2 + r.IntN(max(1, min(14, int(w.length/60)))) }

// alley branches off a street: numbered, with the street's name and a number, or with a name of its own.
func (w *way) alley(r *rand.Rand, k int) *way {
	var name string
	switch f := r.Float64(); {
	case f < 0.35:
		name = fmt.Sprintf("کوچه %d", k+1)
	case f < 0.5:
		name = fmt.Sprintf("کوچه شهید %s %d", pick(r, fields(surnames)), k+1)
	case f < 0.6:
		name = fmt.Sprintf("کوچه %d متری %s", []int{6, 8, 10, 12, 20}[r.IntN(5)], pick(r, fields(alleyNames)))
	case f < 0.7:
		name = "کوچه " + ordinal(k+1)
	default:
		name = "کوچه " + pick(r, fields(alleyNames))
		if k > 5 {
			name += " " + strconv.Itoa(k) // no two of a street are called the same
		}
	}
	return w.branch(name, float64(k+1)*40, 60+r.Float64()*120, 4+r.IntN(14), k)
}

func (w *way) deadEnd(r *rand.Rand) *way {
	return w.branch("بن‌بست "+pick(r, fields(alleyNames)), w.length*0.6, 20+r.Float64()*30, 2+r.IntN(4), 1)
}

func (w *way) branch(name string, along, length float64, houses, turn int) *way {
	x, y := w.at(along, 0)
	side := math.Pi / 2
	if turn%2 == 1 {
		side = -side
	}
	return &way{name: name, before: w, x: x, y: y, angle: w.angle + side, length: length, houses: houses}
}

func ordinal(n int) string {
	words := []string{"اول", "دوم", "سوم", "چهارم", "پنجم", "ششم", "هفتم", "هشتم", "نهم", "دهم", "یازدهم", "دوازدهم", "سیزدهم", "چهاردهم"}
	if n <= len(words) {
		return words[n-1]
	}
	return strconv.Itoa(n) + "م"
}

func pick(r *rand.Rand, words []string) string { return words[zipf(r, len(words))] }
