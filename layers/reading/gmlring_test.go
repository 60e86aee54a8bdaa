package reading

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// memberOf is a feature of GML with rings as they are given.
func memberOf(id string, rings ...string) string {
	attribute := ""
	if id != "" {
		attribute = ` gml:id="` + id + `"`
	}
	return `<gml:featureMember><p` + attribute + `><n>a</n><geom><gml:Polygon gml:id="g" srsName="EPSG:4326"><gml:exterior><gml:LinearRing>` +
		strings.Join(rings, "</gml:LinearRing></gml:exterior><gml:interior><gml:LinearRing>") + `</gml:LinearRing></gml:exterior></gml:Polygon></geom></p></gml:featureMember>` + "\n"
}

func document(members ...string) string {
	return `<?xml version="1.0"?>` + "\n" + `<gml:FeatureCollection xmlns:gml="http://www.opengis.net/gml/3.2">` + "\n" + strings.Join(members, "") + `</gml:FeatureCollection>`
}

// However a ring is written: it is open where its last position is not its first.
func TestOpenRingsAreFound(t *testing.T) {
	t.Parallel()
	const closed, open = `<gml:posList>35 51 35 52 36 52 35.0 51</gml:posList>`, `<gml:posList>35 51 35 52 36 52 36 51</gml:posList>`
	for name, c := range map[string]struct {
		text string
		want map[string]string
	}{
		"closed":          {document(memberOf("a", closed)), map[string]string{}},
		"open":            {document(memberOf("a", closed), memberOf("b", open)), map[string]string{"b": "35 51"}},
		"a hole":          {document(memberOf("a", closed, open)), map[string]string{"a": "35 51"}},
		"three numbers":   {document(memberOf("a", `<gml:posList srsDimension="3">35 51 1 35 52 1 36 52 1 35 51 1</gml:posList>`)), map[string]string{}},
		"heights differ":  {document(memberOf("a", `<gml:posList srsDimension="3">35 51 1 35 52 1 36 52 1 35 51 2</gml:posList>`)), map[string]string{"a": "35 51 1"}},
		"positions":       {document(memberOf("a", `<gml:pos>35 51</gml:pos><gml:pos>35 52</gml:pos><gml:pos>36 52</gml:pos>`)), map[string]string{"a": "35 51"}},
		"tuples":          {document(memberOf("a", `<gml:coordinates>51,35 52,35 52,36 51.0,35.0</gml:coordinates>`)), map[string]string{}},
		"open tuples":     {document(memberOf("a", `<gml:coordinates>51,35 52,35 52,36</gml:coordinates>`)), map[string]string{"a": "51,35"}},
		"in a comment":    {document(`<!-- > `+memberOf("a", open)+` -->`, memberOf("b", closed)), map[string]string{}},
		"after a comment": {document(`<!-->-->`, memberOf("b", open)), map[string]string{"b": "35 51"}},
		"no numbers":      {document(memberOf("a", `<gml:posList>x y z w</gml:posList>`)), map[string]string{}},
		"of a line":       {document(`<gml:featureMember><p gml:id="a"><gml:LineString>` + open + `</gml:LineString></p></gml:featureMember>`), map[string]string{}},
		"many in one":     {document(`<gml:featureMembers><p gml:id="a"><q/><gml:LinearRing>` + closed + `</gml:LinearRing></p><p gml:id='b'><gml:LinearRing>` + open + `</gml:LinearRing></p></gml:featureMembers>`), map[string]string{"b": "35 51"}},
	} {
		got, err := scanRings(strings.NewReader(c.text))
		require.NoError(t, err, name)
		require.Equal(t, c.want, got.of, name)
		require.False(t, got.unnamed, name)
	}
	got, err := scanRings(strings.NewReader(document(memberOf("a", open), memberOf("", open))))
	require.NoError(t, err)
	require.Equal(t, openRings{of: map[string]string{"a": "35 51"}, place: "35 51", line: 4, unnamed: true}, *got)
}

// What nothing names is refused, with the line in which it is.
func TestOpenRingsWithoutNames(t *testing.T) {
	t.Parallel()
	_, _, err := read(t, newReader(t, Limits{}), Options{}, write(t, "f.gml", []byte(document(memberOf("", `<gml:posList>35 51 35 52 36 52 36 51</gml:posList>`)))))
	refused(t, err, "rings-open", "f.gml")
	require.Contains(t, err.Error(), "line 3")
	require.Contains(t, err.Error(), "35 51")
}

// Any text ends, and finds no ring where there is none.
func FuzzScanRings(f *testing.F) {
	f.Add(document(memberOf("a", `<gml:posList>35 51 35 52 36 52 36 51</gml:posList>`)))
	f.Add("<!-->--></member><member></LinearRing><a gml:id=")
	f.Add("<![CDATA[>]]><gml:LinearRing srsDimension='-1'><posList>1 2 3 4</posList></gml:LinearRing>")
	f.Fuzz(func(t *testing.T, text string) {
		got, err := scanRings(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(text, "LinearRing") && (len(got.of) > 0 || got.unnamed) {
			t.Fatal("no ring, and an open one")
		}
	})
}
