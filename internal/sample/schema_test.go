package sample

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/peterstace/simplefeatures/geom"
)

// themeSchema is what the importing side asks of a theme: its key and its required attributes.
type themeSchema struct {
	geometry      string // "", Point, LineString, Polygon, any
	key, required []string
	large         bool // only cities of several superblocks have it, which a small sample has not
}

func themeSchemas() map[string]themeSchema {
	keyed := func(geometry, key string, required ...string) themeSchema {
		return themeSchema{geometry: geometry, key: []string{key}, required: append([]string{key}, required...)}
	}
	large := func(s themeSchema) themeSchema {
		s.large = true
		return s
	}
	parcel := keyed("Polygon", "parcel_id", "section", "main_plate")
	return map[string]themeSchema{
		"admin-unit":            keyed("Polygon", "code", "level", "name_fa"),
		"admin-division":        keyed("", "code", "level", "name_fa"),
		"urban-boundary":        keyed("Polygon", "code", "name_fa"),
		"village":               keyed("Polygon", "code", "name_fa"),
		"place":                 keyed("Point", "code", "name_fa"),
		"range-forest":          keyed("Polygon", "code", "kind"),
		"territorial-sea":       keyed("Polygon", "code"),
		"expected-addresses":    keyed("", "admin_code", "count", "source", "date"),
		"expected-plates":       keyed("", "admin_code", "count", "source", "date"),
		"required-scale":        {key: []string{"admin_code", "scale"}, required: []string{"admin_code", "scale", "source", "date"}},
		"required-sheet":        {geometry: "Polygon", key: []string{"sheet_no", "scale"}, required: []string{"sheet_no", "scale", "source", "date"}},
		"required-theme":        {key: []string{"kind", "theme"}, required: []string{"kind", "theme", "source", "date"}},
		"base-map-sheet":        {geometry: "Polygon", key: []string{"sheet_no", "scale"}, required: []string{"sheet_no", "scale"}},
		"base-map-feature":      keyed("any", "feature_id", "feature_class"),
		"cadastre-urban":        parcel,
		"cadastre-rural":        parcel,
		"cadastre-range-forest": parcel,
		"cadastre-marine":       parcel,
		"gnaf-address":          keyed("Point", "address_id", "city", "street"),
		"municipal-district":    keyed("Polygon", "code", "name_fa"),
		"road":                  keyed("LineString", "road_id"),
		"building":              keyed("Polygon", "building_id"),
		"city-block":            keyed("Polygon", "block_id"),
		"land-use":              keyed("Polygon", "lot_id", "use"),
		"green-space":           keyed("Polygon", "space_id"),
		"public-facility":       keyed("Point", "facility_id", "kind"),
		"neighbourhood":         keyed("Polygon", "code", "name_fa"),
		"street-furniture":      keyed("Point", "item_id", "kind"),
		"alley":                 keyed("LineString", "alley_id"),
		"health-facility":       large(keyed("Point", "facility_id", "name_fa", "kind")),
		"education-facility":    keyed("Point", "facility_id", "name_fa", "level"),
		"culture-worship":       large(keyed("Point", "facility_id", "name_fa", "kind")),
	}
}

// feature is a row as the importing side sees it: theme attributes and longitude/latitude.
type feature struct {
	geometry json.RawMessage
	attrs    map[string]string
}

// sampleDir is a written sample with its manifest read back.
type sampleDir struct {
	dir      string
	summary  Summary
	manifest manifest
}

func writeSample(t *testing.T, addresses int, seed uint64) *sampleDir {
	t.Helper()
	d := &sampleDir{dir: filepath.Join(t.TempDir(), "sample")}
	var err error
	if d.summary, err = Write(t.Context(), Options{Dir: d.dir, Addresses: addresses, Seed: seed}); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(d.summary.Manifest)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &d.manifest); err != nil {
		t.Fatal(err)
	}
	return d
}

// read reads a delivery with ogr2ogr, not with the code that wrote it, and applies the mapping.
func (d *sampleDir) read(t *testing.T, del delivery) []feature {
	t.Helper()
	var m mapping
	if del.Mapping != "" {
		data, err := os.ReadFile(filepath.Join(d.dir, del.Mapping))
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(data, &m); err != nil {
			t.Fatal(err)
		}
	}
	var out []feature
	for _, file := range del.Files {
		path := filepath.Join(d.dir, file)
		if strings.HasSuffix(path, ".zip") {
			path = "/vsizip/" + path
		}
		args := []string{"-f", "GeoJSONSeq", "-lco", "COORDINATE_PRECISION=10", "/vsistdout/"}
		if strings.HasSuffix(path, ".csv") {
			lon, lat := "lon", "lat"
			if m.Point != nil {
				lon, lat = m.Point.Lon, m.Point.Lat
			}
			args = append(args, "-oo", "X_POSSIBLE_NAMES="+lon, "-oo", "Y_POSSIBLE_NAMES="+lat)
		} else {
			args = append(args, "-t_srs", "EPSG:4326")
		}
		cmd := exec.Command("ogr2ogr", append(append(args, path), del.Layers...)...)
		var stdout, stderr bytes.Buffer
		cmd.Stdout, cmd.Stderr = &stdout, &stderr
		if err := cmd.Run(); err != nil {
			t.Fatalf("%s: %v: %s", file, err, stderr.String())
		}
		out = append(out, parseFeatures(t, &stdout, m)...)
	}
	return out
}

func parseFeatures(t *testing.T, in *bytes.Buffer, m mapping) []feature {
	t.Helper()
	var out []feature
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var raw struct {
			Geometry   json.RawMessage `json:"geometry"`
			Properties map[string]any  `json:"properties"`
		}
		decoder := json.NewDecoder(bytes.NewReader(lines.Bytes()))
		decoder.UseNumber()
		if err := decoder.Decode(&raw); err != nil {
			t.Fatal(err)
		}
		f := feature{geometry: raw.Geometry, attrs: map[string]string{}}
		value := func(column string) string {
			switch v := raw.Properties[column].(type) {
			case string:
				return v
			case json.Number:
				return v.String()
			}
			return ""
		}
		for column := range raw.Properties {
			f.attrs[column] = value(column)
		}
		for attribute, column := range m.Attributes {
			f.attrs[attribute] = value(column)
		}
		out = append(out, f)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// vertices lists the positions of a geometry after simplefeatures has accepted it as valid.
func (f feature) vertices(t *testing.T) (string, []xy) {
	t.Helper()
	g, err := geom.UnmarshalGeoJSON(f.geometry)
	if err != nil {
		t.Fatalf("%v: %v", f.attrs, err)
	}
	var points []xy
	seq := g.DumpCoordinates()
	for i := range seq.Length() {
		p := seq.GetXY(i)
		points = append(points, xy{p.X, p.Y})
	}
	return g.Type().String(), points
}
