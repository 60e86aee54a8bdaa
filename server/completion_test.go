package server_test

import (
	"fmt"
	"math"
	"net/http"
	"testing"

	"github.com/paulmach/orb/encoding/mvt"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/internal/fixture"
	"nsdi/internal/pg"
	"nsdi/internal/pgtest"
	"nsdi/progress"
)

// tileOver is the path of the tile over a place.
func tileOver(lon, lat float64, z int) string {
	n := math.Exp2(float64(z))
	rad := lat * math.Pi / 180
	return fmt.Sprintf("/%d/%d/%d", z, int((lon+180)/360*n), int((1-math.Asinh(math.Tan(rad))/math.Pi)/2*n))
}

// The map of an obligation deepens from provinces to cells. The cells are those that its figure is the sum of, and a publication makes only those tiles anew in which
// figures changed.
func TestTilesOfCompletion(t *testing.T) {
	t.Parallel()
	s := start(t, nil)
	fixture.Outline(t, s.pool, "c1", "county", "شهرستان", "IR-23", "POLYGON((51 35,51.5 35,51.5 36,51 36,51 35))")
	fixture.Outline(t, s.pool, "c2", "county", "شهرستان دیگر", "IR-23", "POLYGON((51.5 35,52 35,52 36,51.5 36,51.5 35))")
	fixture.Outline(t, s.pool, "t1", "city", "شهر", "c1", "POLYGON((51.1 35.1,51.45 35.1,51.45 35.5,51.1 35.5,51.1 35.1))")
	fixture.Publish(t, s.pool, "cadastre-urban", "registry", nil, fixture.Feature{Key: "p", WKT: "POLYGON((51.21 35.21,51.3 35.21,51.3 35.3,51.21 35.21))"})
	follower := &progress.Follower{Pool: pgtest.Application(t, s.pool, pg.Everything)}
	follow := func() {
		did, err := follower.Step(t.Context())
		require.NoError(t, err)
		require.True(t, did)
	}
	follow()
	const layer = "/tiles/progress-A25-URBAN"
	ask := func(at string) (string, []map[string]any) {
		r, body := s.do(t, "GET", at)
		require.Equal(t, http.StatusOK, r.StatusCode, "%s: %s", at, body)
		if len(body) == 0 {
			return r.Header.Get("ETag"), nil
		}
		layers, err := mvt.Unmarshal(body)
		require.NoError(t, err)
		require.Len(t, layers, 1)
		require.Equal(t, "progress", layers[0].Name)
		var found []map[string]any
		for _, f := range layers[0].Features {
			found = append(found, f.Properties)
		}
		return r.Header.Get("ETag"), found
	}
	drawn := func(z int) (codes []any) {
		_, found := ask(layer + tileOver(51.3, 35.3, z))
		for _, f := range found {
			codes = append(codes, f["code"])
		}
		return codes
	}
	assert.ElementsMatch(t, []any{"IR-23"}, drawn(5))
	assert.ElementsMatch(t, []any{"c1", "c2"}, drawn(7))
	assert.ElementsMatch(t, []any{"t1", "c2"}, drawn(8), "a county whose town is drawn gives way to it")

	figure := func(unit string) (whole, published float64) {
		for _, o := range s.json(t, "/v1/progress?unit="+unit)["obligations"].([]any) {
			if o := o.(map[string]any); o["code"] == "A25-URBAN" {
				return o["denominator"].(float64), o["numerator"].(float64)
			}
		}
		return 0, 0
	}
	for _, f := range func() []map[string]any { _, found := ask(layer + tileOver(51.3, 35.3, 5)); return found }() {
		whole, published := figure("IR-23")
		assert.Equal(t, []any{"province", "known", "تهران"}, []any{f["level"], f["state"], f["name_fa"]})
		assert.InDelta(t, 100*published/whole, f["percent"], 0.005)
	}

	// Every tile of the cells' zooms over the town and around it, with its ETag; each piece once.
	tags := map[string]string{}
	pieces := map[string]map[string]any{}
	look := func() {
		clear(tags)
		for z := 10; z <= 12; z++ {
			for lon := 51.15; lon < 51.45; lon += 0.02 {
				for lat := 35.15; lat < 35.45; lat += 0.02 {
					at := tileOver(lon, lat, z)
					if _, done := tags[at]; done {
						continue
					}
					tag, found := ask(layer + at)
					tags[at] = tag
					for _, f := range found {
						require.Equal(t, "cell", f["level"])
						pieces[fmt.Sprint(f["cell"], f["code"])] = f
					}
				}
			}
		}
	}
	look()
	var whole, published float64
	for _, f := range pieces {
		assert.Len(t, f["cell"], 15, "an H3 index")
		whole += f["m2"].(float64)
		published += f["m2"].(float64) * f["percent"].(float64) / 100
	}
	wantWhole, wantPublished := figure("IR-23")
	assert.Greater(t, len(pieces), 500, "the town's 400 km² in cells of 0.7 km²")
	assert.InDelta(t, wantWhole, whole, float64(len(pieces)), "half a square metre a piece is rounded away")
	assert.InDelta(t, wantPublished, published, 1e-4*wantWhole, "and half a hundredth of a per cent")
	assert.Greater(t, published, 1e7)

	before := map[string]string{}
	for at, tag := range tags {
		before[at] = tag
	}
	fixture.Publish(t, s.pool, "cadastre-urban", "registry", nil, fixture.Feature{Key: "q", WKT: "POLYGON((51.39 35.39,51.395 35.39,51.395 35.395,51.39 35.39))"})
	follow()
	look()
	assert.NotEqual(t, before[tileOver(51.393, 35.392, 12)], tags[tileOver(51.393, 35.392, 12)])
	assert.NotEqual(t, before[tileOver(51.393, 35.392, 10)], tags[tileOver(51.393, 35.392, 10)])
	changed := 0
	for at, tag := range tags {
		if before[at] != tag {
			changed++
		}
	}
	assert.LessOrEqual(t, changed, 3+2+2, "the parcel lies in one tile of each zoom, and its cells reach into the next")
	assert.Greater(t, len(tags), 30)

	about := s.json(t, layer+".json")
	assert.Equal(t, []any{0.0, 12.0}, []any{about["minzoom"], about["maxzoom"]})
	described := about["vector_layers"].([]any)[0].(map[string]any)
	assert.Equal(t, "progress", described["id"])
	for _, name := range []string{"level", "cell", "code", "m2", "name_fa", "name_en", "state", "percent", "delivered", "validated", "fresh"} {
		assert.Contains(t, described["fields"], name)
	}
	assert.InDelta(t, 51, about["bounds"].([]any)[0], 0.001, "where its units begin")
	style := s.json(t, "/styles/progress-A25-URBAN.json")
	assert.Len(t, style["metadata"].(map[string]any)["nsdi:legend"], 8)

	// What is counted by unit alone is drawn so to the end.
	_, found := ask("/tiles/progress-A27-GNAF" + tileOver(51.3, 35.3, 12))
	require.Len(t, found, 1)
	assert.Equal(t, "t1", found[0]["code"])
	for path, status := range map[string]int{"/tiles/progress-A99/5/1/1": 404, layer + "/13/1/1": 404, "/tiles/progress.json": 404} {
		r, _ := s.do(t, "GET", path)
		assert.Equal(t, status, r.StatusCode, path)
	}
}
