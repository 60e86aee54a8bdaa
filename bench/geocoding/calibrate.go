package geocoding

import (
	"cmp"
	"slices"
)

// Step of a calibration: answers whose score is at least From are right with probability P.
type Step struct {
	From float64 `json:"from"`
	P    float64 `json:"p"`
	N    int     `json:"n"`
}

// Fit makes of scores and whether they were right the rising steps that lie nearest to them (pool adjacent violators). Steps of fewer than least answers are
// joined to their neighbour, because a step of a few says nothing.
func Fit(scores []float64, right []bool, least int) []Step {
	order := make([]int, len(scores))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(scores[a], scores[b]) })
	var steps []Step
	for _, i := range order {
		p := 0.0
		if right[i] {
			p = 1
		}
		if last := len(steps) - 1; last >= 0 && steps[last].From == scores[i] {
			steps[last] = pool(steps[last], Step{P: p, N: 1})
		} else {
			steps = append(steps, Step{From: scores[i], P: p, N: 1})
		}
		for k := len(steps) - 1; k > 0 && steps[k-1].P >= steps[k].P; k-- {
			steps = append(steps[:k-1], pool(steps[k-1], steps[k]))
		}
	}
	for k := 1; k < len(steps); {
		if steps[k-1].N < least || k == len(steps)-1 && steps[k].N < least {
			steps[k-1] = pool(steps[k-1], steps[k])
			steps = slices.Delete(steps, k, k+1)
			continue
		}
		k++
	}
	return steps
}

func pool(a, b Step) Step {
	n := a.N + b.N
	return Step{From: a.From, P: (a.P*float64(a.N) + b.P*float64(b.N)) / float64(n), N: n}
}
