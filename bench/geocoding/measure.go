package geocoding

import (
	"math"
	"slices"
	"time"

	"nsdi/bench/geocoding/noise"
)

// Figures are the measures of a set of outcomes. Shares are from 0 to 1.
type Figures struct {
	N                      int
	Top1, Top3, Top10, MRR float64
	Median, P95            float64 // metres from the right place, of first answers
	Within                 [3]float64
	FalseExact, NoAnswer   float64
	ECE                    float64
	Rate                   float64 // questions a second and worker
	Slow                   time.Duration
}

// within are the distances that shares are told for.
func within() [3]float64 { return [3]float64{50, 150, 300} }

// Measure sums outcomes up.
func Measure(outcomes []Outcome) Figures {
	f := Figures{N: len(outcomes)}
	if f.N == 0 {
		return f
	}
	var distances []float64
	var took []time.Duration
	var all time.Duration
	for i := range outcomes {
		o := &outcomes[i]
		count := func(sum *float64, is bool) {
			if is {
				*sum++
			}
		}
		count(&f.Top1, o.Good(1))
		count(&f.Top3, o.Good(3))
		count(&f.Top10, o.Good(10))
		count(&f.FalseExact, o.FalseExact() && o.Want != noise.NoAnswer)
		count(&f.NoAnswer, !o.Answered)
		if o.Rank > 0 {
			f.MRR += 1 / float64(o.Rank)
		}
		if o.Answered && o.Want != noise.NoAnswer {
			distances = append(distances, o.Distance)
			for k, limit := range within() {
				count(&f.Within[k], o.Distance <= limit)
			}
		}
		took = append(took, o.Took)
		all += o.Took
	}
	n := float64(f.N)
	for _, sum := range []*float64{&f.Top1, &f.Top3, &f.Top10, &f.FalseExact, &f.NoAnswer, &f.MRR, &f.Within[0], &f.Within[1], &f.Within[2]} {
		*sum /= n
	}
	f.Median, f.P95 = quantile(distances, 0.5), quantile(distances, 0.95)
	f.ECE = Reliability(outcomes).ECE()
	f.Rate = n / all.Seconds()
	slices.Sort(took)
	f.Slow = took[min(len(took)-1, len(took)*99/100)]
	return f
}

func log10(v float64) float64 { return math.Log10(max(v, 1e-9)) }

func quantile(values []float64, q float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	slices.Sort(values)
	return values[min(len(values)-1, int(q*float64(len(values))))]
}

// Bin is a tenth of the confidences: how sure the answers of it were, and how many were right.
type Bin struct {
	N         int
	Said, Was float64
}

// Bins are the ten of them.
type Bins [10]Bin

// Reliability sorts first answers by their confidence. Questions without a right answer count: an answer to them is wrong.
func Reliability(outcomes []Outcome) Bins {
	var bins Bins
	for i := range outcomes {
		o := &outcomes[i]
		if !o.Answered {
			continue
		}
		b := &bins[min(9, max(0, int(o.Top.Confidence*10)))]
		b.N++
		b.Said += o.Top.Confidence
		if o.Rank == 1 {
			b.Was++
		}
	}
	for i := range bins {
		if b := &bins[i]; b.N > 0 {
			b.Said /= float64(b.N)
			b.Was /= float64(b.N)
		}
	}
	return bins
}

// ECE is how far confidences are from the truth, on average.
func (b Bins) ECE() float64 {
	sum, n := 0.0, 0
	for _, bin := range b {
		sum += float64(bin.N) * math.Abs(bin.Said-bin.Was)
		n += bin.N
	}
	if n == 0 {
		return 0
	}
	return sum / float64(n)
}

// Confusion counts which level was wanted and which was answered first.
func Confusion(outcomes []Outcome) map[noise.Level]map[string]int {
	m := map[noise.Level]map[string]int{}
	for i := range outcomes {
		o := &outcomes[i]
		if m[o.Want] == nil {
			m[o.Want] = map[string]int{}
		}
		got := "–"
		if o.Answered {
			got = o.Top.Level
		}
		m[o.Want][got]++
	}
	return m
}
