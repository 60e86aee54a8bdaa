package main

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"nsdi/internal/pg"
	"nsdi/internal/pgtest"
)

var places = flag.Int("places", 100_000, "places that are published before BenchmarkTileAfterPublication")

// BenchmarkTileAfterPublication delivers 2,000 new places of one city to a server over its API, has them published, and asks for the tiles over the city without a version, at
// every zoom, until all of them are others. It tells the seconds from when the version is there, and from the publisher's decision. Every other tile of zooms 3 to 9, and of zoom 13
// around the city, keeps its ETag.
func BenchmarkTileAfterPublication(b *testing.B) {
	v := newVictim(b, pgtest.URL(b))
	pool, err := pg.Connect(b.Context(), v.database)
	require.NoError(b, err)
	b.Cleanup(pool.Close)
	v.start(b)
	v.people(b, pool)
	random := rand.New(rand.NewPCG(1, 2))
	publish := func(rows, code string, at func() (lon, lat float64), n int) (decision, there time.Time) {
		ctx, cancel := context.WithTimeout(b.Context(), 10*time.Minute)
		defer cancel()
		var file strings.Builder
		file.WriteString("code,name_fa,lon,lat\n")
		for i := range n {
			lon, lat := at()
			fmt.Fprintf(&file, "%s%d,%s %d,%.6f,%.6f\n", code, i, rows, i, lon, lat)
		}
		upload, err := v.send(ctx, "places.csv", []byte(file.String()), 8<<20)
		require.NoError(b, err)
		tracking, err := v.hand(ctx, upload, `,"mode":"upsert","confirm":true,"submit":true`)
		require.NoError(b, err)
		_, err = v.waits(ctx, tracking, "submitted")
		require.NoError(b, err)
		decision = time.Now()
		require.NoError(b, v.publish(ctx, tracking))
		require.NoError(b, pool.QueryRow(ctx, `select v.published_at from layers.version v join layers.submission s on s.id = v.submission_id where s.tracking = $1`, tracking).Scan(&there))
		return decision, there
	}
	publish("روستای", "p", func() (float64, float64) { return 46 + random.Float64()*15, 27 + random.Float64()*11 }, *places)

	tags := func(of []string) map[string]string {
		all := map[string]string{}
		for _, at := range of {
			resp, err := v.deliverer.http.Get(v.deliverer.url + "/tiles/place/" + at)
			require.NoError(b, err)
			require.NoError(b, resp.Body.Close())
			if resp.StatusCode == http.StatusOK { // the cells of low zooms come with the first publication
				all[at] = resp.Header.Get("ETag")
			}
		}
		return all
	}
	tile := func(lon, lat float64, z int) (x, y int) {
		n := math.Exp2(float64(z))
		return int(n * (lon + 180) / 360), int(n * (1 - math.Asinh(math.Tan(lat*math.Pi/180))/math.Pi) / 2)
	}
	const lon, lat = 51.405, 35.705
	var city, others []string
	for z := 3; z <= 14; z++ {
		x, y := tile(lon, lat, z)
		city = append(city, fmt.Sprintf("%d/%d/%d", z, x, y))
	}
	list := func(z int, west, south, east, north float64) {
		left, bottom := tile(west, south, z)
		right, top := tile(east, north, z)
		for x := left; x <= right; x++ {
			for y := top; y <= bottom; y++ {
				if at := fmt.Sprintf("%d/%d/%d", z, x, y); !slices.Contains(city, at) {
					others = append(others, at)
				}
			}
		}
	}
	for z := 3; z <= 9; z++ {
		list(z, 46, 27, 61, 38)
	}
	list(13, lon-0.3, lat-0.3, lon+0.3, lat+0.3)
	kept := tags(others)
	for began, again := time.Now(), tags(others); len(again) < len(others) || !maps.Equal(kept, again); again = tags(others) { // until the first publication is drawn as a whole
		require.Less(b, time.Since(began), 5*time.Minute, "%d of %d tiles", len(again), len(others))
		kept = again
	}

	var decided, there []float64
	for n := 0; b.Loop(); n++ {
		before := tags(city)
		began, published := publish("محله", fmt.Sprintf("c%d-", n), func() (float64, float64) { // within one tile of zoom 14
			return lon - 0.001 + random.Float64()*0.002, lat - 0.001 + random.Float64()*0.002
		}, 2000)
		for left := slices.Clone(city); len(left) > 0; {
			now := tags(left)
			left = slices.DeleteFunc(left, func(at string) bool { return now[at] != before[at] })
			require.Less(b, time.Since(published), 2*time.Minute, "%v stay as they were", left)
		}
		decided, there = append(decided, time.Since(began).Seconds()), append(there, time.Since(published).Seconds())
		require.Equal(b, kept, tags(others), "tiles beside the city")
	}
	slices.Sort(decided)
	slices.Sort(there)
	b.ReportMetric(decided[len(decided)/2], "s-from-decision")
	b.ReportMetric(there[len(there)/2], "s-from-publication")
	b.ReportMetric(there[len(there)-1], "s-at-most")
	b.ReportMetric(float64(len(others)), "tiles-unchanged")
	b.ReportMetric(0, "ns/op")
}
