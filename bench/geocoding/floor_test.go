package geocoding_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/bench/geocoding"
	"nsdi/bench/geocoding/country"
	"nsdi/bench/geocoding/noise"
	"nsdi/gnaf/search"
	"nsdi/internal/pgtest"
)

// The search keeps to the floors of its classes on a small country; of 20 questions of a class two may fail by chance.
func TestFloors(t *testing.T) {
	t.Parallel()
	o := country.Options{Rows: 6000, Seed: 5}
	pool := pgtest.New(t)
	require.NoError(t, geocoding.Load(t.Context(), pool, country.Rows(o)))
	e := &geocoding.Engine{Engine: search.Engine{Folder: t.TempDir(), DB: pool, Time: time.Minute}}
	require.NoError(t, e.Open(t.Context()))
	defer e.Close()
	outcomes, err := geocoding.Ask(t.Context(), e, geocoding.NewSample(country.Rows(o), 7).Classes(7, 20), 2)
	require.NoError(t, err)
	run := geocoding.Run{Name: e.Name(), Outcomes: outcomes}
	for _, c := range noise.Classes() {
		if c.Name == "prefix" { // asked as somebody types, which is another way of asking
			continue
		}
		share, n := run.Share(c)
		assert.Greater(t, n, 10, c.Name)
		assert.GreaterOrEqual(t, share, c.Floor-10, c.Name)
	}
}
