package layers

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// alleys delivers CSV text of the theme alley, which has every type of attribute.
func (d *desk) alleys(text string) *Report {
	d.t.Helper()
	report, err := d.deliver(Request{Theme: "alley", Files: []string{d.file("alleys.csv", text)}, AllowRemovals: true})
	require.NoError(d.t, err)
	return report
}

const alleyLine = `"LINESTRING(51.4 35.7,51.401 35.7)"`

func TestListedValuesByCodeOrLabel(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	report := d.alleys("alley_id,kind,WKT\na1,dead-end," + alleyLine + "\na2,بن بست," + alleyLine + "\na3,Dead end," + alleyLine + "\na4,بن‌بست," + alleyLine + "\na5,کوچک," + alleyLine + "\n")
	require.EqualValues(t, 4, report.Accepted)
	require.EqualValues(t, 1, report.rule("domain").Count)
	require.Equal(t, "a5", report.rule("domain").Samples[0].Key)
	require.Equal(t, "dead-end", d.text(`select string_agg(distinct attributes ->> 'kind', ',') from layers.feature`))
}

// Suggested values are no domain: one that is written by its label is the value, and what is not among them is taken as it is.
func TestSuggestedValuesAreNoDomain(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	report, err := d.deliver(Request{Theme: "road", Files: []string{d.file("roads.csv", "road_id,road_class,WKT\nr1,بزرگراه,"+alleyLine+"\nr2,some other,\"LINESTRING(51.5 35.7,51.501 35.7)\"\n"+
		"r3,جمع و پخش کننده,\"LINESTRING(51.5 35.8,51.501 35.8)\"\nr4,alley,\"LINESTRING(51.5 35.9,51.501 35.9)\"\n")}})
	require.NoError(t, err)
	require.Empty(t, report.Rules)
	require.Equal(t, "expressway,some other,collector,alley", d.text(`select string_agg(attributes ->> 'road_class', ',' order by key) from layers.feature`))
}

func TestRanges(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	report := d.alleys("alley_id,عرض,WKT\na1,۳٫۵," + alleyLine + "\na2,0.4," + alleyLine + "\na3,60," + alleyLine + "\na4,60.5," + alleyLine + "\n")
	require.EqualValues(t, 4, report.Accepted, "an optional value is left out, and the row is taken")
	out := report.rule("range-optional")
	require.EqualValues(t, 2, out.Count)
	require.Contains(t, out.Samples[0].Message.EN, "has to be 0.5–60 m")
	require.Contains(t, out.Samples[0].Message.FA, "باید 0.5–60 m باشد")
	require.Equal(t, "a1 3.5,a2 ∅,a3 60,a4 ∅", d.text(`select string_agg(key || ' ' || coalesce(attributes ->> 'width_m', '∅'), ',' order by key) from layers.feature`))

	d.exec(`update layers.theme set attributes = jsonb_set(attributes, '{4,required}', 'true') where code = 'alley'`)
	require.Equal(t, "width_m", d.text(`select attributes #>> '{4,name}' from layers.theme where code = 'alley'`))
	report = d.alleys("alley_id,width_m,WKT\na1,3.5," + alleyLine + "\na2,0.4," + alleyLine + "\n")
	require.EqualValues(t, 1, report.Refused, "a required one refuses the row")
	require.EqualValues(t, 1, report.rule("range").Count)
}

func TestBooleans(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	report := d.alleys("alley_id,fire_access,WKT\na1,بله," + alleyLine + "\na2,۰," + alleyLine + "\na3,شاید," + alleyLine + "\na4,TRUE," + alleyLine + "\n")
	require.EqualValues(t, 4, report.Accepted)
	require.Contains(t, report.rule("type-optional").Samples[0].Message.EN, "yes or no")
	require.Equal(t, `a1 true,a2 false,a3 ∅,a4 true`, d.text(`select string_agg(key || ' ' || coalesce(attributes ->> 'fire_access', '∅'), ',' order by key) from layers.feature`))
	require.Equal(t, "boolean", d.text(`select jsonb_typeof(attributes -> 'fire_access') from layers.feature where key = 'a1'`))
}

// A table of text has no place to declare its reference system in: WKT in degrees needs no flag, WKT in metres does.
func TestWKTInTables(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.alleys("alley_id,WKT\na1," + alleyLine + "\n")
	require.Equal(t, "LINESTRING(51.4 35.7,51.401 35.7)", d.text(`select public.st_astext(geom) from layers.feature`))
	metres := "alley_id,WKT\na1,\"LINESTRING(536000 3950000,536100 3950000)\"\n"
	_, err := d.deliver(Request{Theme: "alley", Files: []string{d.file("metres.csv", metres)}})
	refused(t, err, "crs-missing")
	report, err := d.deliver(Request{Theme: "alley", Files: []string{d.file("metres.csv", metres)}, Mapping: Mapping{CRS: "EPSG:32639"}})
	require.NoError(t, err)
	require.EqualValues(t, 1, report.Altered)
	// A later row that cannot be degrees is a mistake of its own.
	report = d.alleys("alley_id,WKT\na1," + alleyLine + "\na2,\"LINESTRING(536000 3950000,536100 3950000)\"\n")
	require.EqualValues(t, 1, report.rule("coordinates-out-of-range").Count)
}

// How much of a dataset may go without a word is the theme's own.
func TestMassRemovalOfTheTheme(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.exec(`update layers.theme set mass_removal = 0.6 where code = 'place'`)
	d.places(placesText(10, nil))
	_, err := d.deliver(Request{Theme: "place", Files: []string{d.file("half.csv", placesText(5, nil))}})
	require.NoError(t, err)
	d.exec(`update layers.theme set mass_removal = 0.2 where code = 'place'`)
	_, err = d.deliver(Request{Theme: "place", Files: []string{d.file("two.csv", placesText(2, nil))}})
	refused(t, err, "mass-removal")
}
