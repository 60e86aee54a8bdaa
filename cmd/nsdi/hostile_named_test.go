package main

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"nsdi/internal/pg"
	"nsdi/internal/pgtest"
)

// packed makes an archive of files by name.
func packed(t *testing.T, files ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		w, err := z.Create(files[i])
		require.NoError(t, err)
		_, err = w.Write([]byte(files[i+1]))
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	return b.Bytes()
}

// ring is a polygon of so many points.
func ring(n int) []byte {
	var b bytes.Buffer
	b.WriteString(`{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":"a","name_fa":"روستا"},"geometry":{"type":"Polygon","coordinates":[[[51,35]`)
	for i := range n {
		fmt.Fprintf(&b, ",[%d.%07d,%d]", 51, i, 36+i%2)
	}
	b.WriteString(`,[51,35]]]}}]}`)
	return b.Bytes()
}

// What attackers and unlucky people deliver, through the server: each gets an answer in both languages, in time, and the server goes on.
func TestHostileDeliveries(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("starts a server")
	}
	v := newVictim(t, pgtest.URL(t))
	pool, err := pg.Connect(t.Context(), v.database)
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	v.start(t)
	v.people(t, pool)
	const good = "code,name_fa,lon,lat\na,روستا,51.3,35.3\n"
	secret := `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x xmlns:gml="http://www.opengis.net/gml"><gml:featureMember><place><code>a</code>` +
		`<name_fa>&e;</name_fa><gml:pointProperty><gml:Point srsName="EPSG:4326"><gml:coordinates>51,35</gml:coordinates></gml:Point></gml:pointProperty></place></gml:featureMember></x>`
	for _, c := range []struct {
		name    string
		content []byte
	}{
		{"renamed.shp", []byte(`<OGRVRTDataSource><OGRVRTLayer name="passwd"><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>`)},
		{"entity.gml", []byte(secret)},
		{"bomb.zip", packed(t, "places.csv", good+strings.Repeat("0", 300<<20))},
		{"climbs.zip", packed(t, "../../places.csv", good)},
		{"many-points.geojson", ring(2_000_001)},
		{"columns.csv", []byte(strings.Repeat("c,", 1_000_000) + "c\n" + strings.Repeat("1,", 1_000_000) + "1\n")},
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
		upload, err := v.send(ctx, c.name, c.content, 64<<20)
		require.NoError(t, err, c.name)
		tracking, err := v.hand(ctx, upload, `,"confirm":true,"submit":true`)
		require.NoError(t, err, c.name)
		handed := time.Now()
		state, err := v.waits(ctx, tracking, "refused", "validated", "submitted")
		cancel()
		require.NoError(t, err, c.name)
		a, err := v.ask(t.Context(), "GET", "/v1/submissions/"+tracking, nil)
		require.NoError(t, err, c.name)
		require.Equal(t, 200, a.status, c.name)
		require.Equal(t, "refused", state, "%s: %s", c.name, a.raw)
		problem := a.body["problem"].(map[string]any)
		for _, part := range []string{"title", "next"} {
			for _, language := range []string{"fa", "en"} {
				require.NotEmpty(t, problem[part].(map[string]any)[language], c.name)
			}
		}
		require.NotEqual(t, "interrupted", problem["code"], c.name)
		require.NotContains(t, string(a.raw), "root:x", "nothing of the server's is read")
		t.Logf("%s: %s after %s", c.name, problem["code"], time.Since(handed).Round(time.Millisecond))
	}
	_, err = v.send(t.Context(), "../../places.csv", []byte(good), 1<<20)
	require.ErrorContains(t, err, "422", "a name that is a path is refused before the first byte")
	v.tidy(t)
	v.interrupt(t)
}
