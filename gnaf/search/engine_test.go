package search_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/gnaf"
	"nsdi/gnaf/persian"
	"nsdi/gnaf/search"
	"nsdi/internal/fixture"
	"nsdi/internal/pgtest"
)

// town is a small place with every difficulty: the same alley below two streets, units, suffixes, a street of another city
// with the same name, Arabic letters in the data.
func town() []fixture.Feature {
	row := func(key string, lon, lat float64, pairs ...any) fixture.Feature {
		a := map[string]any{"address_id": key, "province": "یزد", "county": "یزد", "city": "یزد"}
		for i := 0; i < len(pairs); i += 2 {
			a[pairs[i].(string)] = pairs[i+1]
		}
		for name, value := range gnaf.Derive(a) {
			a[name] = value
		}
		return fixture.Feature{Key: key, WKT: fmt.Sprintf("POINT(%v %v)", lon, lat), Attributes: a}
	}
	return []fixture.Feature{
		row("1", 54.360, 31.890, "street", "خيابان كاشاني", "number", 10, "postal_code", "8917957914"),
		row("2", 54.361, 31.890, "street", "خيابان كاشاني", "number", 12, "unit", "1", "floor", 1, "postal_code", "8917957915"),
		row("3", 54.361, 31.890, "street", "خيابان كاشاني", "number", 12, "unit", "2", "floor", 2, "postal_code", "8917957916"),
		row("4", 54.362, 31.890, "street", "خيابان كاشاني", "number", 14, "number_suffix", "الف"),
		row("5", 54.363, 31.891, "street", "کوچه ۵", "street_before", "خیابان کاشانی", "number", 12, "neighbourhood", "گنبدسبز"),
		row("6", 54.370, 31.899, "street", "کوچه ۵", "street_before", "خیابان فرخی", "number", 12),
		row("7", 54.371, 31.899, "street", "کوچه ۵", "street_before", "خیابان فرخی", "number", 3),
		row("8", 54.010, 32.310, "city", "اردکان", "county", "اردکان", "street", "خیابان کاشانی", "number", 10),
		row("9", 54.364, 31.892, "street", "بلوار ولی‌عصر", "number", 7, "building", "برج سروناز"),
		row("10", -73.29, 44.11, "province", "VT", "county", "ADDISON", "city", "ADDISON", "street", "VT ROUTE 22A", "number", 2916),
		row("11", 54.365, 31.893, "street", "میدان آزادی"),
	}
}

var publishedTown = pgtest.Filled{Fill: func(t testing.TB, pool *pgxpool.Pool) {
	fixture.Publish(t, pool, "gnaf-address", "post", func(tx pgx.Tx) error {
		return gnaf.AfterPublish(t.Context(), tx)
	}, town()...)
}}

func openTown(t testing.TB) (*search.Engine, *pgxpool.Pool) {
	t.Helper()
	pool := publishedTown.New(t)
	e := &search.Engine{Folder: t.TempDir(), DB: pool, Time: time.Minute}
	require.NoError(t, e.Open(t.Context()))
	t.Cleanup(e.Close)
	return e, pool
}

// keyOf answers the delivered key of an address: ids are drawn by the database.
func keyOf(t *testing.T, pool *pgxpool.Pool, id string) string {
	t.Helper()
	number, isAddress := strings.CutPrefix(id, "address/")
	if !isAddress {
		return id[:strings.Index(id, "/")+1]
	}
	var key string
	require.NoError(t, pool.QueryRow(t.Context(), `select key from gnaf.address where id = $1::bigint`, number).Scan(&key))
	return key
}

func TestSearch(t *testing.T) {
	t.Parallel()
	e, pool := openTown(t)
	for _, c := range []struct{ q, level, key, unmatched string }{
		{"یزد، خیابان کاشانی، پلاک ۱۰", "site", "1", ""},
		{"پلاک 10 خيابان كاشاني يزد", "site", "1", ""},
		{"۱۰ خ کاشانی، یزد", "site", "1", ""},
		{"خیابان کاشانی پلاک۱۰ یزد", "site", "1", ""},
		{"اردکان خیابان کاشانی ۱۰", "site", "8", ""},
		{"یزد، کاشانی، پلاک ۱۰", "site", "1", ""},
		{"یزد خیابان کاشانی پلاک ۱۲ واحد ۲", "unit", "3", ""},
		{"یزد خیابان کاشانی پلاک ۱۲ واحد ۹", "site", "2", "واحد 9"},
		{"یزد خیابان کاشانی پلاک ۱۲", "site", "2", ""},
		{"یزد خیابان کاشانی پلاک ۱۴ الف", "site", "4", ""},
		{"یزد خیابان کاشانی پلاک ۱۴الف", "site", "4", ""},
		{"یزد خیابان کاشانی پلاک چهارده الف", "site", "4", ""},
		{"یزد خیابان کاشانی پلاک ۱۴", "interpolated", "way/", "پلاک 14"},
		{"یزد خیابان کاشانی پلاک ۱۰ ب", "interpolated", "way/", "پلاک 10 ب"},
		{"یزد خیابان کاشانی پلاک ۹۹", "way", "way/", "پلاک 99"},
		{"یزد خیابان کاشانی پلاک ۱۱", "interpolated", "way/", "پلاک 11"},
		{"یزد خیابان کاشانی", "way", "way/", ""},
		{"یزد، خیابان کاشانی، کوچه ۵، پلاک ۱۲", "site", "5", ""},
		{"یزد، خیابان فرخی، کوچه ۵، پلاک ۱۲", "site", "6", ""},
		{"یزد، فرخی، کوچه۵، پ۳", "site", "7", ""},
		{"پلاک دوازده کوچه پنجم خیابان فرخی یزد", "site", "6", ""},
		// The number is of the alley, which is not in the data; and what comes before what the alley branches off is not known.
		{"یزد، خیابان کاشانی، کوچه ناپیدا، پلاک ۱۰", "way", "way/", "کوچه ناپیدا پلاک 10"},
		{"پلاک ۱۰، کوچه ناپیدا، خیابان کاشانی، یزد", "way", "way/", "کوچه ناپیدا پلاک 10"},
		{"یزد، بلوار ولی عصر، خیابان فرخی، کوچه ۵، پلاک ۳", "site", "7", "بلوار ولی عصر"},
		{"یزد، خ فرخی، کو ۵، پ ۳", "site", "7", ""},
		{"بلوار ولی عصر برج سروناز پلاک ۷ یزد", "site", "9", ""},
		{"بلوار ولیعصر پلاک ۷ یزد", "site", "9", ""},
		{"یزد بلوار ولبعصر پلاک ۷", "site", "9", ""},
		{"یزد خیابان کاشنی پلاک ۱۰", "site", "1", ""},
		{"یزد خیایان کاشنای پلاک ۱۰", "site", "1", ""},
		{"yazd, khiaban kashani, pelak 10", "site", "1", ""},
		{"dcn odhfhk ;hahkd \\gh; 10", "site", "1", ""},
		{"2916 VT ROUTE 22A, ADDISON", "site", "10", ""},
		{"addison vt route 22a ۲۹۱۶", "site", "10", ""},
		{"2916 VT RUOTE 22A, ADDISON", "site", "10", ""},
		{"میدان آزادی یزد", "way", "way/", ""},
		{"میدان آزادی یزد پلاک ۳ طبقه ۲", "way", "way/", "پلاک 3 طبقه 2"},
		{"8917957916", "unit", "3", ""},
		{"کد پستی ۸۹۱۷۹-۵۷۹۱۶", "unit", "3", ""},
		{"5791689179", "unit", "3", ""},
		{"یزد خیابان کاشانی کد پستی 8917957916", "unit", "3", ""},
		{"۸۹۱۷۹۵۷۹۹۹", "", "", ""},
		{"خیابان ناکجا پلاک ۵", "", "", ""},
	} {
		got, err := e.Search(t.Context(), search.Query{Text: c.q})
		require.NoError(t, err, c.q)
		if c.level == "" {
			assert.Empty(t, got.Results, c.q)
			continue
		}
		if !assert.NotEmpty(t, got.Results, c.q) {
			continue
		}
		first := got.Results[0]
		assert.Equal(t, c.level, first.Level.Name(), c.q)
		assert.Equal(t, c.key, keyOf(t, pool, first.ID), c.q)
		assert.Equal(t, c.unmatched, strings.Join(first.Unmatched, " "), c.q)
		assert.NotEmpty(t, first.Reasons, c.q)
		t.Log(c.q, first.Confidence, first.Label, first.Corrected)
	}
}

// What a search calls a place by leads back to it.
func TestPlaceByIdentifier(t *testing.T) {
	t.Parallel()
	e, _ := openTown(t)
	for _, q := range []string{"یزد خیابان کاشانی", "اردکان", "گنبدسبز یزد", "استان یزد"} {
		got, err := e.Search(t.Context(), search.Query{Text: q})
		require.NoError(t, err)
		require.NotEmpty(t, got.Results, q)
		first := got.Results[0]
		same, ok, err := e.Place(t.Context(), first.ID)
		require.NoError(t, err)
		require.True(t, ok, first.ID)
		assert.Equal(t, first.Label, same.Label)
		assert.Equal(t, first.Level, same.Level)
		assert.Equal(t, [2]float64{first.Lon, first.Lat}, [2]float64{same.Lon, same.Lat})
	}
	for _, id := range []string{"way/1", "way/x", "city/nowhere", ""} {
		_, ok, err := e.Place(t.Context(), id)
		require.NoError(t, err)
		require.False(t, ok, id)
	}
}

// A street of the name in another city than the one that was named may be what is meant, and is not trusted.
func TestAnotherCityIsDoubted(t *testing.T) {
	t.Parallel()
	e, _ := openTown(t)
	confidence := func(text string) float64 {
		got, err := e.Search(t.Context(), search.Query{Text: text})
		require.NoError(t, err)
		require.NotEmpty(t, got.Results, text)
		return got.Results[0].Confidence
	}
	assert.Greater(t, confidence("یزد، خیابان فرخی، کوچه ۵، پلاک ۳"), 0.8)
	assert.Greater(t, confidence("خیابان فرخی، کوچه ۵، پلاک ۳"), 0.5)
	assert.Less(t, confidence("اردکان، خیابان فرخی، کوچه ۵، پلاک ۳"), 0.4)

	// A city that is only like a word of the question is believed when nothing else is left, or another name tells where it is.
	assert.Greater(t, confidence("اردکن، خیابان کاشانی، پلاک ۱۰"), 0.8)
	assert.Less(t, confidence("اردکن، کهکشان، خیابان کاشانی، پلاک ۱۰"), 0.7)
	assert.Greater(t, confidence("استان یزد، اردکن، کهکشان، خیابان کاشانی، پلاک ۱۰"), 0.8)
	assert.Greater(t, confidence("اردکان، کهکشان، خیابان کاشانی، پلاک ۱۰"), 0.8)
}

// A corner and a place beside one lie where the ways meet.
func TestRelations(t *testing.T) {
	t.Parallel()
	e, _ := openTown(t)
	crossing := "تقاطع خیابان کاشانی و کوچه ۵"
	for _, c := range []struct {
		q, level, label string
		unmatched       []string
	}{
		{"یزد، خیابان کاشانی، نبش کوچه ۵", "intersection", crossing, nil},
		{"یزد، خیابان کاشانی، نرسیده به کوچه ۵", "landmark", "نزدیک " + crossing, nil},
		{"یزد، تقاطع خیابان کاشانی و کوچه ۵", "intersection", crossing, nil},
		{"چهارراه کاشانی و کوچه ۵، یزد", "intersection", crossing, nil},
		{"یزد، نبش خیابان کاشانی و کوچه ۵", "intersection", "", nil},
		{"یزد، خیابان کاشانی، روبروی کوچه ۵، پلاک ۹۹۹", "landmark", "نزدیک " + crossing, []string{"پلاک 999"}},
		{"یزد، خیابان کاشانی، جنب بانک دریا، نرسیده به کوچه ۵", "landmark", "نزدیک " + crossing, []string{"جنب", "بانک", "دریا"}},
	} {
		got, err := e.Search(t.Context(), search.Query{Text: c.q})
		require.NoError(t, err)
		require.NotEmpty(t, got.Results, c.q)
		first := got.Results[0]
		assert.Equal(t, c.level, first.Level.Name(), c.q)
		assert.Contains(t, persian.Fold(first.Label), persian.Fold(c.label), c.q)
		assert.Equal(t, c.unmatched, first.Unmatched, c.q)
		assert.InDelta(t, 54.3625, first.Lon, 0.001, c.q)
		assert.InDelta(t, 31.8905, first.Lat, 0.001, c.q)
		assert.Positive(t, first.Radius, c.q)
	}
}
