package search_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"nsdi/gnaf"
	"nsdi/gnaf/search"
	"nsdi/internal/fixture"
)

// What follows the change log answers as what is built anew.
func TestDeltaEqualsRebuild(t *testing.T) {
	t.Parallel()
	e, pool := openTown(t)
	before := e.About()
	changed := town()
	changed[0].Attributes["number"] = 18 // moved
	changed[3].WKT = "POINT(54.3625 31.8901)"
	changed = append(changed[:5], changed[6:]...) // «کوچه ۵» of «خیابان فرخی» loses its 12
	for i := range 3 {
		a := map[string]any{"address_id": fmt.Sprint("n", i), "province": "یزد", "county": "یزد", "city": "یزد", "street": "خیابان نوساز", "number": 2 + 2*i}
		if i == 1 {
			a["alias_of"] = "n0"
		}
		for name, value := range gnaf.Derive(a) {
			a[name] = value
		}
		changed = append(changed, fixture.Feature{Key: fmt.Sprint("n", i), WKT: fmt.Sprintf("POINT(54.38 31.8%d)", i), Attributes: a})
	}
	fixture.Publish(t, pool, "gnaf-address", "post", func(tx pgx.Tx) error { return gnaf.AfterPublish(t.Context(), tx) }, changed...)
	require.NoError(t, e.Follow(t.Context()))
	after := e.About()
	require.Equal(t, before.Made, after.Made, "no new generation")
	require.Greater(t, after.Position, before.Position)
	require.Positive(t, after.Changed)

	anew := &search.Engine{Folder: t.TempDir(), DB: pool, Time: time.Minute}
	require.NoError(t, anew.Open(t.Context()))
	t.Cleanup(anew.Close)
	for _, q := range []string{
		"یزد خیابان کاشانی پلاک ۱۰", "یزد خیابان کاشانی پلاک ۱۸", "یزد خیابان کاشانی پلاک ۱۴ الف", "یزد، خیابان فرخی، کوچه ۵، پلاک ۱۲", "یزد، خیابان فرخی، کوچه ۵، پلاک ۳",
		"یزد خیابان نوساز پلاک ۴", "یزد نوسلز ۵", "8917957914", "8917957916", "اردکان خیابان کاشانی ۱۰", "میدان آزادی یزد", "31.891, 54.363",
	} {
		followed, err := e.Search(t.Context(), search.Query{Text: q})
		require.NoError(t, err)
		rebuilt, err := anew.Search(t.Context(), search.Query{Text: q})
		require.NoError(t, err)
		require.NotEmpty(t, rebuilt.Results, q)
		require.NotEmpty(t, followed.Results, q)
		a, b := followed.Results[0], rebuilt.Results[0]
		require.Equal(t, []any{b.ID, b.Level, b.Label, b.Lon, b.Lat, b.Unmatched, b.AliasOf}, []any{a.ID, a.Level, a.Label, a.Lon, a.Lat, a.Unmatched, a.AliasOf}, q)
		if other := keyOf(t, pool, a.ID) == "n1"; other {
			require.Equal(t, "n0", keyOf(t, pool, a.AliasOf))
		} else {
			require.Empty(t, a.AliasOf, q)
		}
		require.InDelta(t, b.Confidence, a.Confidence, 0.02, q)
	}

	// Another custodian has the same number, and leaves the province out: it is one place, and no reason to doubt.
	twin := map[string]any{"address_id": "t", "city": "یزد", "street": "خیابان کاشانی", "number": 10}
	twin["way_id"] = gnaf.Derive(twin)["way_id"]
	fixture.Publish(t, pool, "gnaf-address", "registry", nil, fixture.Feature{Key: "t", WKT: "POINT(54.36003 31.89)", Attributes: twin})
	require.NoError(t, e.Follow(t.Context()))
	got, err := e.Search(t.Context(), search.Query{Text: "یزد خیابان کاشانی پلاک ۱۰"})
	require.NoError(t, err)
	require.Greater(t, got.Results[0].Confidence, 0.9)
	for _, other := range got.Results[1:] {
		require.False(t, other.Components.City == "یزد" && other.Components.Number == "10", "%+v", other)
	}
}

// Whoever runs the engine sees an edit soon, without asking for it.
func TestEditIsFoundWhileItRuns(t *testing.T) {
	t.Parallel()
	e, pool := openTown(t)
	done := make(chan error, 1)
	ctx, stop := contextOf(t)
	go func() { done <- e.Run(ctx) }()
	a := map[string]any{"address_id": "x", "province": "یزد", "county": "یزد", "city": "یزد", "street": "خیابان کاشانی", "number": 44}
	a["way_id"] = gnaf.Derive(a)["way_id"]
	fixture.Publish(t, pool, "gnaf-address", "registry", nil, fixture.Feature{Key: "x", WKT: "POINT(54.369 31.89)", Attributes: a})
	require.Eventually(t, func() bool {
		got, err := e.Search(t.Context(), search.Query{Text: "یزد خیابان کاشانی پلاک ۴۴"})
		return err == nil && len(got.Results) > 0 && got.Results[0].Level == search.LevelSite
	}, time.Minute, 50*time.Millisecond)
	stop()
	<-done
}

// A change of the country's division is in the next generation, which is made beside the one that answers.
func TestUnitsAreInTheNextGeneration(t *testing.T) {
	t.Parallel()
	e, pool := openTown(t)
	before := e.About()
	done := make(chan error, 1)
	ctx, stop := contextOf(t)
	go func() { done <- e.Run(ctx) }()
	fixture.Outline(t, pool, "IR-21-09", "county", "میبد", "IR-21", "POLYGON((53.9 32.1,54.1 32.1,54.1 32.3,53.9 32.3,53.9 32.1))")
	require.Eventually(t, func() bool {
		got, err := e.Search(t.Context(), search.Query{Text: "شهرستان میبد"})
		return err == nil && len(got.Results) > 0 && got.Results[0].ID == "admin-unit/IR-21-09"
	}, time.Minute, 50*time.Millisecond)
	stop()
	<-done
	require.True(t, e.About().Made.After(before.Made))
}
