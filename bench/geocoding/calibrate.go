package geocoding

import (
	"cmp"
	"math"
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

// Table is a rising map of what a geocoder says to what it is: points, straight between them.
type Table [][2]float64

// At answers the value for x.
func (t Table) At(x float64) float64 {
	if len(t) == 0 {
		return x
	}
	for i := 1; i < len(t); i++ {
		if x <= t[i][0] {
			width := t[i][0] - t[i-1][0]
			if width <= 0 {
				return t[i][1]
			}
			return t[i-1][1] + (x-t[i-1][0])/width*(t[i][1]-t[i-1][1])
		}
	}
	return t[len(t)-1][1]
}

// Recalibrate makes of the table by which the outcomes got their confidence one by which these would have been right.
func (t Table) Recalibrate(outcomes []Outcome) Table {
	var said []float64
	var right []bool
	for i := range outcomes {
		if o := &outcomes[i]; o.Answered {
			said, right = append(said, o.Top.Confidence), append(right, o.Rank == 1)
		}
	}
	steps := Fit(said, right, max(20, len(said)/100))
	was := Table{{0, 0}}
	for i, s := range steps {
		to := 1.0
		if i+1 < len(steps) {
			to = steps[i+1].From
		}
		was = append(was, [2]float64{(s.From + to) / 2, s.P})
	}
	if last := was[len(was)-1]; last[0] < 1 {
		was = append(was, [2]float64{1, last[1]})
	}
	table := Table{}
	for k := range 41 {
		x := float64(k) / 40
		p := min(0.999, was.At(t.At(x)))
		if k > 0 {
			p = max(p, table[k-1][1])
		}
		table = append(table, [2]float64{x, math.Round(p*1000) / 1000})
	}
	return table
}
