package layers

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"nsdi/layers/reading"
)

func TestMappingForms(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	file := d.file("m.json", `{"layers":["roads"],"crs":"EPSG:32639","encoding":"windows-1256","key":{"template":"{a}/{b}"},"point":{"lon":"X","lat":"Y"},
		"attributes":{"name_fa":"NAME","code":{"template":"{A} {B}"},"kind":{"value":"town"}}}`)
	m, err := ReadMapping(file)
	require.NoError(t, err)
	require.Equal(t, &Mapping{
		Layers: []string{"roads"}, CRS: "EPSG:32639", Encoding: "windows-1256", Key: &Expr{Template: "{a}/{b}"}, Point: &PointColumns{"X", "Y"},
		Attributes: map[string]*Expr{"name_fa": {Column: "NAME"}, "code": {Template: "{A} {B}"}, "kind": {Value: "town"}},
	}, m)
	written, err := json.Marshal(m)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, written, 0o600))
	again, err := ReadMapping(file)
	require.NoError(t, err)
	require.Equal(t, m, again)
}

func TestMappingsThatAreRefused(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for name, text := range map[string]string{
		"not JSON": `{`, "unknown member": `{"attribute":{}}`, "unknown form": `{"attributes":{"code":{"colum":"a"}}}`, "number": `{"attributes":{"code":5}}`,
	} {
		_, err := ReadMapping(d.file("m.json", text))
		refused(t, err, "mapping-invalid")
		require.NotEmpty(t, name)
	}
	_, err := ReadMapping("absent.json")
	refused(t, err, "mapping-invalid")
	file := d.file("p.csv", placesText(1, nil))
	_, err = d.deliver(Request{Theme: "place", Files: []string{file}, Mapping: Mapping{Attributes: map[string]*Expr{"colour": {Value: "red"}}}})
	problem := refused(t, err, "mapping-invalid")
	require.Equal(t, "attributes.colour", problem.Location)
	require.Contains(t, problem.Detail.EN, "colour")
	for _, crs := range []string{"32639", "epsg:32639", "EPSG:32639; drop table x", "+proj=utm"} {
		_, err = d.deliver(Request{Theme: "place", Files: []string{file}, Mapping: Mapping{CRS: crs}})
		require.Equal(t, "crs", refused(t, err, "mapping-invalid").Location)
	}
}

func theme() *Theme {
	return &Theme{Code: "t", Geometry: "point", Attributes: []Attribute{
		{Name: "code", Type: "text", Required: true, Aliases: []string{"id", "کد"}, TitleFA: "شناسه", TitleEN: "Code"},
		{Name: "name_fa", Type: "text", TitleFA: "نام", TitleEN: "Name"},
		{Name: "registration_district", Type: "text", TitleFA: "ناحیه", TitleEN: "District"},
	}}
}

func TestExpressions(t *testing.T) {
	t.Parallel()
	row := &reading.Row{
		File: "d.zip/folder/roads.shp", Layer: "roads", Number: 7,
		Columns: []string{"A", "b", "tags", "empty", "null"},
		Values:  []string{"x", "y", `{"name":"الف","name:en":"Alef","addr.street":"s","deep":{"er":12.50,"no":null},"list":[1]}`, "  ", ""},
		Null:    []bool{false, false, false, false, true},
	}
	for _, tc := range []struct {
		e    Expr
		want string
		ok   bool
	}{
		{Expr{Column: "a"}, "x", true},
		{Expr{Column: "B"}, "y", true},
		{Expr{Column: "empty"}, "", false},
		{Expr{Column: "null"}, "", false},
		{Expr{Column: "tags.name"}, "الف", true},
		{Expr{Column: "tags.name:en"}, "Alef", true},
		{Expr{Column: "tags.addr.street"}, "s", true},
		{Expr{Column: "tags.deep.er"}, "12.50", true},
		{Expr{Column: "tags.deep.no"}, "", false},
		{Expr{Column: "tags.list"}, "[1]", true},
		{Expr{Column: "tags.absent"}, "", false},
		{Expr{Column: "A.name"}, "", false},
		{Expr{Value: "constant"}, "constant", true},
		{Expr{Template: "{A}/{b}"}, "x/y", true},
		{Expr{Template: "{A} {null}"}, "x", true},
		{Expr{Template: "no {null} at all"}, "no  at all", false},
		{Expr{Template: "{$stem}-{$layer}-{$row}"}, "roads-roads-7", true},
		{Expr{Template: "{$file}"}, "d.zip/folder/roads.shp", true},
		{Expr{Template: "{tags.name}"}, "الف", true},
		{Expr{Template: "{absent}{A"}, "x", true},
	} {
		b := binder{columns: row.Columns, used: make(map[string]bool)}
		get := b.bind(&tc.e)
		require.NotNil(t, get, tc.e)
		got, ok := get(row)
		require.Equal(t, tc.ok, ok, tc.e)
		if ok {
			require.Equal(t, tc.want, got, tc.e)
		}
	}
	b := binder{columns: row.Columns, used: make(map[string]bool)}
	require.Nil(t, b.bind(&Expr{Column: "absent"}))
}

func TestColumnsAreFoundByName(t *testing.T) {
	t.Parallel()
	for _, columns := range [][]string{{"CODE", "Name", "registrati", "Lng", "LATITUDE"}, {"کد", "نام", "ناحیه", "x", "y"}, {"id", "name_fa", "registration_district", "lon", "lat"}} {
		p := (&Mapping{}).plan(theme(), nil, append(columns, "phone"))
		for i, get := range p.attributes {
			require.NotNil(t, get, "%v: %s", columns, theme().Attributes[i].Name)
		}
		require.NotNil(t, p.lon)
		require.NotNil(t, p.lat)
		require.Equal(t, []string{"phone"}, p.unused)
	}
	p := (&Mapping{Attributes: map[string]*Expr{"code": {Column: "id"}}}).plan(theme(), nil, []string{"id", "name_fa"})
	require.Nil(t, p.attributes[1], "a mapping with attributes is complete")
	require.Equal(t, []string{"name_fa"}, p.unused)
}

func TestOnlyAttributesOfTheThemeAreKept(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	report := d.places("code,name_fa,owner,phone,lon,lat\na,الف,Someone,0912,51,35\n")
	require.Equal(t, []string{"owner", "phone"}, report.IgnoredColumns)
	require.Equal(t, `{"code": "a", "name_fa": "الف"}`, d.text(`select attributes::text from layers.feature`))
	require.Zero(t, d.count(`select count(*) from layers.submission where report::text like '%Someone%'`))
}

func TestJSONRecordsWithPaths(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	text := `{"1":{"tags":{"name":"الف"},"place":{"lat":"۳۵٫۵","lng":"51.25"}},"2":{"tags":{"name":"ب"},"place":{}}}`
	report, err := d.deliver(Request{Theme: "place", Files: []string{d.file("cities.json", text)}, Mapping: Mapping{
		Point:      &PointColumns{Lon: "place.lng", Lat: "place.lat"},
		Attributes: map[string]*Expr{"code": {Template: "c{$row}"}, "name_fa": {Column: "tags.name"}},
	}})
	require.NoError(t, err)
	require.EqualValues(t, 1, report.Accepted)
	require.EqualValues(t, 1, report.rule("geometry-missing").Count)
	require.Equal(t, "POINT(51.25 35.5)", d.text(`select public.st_astext(geom) from layers.feature`))
}

func TestValues(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		kind, text string
		want       any
	}{
		{"int", "12", int64(12)},
		{"int", " ۱۲ ", int64(12)},
		{"int", "١٢", int64(12)},
		{"int", "12.0", int64(12)},
		{"int", "-7", int64(-7)},
		{"int", "1۬", nil},
		{"int", "12.5", nil},
		{"int", "", nil},
		{"int", "12a", nil},
		{"int", "3000000000", nil},
		{"int", "NaN", nil},
		{"int", "1e3", int64(1000)},
		{"number", "۱۲٫۵", 12.5},
		{"number", "1٬234٫5", 1234.5},
		{"number", "NaN", nil},
		{"number", "Inf", nil},
		{"number", "1e400", nil},
		{"number", "1,5", nil},
		{"date", "2024-03-20", "2024-03-20"},
		{"date", "2024/03/20", "2024-03-20"},
		{"date", "۲۰۲۴/۰۳/۲۰", "2024-03-20"},
		{"date", "2024-03-20T10:00:00Z", "2024-03-20"},
		{"date", "2024/03/20 10:00:00", "2024-03-20"},
		{"date", "2024/03/20 10:00:00+00", "2024-03-20"},
		{"date", "2024/03/20 10:00:00.564+03", "2024-03-20"},
		{"date", "1403/01/01", "2024-03-20"},
		{"date", "۱۴۰۳/۱۲/۳۰", "2025-03-20"},
		{"date", "1404-12-30", nil},
		{"date", "1403/13/01", nil},
		{"date", "1403/01/01 someday", nil},
		{"date", "2024-13-40", nil},
		{"date", "yesterday", nil},
		{"text", "a\x00b\xff", "ab\uFFFD"},
		{"text", "خیابان‌", "خیابان‌"},
	} {
		got, ok := (&Attribute{Type: tc.kind}).parseValue(tc.text)
		require.Equal(t, tc.want != nil, ok, "%s %q", tc.kind, tc.text)
		if ok {
			require.Equal(t, tc.want, got, "%s %q", tc.kind, tc.text)
		}
	}
}

// No text of a stranger makes parsing panic, and what is read is a value that JSON and PostgreSQL hold.
func TestAnyValue(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.StringMatching(`[۰-۹0-9٫.,/: TZ+-]{0,24}`), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) })).Draw(t, "text")
		kind := rapid.SampledFrom([]string{"text", "int", "number", "date"}).Draw(t, "type")
		value, ok := (&Attribute{Type: kind}).parseValue(text)
		if !ok {
			return
		}
		body, err := json.Marshal(value)
		if err != nil || len(body) == 0 {
			t.Fatalf("%q: %v", text, err)
		}
		if day, isText := value.(string); kind == "date" && (!isText || len(day) != len("2006-01-02")) {
			t.Fatalf("%q: date %q", text, day)
		}
	})
}
