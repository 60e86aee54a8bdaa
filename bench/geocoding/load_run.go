package geocoding

import (
	"context"
	"math"
	"runtime"
	"sync"
	"time"
)

// LoadRun is a load of so many questions a second, with the latencies from when each was due.
type LoadRun struct {
	Rate    float64
	While   string // what went on beside it
	Latency Histogram
}

// Histogram counts latencies in buckets that grow by a hundredth, from a microsecond on.
type Histogram struct {
	counts [2400]int64
	N      int64
}

// Add counts one.
func (h *Histogram) Add(d time.Duration) {
	i := 0
	if d > time.Microsecond {
		i = int(math.Log(float64(d)/float64(time.Microsecond)) / math.Log(1.01))
	}
	h.counts[min(i, len(h.counts)-1)]++
	h.N++
}

// Quantile answers the upper end of the bucket that holds it.
func (h *Histogram) Quantile(q float64) time.Duration {
	want := int64(math.Ceil(q * float64(h.N)))
	seen := int64(0)
	for i, n := range h.counts {
		if seen += n; seen >= want && n > 0 {
			return time.Duration(math.Pow(1.01, float64(i+1)) * float64(time.Microsecond)).Round(time.Microsecond)
		}
	}
	return 0
}

// Drive asks at a fixed rate for so long, whatever the geocoder does. A question that cannot be sent in time waits, and its waiting counts.
func Drive(ctx context.Context, g Geocoder, questions []Question, rate float64, long time.Duration) LoadRun {
	run := LoadRun{Rate: rate}
	var mu sync.Mutex
	var group sync.WaitGroup
	workers := 8 * runtime.GOMAXPROCS(0)
	due := make(chan time.Time, 1<<16)
	next := 0
	for range workers {
		group.Go(func() {
			for at := range due {
				mu.Lock()
				q := &questions[next%len(questions)]
				next++
				mu.Unlock()
				g.Geocode(ctx, q.Text, q.Focus, answers) //nolint:errcheck // an answer of no avail takes its time too
				mu.Lock()
				run.Latency.Add(time.Since(at))
				mu.Unlock()
			}
		})
	}
	gap := time.Duration(float64(time.Second) / rate)
	began := time.Now()
	for i := 0; time.Duration(i)*gap < long && ctx.Err() == nil; i++ {
		at := began.Add(time.Duration(i) * gap)
		time.Sleep(time.Until(at))
		due <- at
	}
	close(due)
	group.Wait()
	return run
}
