package gnaf_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/gnaf"
	"nsdi/gnaf/persian"
	"nsdi/gnaf/search"
	"nsdi/internal/errs"
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

func publishTown(t testing.TB) *pgxpool.Pool {
	pool := pgtest.New(t)
	fixture.Publish(t, pool, "gnaf-address", "post", func(tx pgx.Tx) error {
		return gnaf.AfterPublish(t.Context(), tx)
	}, town()...)
	return pool
}

// geocoder answers from an index of its own, which every question brings up to date.
func geocoder(t testing.TB, pool *pgxpool.Pool) *gnaf.Geocoder {
	e := &search.Engine{Folder: t.TempDir(), DB: pool, Fresh: true, Time: time.Minute}
	t.Cleanup(e.Close)
	return &gnaf.Geocoder{Pool: pool, Search: e}
}

func TestGeocode(t *testing.T) {
	t.Parallel()
	g := geocoder(t, publishTown(t))
	for _, c := range []struct {
		q         string
		level     string
		id        string // of the first answer; empty: none
		unmatched string
	}{
		{"یزد، خیابان کاشانی، پلاک ۱۰", "site", "address/1", ""},
		{"پلاک 10 خيابان كاشاني يزد", "site", "address/1", ""},
		{"۱۰ خ کاشانی، یزد", "site", "address/1", ""},
		{"خیابان کاشانی پلاک۱۰ یزد", "site", "address/1", ""},
		{"اردکان خیابان کاشانی ۱۰", "site", "address/8", ""},
		{"یزد، کاشانی، پلاک ۱۰", "site", "address/1", ""},
		{"یزد خیابان کاشانی پلاک ۱۲ واحد ۲", "unit", "address/3", ""},
		{"یزد خیابان کاشانی پلاک ۱۲ واحد ۹", "site", "address/2", "واحد 9"},
		{"یزد خیابان کاشانی پلاک ۱۲", "site", "address/2", ""},
		{"یزد خیابان کاشانی پلاک ۱۴ الف", "site", "address/4", ""},
		{"یزد خیابان کاشانی پلاک ۱۴الف", "site", "address/4", ""},
		{"یزد خیابان کاشانی پلاک ۱۴", "interpolated", "way/", "پلاک 14"},
		{"یزد خیابان کاشانی پلاک ۱۰ ب", "interpolated", "way/", "پلاک 10 ب"},
		{"یزد خیابان کاشانی پلاک ۹۹", "way", "way/", "پلاک 99"},
		{"یزد خیابان کاشانی", "way", "way/", ""},
		{"یزد، خیابان کاشانی، کوچه ۵، پلاک ۱۲", "site", "address/5", ""},
		{"یزد، خیابان فرخی، کوچه ۵، پلاک ۱۲", "site", "address/6", ""},
		{"یزد، فرخی، کوچه۵، پ۳", "site", "address/7", ""},
		{"بلوار ولی عصر برج سروناز پلاک ۷ یزد", "site", "address/9", ""},
		{"2916 VT ROUTE 22A, ADDISON", "site", "address/10", ""},
		{"addison vt route 22a ۲۹۱۶", "site", "address/10", ""},
		{"میدان آزادی یزد", "way", "way/", ""},
		{"میدان آزادی یزد پلاک ۳ طبقه ۲", "way", "way/", "پلاک 3 طبقه 2"},
		{"8917957916", "unit", "address/3", ""},
		{"کد پستی ۸۹۱۷۹-۵۷۹۱۶", "unit", "address/3", ""},
		{"یزد خیابان کاشانی کد پستی 8917957916", "unit", "address/3", ""},
		{"۸۹۱۷۹۵۷۹۹۹", "", "", ""},
		{"خیابان ناکجا پلاک ۵", "", "", ""},
	} {
		got, err := g.Geocode(t.Context(), search.Query{Text: c.q, Limit: 10})
		require.NoError(t, err, c.q)
		if c.id == "" {
			assert.Empty(t, got.Features, c.q)
			continue
		}
		require.NotEmpty(t, got.Features, c.q)
		first := got.Features[0].Properties
		id := first.Geocoding.PlaceID
		if strings.HasPrefix(id, "address/") {
			id = "address/" + keyOf(t, g.Pool, id)
		} else {
			id = id[:strings.Index(id, "/")+1]
		}
		assert.Equal(t, c.level, first.Match.Level, c.q)
		assert.Equal(t, c.id, id, c.q)
		assert.Equal(t, c.unmatched, strings.Join(first.Match.Unmatched, " "), c.q)
		assert.Equal(t, len(first.Match.Reasons.FA), len(first.Match.Reasons.EN), c.q)
		assert.NotEmpty(t, first.Match.Reasons.FA, c.q)
		if c.unmatched != "" {
			assert.Less(t, first.Match.Confidence, 0.95, c.q)
		}
	}
}

// keyOf answers the delivered key of an address: ids are drawn by the database.
func keyOf(t *testing.T, pool *pgxpool.Pool, placeID string) string {
	t.Helper()
	var key string
	require.NoError(t, pool.QueryRow(t.Context(), `select key from gnaf.address where id = $1::bigint`, strings.TrimPrefix(placeID, "address/")).Scan(&key))
	return key
}

func TestAmbiguousAnswersAreTold(t *testing.T) {
	t.Parallel()
	g := geocoder(t, publishTown(t))
	got, err := g.Geocode(t.Context(), search.Query{Text: "خیابان کاشانی پلاک ۱۰", Limit: 10})
	require.NoError(t, err)
	require.Len(t, got.Features, 2)
	for _, f := range got.Features {
		assert.Less(t, f.Properties.Match.Confidence, 0.8)
		assert.Contains(t, strings.Join(f.Properties.Match.Reasons.EN, " "), "2 answers are equally good")
	}
	one, err := g.Geocode(t.Context(), search.Query{Text: "خیابان کاشانی پلاک ۱۰", Limit: 1})
	require.NoError(t, err)
	assert.Len(t, one.Features, 1)
}

func TestSiteHidesWhatIsOfOneUnit(t *testing.T) {
	t.Parallel()
	g := geocoder(t, publishTown(t))
	got, err := g.Geocode(t.Context(), search.Query{Text: "یزد خیابان کاشانی پلاک ۱۲", Limit: 10})
	require.NoError(t, err)
	require.Len(t, got.Features, 1, "two units are one site")
	place := got.Features[0].Properties.Geocoding
	assert.Empty(t, place.Postcode, "the site has two codes; none is its own")
	assert.Empty(t, place.Unit)
	assert.Equal(t, "12", place.HouseNumber)
	assert.Equal(t, "یزد، خيابان كاشاني، پلاک 12", place.Label)
}

func TestGeocodePlaces(t *testing.T) {
	t.Parallel()
	pool := publishTown(t)
	fixture.Outline(t, pool, "IR-21", "province", "یزد", "IR", "POLYGON((53 30,56 30,56 33,53 33,53 30))")
	fixture.Publish(t, pool, "place", "interior", nil,
		fixture.Feature{Key: "m", WKT: "POINT(53.99 32.22)", Attributes: map[string]any{"code": "m", "name_fa": "ميبد", "name_en": "Meybod", "kind": "city"}})
	g := geocoder(t, pool)
	for _, c := range []struct{ q, level, label string }{
		{"استان یزد", "province", "یزد"},
		{"Yazd", "province", "یزد"},
		{"میبد", "city", "یزد، ميبد"},
		{"شهر میبد استان یزد", "city", "یزد، ميبد"},
		{"meybod", "city", "یزد، ميبد"},
		{"اردکان", "city", "یزد، اردکان"},
	} {
		got, err := g.Geocode(t.Context(), search.Query{Text: c.q, Limit: 5})
		require.NoError(t, err, c.q)
		require.NotEmpty(t, got.Features, c.q)
		assert.Equal(t, c.level, got.Features[0].Properties.Match.Level, c.q)
		assert.Equal(t, c.label, got.Features[0].Properties.Geocoding.Label, c.q)
		assert.Equal(t, "locality", got.Features[0].Properties.Geocoding.Type, c.q)
		assert.Empty(t, got.Features[0].Properties.Match.Unmatched, c.q)
	}
}

func TestReverse(t *testing.T) {
	t.Parallel()
	pool := publishTown(t)
	fixture.Outline(t, pool, "IR-21", "province", "یزد", "IR", "POLYGON((53 30,56 30,56 33,53 33,53 30))")
	g := geocoder(t, pool)
	got, err := g.Reverse(t.Context(), 31.8901, 54.3601, 3)
	require.NoError(t, err)
	require.Len(t, got.Features, 4)
	assert.Equal(t, "1", keyOf(t, pool, got.Features[0].Properties.Geocoding.PlaceID))
	last := 0.0
	for _, f := range got.Features[:3] {
		require.NotNil(t, f.Properties.Geocoding.DistanceM)
		assert.GreaterOrEqual(t, *f.Properties.Geocoding.DistanceM, last)
		last = *f.Properties.Geocoding.DistanceM
	}
	var want float64
	require.NoError(t, pool.QueryRow(t.Context(), `
		select min(st_distance(geom::geography, st_setsrid(st_makepoint(54.3601, 31.8901), 4326)::geography)) from gnaf.address`).Scan(&want))
	assert.InDelta(t, want, *got.Features[0].Properties.Geocoding.DistanceM, 0.1)
	assert.Equal(t, "province", got.Features[3].Properties.Match.Level)
	assert.Equal(t, "یزد", got.Features[3].Properties.Geocoding.State)

	// The parcel below the point stands before the units, by its plate, and has its unique identifier where it was given one.
	fixture.Publish(t, pool, "cadastre-urban", "registry", nil, fixture.Feature{
		Key: "a", WKT: "POLYGON ((54.36 31.89,54.361 31.89,54.361 31.891,54.36 31.891,54.36 31.89))", Attributes: map[string]any{"section": "3", "main_plate": 72, "sub_plate": 1617},
	})
	for _, unique := range []string{"", "140200000000000001"} {
		got, err = g.Reverse(t.Context(), 31.8901, 54.3601, 3)
		require.NoError(t, err)
		require.Len(t, got.Features, 5)
		parcel := got.Features[3].Properties
		assert.Equal(t, []any{"parcel", "P", unique, 0.0}, []any{parcel.Match.Level, parcel.Match.Code, parcel.Geocoding.ParcelID, *parcel.Geocoding.DistanceM})
		assert.Contains(t, parcel.Geocoding.Label, "۱۶۱۷ فرعی از ۷۲ اصلی")
		place, err := g.Place(t.Context(), parcel.Geocoding.PlaceID)
		require.NoError(t, err)
		assert.Equal(t, parcel.Geocoding.Label, place.Properties.Geocoding.Label)
		_, err = pool.Exec(t.Context(), `update cadastre.parcel set national_parcel_id = '140200000000000001'`)
		require.NoError(t, err)
	}
	beside, err := g.Reverse(t.Context(), 31.8899, 54.3601, 3)
	require.NoError(t, err)
	require.Len(t, beside.Features, 4, "beside the parcel")

	far, err := g.Reverse(t.Context(), 31, 54, 3)
	require.NoError(t, err)
	require.Len(t, far.Features, 1, "no address within a kilometre, but the province")
	nowhere, err := g.Reverse(t.Context(), 0, 0, 3)
	require.NoError(t, err)
	assert.Empty(t, nowhere.Features)
	_, err = g.Reverse(t.Context(), 100, 54, 3)
	assert.Equal(t, "coordinates-outside", errs.Code(err))
}

func TestGeocodeRefuses(t *testing.T) {
	t.Parallel()
	g := geocoder(t, pgtest.New(t))
	for q, code := range map[string]string{"": "query-empty", " ،،، ": "query-empty", strings.Repeat("خ", 501): "query-too-long"} {
		_, err := g.Geocode(t.Context(), search.Query{Text: q, Limit: 10})
		assert.Equal(t, code, errs.Code(err), q)
		assert.Equal(t, 400, errs.Status(err), q)
	}
}

func TestAfterPublishAddsWaysOnce(t *testing.T) {
	t.Parallel()
	pool := publishTown(t)
	count := func() (n int) {
		require.NoError(t, pool.QueryRow(t.Context(), `select count(*) from gnaf.way`).Scan(&n))
		return n
	}
	assert.Equal(t, 6, count())
	fixture.Publish(t, pool, "gnaf-address", "post", func(tx pgx.Tx) error {
		return gnaf.AfterPublish(t.Context(), tx)
	}, town()...)
	assert.Equal(t, 6, count())
	var tokens []string
	require.NoError(t, pool.QueryRow(t.Context(), `select tokens from gnaf.way where street_key = 'کوچه 5'`).Scan(&tokens))
	assert.Equal(t, []string{"کوچه", "5"}, tokens)
}

// The database proposes places by a key of its own making; it has to be the key of Fold.
func TestNameKeyInSQLIsFold(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	names := []string{
		"خيابان شهيد كريمي", "آزادراه", "مسؤول مسئول", "خانهٔ ما", "خانۀ ما", "فاطمة", "ولی‌عصر", "محمّدِ رضا", "کـــوچه", "ﺗﻬﺮﺍﻥ",
		"Café 12", "۱۲۳٤٥٦", "«میدان» (آزادی)", "رأس‌الخیمة", "ابوموسیٰ", "قريۀ ‌ خالد", "A–B/C", "إسلام آباد", "ي", "ماء السماء",
	}
	rows, err := pool.Query(t.Context(), `select name_fa from layers.admin_unit`)
	require.NoError(t, err)
	seeded, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err)
	names = append(append(names, seeded...), generatedNames()...)
	rows, err = pool.Query(t.Context(), `select gnaf.name_key(s) from unnest($1::text[]) with ordinality as u(s, at) order by at`, names)
	require.NoError(t, err)
	keys, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err)
	require.Len(t, keys, len(names))
	wrong := 0
	for i, name := range names {
		if want := persian.Fold(name); keys[i] != want && wrong < 20 {
			wrong++
			assert.Equal(t, want, keys[i], "%+q: %+q, in SQL %+q", name, want, keys[i])
		}
	}
}

// generatedNames are strings over what names of places are written with: each character between others, and many mixed.
func generatedNames() []string {
	var all []rune
	for _, block := range [][2]rune{
		{0x01, 0x7F},     // ASCII but NUL, which no text of the database has
		{0xA0, 0x24F},    // Latin
		{0x300, 0x36F},   // accents
		{0x600, 0x6FF},   // Arabic
		{0x750, 0x77F},   // Arabic Supplement
		{0x870, 0x8FF},   // Arabic Extended-B, Extended-A
		{0x2000, 0x206F}, // General Punctuation
		{0xFB50, 0xFDFF}, // Arabic Presentation Forms-A
		{0xFE00, 0xFE0F}, // variation selectors
		{0xFE70, 0xFF5E}, // Arabic Presentation Forms-B, full-width ASCII
	} {
		for r := block[0]; r <= block[1]; r++ {
			if unicode.IsGraphic(r) || unicode.In(r, unicode.Cc, unicode.Cf) { // what no version of Unicode has may differ
				all = append(all, r)
			}
		}
	}
	var names []string
	for _, r := range all {
		names = append(names, "ب"+string(r)+"ا", "1"+string(r)+"2", "خانه"+string(r)+" ی ما")
	}
	random := rand.New(rand.NewPCG(6, 7))
	common := []rune("اه ی ی12خک\u200c\u200f ")
	for range 20_000 {
		name := make([]rune, random.IntN(12))
		for i := range name {
			if random.IntN(2) == 0 {
				name[i] = common[random.IntN(len(common))]
			} else {
				name[i] = all[random.IntN(len(all))]
			}
		}
		names = append(names, string(name))
	}
	return names
}

func TestSeededUnitsHaveTheirKey(t *testing.T) {
	t.Parallel()
	rows, err := pgtest.New(t).Query(t.Context(), `select level, name_fa, name_key from layers.admin_unit`)
	require.NoError(t, err)
	n := 0
	var level, name, key string
	_, err = pgx.ForEachRow(rows, []any{&level, &name, &key}, func() error {
		n++
		assert.Equal(t, persian.UnitName(level, name), key)
		return nil
	})
	require.NoError(t, err)
	assert.Equal(t, 32, n)
}

func TestReverseStopsWithItsContext(t *testing.T) {
	t.Parallel()
	g := geocoder(t, pgtest.New(t))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := g.Reverse(ctx, 31, 54, 1)
	assert.ErrorIs(t, err, context.Canceled)
}
