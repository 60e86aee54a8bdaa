package search_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/gnaf"
	"nsdi/gnaf/search"
	"nsdi/internal/fixture"
	"nsdi/internal/pgtest"
)

// towns are more than the ways that one question looks at.
const towns = 230

// A name that hundreds of towns have, asked for alone, in a box, in a town, before time is over and after; and what people write of single ways.
func TestCommonNames(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	var rows []fixture.Feature
	add := func(city, street string, number int, suffix string, lon float64) {
		a := map[string]any{"address_id": fmt.Sprint(len(rows)), "province": "یزد", "county": "یزد", "city": city, "street": street, "number": number}
		if suffix != "" {
			a["number_suffix"] = suffix
		}
		for name, value := range gnaf.Derive(a) {
			a[name] = value
		}
		rows = append(rows, fixture.Feature{Key: fmt.Sprint(len(rows)), WKT: fmt.Sprintf("POINT(%v 31.9)", lon), Attributes: a})
	}
	town := func(i int) string { return fmt.Sprintf("شهر%c%c", 'ب'+rune(i/16), 'ب'+rune(i%16)) }
	for i := range towns {
		add(town(i), "خیابان آزادی", 1, "", 50+float64(i)*0.02)
	}
	for _, street := range []string{"خیابان پیروزی", "خیابان دولاب", "کوچه ۳"} {
		add("رودبارک", street, 2, "", 59)
	}
	add("BRISTOL", "WEST ST", 33, "", -73)
	add("BRISTOL", "SEMINARY ST", 68, "A", -73)
	add("BRISTOL", "NUMBER 12 RD", 5, "", -73)
	add("BRISTOL", "NUMBER 9 RD", 12, "", -73)
	fixture.Publish(t, pool, "gnaf-address", "post", func(tx pgx.Tx) error { return gnaf.AfterPublish(t.Context(), tx) }, rows...)
	e := &search.Engine{Folder: t.TempDir(), DB: pool, Time: time.Minute}
	require.NoError(t, e.Open(t.Context()))
	t.Cleanup(e.Close)
	find := func(ctx context.Context, q search.Query) search.Answer {
		a, err := e.Search(ctx, q)
		require.NoError(t, err, q.Text)
		return a
	}
	first := func(q search.Query) search.Result {
		a := find(t.Context(), q)
		require.NotEmpty(t, a.Results, q.Text)
		return a.Results[0]
	}

	a := find(t.Context(), search.Query{Text: "آزادی"})
	require.Len(t, a.Results, search.DefaultLimit, "which is meant nobody knows; they are answers all the same")
	require.True(t, a.Truncated)
	for i := range a.Results {
		require.Less(t, a.Results[i].Confidence, 0.05)
	}
	for _, n := range []int{3, towns - 3} {
		lon := 50 + float64(n)*0.02
		box := &search.Box{West: lon - 0.005, South: 31, East: lon + 0.005, North: 32}
		for _, q := range []search.Query{
			{Text: "آزادی", Box: box},
			{Text: "آزادی", Box: box, Time: 1},
			{Text: "آزا", Box: box, Prefix: true},
			{Text: "خی", Box: box, Prefix: true},
			{Text: "آزادی", City: town(n), Time: 1},
		} {
			a := find(t.Context(), q)
			require.Len(t, a.Results, 1, "%+v", q)
			require.Equal(t, town(n), a.Results[0].Components.City)
		}
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	a = find(gone, search.Query{Text: "آزادی"})
	require.Empty(t, a.Results, "nothing is looked for when nobody waits")
	require.True(t, a.Truncated)
	require.Contains(t, a.Nothing.Reason.EN, "before all was looked at")

	require.Equal(t, search.LevelWay, first(search.Query{Text: "خی", Prefix: true}).Level, "no name begins so, but the word before the names")
	require.Equal(t, "رودبارک", first(search.Query{Text: "رودبارک خی", Prefix: true}).Components.City)
	require.Less(t, find(t.Context(), search.Query{Text: "خیابان ژ", Prefix: true}).Work.Postings, towns, "nothing begins so")

	two := first(search.Query{Text: "رودبارک، خیابان پیروزی، خیابان دولاب"})
	assert.Equal(t, "خیابان دولاب", two.Components.Street, "from large to small")
	assert.Less(t, two.Confidence, 0.5)
	assert.Contains(t, fmt.Sprint(two.Reasons), "names “خیابان پیروزی” too")
	assert.Greater(t, first(search.Query{Text: "رودبارک، خیابان دولاب"}).Confidence, 0.9)
	assert.Less(t, first(search.Query{Text: "کابل، کارته سه، رودبارک ۲"}).Confidence, 0.5, "the سه of a name is no alley")
	assert.Less(t, first(search.Query{Text: "رودبارک، تقاطع خیابان ناپیدا و خیابان گمنام"}).Confidence, 0.6, "the town is not what was asked for")

	for _, text := range []string{"33 WSET ST, BRISTOL", "33 WET ST, BRISTOL", "33 WESTT ST, BRISTOL", "68 A SEMINARY ST, BRISTOL", "68A SEMINARY ST, BRISTOL", "5 NUMBER 12 RD, BRISTOL", "12 NUMBER 9 RD, BRISTOL", "12 NUMBR 9 RD, BRISTOL"} {
		r := first(search.Query{Text: text})
		assert.Equal(t, search.LevelSite, r.Level, text)
		assert.Equal(t, "BRISTOL", r.Components.City, text)
		assert.Empty(t, r.Unmatched, text)
	}
}
