package ogr

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/peterstace/simplefeatures/geom"
	"github.com/stretchr/testify/require"

	"nsdi/geo"
)

// shared gives a real file from beside the checkout, and skips the test where it is absent.
func shared(t *testing.T, name string) string {
	t.Helper()
	file := filepath.Join("..", "..", "..", "shared", "data", name)
	if _, err := os.Stat(file); err != nil {
		t.Skip("needs the shared data folder beside the checkout, which is not there")
	}
	return file
}

// Rows, values and places are those that GDAL itself gives as a GeoJSON text sequence.
func TestRowsEqualGDALsOwn(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"parcels/be_polygon-parcel.gpkg", "parcels/nl_dkk_perceel.gml", "addresses/es_catastro_address.gml", "dirty/polygon-3overlappingcircles.gpkg",
		"dirty/tehran_neighbourhoods_swapped_latlng.csv", "hostile/gdal_autotest/gpkg/2d_envelope.gpkg", "hostile/gdal_autotest/kml/samples.kml",
	} {
		t.Run(filepath.Base(name), func(t *testing.T) {
			t.Parallel()
			host := shared(t, name)
			info, err := os.Stat(host)
			require.NoError(t, err)
			main := "f" + filepath.Ext(host)
			host, err = filepath.Abs(host)
			require.NoError(t, err)
			s := newSandbox(t, Limits{})
			file := File{Main: main, Files: map[string]string{main: host}, Bytes: info.Size()}
			rows, lost, err := readAll(t, s, file)
			require.NoError(t, err)
			require.Empty(t, lost)
			layers, err := s.Inspect(t.Context(), file)
			require.NoError(t, err)
			for _, l := range layers {
				var ours []record
				for _, r := range rows {
					if r.layer == l.Name {
						ours = append(ours, r)
					}
				}
				compare(t, ours, oracle(t, host, main, l.Name), l.CRS)
			}
		})
	}
}

type feature struct {
	Properties map[string]any
	Geometry   json.RawMessage
}

// oracle has GDAL write a layer of the file itself, without a sandbox.
func oracle(t *testing.T, host, main, layer string) []feature {
	t.Helper()
	// The copy has the name that the sandbox shows, since some drivers make the layer's name of it, and no side files.
	content, err := os.ReadFile(host)
	require.NoError(t, err)
	copied := filepath.Join(t.TempDir(), main)
	require.NoError(t, os.WriteFile(copied, content, 0o600))
	cmd := exec.CommandContext(t.Context(), "ogr2ogr", "-f", "GeoJSONSeq", "/vsistdout/", copied, layer, "-dim", "XY", "-nlt", "CONVERT_TO_LINEAR", "-lco", "COORDINATE_PRECISION=9")
	out, err := cmd.Output()
	require.NoError(t, err)
	var features []feature
	for line := range bytes.Lines(out) {
		var f feature
		d := json.NewDecoder(bytes.NewReader(line))
		d.UseNumber()
		require.NoError(t, d.Decode(&f))
		features = append(features, f)
	}
	return features
}

func compare(t *testing.T, ours []record, theirs []feature, crs string) {
	t.Helper()
	require.Equal(t, len(theirs), len(ours))
	for i, f := range theirs {
		got := ours[i]
		for name, value := range f.Properties {
			text, there := got.values[name]
			switch v := value.(type) {
			case nil:
				require.False(t, there, "row %d %s", i, name)
			case json.Number:
				want, err := v.Float64()
				require.NoError(t, err)
				have, err := strconv.ParseFloat(text, 64)
				require.NoError(t, err, "row %d %s", i, name)
				require.InEpsilon(t, want+1e9, have+1e9, 1e-12, "row %d %s", i, name)
			case string:
				if at, err := time.Parse(time.RFC3339, v); err == nil { // dumps write times in another way
					v = at.Format("2006/01/02 15:04:05.999-07")
				}
				require.Equal(t, v, text, "row %d %s", i, name)
			default:
				require.True(t, there, "row %d %s: %v", i, name, fmt.Sprint(v))
			}
		}
		if len(f.Geometry) == 0 || string(f.Geometry) == "null" {
			require.Empty(t, got.geoms, "row %d", i)
			continue
		}
		require.NotEmpty(t, got.geoms, "row %d", i)
		want, err := geom.UnmarshalGeoJSON(f.Geometry, geom.NoValidate{})
		require.NoError(t, err)
		_, shape, err := geo.Normalize(got.geoms[0], 1_000_000)
		require.NoError(t, err, "row %d", i)
		require.Equal(t, want.DumpCoordinates().Length(), shape.Vertices, "row %d", i)
		if crs == "EPSG:4326" || crs == "" { // others are brought to it by GDAL
			low, high, ok := want.Envelope().MinMaxXYs()
			require.True(t, ok)
			require.InDelta(t, low.X, shape.Box.MinX, 1e-8, "row %d", i)
			require.InDelta(t, high.Y, shape.Box.MaxY, 1e-8, "row %d", i)
		}
	}
}

func TestNamesAndValuesOfAnyText(t *testing.T) {
	t.Parallel()
	properties := map[string]any{"a\nb": "1\t2", "it's \"x\"": "\\N", "نام": "خیابان\nآزادی\\", "n": 12.5, "empty": "", "nothing": nil}
	body, err := json.Marshal(map[string]any{"type": "FeatureCollection", "name": "la'yer\n\"x\"", "features": []any{
		map[string]any{"type": "Feature", "properties": properties, "geometry": map[string]any{"type": "Point", "coordinates": []float64{51.123456789012345, 35}}},
	}})
	require.NoError(t, err)
	rows, _, err := readAll(t, newSandbox(t, Limits{}), fileOf(t, "f.geojson", string(body)))
	require.NoError(t, err)
	require.Len(t, rows, 1)
	require.Equal(t, map[string]string{"a\nb": "1\t2", "it's \"x\"": "\\N", "نام": "خیابان\nآزادی\\", "n": "12.5", "empty": ""}, rows[0].values)
	_, shape, err := geo.Normalize(rows[0].geoms[0], 1)
	require.NoError(t, err)
	require.Equal(t, 51.123456789012345, shape.Box.MinX, "coordinates are exact")
}

func TestALayerOfManyRowsIsOneSequence(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("id,n\n")
	for i := range 250_000 { // more than GDAL puts in one transaction
		fmt.Fprintf(&b, "%d,0\n", i)
	}
	s := newSandbox(t, Limits{})
	n := int64(0)
	_, err := s.Read(t.Context(), fileOf(t, "f.csv", b.String()), nil, func(r *Row) error {
		n++
		if r.Number != n || r.Values[0] != strconv.FormatInt(n-1, 10) {
			return fmt.Errorf("row %d has number %d and value %s", n, r.Number, r.Values[0])
		}
		return nil
	})
	require.NoError(t, err)
	require.EqualValues(t, 250_000, n)
}

// A feature that GDAL cannot make is passed over by it, and is told.
func TestLostFeaturesAreCounted(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString(`<?xml version="1.0"?><FeatureCollection xmlns="http://x" xmlns:gml="http://www.opengis.net/gml">`)
	for i := range 10 {
		position := "51 35"
		if i == 3 || i == 7 {
			position = "here and there"
		}
		fmt.Fprintf(&b, `<gml:featureMember><a gml:id="a%d"><n>%d</n><geom><gml:LineString srsName="EPSG:4326"><gml:posList>%s 52 36</gml:posList></gml:LineString></geom></a></gml:featureMember>`, i, i, position)
	}
	b.WriteString(`</FeatureCollection>`)
	rows, lost, err := readAll(t, newSandbox(t, Limits{}), fileOf(t, "f.gml", b.String()))
	require.NoError(t, err)
	require.Equal(t, 10, len(rows)+len(lost))
	require.Len(t, lost, 2)
	require.Contains(t, lost[0].ID, "a3")
	require.Contains(t, lost[1].ID, "a7")
}

// GDAL passes over such a feature without naming it, and leaves it out of its count.
func TestLostFeaturesWithSeveralGeometriesRefuseTheFile(t *testing.T) {
	t.Parallel()
	read := func(second string) ([]record, []Lost, error) {
		var b strings.Builder
		b.WriteString(`<?xml version="1.0"?><gml:FeatureCollection xmlns:gml="http://www.opengis.net/gml/3.2" xmlns:cp="urn:x-inspire:specification:gmlas:CadastralParcels:3.0">`)
		for i, ring := range []string{"35 51 35 52 36 52 35 51", second} {
			fmt.Fprintf(&b, `<gml:featureMember><cp:CadastralParcel gml:id="p%d"><cp:geometry><gml:Polygon srsName="urn:ogc:def:crs:EPSG::4326"><gml:exterior><gml:LinearRing>`+
				`<gml:posList>%s</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon></cp:geometry><cp:label>%d</cp:label>`+
				`<cp:referencePoint><gml:Point srsName="urn:ogc:def:crs:EPSG::4326"><gml:pos>35.2 51.5</gml:pos></gml:Point></cp:referencePoint></cp:CadastralParcel></gml:featureMember>`, i, ring, i)
		}
		b.WriteString(`</gml:FeatureCollection>`)
		return readAll(t, newSandbox(t, Limits{}), fileOf(t, "f.gml", b.String()))
	}
	rows, _, err := read("35 51 35 52 36 52 35 51")
	require.NoError(t, err)
	require.Len(t, rows, 2)
	require.Len(t, rows[0].geoms, 2)
	_, _, err = read("35 51 35 52 36 52 36 51") // does not end where it began
	require.ErrorContains(t, err, "Non closed ring")
}

// The oldest format of all calls polygons of one and of several parts by one name.
func TestAShapefileMixesPolygonsOfOneAndOfSeveralParts(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	source := filepath.Join(dir, "mixed.csv")
	require.NoError(t, os.WriteFile(source, []byte("id,WKT\n1,\"POLYGON((0 0,1 0,1 1,0 0))\"\n2,\"MULTIPOLYGON(((0 0,1 0,1 1,0 0)),((5 5,6 5,6 6,5 5)))\"\n"), 0o600))
	out, err := exec.CommandContext(t.Context(), "ogr2ogr", filepath.Join(dir, "f.shp"), source, "-nlt", "POLYGON", "-a_srs", "EPSG:4326").CombinedOutput()
	require.NoError(t, err, string(out))
	file := File{Main: "f.shp", Files: map[string]string{}, Bytes: 1}
	for _, ext := range []string{".shp", ".shx", ".dbf"} {
		file.Files["f"+ext] = filepath.Join(dir, "f"+ext)
	}
	rows, lost, err := readAll(t, newSandbox(t, Limits{}), file)
	require.NoError(t, err)
	require.Empty(t, lost)
	require.Len(t, rows, 2)
	for i, want := range []geo.Kind{geo.Polygon, geo.MultiPolygon} {
		g, shape, err := geo.Normalize(rows[i].geoms[0], 100)
		require.NoError(t, err)
		_, shape = geo.Single(g, shape)
		require.Equal(t, want, shape.Kind)
	}
}

func TestADescriptionHasALimit(t *testing.T) {
	t.Parallel()
	var d description
	piece := make([]byte, 1<<20)
	for range maxDescription / len(piece) {
		_, err := d.Write(piece)
		require.NoError(t, err)
	}
	_, err := d.Write([]byte("x"))
	require.ErrorContains(t, err, "too many layers")
	require.Equal(t, maxDescription, d.Len())
}

func TestDamagedFilesAreRefused(t *testing.T) {
	t.Parallel()
	s := newSandbox(t, Limits{})
	for main, content := range map[string]string{
		"f.gpkg":    "SQLite format 3\x00 and then nothing",
		"f.geojson": `{"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"Point","coordinates":[1,2]},"properties":{}},{"type":"Feat`,
		"f.gml":     "<FeatureCollection",
		"f.xlsx":    "PK\x03\x04",
	} {
		_, _, err := readAll(t, s, fileOf(t, main, content))
		require.Error(t, err, main)
		require.NotContains(t, err.Error(), inside+"/", "our own paths say nothing to the deliverer")
	}
}
