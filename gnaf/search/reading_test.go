package search_test

import (
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

// Names of numbers are read however they are written, and finished while somebody types.
func TestReadings(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	rows := town()
	for _, r := range []struct {
		key, before, street, suffix string
		number                      int
	}{
		{"12", "", "خیابان هفت تیر", "", 5},
		{"13", "خیابان هفت تیر", "کوچه ۱۲ متری لاله", "", 4},
		{"14", "", "خیابان هفت تیر", "/1", 27},
		{"15", "", "خیابان پانزده خرداد", "", 3},
		{"16", "", "خیابان ابن سینا", "", 9},
	} {
		a := map[string]any{"address_id": r.key, "province": "یزد", "county": "یزد", "city": "یزد", "street": r.street, "number": r.number}
		if r.before != "" {
			a["street_before"] = r.before
		}
		if r.suffix != "" {
			a["number_suffix"] = r.suffix
		}
		for name, value := range gnaf.Derive(a) {
			a[name] = value
		}
		rows = append(rows, fixture.Feature{Key: r.key, WKT: "POINT(54.38 31.88)", Attributes: a})
	}
	fixture.Publish(t, pool, "gnaf-address", "post", func(tx pgx.Tx) error { return gnaf.AfterPublish(t.Context(), tx) }, rows...)
	e := &search.Engine{Folder: t.TempDir(), DB: pool, Time: time.Minute}
	require.NoError(t, e.Open(t.Context()))
	t.Cleanup(e.Close)
	for _, c := range []struct{ q, key string }{
		{"یزد خیابان هفتتیر پلاک ۵", "12"},
		{"یزد خیابان ۷ تیر پلاک ۵", "12"},
		{"یزد خیابان هفت تیر پلاک بیست و هفت /1", "14"},
		{"یزد خیابان پانزد خرداد پلاک ۳", "15"},
		{"یزد بلوار ولی صر پلاک ۷", "9"},
		{"یزد، منطقه ۵، خیابان فرخی، کوچه ۵، پلاک ۳", "7"},
		{"یزد، منطقه ۵، خیابان هفت تیر، پلاک ۵", "12"}, // not کوچه ۵
	} {
		got, err := e.Search(t.Context(), search.Query{Text: c.q})
		require.NoError(t, err, c.q)
		if assert.NotEmpty(t, got.Results, c.q) {
			assert.Equal(t, c.key, keyOf(t, pool, got.Results[0].ID), c.q)
			assert.Greater(t, got.Results[0].Confidence, 0.6, c.q)
		}
	}
	for q, street := range map[string]string{
		"یزد خیابان هفت":             "خیابان هفت تیر",
		"یزد خیابان ابن سی":          "خیابان ابن سینا",
		"یزد خیابان پانزد":           "خیابان پانزده خرداد",
		"یزد بلوار ولی":              "بلوار ولی‌عصر",
		"یزد خیابان هفت تیر کوچه ۱۲": "کوچه ۱۲ متری لاله",
	} {
		got, err := e.Search(t.Context(), search.Query{Text: q, Prefix: true})
		require.NoError(t, err, q)
		if assert.NotEmpty(t, got.Results, q) {
			assert.Equal(t, street, got.Results[0].Components.Street, q)
		}
	}
}
