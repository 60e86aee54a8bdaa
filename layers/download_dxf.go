package layers

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/peterstace/simplefeatures/geom"
)

// The layers of a drawing of parcels. Holes stand apart, so that nobody takes one for a parcel.
const (
	drawnParcels = "PARCELS"
	drawnHoles   = "PARCEL_HOLES"
	drawnPlates  = "PLATES"
)

// dxf draws parcels: closed polylines in metres, and in each the plate in words. The drawing is of release 12, which every program reads.
func (e *exporting) dxf(ctx context.Context) error {
	if err := e.parcelOnly(); err != nil {
		return err
	}
	file := filepath.Join(e.folder, "data.dxf")
	err := e.write(file, func(out io.Writer) error {
		d := &drawing{w: bufio.NewWriter(out)}
		d.code(0, "SECTION").code(2, "HEADER").code(9, "$ACADVER").code(1, "AC1009").code(9, "$DWGCODEPAGE").code(3, "ANSI_1256").code(0, "ENDSEC")
		d.code(0, "SECTION").code(2, "TABLES").code(0, "TABLE").code(2, "LAYER").code(70, "3")
		for i, layer := range []string{drawnParcels, drawnHoles, drawnPlates} {
			d.code(0, "LAYER").code(2, layer).code(70, "0").code(62, strconv.Itoa(7-2*i)).code(6, "CONTINUOUS")
		}
		d.code(0, "ENDTAB").code(0, "ENDSEC").code(0, "SECTION").code(2, "ENTITIES")
		err := e.each(ctx, func(f *Feature) error {
			g, there, err := e.shape(f)
			if err != nil || !there {
				return err
			}
			text, err := phrase(f)
			if err != nil {
				return err
			}
			return d.parcel(g, text)
		})
		if err != nil {
			return err
		}
		d.code(0, "ENDSEC").code(0, "EOF")
		if d.err != nil {
			return d.err
		}
		return d.w.Flush()
	})
	if err != nil {
		return err
	}
	return e.pack(map[string]string{e.order.Theme + ".dxf": file})
}

// drawing writes group codes, and keeps the first error.
type drawing struct {
	w   *bufio.Writer
	err error
}

func (d *drawing) code(code int, value string) *drawing {
	if d.err == nil {
		_, d.err = fmt.Fprintf(d.w, "%3d\n%s\n", code, value)
	}
	return d
}

func (d *drawing) at(p geom.XY) *drawing { return d.code(10, metres(p.X)).code(20, metres(p.Y)) }

// metres are written to a tenth of a millimetre.
func metres(v float64) string { return strconv.FormatFloat(v, 'f', 4, 64) }

func (d *drawing) parcel(g geom.Geometry, text string) error {
	parts := []geom.Geometry{g}
	if many, ok := g.AsMultiPolygon(); ok {
		parts = nil
		for i := range many.NumPolygons() {
			parts = append(parts, many.PolygonN(i).AsGeometry())
		}
	}
	for _, part := range parts {
		p, ok := part.AsPolygon()
		if !ok {
			return fmt.Errorf("%s is no area", part.Type())
		}
		for i, ring := range p.DumpRings() {
			layer := drawnParcels
			if i > 0 {
				layer = drawnHoles
			}
			d.ring(layer, ring.Coordinates())
		}
		if at, there := part.PointOnSurface().XY(); there && text != "" { // each part has it, or nobody knew whose it is
			height := min(5, max(0.2, math.Sqrt(part.Area())/20))
			d.code(0, "TEXT").code(8, drawnPlates).at(at).code(40, metres(height)).code(1, coded(text))
		}
	}
	return d.err
}

func (d *drawing) ring(layer string, c geom.Sequence) {
	d.code(0, "POLYLINE").code(8, layer).code(66, "1").code(70, "1").code(10, "0").code(20, "0")
	for i := range c.Length() - 1 { // the last corner is the first: the polyline is closed
		d.code(0, "VERTEX").code(8, layer).at(c.GetXY(i))
	}
	d.code(0, "SEQEND").code(8, layer)
}

// coded writes what is not ASCII by its number, which programs read whatever their code page is.
func coded(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case r < ' ':
		case r < 0x7f:
			b.WriteRune(r)
		case r > 0xFFFF:
			for _, half := range utf16.AppendRune(nil, r) {
				fmt.Fprintf(&b, `\U+%04X`, half)
			}
		default:
			fmt.Fprintf(&b, `\U+%04X`, r)
		}
	}
	return b.String()
}
