package sample

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
)

// stream returns a generator that depends only on the seed and on the name of what is made with it.
func stream(seed uint64, name ...any) *rand.Rand {
	h := fnv.New64a()
	fmt.Fprintln(h, name...)
	return rand.New(rand.NewPCG(seed, h.Sum64()))
}

// between returns a number in [low, high).
func between(r *rand.Rand, low, high float64) float64 {
	return low + (high-low)*r.Float64()
}
