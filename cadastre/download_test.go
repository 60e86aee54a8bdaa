package cadastre_test

import (
	"archive/zip"
	"compress/gzip"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"nsdi/internal/errs"
	"nsdi/layers"
	"nsdi/layers/reading"
)

// files makes downloads of a dataset.
type files struct {
	*desk
	downloads *layers.Downloads
	versions  *layers.Versions
	dataset   int64
}

func (d *desk) files() *files {
	return &files{
		desk: d, downloads: &layers.Downloads{Sandbox: d.im.Reader.Sandbox, Folder: filepath.Join(d.t.TempDir(), "downloads"), Now: time.Now},
		versions: &layers.Versions{Stores: d.im.Stores}, dataset: d.row(`select min(id) as id from layers.dataset`)["id"].(int64),
	}
}

func (f *files) file(format, crs, encoding string) (map[string]string, error) {
	f.t.Helper()
	set, err := f.versions.Open(f.t.Context(), f.pool, f.dataset)
	require.NoError(f.t, err)
	v, err := set.Version(f.t.Context(), f.pool, 0)
	require.NoError(f.t, err)
	o := layers.OrderOf(set, v, format, []layers.Line{{Code: "crs", FA: "سامانه مختصات", EN: "Reference system", Value: "EPSG:4326"}})
	if err := o.In(crs, encoding); err != nil {
		return nil, err
	}
	made, err := f.downloads.File(f.t.Context(), f.pool, o, nil)
	if err != nil {
		return nil, err
	}
	if strings.HasSuffix(made.Path, ".gpkg") || strings.HasSuffix(made.Path, ".geojson") {
		return map[string]string{"file": made.Path}, nil
	}
	z, err := zip.OpenReader(made.Path)
	require.NoError(f.t, err)
	defer z.Close()
	folder := f.t.TempDir()
	out := map[string]string{}
	for _, entry := range z.File {
		r, err := entry.Open()
		require.NoError(f.t, err)
		body, err := io.ReadAll(r)
		require.NoError(f.t, err)
		name := filepath.Join(folder, entry.Name)
		require.NoError(f.t, os.WriteFile(name, body, 0o600))
		out[filepath.Ext(name)] = name
	}
	return out, nil
}

// gdal reads a file as it is, in its own coordinates.
func gdal(t *testing.T, arguments ...string) (out []struct {
	Properties map[string]any
	Geometry   json.RawMessage
},
) {
	t.Helper()
	text, err := exec.CommandContext(t.Context(), "ogr2ogr", append([]string{"-f", "GeoJSON", "/vsistdout/", "-lco", "COORDINATE_PRECISION=12"}, arguments...)...).Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		t.Log(string(exit.Stderr))
	}
	require.NoError(t, err)
	var collection struct {
		Features []struct {
			Properties map[string]any
			Geometry   json.RawMessage
		}
	}
	require.NoError(t, json.Unmarshal(text, &collection))
	return collection.Features
}

// agree compares areas by their keys with what PostGIS makes of the published ones in the same system.
func (f *files) agree(keys, shapes []string, srid int, tolerance float64) {
	f.t.Helper()
	got := f.row(`
		with got as (
			select key, st_setsrid(st_geomfromgeojson(shape), $3) as geom
			from unnest($1::text[], $2::text[]) g (key, shape)
		)
		select (select count(*) from cadastre.parcel) as published, count(*) as both, max(st_hausdorffdistance(st_transform(p.geom, $3), g.geom)) as apart,
		  max(abs(st_npoints(p.geom) - st_npoints(g.geom))) as corners
		from cadastre.parcel p
		join got g using (key)`, keys, shapes, srid)
	require.Equal(f.t, got["published"], got["both"], "every parcel, and each once")
	require.EqualValues(f.t, got["published"], len(keys))
	require.LessOrEqual(f.t, got["apart"].(float64), tolerance)
	require.EqualValues(f.t, 0, got["corners"])
}

// fourth is a file with each fourth feature of a packed GeoJSON file, and how many these are.
func fourth(t *testing.T, packed string) (file string, n int) {
	t.Helper()
	f, err := os.Open(packed)
	require.NoError(t, err)
	defer f.Close()
	z, err := gzip.NewReader(f)
	require.NoError(t, err)
	var all struct {
		Type     string            `json:"type"`
		Features []json.RawMessage `json:"features"`
	}
	require.NoError(t, json.NewDecoder(z).Decode(&all))
	for i := 0; i < len(all.Features); i += 4 {
		all.Features[n] = all.Features[i]
		n++
	}
	all.Features = all.Features[:n]
	body, err := json.Marshal(all)
	require.NoError(t, err)
	file = filepath.Join(t.TempDir(), "parcels.geojson")
	require.NoError(t, os.WriteFile(file, body, 0o600))
	return file, n
}

// Parcels from all over a district of Paris come back out of every format of cadastres, in degrees and in the metres of their zone, as PostGIS itself transforms them.
func TestRealParcelsComeBackFromFormatsOfCadastres(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	column := func(name string) *layers.Expr { return &layers.Expr{Column: name} }
	file, delivered := fourth(t, foreign(t, "cadastre-75118-parcelles.json.gz"))
	report, err := d.im.Import(t.Context(), layers.Request{Theme: "cadastre-urban", Agency: "registry", Files: []string{file}, Mapping: layers.Mapping{
		Attributes: map[string]*layers.Expr{
			"parcel_id": column("id"), "section": column("section"), "main_plate": column("numero"), "declared_area_m2": column("contenance"), "registered_on": column("created"),
			"land_use": {Value: "مسکونی ۱ ی"},
		},
	}})
	require.NoError(t, err)
	require.EqualValues(t, delivered, report.RowsIn)
	f := d.files()
	published := int(d.row(`select count(*) as n from cadastre.parcel`)["n"].(int64))
	require.EqualValues(t, report.Accepted, published)
	require.Greater(t, published, 1600)

	for _, srid := range []int{4326, 32631} {
		made, err := f.file("gml", fmt.Sprintf("EPSG:%d", srid), "")
		require.NoError(t, err)
		f.inspire(made[".gml"], srid, published)
	}

	made, err := f.file("dxf", "", "")
	require.NoError(t, err)
	sheet, err := os.ReadFile(made[".csv"])
	require.NoError(t, err)
	require.Contains(t, string(sheet), ",EPSG:32631\n", "the zone of Paris")
	f.drawing(made[".dxf"], published)

	made, err = f.file("shapefile", "EPSG:32631", "windows-1256")
	require.NoError(t, err)
	var keys, shapes []string
	for _, x := range gdal(t, made[".shp"]) {
		keys, shapes = append(keys, x.Properties["parcel_id"].(string)), append(shapes, string(x.Geometry))
		require.Equal(t, "مسكوني 1 ي", strings.ReplaceAll(x.Properties["land_use"].(string), "ک", "ك"))
	}
	f.agree(keys, shapes, 32631, 1e-6)
	prj, err := os.ReadFile(made[".prj"])
	require.NoError(t, err)
	require.Contains(t, string(prj), "UTM_Zone_31N")
	cpg, err := os.ReadFile(made[".cpg"])
	require.NoError(t, err)
	require.Contains(t, string(cpg), "1256")
	sheet, err = os.ReadFile(made[".csv"])
	require.NoError(t, err)
	require.Contains(t, string(sheet), ",windows-1256\n")
	require.Contains(t, string(sheet), fmt.Sprintf("U+06CC ی→ي: %d", 2*published), "twice in each land use")
	require.Contains(t, string(sheet), fmt.Sprintf("U+06F1 ۱→1: %d", published))

	made, err = f.file("gpkg", "utm", "")
	require.NoError(t, err)
	keys, shapes = nil, nil
	for _, x := range gdal(t, made["file"], "cadastre_urban") {
		keys, shapes = append(keys, x.Properties["parcel_id"].(string)), append(shapes, string(x.Geometry))
		require.Equal(t, "مسکونی ۱ ی", x.Properties["land_use"])
	}
	f.agree(keys, shapes, 32631, 1e-6)
}

// inspire checks a file of INSPIRE: as XML, and as GDAL reads it, against the view.
func (f *files) inspire(file string, srid, published int) {
	t := f.t
	t.Helper()
	body, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Contains(t, string(body[:2000]), fmt.Sprintf(`numberReturned="%010d"`, published))
	order := []string{"areaValue", "beginLifespanVersion", "geometry", "inspireId", "label", "nationalCadastralReference", "referencePoint", "validFrom", "zoning"}
	ids := map[string]bool{}
	decoder := xml.NewDecoder(strings.NewReader(string(body)))
	var path []string
	members, last := 0, -1
	here, schemas := map[string]bool{}, []string{}
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		switch x := token.(type) {
		case xml.StartElement:
			path = append(path, x.Name.Local)
			if len(path) == 4 {
				here[x.Name.Local] = true
			}
			for _, a := range x.Attr {
				switch a.Name.Local {
				case "schemaLocation": // pairs of a namespace and its schema
					schemas = strings.Fields(a.Value)
				case "nil":
					require.Contains(t, attributesOf(x), "nilReason", "what is nil says why")
				case "id":
					require.Regexp(t, `^[A-Za-z_][A-Za-z0-9._-]*$`, a.Value)
					require.Equal(t, "http://www.opengis.net/gml/3.2", a.Name.Space)
					require.False(t, ids[a.Value], "an id stands once: %s", a.Value)
					ids[a.Value] = true
				case "srsName":
					require.Equal(t, fmt.Sprintf("http://www.opengis.net/def/crs/EPSG/0/%d", srid), a.Value)
				}
			}
			switch len(path) {
			case 3:
				require.Equal(t, []string{"FeatureCollection", "member", "CadastralParcel"}, path)
				require.Equal(t, "http://inspire.ec.europa.eu/schemas/cp/4.0", x.Name.Space)
				members, last = members+1, -1
			case 4:
				at := -1
				for i, name := range order {
					if name == x.Name.Local {
						at = i
					}
				}
				require.Greater(t, at, last, "%s stands in the order of the schema", x.Name.Local)
				last = at
			}
		case xml.CharData:
			in := ""
			if len(path) > 0 {
				in = path[len(path)-1]
			}
			switch in {
			case "posList":
				numbers := strings.Fields(string(x))
				require.GreaterOrEqual(t, len(numbers), 8)
				require.Zero(t, len(numbers)%2)
				require.Equal(t, numbers[:2], numbers[len(numbers)-2:], "a ring ends where it began")
			case "beginLifespanVersion", "validFrom":
				require.Regexp(t, `^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z?$`, string(x), "a time of XML")
			}
		case xml.EndElement:
			if len(path) == 3 { // what the schema asks of each parcel
				for _, name := range []string{"beginLifespanVersion", "geometry", "inspireId", "label", "nationalCadastralReference"} {
					require.True(t, here[name], name)
				}
				clear(here)
			}
			path = path[:len(path)-1]
		}
	}
	require.Equal(t, published, members)
	within(t, body, published)
	require.Zero(t, len(schemas)%2)
	require.Subset(t, schemas, []string{"http://www.opengis.net/wfs/2.0", "http://inspire.ec.europa.eu/schemas/cp/4.0"})
	first := regexp.MustCompile(`<gml:posList srsDimension="2">(\S+) (\S+) `).FindStringSubmatch(string(body))
	if srid == 4326 {
		require.Equal(t, []string{"48.", "2.3"}, []string{first[1][:3], first[2][:3]}, "the system says latitude first")
	} else {
		require.Equal(t, []string{"4", "54"}, []string{first[1][:1], first[2][:2]}, "east before north")
	}

	var keys, shapes []string
	var of, labels, references, zonings, begins, areas []string
	for _, x := range gdal(t, file, "CadastralParcel", "-oo", "DOWNLOAD_SCHEMA=NO") {
		get := func(name string) string { return fmt.Sprint(x.Properties[name]) }
		of = append(of, get("namespace")+"/"+get("localId"))
		keys, shapes = append(keys, strings.SplitN(get("localId"), "/", 2)[1]), append(shapes, string(x.Geometry))
		labels, references, begins, areas = append(labels, get("label")), append(references, get("nationalCadastralReference")), append(begins, get("beginLifespanVersion")), append(areas, get("areaValue"))
	}
	for _, m := range regexp.MustCompile(`<cp:zoning xlink:href="([^"]+)"`).FindAllStringSubmatch(string(body), -1) { // GDAL knows no references without the schema
		zonings = append(zonings, m[1])
	}
	require.Len(t, zonings, len(of))
	tolerance := 1e-9
	if srid != 4326 {
		tolerance = 1e-4
	}
	f.agree(keys, shapes, srid, tolerance)
	got := f.row(`
		select count(*) as n, count(*) filter (where v.label = g.label and v."nationalCadastralReference" = g.reference and 'urn:x-nsdi:zoning:' || v.zoning = g.zoning
		  and v."beginLifespanVersion" = g.begins::timestamptz and v."areaValue" = g.area::float8) as same
		from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[]) g (id, label, reference, zoning, begins, area)
		join cadastre.inspire_cadastral_parcel v on v."inspireId" = g.id`, of, labels, references, zonings, begins, areas)
	require.EqualValues(t, published, got["n"])
	require.EqualValues(t, published, got["same"], "%s | %s | %s | %s | %s | %s", of[0], labels[0], references[0], zonings[0], begins[0], areas[0])
}

func attributesOf(x xml.StartElement) (names []string) {
	for _, a := range x.Attr {
		names = append(names, a.Name.Local)
	}
	return names
}

// drawing reads a drawing back as any delivery is read: each parcel with the plate that lies in it.
func (f *files) drawing(file string, published int) {
	t := f.t
	t.Helper()
	delivery, err := f.im.Reader.Open(t.Context(), []string{file}, reading.Options{Layers: []*regexp.Regexp{regexp.MustCompile("^(PARCELS|PLATES)$")}})
	require.NoError(t, err)
	defer delivery.Close()
	plates := map[string]int{}
	problems := map[string]int{}
	require.NoError(t, delivery.Read(t.Context(), func(r *reading.Row) error {
		if r.Text != reading.TextInArea && r.Text != "" {
			problems[r.Text]++
		}
		if r.Layer == "PARCELS" && !r.Null[len(r.Null)-1] {
			plates[r.Values[len(r.Values)-1]]++
		}
		return nil
	}))
	require.Empty(t, problems)
	rows, err := f.pool.Query(t.Context(), `select translate(cadastre.plate_fa(main_plate, sub_plate), U&'\2067\2069', ''), sum(st_numgeometries(geom)) from cadastre.parcel group by 1`)
	require.NoError(t, err)
	want := map[string]int{}
	for rows.Next() {
		var plate string
		var n int
		require.NoError(t, rows.Scan(&plate, &n))
		want[plate] = n
	}
	require.NoError(t, rows.Err())
	require.Equal(t, want, plates)
	// The outlines are those of PostGIS: as many, of the same length together.
	got := f.row(`
		select sum(st_npoints(r.geom)) as corners, sum(st_length(st_boundary(st_transform(st_setsrid(r.geom, 4326), 32631)))) as metres, count(*) as rings
		from cadastre.parcel p, st_dump(p.geom) d, st_dumprings(d.geom) r`)
	body, err := os.ReadFile(file)
	require.NoError(t, err)
	corners, rings := int64(strings.Count(string(body), "\nVERTEX\n")), int64(strings.Count(string(body), "\nPOLYLINE\n"))
	require.Equal(t, got["rings"], rings)
	require.Equal(t, got["corners"], corners+rings, "the last corner of a ring is its first")
}

// A file of INSPIRE of an area says since when its parcels are so, too, and their areas are cut where that is asked for.
func TestInspireOfAnArea(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	report := d.deliver("cadastre-urban", modelled)
	require.Positive(t, report.Accepted)
	f := d.files()
	area, err := layers.DrawnArea(t.Context(), f.pool, []byte(`{"type":"Polygon","coordinates":[[[48.0015,35.69],[48.1,35.69],[48.1,35.75],[48.0015,35.75],[48.0015,35.69]]]}`))
	require.NoError(t, err)
	o, _, err := f.versions.ThemeOrder(t.Context(), f.pool, layers.Clipping{Theme: "cadastre-urban", Format: "gml", Area: area, Name: "area", Cut: true})
	require.NoError(t, err)
	made, err := f.downloads.File(t.Context(), f.pool, o, nil)
	require.NoError(t, err)
	found := gdal(t, "/vsizip/"+made.Path+"/cadastre-urban.gml", "CadastralParcel", "-oo", "DOWNLOAD_SCHEMA=NO")
	require.NotEmpty(t, found)
	for _, x := range found {
		got := f.row(`
			select v."beginLifespanVersion" = $2::timestamptz as since, v.label = $3 as label, st_within(g, st_buffer(v.geometry, 1e-9)) as inside, st_xmin(g) as west
			from cadastre.inspire_cadastral_parcel v, st_setsrid(st_geomfromgeojson($4), 4326) g
			where v."inspireId" = $1`, fmt.Sprintf("%v/%v", x.Properties["namespace"], x.Properties["localId"]), x.Properties["beginLifespanVersion"], x.Properties["label"], string(x.Geometry))
		require.Equal(t, []any{true, true, true}, []any{got["since"], got["label"], got["inside"]}, "%+v", got)
		require.GreaterOrEqual(t, got["west"].(float64), 48.0015-1e-9)
	}
}

// What a format cannot hold is refused, with what can be asked for instead.
func TestFormatsOfCadastresRefuse(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.deliver("cadastre-urban", modelled)
	f := d.files()
	for _, c := range []struct{ format, crs, encoding, code string }{
		{"gpkg", "EPSG:99999", "", "crs-unknown"},
		{"gpkg", "EPSG:032639", "", "crs-unknown"},
		{"gpkg", "32639", "", "crs-unknown"},
		{"gml", "EPSG:2059", "", "crs-unknown"},
		{"geojson", "EPSG:32639", "", "crs-not-of-format"},
		{"csv", "utm", "", "crs-not-of-format"},
		{"dxf", "EPSG:4326", "", "crs-not-of-format"},
		{"dxf", "EPSG:3857", "", "crs-not-of-format"},
		{"shapefile", "", "latin1", "encoding-unknown"},
		{"gpkg", "", "windows-1256", "encoding-not-of-format"},
		{"shapefile", "EPSG:32601", "", "crs-does-not-reach"},
		{"dwg", "EPSG:32639", "", "format-unknown"},
	} {
		_, err := f.file(c.format, c.crs, c.encoding)
		require.Equal(t, c.code, errs.Code(err), "%+v", c)
		problem, _ := errs.As(err)
		require.Equal(t, 422, problem.Status, "%+v", c)
		require.NotEmpty(t, problem.Next.FA)
	}
	_, err := f.file("geojson", "EPSG:4326", "utf-8")
	require.NoError(t, err)
	made, err := f.file("gml", "", "")
	require.NoError(t, err)
	body, err := os.ReadFile(made[".gml"])
	require.NoError(t, err)
	for _, private := range []string{"98/123", "تک‌برگ", "deed"} {
		require.NotContains(t, string(body), private)
	}
}
