package geocoding

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"syscall"
	"time"
)

// Speed asks questions one after the other, some times each, and answers how many a core does in a second of its time: what else the machine has to do does not count.
func Speed(ctx context.Context, g Geocoder, questions []Question, times int) (float64, error) {
	if len(questions) == 0 {
		return 0, nil
	}
	before := processorTime()
	for range times {
		for i := range questions {
			if _, err := g.Geocode(ctx, questions[i].Text, questions[i].Focus, answers); err != nil {
				return 0, err
			}
		}
	}
	return float64(times*len(questions)) / (processorTime() - before).Seconds(), nil
}

// Mix are questions as they come: 40 in a hundred with another orthography, 30 abbreviated, 20 with one typing error, 10 with two; in no order, as a hundred of the slowest kind one
// after the other would be a load of their own.
func Mix(questions []Question) (out []Question) {
	for i, class := range []string{"typo-2", "typo-1", "abbreviated", "orthography"} {
		of := OfClass(questions, class)
		out = append(out, of[:len(of)*(i+1)/4]...)
	}
	random := rand.New(rand.NewPCG(1, 2)) // the same each time
	random.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

// OfClass are the questions of a class.
func OfClass(questions []Question, class string) []Question {
	return slices.DeleteFunc(slices.Clone(questions), func(q Question) bool { return q.Class != class })
}

// Speeds measures what the targets are set for.
func Speeds(ctx context.Context, e *Engine, questions []Question) ([]Fact, error) {
	var facts []Fact
	for _, s := range []struct {
		fa, en    string
		g         Geocoder
		questions []Question
	}{
		{"پرسش بی‌غلط در ثانیه، هر هسته", "clean questions a second and core", e, OfClass(questions, "clean")},
		{"پرسش آمیخته در ثانیه، هر هسته", "noisy mix a second and core", e, Mix(questions)},
		{"آغاز نوشته در ثانیه، هر هسته", "prefixes a second and core", Typing{e}, OfClass(questions, "prefix")},
	} {
		rate, err := Speed(ctx, s.g, s.questions, 3)
		if err != nil {
			return nil, err
		}
		facts = append(facts, Fact{s.fa, s.en, fmt.Sprintf("%.0f", rate)})
	}
	return facts, nil
}

// processorTime is what the process has used of all cores.
func processorTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
