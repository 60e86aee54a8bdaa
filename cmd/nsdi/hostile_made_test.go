package main

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// craftedDeliveries are what attackers and unlucky people make.
func craftedDeliveries() (out []sent) {
	const good = "code,name_fa,lon,lat\na,روستا,51.3,35.3\n"
	const entity = `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x xmlns:gml="http://www.opengis.net/gml"><gml:featureMember><place><code>a</code>` +
		`<name_fa>&e;</name_fa><gml:pointProperty><gml:Point srsName="EPSG:4326"><gml:coordinates>51,35</gml:coordinates></gml:Point></gml:pointProperty></place></gml:featureMember></x>`
	text := func(s string) func() ([]byte, error) { return func() ([]byte, error) { return []byte(s), nil } }
	zeros := func(w io.Writer) error {
		for range 300 {
			if _, err := w.Write(bytes.Repeat([]byte("0"), 1<<20)); err != nil {
				return err
			}
		}
		return nil
	}
	for _, c := range []struct {
		name, want string
		content    func() ([]byte, error)
	}{
		{"renamed.shp", "format-mismatch", text(`<OGRVRTDataSource><OGRVRTLayer name="passwd"><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>`)},
		{"entity.gml", "", text(entity)}, // the entity is left out, so the row is as any other
		{"bomb.zip", "archive-refused", func() ([]byte, error) { return packed("places.csv", good, zeros) }},
		{"climbs.zip", "archive-refused", func() ([]byte, error) { return packed("../../places.csv", good, nil) }},
		{"many-points.geojson", "file-unreadable", func() ([]byte, error) { return ring(2_000_001), nil }},
		{"columns.csv", "nothing-accepted", func() ([]byte, error) {
			return []byte(strings.Repeat("c,", 1_000_000) + "c\n" + strings.Repeat("1,", 1_000_000) + "1\n"), nil
		}},
	} {
		out = append(out, sent{name: c.name, files: []sentFile{{c.name, c.content}}, want: c.want, slow: true})
	}
	return out
}

// dirtyDeliveries are real files with real defects, of which the numbers of features are told where they come from.
func dirtyDeliveries(t *testing.T) []sent {
	t.Helper()
	out := sharedFiles(t, "dirty")
	require.Len(t, out, 5)
	for i := range out {
		s := &out[i]
		switch filepath.Base(s.name) {
		case "polygon-3overlappingcircles.gpkg": // a base map's features may lie upon each other
			s.rows = [2]int{3, 0}
		case "polygon-invalid.gpkg": // 70 polygons that cross themselves: it waits for the corrections that are proposed
			s.rows, s.found = [2]int{0, 70}, [2]any{"geometry-invalid", 70.0}
		case "razavi_khorasan_counties_utm40_utf8.zip":
			s.rows = [2]int{34, 0}
		case "tehran_counties_utm39_cp1256.zip":
			s.rows = [2]int{16, 0}
		case "tehran_neighbourhoods_swapped_latlng.csv":
			s.rows, s.found = [2]int{475, 0}, [2]any{"coordinates-swapped", 475.0}
		default:
			t.Fatalf("%s has to be expected", s.name)
		}
	}
	return out
}

// packed makes an archive of one file.
func packed(name, begins string, goesOn func(io.Writer) error) ([]byte, error) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create(name)
	if err == nil {
		_, err = io.WriteString(w, begins)
	}
	if err == nil && goesOn != nil {
		err = goesOn(w)
	}
	err = errors.Join(err, z.Close())
	return b.Bytes(), err
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
