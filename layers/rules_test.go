package layers

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Each basic rule once, with what it says and where.
func TestBasicRules(t *testing.T) {
	t.Parallel()
	bowtie := `{"type":"Polygon","coordinates":[[[51,35],[52,36],[52,35],[51,36],[51,35]]]}`
	good := feature(box(50, 34, 1), `"code":"good","kind":"range"`)
	for _, tc := range []struct {
		rule, severity string
		row            string // GeoJSON feature beside a good one
		field, value   string
		place          *[2]float64
		fa, en         string
	}{
		{"geometry-missing", "E", feature(`null`, `"code":"a","kind":"range"`), "", "", nil, "مکان ندارد", "has no place"},
		{"geometry-type", "E", feature(`{"type":"Point","coordinates":[51,35]}`, `"code":"a","kind":"range"`), "", "", &[2]float64{51, 35}, "هندسه نقطه", "take a point"},
		{"geometry-invalid", "E", feature(bowtie, `"code":"a","kind":"range"`), "", "", &[2]float64{51.5, 35.5}, "خود را قطع می‌کند", "Self-intersection"},
		{"coordinates-out-of-range", "E", feature(box(200, 35, 1), `"code":"a","kind":"range"`), "", "", &[2]float64{200.5, 35.5}, "EPSG:4326", "EPSG:4326"},
		{"required", "E", feature(box(51, 35, 1), `"code":"a"`), "kind", "", &[2]float64{51.5, 35.5}, "«نوع»", "Kind is required"},
		{"domain", "E", feature(box(51, 35, 1), `"code":"a","kind":"sand"`), "kind", "sand", &[2]float64{51.5, 35.5}, "range, forest", "range, forest"},
		{"required", "E", feature(box(51, 35, 1), `"kind":"range"`), "code", "", &[2]float64{51.5, 35.5}, "«شناسه»", "Code is required"},
		{"key-not-unique", "E", feature(box(51, 35, 1), `"code":"good","kind":"range"`), "", "", &[2]float64{51.5, 35.5}, "ردیف ۱", "row 1"},
		{"row-repeated", "W", good, "", "", &[2]float64{50.5, 34.5}, "ردیف ۱", "row 1"},
	} {
		t.Run(tc.rule+" "+tc.field, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			report, err := d.deliver(Request{Theme: "range-forest", Files: []string{d.file("ranges.geojson", collection(good, tc.row))}})
			switch tc.rule {
			case "key-not-unique":
				refused(t, err, "nothing-accepted")
				require.EqualValues(t, 2, report.Refused)
			case "row-repeated":
				require.NoError(t, err)
				require.EqualValues(t, 1, report.Repeated)
				require.EqualValues(t, 1, report.Features)
			default:
				require.NoError(t, err)
				require.EqualValues(t, 1, report.Refused)
			}
			counted := report.rule(tc.rule)
			require.NotNil(t, counted, "%+v", report.Rules)
			require.Len(t, report.Rules, 1)
			require.Equal(t, tc.severity, counted.Severity)
			require.NotEmpty(t, counted.Title.FA)
			f := counted.Samples[len(counted.Samples)-1]
			require.EqualValues(t, 2, f.Row)
			require.Equal(t, "ranges.geojson · ranges", f.Source)
			require.Equal(t, tc.field, f.Field)
			if tc.rule != "key-not-unique" {
				require.Equal(t, tc.value, f.Value)
			}
			require.Contains(t, f.Message.FA, tc.fa)
			require.Contains(t, f.Message.EN, tc.en)
			require.NotContains(t, f.Message.EN, "{")
			if tc.place == nil {
				require.Nil(t, f.Lon)
			} else {
				require.NotNil(t, f.Lon)
				require.InDelta(t, tc.place[0], *f.Lon, 1e-6)
				require.InDelta(t, tc.place[1], *f.Lat, 1e-6)
			}
			require.Equal(t, f.Message.FA, d.text(`select message_fa from layers.finding where submission_id = $1 and row_number = 2`, report.Submission))
		})
	}
}

// A boundary that crosses itself is wrong where it does, whatever the reference system of the delivery.
func TestInvalidPlaceInMetres(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	text := "code,kind,WKT\na,range,\"POLYGON((500000 3950000,500020 3950020,500020 3950000,500000 3950020,500000 3950000))\"\nb,range,\"POLYGON((600000 3950000,600020 3950020,600020 3950000,600000 3950000))\"\n"
	report, err := d.deliver(Request{Theme: "range-forest", Files: []string{d.file("r.csv", text)}, Mapping: Mapping{CRS: "EPSG:32639"}})
	require.NoError(t, err)
	require.EqualValues(t, 1, report.rule("geometry-invalid").Count)
	require.Equal(t, "500010.000 3950010.000", d.text(`
		select concat_ws(' ', round(public.st_x(p)::numeric, 3), round(public.st_y(p)::numeric, 3))
		from (select public.st_transform(geom, 32639) p from layers.finding where rule = 'geometry-invalid') t`))
}

func TestValuesThatCannotBeRead(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	text := "sheet_no,scale,capture_year,wkt\n" +
		`1,2000,۱۴۰۳,"POLYGON((51 35,52 35,52 36,51 35))"` + "\n" +
		`2,2000.0,about 1403,"POLYGON((51 35,52 35,52 36,51 35))"` + "\n" +
		`3,1:2000,1403,"POLYGON((51 35,52 35,52 36,51 35))"` + "\n"
	report, err := d.deliver(Request{Theme: "base-map-sheet", Files: []string{d.file("sheets.csv", text)}, Mapping: Mapping{CRS: "EPSG:4326"}})
	require.NoError(t, err)
	require.EqualValues(t, 2, report.Accepted)
	require.Equal(t, `{"scale": 2000, "sheet_no": "1", "capture_year": 1403}`, d.text(`select attributes::text from layers.feature where key = '1/2000'`))
	require.NotNil(t, report.rule("type"))
	require.Equal(t, "1:2000", report.rule("type").Samples[0].Value)
	require.Contains(t, report.rule("type").Samples[0].Message.EN, "whole number")
	require.Contains(t, report.rule("type").Samples[0].Message.FA, "عدد صحیح")
	require.Equal(t, "W", report.rule("type-optional").Severity)
	require.Equal(t, "about 1403", report.rule("type-optional").Samples[0].Value)
}

func TestThreeRowsOfOneKey(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	report := d.places("code,name_fa,lon,lat\na,الف,51,35\na,الف,51,35\na,ب,51,35\nb,ب,51,35\nb,ب,51,35\nb,ب,51,35\n")
	require.EqualValues(t, 3, report.Refused, "equal rows among different ones of the same key are refused too")
	require.EqualValues(t, 2, report.Repeated)
	require.EqualValues(t, 1, report.Features)
	require.EqualValues(t, 3, report.rule("key-not-unique").Count)
}

func TestGeometryWithoutAKey(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	report, err := d.deliver(Request{
		Theme: "place", Files: []string{d.file("p.csv", "id,name_fa,lon,lat\n1,الف,51,35\n,ب,51,35\n")},
		Mapping: Mapping{Key: &Expr{Column: "id"}, Attributes: map[string]*Expr{"code": {Value: "c"}, "name_fa": {Column: "name_fa"}}},
	})
	require.NoError(t, err)
	require.EqualValues(t, 1, report.rule("key-missing").Count)
	require.Equal(t, "1", d.text(`select key from layers.feature`))
}

func TestTerritory(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	text := "code,name_fa,lon,lat\nin,الف,51,35\nnear,ب,51.53,35\nfar,پ,52,35\nflipped,ت,35,51\n"
	file := d.file("p.csv", text)
	report, err := d.deliver(Request{Theme: "place", Territory: "IR-23", Files: []string{file}})
	require.NoError(t, err)
	require.EqualValues(t, 4, report.Accepted)
	require.Len(t, report.Notes, 1, "the report says that places were not checked")
	require.Contains(t, report.Notes[0].EN, "not checked")

	d.exec(`update layers.admin_unit set geom = public.st_multi(public.st_makeenvelope(50.5, 34.5, 51.5, 35.5, 4326)) where code = 'IR-23'`)
	report, err = d.deliver(Request{Theme: "place", Territory: "IR-23", Files: []string{file}})
	require.NoError(t, err)
	require.Empty(t, report.Notes)
	require.EqualValues(t, 2, report.Accepted, "5 km outside are allowed for places")
	require.EqualValues(t, 2, report.Kept)
	outside := report.rule("outside-territory")
	require.EqualValues(t, 2, outside.Count)
	require.Equal(t, "far", outside.Samples[0].Key)
	require.NotContains(t, outside.Samples[0].Message.EN, "swapped")
	require.Equal(t, "flipped", outside.Samples[1].Key)
	require.Contains(t, outside.Samples[1].Message.EN, "longitude and latitude look swapped")
	require.Contains(t, outside.Samples[1].Message.FA, "جابه‌جا")
	require.InDelta(t, 35, *outside.Samples[1].Lon, 1e-9)

	d.exec(`insert into access.agency_territory select id, 'IR-23' from access.agency where code = 'post'`)
	report, err = d.deliver(Request{Theme: "place", Agency: "post", Files: []string{file}})
	require.NoError(t, err)
	require.EqualValues(t, 2, report.Refused, "the agency's own territory counts where none is named")

	d.exec(`insert into layers.admin_unit (code, level, name_fa, name_key, parent_code) values ('IR-23-C1', 'county', 'الف', 'الف', 'IR-23')`)
	_, err = d.deliver(Request{Theme: "place", Agency: "post", Territory: "IR-02", Files: []string{file}})
	refused(t, err, "territory-not-the-agencys")
	_, err = d.deliver(Request{Theme: "place", Agency: "post", Territory: "IR-23-C1", Files: []string{file}})
	require.NoError(t, err, "a unit within the agency's territory")
}

func TestRequestsThatNameWhatIsNotThere(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	file := d.file("p.csv", placesText(2, nil))
	for code, req := range map[string]Request{
		"theme-unknown":     {Theme: "unicorns", Files: []string{file}},
		"agency-unknown":    {Theme: "place", Agency: "nobody", Files: []string{file}},
		"territory-unknown": {Theme: "place", Territory: "IR-99", Files: []string{file}},
		"file-missing":      {Theme: "place"},
		"layer-unknown":     {Theme: "place", Files: []string{file}, Mapping: Mapping{Layers: []string{"roads"}}},
		"mapping-invalid":   {Theme: "place", Files: []string{file}, Mapping: Mapping{Layers: []string{"("}}},
	} {
		_, err := d.deliver(req)
		refused(t, err, code)
	}
	require.Zero(t, d.count(`select count(*) from layers.feature`))
}
