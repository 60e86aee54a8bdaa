package geocoding_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"nsdi/bench/geocoding"
	"nsdi/bench/geocoding/country"
	"nsdi/bench/geocoding/noise"
	"nsdi/gnaf/persian"
	"nsdi/internal/pgtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// The engine must not be asked only what is on its own lists.
func TestAFifthOfTheAbbreviationsIsForeignToTheEngine(t *testing.T) {
	t.Parallel()
	foreign, all := 0, noise.Abbreviations()
	for _, short := range all {
		// Dots and dashes divide words, so "خ." is the "خ" that the engine may know.
		if len(persian.Words().Readings(persian.Fold(short))) == 0 {
			foreign++
		}
	}
	assert.GreaterOrEqual(t, float64(foreign), 0.2*float64(len(all)), "%d of %d", foreign, len(all))
}

// missed is how many of 24 questions of a class the engine may miss; of a class that is not named, none. It misses no more today, and whoever makes it better lowers
// the number.
func missed() map[string]int {
	return map[string]int{
		"typo-3": 2, "latin": 1, // too far from the name
	}
}

// The engine reaches the floors; all geocoders get the same rows and questions, and the peers are set up well enough to find most of what is written as the register
// has it.
func TestGeocoders(t *testing.T) {
	t.Parallel()
	o := country.Options{Rows: 8000, Seed: 3}
	pool := pgtest.New(t)
	require.NoError(t, geocoding.Load(t.Context(), pool, country.Rows(o)))
	sample := geocoding.NewSample(country.Rows(o), 3)
	engine, _, err := geocoding.NewEngine(t.Context(), pool, t.TempDir(), o.Rows)
	require.NoError(t, err)
	defer engine.Close()
	engine.Time = time.Minute
	postgres, err := geocoding.NewPostgres(t.Context(), pool)
	require.NoError(t, err)
	geocoders := []geocoding.Geocoder{engine, postgres}
	sqlite, err := geocoding.NewSQLite(t.Context(), t.TempDir(), country.Rows(o))
	require.NoError(t, err)
	if sqlite != nil {
		defer sqlite.Close()
		geocoders = append(geocoders, sqlite)
	}
	served, err := geocoding.NewServed(t.Context(), engine, pool)
	require.NoError(t, err)
	defer served.Close()
	run := geocoding.Drive(t.Context(), served, geocoding.Mix(sample.Classes(3, 4)), 200, 200*time.Millisecond)
	assert.EqualValues(t, 40, run.Latency.N)
	assert.Zero(t, served.Failed.Load(), "each question has a key, and is answered")
	report := geocoding.Report{Rows: o.Rows, Seed: "3"}
	for _, g := range geocoders {
		each := 4
		if g == geocoding.Geocoder(engine) {
			each = 24
		}
		questions := sample.Classes(3, each)
		require.Len(t, questions, each*len(noise.Classes()), "each class finds rows for it")
		outcomes, err := geocoding.Ask(t.Context(), g, questions, 2)
		require.NoError(t, err)
		run := geocoding.Run{Name: g.Name(), Outcomes: outcomes}
		report.Runs = append(report.Runs, run)
		for _, c := range noise.Classes() {
			share, _ := run.Share(c)
			switch {
			case each == 24:
				assert.GreaterOrEqual(t, share, 100*float64(each-missed()[c.Name])/float64(each)-0.01, "%s", c.Name)
			case c.Name == "clean":
				assert.GreaterOrEqual(t, share, 50.0, "%s", g.Name())
			}
		}
		if each == 24 {
			f := geocoding.Measure(run.OfClasses())
			assert.LessOrEqual(t, f.FalseExact, 0.012)
			var failures bytes.Buffer
			run.Failures(&failures, 3)
			t.Log(failures.String())
		}
	}
	var text, page bytes.Buffer
	for i := range report.Runs {
		report.Runs[i].Write(&text)
	}
	require.NoError(t, report.Page(&page))
	assert.Contains(t, text.String(), "no-such-number")
	assert.Equal(t, 3, strings.Count(page.String(), "</svg>")-len(report.Runs), "bars, reliability, latency, and a matrix each")
	assert.NotContains(t, page.String(), "ZgotmplZ")
}

func TestQuestionsAreTheSameEachTime(t *testing.T) {
	t.Parallel()
	o := country.Options{Rows: 5000, Seed: 5}
	ask := func(seed uint64) []geocoding.Question {
		s := geocoding.NewSample(country.Rows(o), 5)
		return slices.Concat(s.Classes(seed, 3), s.Matrix(seed, 1))
	}
	first := ask(5)
	require.Equal(t, first, ask(5))
	require.NotEqual(t, first, ask(6))

	// An operator changes the text, or the question's place in the country; what it did is told.
	for _, q := range first {
		if q.Class != "clean" && q.Class != "code" && q.Class != "nonsense" {
			assert.NotEmpty(t, q.Log, "%s %s: %s", q.Class, q.Operator, q.Text)
		}
		if q.Class != "" {
			continue
		}
		assert.Equal(t, q.Typos, strings.Count(q.Log, "O12:")-strings.Count(q.Operator, "O12"), "%s: %s", q.Operator, q.Log)
	}

	var file bytes.Buffer
	require.NoError(t, geocoding.WriteTester(&file, first))
	back, err := geocoding.ReadTester(&file)
	require.NoError(t, err)
	require.Len(t, back, len(first))
	for i, q := range back {
		assert.Equal(t, first[i].Text, q.Text)
		assert.Equal(t, first[i].Want, q.Want)
		assert.Equal(t, first[i].Row.Street, q.Row.Street)
	}
}

func TestReadTesterOfOthers(t *testing.T) {
	t.Parallel()
	got, err := geocoding.ReadTester(strings.NewReader("query,expected_coordinate,comment\nBarre,\"44.2,-72.5,300\",x\n"))
	require.NoError(t, err)
	require.Len(t, got, 1)
	assert.Equal(t, noise.PlaceLevel, got[0].Want)
	assert.True(t, got[0].Right(geocoding.Hit{At: country.Corner{Lon: -72.501, Lat: 44.2}}))
	assert.False(t, got[0].Right(geocoding.Hit{At: country.Corner{Lon: -72.51, Lat: 44.2}}))
}
