package geocoding_test

import (
	_ "embed"
	"encoding/csv"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/bench/geocoding"
	"nsdi/bench/geocoding/country"
	"nsdi/bench/geocoding/noise"
	"nsdi/internal/pgtest"
	"nsdi/internal/sample"
)

// handmade are questions as people write them, by hand and never by a rule, about addresses of the sample country: class, level, key of the address, text.
//
//go:embed handmade.tsv
var handmade string

// floors in hundredths of each class of them. What is asked without its city is answered rightly where its names stand once.
func floors() map[string]float64 {
	return map[string]float64{"form": 100, "letter": 100, "taxi": 95, "email": 95, "typo": 95, "latin": 90, "keys": 100, "partial": 90, "wrong": 100, "code": 100, "none": 100}
}

// TestHandmade: the sample country has 5,000 addresses, with the same names in its three large towns, so that only the whole text tells which is meant.
func TestHandmade(t *testing.T) {
	t.Parallel()
	rows := sampleRows(t)
	pool := pgtest.New(t)
	require.NoError(t, geocoding.Load(t.Context(), pool, func(yield func(country.Row) bool) {
		for _, key := range slices.Sorted(maps.Keys(rows)) {
			if !yield(rows[key]) {
				return
			}
		}
	}))
	engine, _, err := geocoding.NewEngine(t.Context(), pool, t.TempDir(), len(rows))
	require.NoError(t, err)
	t.Cleanup(engine.Close)
	var questions []geocoding.Question
	for line := range strings.Lines(handmade) {
		part := strings.Split(strings.TrimSpace(line), "\t")
		require.Len(t, part, 4, line)
		q := geocoding.Question{Class: part[0], Want: noise.Level(part[1]), Text: part[3]}
		if q.Want != noise.NoAnswer {
			row, ok := rows[part[2]]
			require.True(t, ok, "%s is no address", part[2])
			row.Unit = strings.Map(func(r rune) rune { // units are told in digits of either script
				if r >= '۰' && r <= '۹' {
					return r - '۰' + '0'
				}
				return r
			}, row.Unit)
			q.Row, q.At = row, country.Corner{Lon: row.Lon, Lat: row.Lat}
		}
		questions = append(questions, q)
	}
	require.GreaterOrEqual(t, len(questions), 300)
	outcomes, err := geocoding.Ask(t.Context(), engine, questions, 2)
	require.NoError(t, err)
	run := geocoding.Run{Outcomes: outcomes}
	for class, floor := range floors() {
		of := run.ByClass(class)
		require.NotEmpty(t, of, class)
		good := 0
		for i := range of {
			if o := &of[i]; o.Good(1) {
				good++
			} else {
				t.Logf("%s: %s\n  got %+v", class, o.Text, o.Top)
			}
			assert.False(t, of[i].FalseExact(), "sure, exact and wrong: %s", of[i].Text)
		}
		assert.GreaterOrEqual(t, 100*float64(good)/float64(len(of)), floor, "%s: %d of %d", class, good, len(of))
	}
	assert.Less(t, geocoding.Reliability(outcomes).ECE(), 0.05)
}

// sampleRows are the addresses of the sample country by their keys.
func sampleRows(t *testing.T) map[string]country.Row {
	dir := t.TempDir()
	_, err := sample.Write(t.Context(), sample.Options{Dir: dir, Seed: 1393})
	require.NoError(t, err)
	files, err := filepath.Glob(filepath.Join(dir, "post", "*.csv"))
	require.NoError(t, err)
	rows := map[string]country.Row{}
	for _, name := range files {
		file, err := os.Open(name)
		require.NoError(t, err)
		records, err := csv.NewReader(file).ReadAll()
		require.NoError(t, err)
		require.NoError(t, file.Close())
		column := map[string]int{}
		for i, name := range records[0] {
			column[name] = i
		}
		for _, r := range records[1:] {
			at := func(name string) string { return r[column[name]] }
			number := func(name string) float64 {
				v, err := strconv.ParseFloat(at(name), 64)
				require.NoError(t, err)
				return v
			}
			row := country.Row{
				Key: at("شناسه"), Province: at("استان"), County: at("شهرستان"), City: at("شهر"), Area: at("محله"), Before: at("معبر ماقبل آخر"), Street: at("معبر آخر"),
				Number: int(number("پلاک")), Suffix: at("پسوند پلاک"), Unit: at("واحد"), Code: at("کد پستی"), Lon: number("طول جغرافیایی"), Lat: number("عرض جغرافیایی"),
			}
			if at("طبقه") != "" {
				floor := int(number("طبقه"))
				row.Floor = &floor
			}
			rows[row.Key] = row
		}
	}
	return rows
}
