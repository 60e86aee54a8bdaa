package layers

import (
	"bufio"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/peterstace/simplefeatures/geom"
)

// countPlace is where the number of members is written when it is known, with zeros before it.
const countPlace = "0000000000"

const gmlHead = `<?xml version="1.0" encoding="UTF-8"?>
<wfs:FeatureCollection xmlns:wfs="http://www.opengis.net/wfs/2.0" xmlns:gml="http://www.opengis.net/gml/3.2" xmlns:xlink="http://www.w3.org/1999/xlink"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:base="http://inspire.ec.europa.eu/schemas/base/3.3" xmlns:cp="http://inspire.ec.europa.eu/schemas/cp/4.0"
  xsi:schemaLocation="http://www.opengis.net/wfs/2.0 http://schemas.opengis.net/wfs/2.0/wfs.xsd http://inspire.ec.europa.eu/schemas/cp/4.0 https://inspire.ec.europa.eu/schemas/cp/4.0/CadastralParcels.xsd"
  timeStamp="%s" numberMatched="unknown" numberReturned="` + countPlace + `">
`

// gml writes parcels as CadastralParcel of INSPIRE, version 4.0, one after the other.
func (e *exporting) gml(ctx context.Context) error {
	if err := e.parcelOnly(); err != nil {
		return err
	}
	file := filepath.Join(e.folder, "data.gml")
	head := fmt.Sprintf(gmlHead, e.order.youngest().UTC().Format(time.RFC3339))
	members := 0
	err := e.write(file, func(out io.Writer) error {
		w := bufio.NewWriter(out)
		if _, err := w.WriteString(head); err != nil {
			return err
		}
		err := e.each(ctx, func(f *Feature) error {
			g, there, err := e.shape(f)
			if err != nil || !there || g.IsEmpty() { // a parcel of INSPIRE has a geometry
				return err
			}
			p, err := e.parcel(f)
			if err != nil {
				return err
			}
			members++
			return e.member(w, f, p, g)
		})
		if err != nil {
			return err
		}
		if _, err := w.WriteString("</wfs:FeatureCollection>\n"); err != nil {
			return err
		}
		return w.Flush()
	})
	if err != nil {
		return err
	}
	f, err := os.OpenFile(file, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteAt(fmt.Appendf(nil, "%010d", members), int64(strings.Index(head, countPlace)))
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	return e.pack(map[string]string{e.order.Theme + ".gml": file})
}

// member writes one parcel. The order of the elements is that of the schema.
func (e *exporting) member(w *bufio.Writer, f *Feature, p *parcel, g geom.Geometry) error {
	id := fmt.Sprintf("cp.%d.%d", f.Dataset, f.ID)
	m := markup{w: w, system: fmt.Sprintf("http://www.opengis.net/def/crs/EPSG/0/%d", e.epsg), latitude: e.epsg == 4326}
	m.write(`<wfs:member><cp:CadastralParcel gml:id="`, id, "\">\n")
	if p.Area != "" {
		m.write(`<cp:areaValue uom="m2">`, p.Area, "</cp:areaValue>\n")
	}
	if p.Begins.IsZero() {
		m.write(`<cp:beginLifespanVersion xsi:nil="true" nilReason="http://inspire.ec.europa.eu/codelist/VoidReasonValue/Withheld"/>`, "\n")
	} else {
		m.write("<cp:beginLifespanVersion>", p.Begins.UTC().Format(time.RFC3339Nano), "</cp:beginLifespanVersion>\n")
	}
	m.write("<cp:geometry>")
	m.area(id+".g", g.ForceCCW())
	m.write("</cp:geometry>\n<cp:inspireId><base:Identifier><base:localId>")
	m.text(p.LocalID)
	m.write("</base:localId><base:namespace>")
	m.text("ir.nsdi." + e.order.Theme)
	m.write("</base:namespace></base:Identifier></cp:inspireId>\n<cp:label>")
	m.text(p.Label)
	m.write("</cp:label>\n<cp:nationalCadastralReference>")
	m.text(p.Reference)
	m.write("</cp:nationalCadastralReference>\n")
	if at, there := g.PointOnSurface().XY(); there {
		m.write(`<cp:referencePoint><gml:Point gml:id="`, id, `.r" srsName="`, m.system, `"><gml:pos>`)
		m.place(at)
		m.write("</gml:pos></gml:Point></cp:referencePoint>\n")
	}
	if p.ValidFrom != "" {
		m.write("<cp:validFrom>")
		m.text(p.ValidFrom)
		m.write("T00:00:00</cp:validFrom>\n")
	}
	if p.Zoning != "" {
		m.write(`<cp:zoning xlink:href="urn:x-nsdi:zoning:`, url.PathEscape(p.Zoning), `" xlink:title="`)
		m.text(p.Zoning)
		m.write("\"/>\n")
	}
	m.write("</cp:CadastralParcel></wfs:member>\n")
	return m.err
}

// markup writes GML, and keeps the first error.
type markup struct {
	w        *bufio.Writer
	err      error
	system   string
	latitude bool // stands first, as the system says
}

func (m *markup) write(parts ...string) {
	for _, s := range parts {
		if m.err == nil {
			_, m.err = m.w.WriteString(s)
		}
	}
}

// text escapes; what XML cannot hold becomes U+FFFD.
func (m *markup) text(s string) {
	if m.err == nil {
		m.err = xml.EscapeText(m.w, []byte(s))
	}
}

func (m *markup) place(p geom.XY) {
	if m.latitude {
		m.write(strconv.FormatFloat(p.Y, 'f', -1, 64), " ", strconv.FormatFloat(p.X, 'f', -1, 64))
		return
	}
	m.write(strconv.FormatFloat(p.X, 'f', 4, 64), " ", strconv.FormatFloat(p.Y, 'f', 4, 64)) // a tenth of a millimetre
}

func (m *markup) area(id string, g geom.Geometry) {
	if one, ok := g.AsPolygon(); ok {
		m.polygon(id, one)
		return
	}
	many, ok := g.AsMultiPolygon()
	if !ok {
		m.err = errors.Join(m.err, fmt.Errorf("%s is no area", g.Type()))
		return
	}
	m.write(`<gml:MultiSurface gml:id="`, id, `" srsName="`, m.system, `">`)
	for i := range many.NumPolygons() {
		m.write("<gml:surfaceMember>")
		m.polygon(id+"."+strconv.Itoa(i+1), many.PolygonN(i))
		m.write("</gml:surfaceMember>")
	}
	m.write("</gml:MultiSurface>")
}

func (m *markup) polygon(id string, p geom.Polygon) {
	m.write(`<gml:Polygon gml:id="`, id, `" srsName="`, m.system, `">`)
	for i, ring := range p.DumpRings() {
		side := "exterior"
		if i > 0 {
			side = "interior"
		}
		m.write("<gml:", side, `><gml:LinearRing><gml:posList srsDimension="2">`)
		c := ring.Coordinates()
		for j := range c.Length() {
			if j > 0 {
				m.write(" ")
			}
			m.place(c.GetXY(j))
		}
		m.write("</gml:posList></gml:LinearRing></gml:", side, ">")
	}
	m.write("</gml:Polygon>")
}
