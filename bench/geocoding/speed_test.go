package geocoding_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/bench/geocoding"
	"nsdi/bench/geocoding/country"
	"nsdi/gnaf/search"
	"nsdi/internal/pgtest"
)

// BenchmarkEngine asks the engine, in process, about a country of 100,000 addresses: clean questions, the mix that people write, prefixes, and points.
//
//	bin/withcluster -- go test ./bench/geocoding -run - -bench Engine -benchmem
func BenchmarkEngine(b *testing.B) {
	o := country.Options{Rows: 100_000, Seed: 11}
	pool := pgtest.New(b)
	require.NoError(b, geocoding.Load(b.Context(), pool, country.Rows(o)))
	sample := geocoding.NewSample(country.Rows(o), 11)
	engine, _, err := geocoding.NewEngine(b.Context(), pool, b.TempDir(), o.Rows)
	require.NoError(b, err)
	defer engine.Close()
	questions := sample.Classes(11, 200)
	for _, c := range []struct {
		name      string
		g         geocoding.Geocoder
		questions []geocoding.Question
	}{
		{"clean", engine, geocoding.OfClass(questions, "clean")},
		{"noisy", engine, geocoding.Mix(questions)},
		{"prefix", geocoding.Typing{Engine: engine}, geocoding.OfClass(questions, "prefix")},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				q := &c.questions[i%len(c.questions)]
				hits, err := c.g.Geocode(b.Context(), q.Text, q.Focus, 10)
				if err != nil || c.name == "clean" && len(hits) == 0 {
					b.Fatal(q.Text, err)
				}
			}
		})
	}
	b.Run("reverse", func(b *testing.B) {
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			at := questions[i%len(questions)].At
			if _, err := engine.Nearest(b.Context(), search.Point{Lon: at.Lon, Lat: at.Lat}, 1); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// slowly answers every question after the same work.
type slowly struct{ asked int }

func (*slowly) Name() string { return "slow" }

func (g *slowly) Geocode(context.Context, string, *country.Corner, int) ([]geocoding.Hit, error) {
	g.asked++
	for began := time.Now(); time.Since(began) < time.Millisecond; {
	}
	return nil, nil
}

// Speed counts questions by the time of the processor, and the mix has the parts that it says.
func TestSpeed(t *testing.T) {
	t.Parallel()
	var questions []geocoding.Question
	for _, class := range []string{"clean", "orthography", "abbreviated", "typo-1", "typo-2"} {
		for range 40 {
			questions = append(questions, geocoding.Question{Class: class})
		}
	}
	mix := geocoding.Mix(questions)
	require.Len(t, mix, 100)
	assert.Len(t, geocoding.OfClass(mix, "orthography"), 40)
	assert.Len(t, geocoding.OfClass(mix, "typo-2"), 10)
	g := &slowly{}
	rate, err := geocoding.Speed(t.Context(), g, geocoding.OfClass(questions, "clean"), 2)
	require.NoError(t, err)
	assert.Equal(t, 80, g.asked)
	assert.Positive(t, rate)
	rate, err = geocoding.Speed(t.Context(), g, nil, 2)
	require.NoError(t, err)
	assert.Zero(t, rate)
}
