package cadastre_test

import (
	"encoding/xml"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// inspireFile is what the schema of CadastralParcels 4.0 says about what stands within the elements of a parcel; how often each stands, and in which order, is looked at
// while the file is read. An element of another namespace than is named here does not come.
type inspireFile struct {
	TimeStamp string          `xml:"timeStamp,attr"`
	Matched   string          `xml:"numberMatched,attr"`
	Returned  string          `xml:"numberReturned,attr"`
	Parcels   []inspireParcel `xml:"member>CadastralParcel"`
}

type inspireParcel struct {
	ID   string `xml:"http://www.opengis.net/gml/3.2 id,attr"`
	Area []struct {
		Unit string `xml:"uom,attr"`
		Text string `xml:",chardata"`
	} `xml:"http://inspire.ec.europa.eu/schemas/cp/4.0 areaValue"`
	Begins struct {
		Nil    string `xml:"http://www.w3.org/2001/XMLSchema-instance nil,attr"`
		Reason string `xml:"nilReason,attr"`
		Text   string `xml:",chardata"`
	} `xml:"http://inspire.ec.europa.eu/schemas/cp/4.0 beginLifespanVersion"`
	Geometry struct {
		Shapes []inspireShape `xml:",any"`
	} `xml:"http://inspire.ec.europa.eu/schemas/cp/4.0 geometry"`
	Identifiers []struct {
		LocalID   []string `xml:"http://inspire.ec.europa.eu/schemas/base/3.3 localId"`
		Namespace []string `xml:"http://inspire.ec.europa.eu/schemas/base/3.3 namespace"`
	} `xml:"inspireId>Identifier"`
	Label     string `xml:"http://inspire.ec.europa.eu/schemas/cp/4.0 label"`
	Reference string `xml:"http://inspire.ec.europa.eu/schemas/cp/4.0 nationalCadastralReference"`
	Places    []struct {
		System string `xml:"srsName,attr"`
		Pos    string `xml:"http://www.opengis.net/gml/3.2 pos"`
	} `xml:"referencePoint>Point"`
	Zoning []struct {
		Href string `xml:"http://www.w3.org/1999/xlink href,attr"`
	} `xml:"http://inspire.ec.europa.eu/schemas/cp/4.0 zoning"`
}

// inspireShape is a polygon, or the members of several.
type inspireShape struct {
	XMLName  xml.Name
	System   string         `xml:"srsName,attr"`
	Exterior []string       `xml:"http://www.opengis.net/gml/3.2 exterior>LinearRing>posList"`
	Interior []string       `xml:"http://www.opengis.net/gml/3.2 interior>LinearRing>posList"`
	Members  []inspireShape `xml:"http://www.opengis.net/gml/3.2 surfaceMember>Polygon"`
}

// within checks what stands in the elements, with their types.
func within(t *testing.T, body []byte, parcels int) {
	t.Helper()
	var f inspireFile
	require.NoError(t, xml.Unmarshal(body, &f))
	require.Regexp(t, `^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$`, f.TimeStamp)
	require.Regexp(t, `^(unknown|\d+)$`, f.Matched)
	require.Regexp(t, `^\d+$`, f.Returned)
	require.Len(t, f.Parcels, parcels)
	local := make(map[string]bool, parcels)
	for i := range f.Parcels {
		p := &f.Parcels[i]
		for _, a := range p.Area {
			require.Equal(t, "m2", a.Unit, p.ID)
			number, err := strconv.ParseFloat(a.Text, 64)
			require.NoError(t, err, p.ID)
			require.Positive(t, number, p.ID)
		}
		if p.Begins.Nil == "true" {
			require.Regexp(t, `^http://inspire\.ec\.europa\.eu/codelist/VoidReasonValue/(Unknown|Unpopulated|Withheld)$`, p.Begins.Reason)
			require.Empty(t, p.Begins.Text, "what is nil has nothing in it")
		} else {
			require.NotEmpty(t, p.Begins.Text, p.ID)
		}
		require.Len(t, p.Identifiers, 1, p.ID)
		require.Len(t, p.Identifiers[0].LocalID, 1, p.ID)
		require.Len(t, p.Identifiers[0].Namespace, 1, p.ID)
		require.NotEmpty(t, p.Identifiers[0].Namespace[0], p.ID)
		require.Regexp(t, `^\S`, p.Identifiers[0].LocalID[0], p.ID)
		require.False(t, local[p.Identifiers[0].LocalID[0]], "an identifier stands once")
		local[p.Identifiers[0].LocalID[0]] = true
		require.NotEmpty(t, strings.TrimSpace(p.Label), p.ID)
		require.NotEmpty(t, strings.TrimSpace(p.Reference), p.ID)
		require.LessOrEqual(t, len(p.Places), 1, p.ID)
		for _, place := range p.Places {
			require.Len(t, strings.Fields(place.Pos), 2, p.ID)
			require.NotEmpty(t, place.System, p.ID)
		}
		for _, z := range p.Zoning {
			require.NotEmpty(t, z.Href, "the zoning is referred to: %s", p.ID)
		}
		require.Len(t, p.Geometry.Shapes, 1, "one surface: %s", p.ID)
		shape := p.Geometry.Shapes[0]
		require.NotEmpty(t, shape.System, p.ID)
		parts := shape.Members
		if shape.XMLName.Local == "Polygon" {
			parts = []inspireShape{shape}
		} else {
			require.Equal(t, "MultiSurface", shape.XMLName.Local, p.ID)
			require.NotEmpty(t, parts, p.ID)
		}
		for _, part := range parts {
			require.Equal(t, xml.Name{Space: "http://www.opengis.net/gml/3.2", Local: "Polygon"}, part.XMLName, p.ID)
			require.Len(t, part.Exterior, 1, "an area has one outer ring: %s", p.ID)
		}
	}
}
