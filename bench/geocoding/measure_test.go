package geocoding_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/bench/geocoding"
	"nsdi/bench/geocoding/country"
	"nsdi/bench/geocoding/noise"
)

func outcome(rank int, confidence float64) geocoding.Outcome {
	return geocoding.Outcome{
		Question: &geocoding.Question{Want: noise.SiteLevel}, Rank: rank, Answered: true, Top: geocoding.Hit{Level: "site", Confidence: confidence, Sure: confidence >= 0.8}, Took: time.Millisecond,
	}
}

func TestMeasure(t *testing.T) {
	t.Parallel()
	f := geocoding.Measure([]geocoding.Outcome{outcome(1, 0.95), outcome(1, 0.95), outcome(2, 0.85), outcome(0, 0.15)})
	assert.InDelta(t, 0.5, f.Top1, 1e-9)
	assert.InDelta(t, 0.75, f.Top3, 1e-9)
	assert.InDelta(t, 2.5/4, f.MRR, 1e-9)
	assert.InDelta(t, 0.25, f.FalseExact, 1e-9, "the wrong one that was not sure of itself does not count")
	// Two said 0.95 and were right, one 0.85 and one 0.15, and were wrong.
	assert.InDelta(t, (2*0.05+0.85+0.15)/4, f.ECE, 1e-9)
}

func TestFit(t *testing.T) {
	t.Parallel()
	steps := geocoding.Fit([]float64{0.1, 0.2, 0.3, 0.4, 0.5, 0.6}, []bool{false, true, false, true, true, true}, 1)
	require.Equal(t, []geocoding.Step{{From: 0.1, P: 0, N: 1}, {From: 0.2, P: 0.5, N: 2}, {From: 0.4, P: 1, N: 3}}, steps)
	require.Equal(t, []geocoding.Step{{From: 0.1, P: 1. / 3, N: 3}, {From: 0.4, P: 1, N: 3}},
		geocoding.Fit([]float64{0.1, 0.2, 0.3, 0.4, 0.5, 0.6}, []bool{false, true, false, true, true, true}, 3))
	require.Empty(t, geocoding.Fit(nil, nil, 1))
}

// still answers nothing for 100 ms from the first question on, and then at once.
type still struct {
	first sync.Once
	until time.Time
}

func (*still) Name() string { return "still" }
func (s *still) Geocode(context.Context, string, *country.Corner, int) ([]geocoding.Hit, error) {
	s.first.Do(func() { s.until = time.Now().Add(100 * time.Millisecond) })
	time.Sleep(time.Until(s.until))
	return nil, nil
}

// A geocoder that stands still for 100 ms has kept some hundred questions of 1,000 a second waiting, not only those that were sent.
func TestALoadCountsFromWhenAQuestionWasDue(t *testing.T) {
	t.Parallel()
	run := geocoding.Drive(t.Context(), &still{}, []geocoding.Question{{}}, 1000, 300*time.Millisecond)
	assert.EqualValues(t, 300, run.Latency.N)
	assert.Greater(t, run.Latency.Quantile(0.8), 20*time.Millisecond, "a third of the questions waited, 50 ms on average")
}

func TestHistogram(t *testing.T) {
	t.Parallel()
	var h geocoding.Histogram
	for i := range 1000 {
		h.Add(time.Duration(i+1) * time.Millisecond)
	}
	assert.InEpsilon(t, float64(500*time.Millisecond), float64(h.Quantile(0.5)), 0.02)
	assert.InEpsilon(t, float64(999*time.Millisecond), float64(h.Quantile(0.999)), 0.02)
}

// A geocoder that says 0.9 and is right half the time says 0.5 by the new table, and what it was sure of rightly stays.
func TestRecalibrate(t *testing.T) {
	t.Parallel()
	var outcomes []geocoding.Outcome
	for i := range 400 {
		outcomes = append(outcomes, outcome(i%2, 0.7), outcome(1, 0.99), outcome(0, 0.1))
	}
	table := geocoding.Table{{0, 0}, {1, 1}}.Recalibrate(outcomes)
	assert.InDelta(t, 0, table.At(0.1), 0.01)
	assert.InDelta(t, 0.5, table.At(0.84), 0.02, "the middle of the step from 0.7 to 0.99")
	assert.InDelta(t, 1, table.At(0.995), 0.02)
	for i := 1; i < len(table); i++ {
		assert.GreaterOrEqual(t, table[i][1], table[i-1][1])
	}
}
