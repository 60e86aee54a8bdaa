package geocoding

import (
	"context"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"nsdi/bench/geocoding/noise"
)

// answers is how many answers a question asks for.
const answers = 10

// Outcome is what became of a question.
type Outcome struct {
	*Question

	Rank     int // of the first right answer, from 1; 0: none
	Top      Hit
	Answered bool
	Distance float64 // of the first answer, in metres
	Took     time.Duration
}

// FalseExact is an answer that says that it is the very house, and is not.
func (o *Outcome) FalseExact() bool { return o.Answered && o.Rank != 1 && o.Top.exact() && o.Top.Sure }

// Good reports whether the question counts as answered rightly within the first n.
func (o *Outcome) Good(n int) bool {
	if o.Want == noise.NoAnswer {
		return !o.Answered || !o.Top.Sure
	}
	return o.Rank > 0 && o.Rank <= n
}

// Ask asks all questions, some at once, and answers the outcomes in their order.
func Ask(ctx context.Context, g Geocoder, questions []Question, atOnce int) ([]Outcome, error) {
	out := make([]Outcome, len(questions))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(atOnce)
	var next sync.Mutex
	at := 0
	for range atOnce {
		group.Go(func() error {
			for {
				next.Lock()
				i := at
				at++
				next.Unlock()
				if i >= len(questions) {
					return nil
				}
				o, err := ask(ctx, g, &questions[i])
				if err != nil {
					return err
				}
				out[i] = o
			}
		})
	}
	return out, group.Wait()
}

func ask(ctx context.Context, g Geocoder, q *Question) (Outcome, error) {
	began := time.Now()
	if typing, ok := g.(*Engine); ok && q.Want == noise.PrefixLevel {
		g = Typing{typing}
	}
	hits, err := g.Geocode(ctx, q.Text, q.Focus, answers)
	o := Outcome{Question: q, Took: time.Since(began), Answered: len(hits) > 0}
	if ctx.Err() != nil {
		return o, ctx.Err()
	}
	if err != nil { // a question that cannot be read has no answer
		o.Answered = false
		return o, nil
	}
	for i, h := range hits {
		if q.Right(h) {
			o.Rank = i + 1
			break
		}
	}
	if o.Answered {
		o.Top, o.Distance = hits[0], noise.Distance(q.At, hits[0].At)
	}
	return o, nil
}
