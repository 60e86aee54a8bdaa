package country

import (
	"hash/fnv"
	"iter"
	"math"
	"math/rand/v2"
	"strconv"
)

// Options say how many rows, and which of the possible countries.
type Options struct {
	Rows int
	Seed uint64
}

type place struct {
	name     string
	lon, lat float64
}

// Rows makes the rows one settlement after the other, in bounded memory.
func Rows(o Options) iter.Seq[Row] {
	return func(yield func(Row) bool) {
		left := o.Rows
		give := func(r Row) bool {
			left--
			if !yield(r) {
				left = 0
			}
			return left > 0
		}
		for _, s := range settlements(o) {
			if left > 0 {
				s.rows(give)
			}
		}
	}
}

// settlement is a city, a town or a village with the number of rows that it gets.
type settlement struct {
	province, county, name string
	at                     place
	size                   Size
	target                 int
	noWays                 bool
	ownRange, firstRange   int // of postal codes: its first, and those of its further ones
	seed                   uint64
}

// settlements shares the rows out: the r-th settlement gets a part that falls as 1/r, in provinces by turns.
func settlements(o Options) []settlement {
	heads, tails := fields(settlementHeads), fields(settlementTails)
	count := min(max(o.Rows/900, 24), len(heads)*len(tails)/2)
	order := rand.New(rand.NewPCG(o.Seed, 1)).Perm(len(heads) * len(tails))
	sum := 0.0
	for i := range count {
		sum += 1 / math.Pow(float64(i+2), 0.9)
	}
	all := provinces()
	out := make([]settlement, count)
	for i := range out {
		p, turn := all[i%len(all)], i/len(all)
		r := rand.New(rand.NewPCG(o.Seed, uint64(i)+10))
		s := settlement{
			province: p.name, name: heads[order[i]%len(heads)] + "‌" + tails[order[i]/len(heads)], seed: o.Seed<<20 + uint64(i),
			at:     place{lon: p.lon + (r.Float64()-0.5)*1.4, lat: p.lat + (r.Float64()-0.5)*1.4},
			target: int(math.Ceil(float64(o.Rows) / math.Pow(float64(i+2), 0.9) / sum)), size: Town,
		}
		switch {
		case i < max(3, count/12):
			s.size = Metropolis
		case i > count*2/3:
			s.size, s.noWays = Village, i%2 == 0
		}
		s.county = s.name
		if turn > 0 && s.size != Metropolis {
			s.county = out[i%len(all)].name // the county is called after its first city
		}
		out[i] = s
	}
	numberCodes(out)
	return out
}

// stream is a generator of random numbers for one thing, whatever was made before it.
func stream(seed uint64, thing string, n int) *rand.Rand {
	h := fnv.New64a()
	h.Write([]byte(thing))
	h.Write([]byte(strconv.Itoa(n)))
	return rand.New(rand.NewPCG(seed, h.Sum64()))
}

// zipf draws an index of n with a probability that falls with the rank.
func zipf(r *rand.Rand, n int) int {
	return min(n-1, int(math.Exp(r.Float64()*math.Log(float64(n)+1))-1))
}
