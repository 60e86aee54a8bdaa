package paper

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"rsc.io/qr"

	"nsdi/internal/errs"
)

// Point is a place in the UTM zone of the parcel, in metres.
type Point struct{ E, N float64 }

// Content is what a document says.
type Content struct {
	Title      errs.Text
	Note       errs.Text // what it is and is not, in one line each
	Number     string    // tracking identifier
	Verify     string    // address that verifies it
	Signed     string    // what the code holds besides, signed; empty: nothing
	Issued     string    // day in Iran, Jalali: "1405-09-01"
	IssuedISO  string    // the same day, ISO 8601
	Zone       int
	North      bool
	Rows       []Row
	Rings      [][]Point // of the parcel, outer ones first
	Outer      int       // how many of Rings are outer ones, whose corners are lettered
	Neighbours [][]Point // rings of parcels beside it
	Pin        *Point    // what the document is about, where it is a place; nil: the parcel
}

// Row is one fact in both languages; a value that has no words is the same in both.
type Row struct {
	Label errs.Text
	Value errs.Text
}

const (
	margin = 40.0
	small  = 8.0
)

// Render makes the PDF.
func Render(c Content) ([]byte, error) {
	d, err := newDocument(c.Title.EN + " " + c.Number)
	if err != nil {
		return nil, err
	}
	d.page()
	y := d.head(c)
	y = d.rows(c.Rows, y)
	corners := lettered(c.Rings[:c.Outer])
	top := y - 14
	bottom := margin + 114
	half := (pageWidth - 3*margin) / 2
	if len(corners) == 0 {
		d.sketch(c, nil, margin, bottom, pageWidth-margin, top)
		return d.end(c, nil)
	}
	d.sketch(c, corners, margin, bottom, half+40, top)
	rest := d.corners(c, corners, margin*2+half+40, top, pageWidth-margin, max(1, int((top-bottom-24)/10.5)))
	return d.end(c, rest)
}

// end draws the foot, and on further pages the corners that had no room.
func (d *document) end(c Content, rest []corner) ([]byte, error) {
	if err := d.foot(c); err != nil {
		return nil, err
	}
	for len(rest) > 0 {
		d.page()
		d.head(c)
		for column := 0; column < 3 && len(rest) > 0; column++ {
			width := (pageWidth - 2*margin - 40) / 3
			x := margin + float64(column)*(width+20)
			rest = d.corners(c, rest, x, pageHeight-130, x+width, 60)
		}
	}
	return d.bytes()
}

func (d *document) head(c Content) float64 {
	y := pageHeight - margin - 6
	d.text(pageWidth-margin, y, 15, right, true, c.Title.FA)
	d.text(margin, y, 12, left, false, c.Title.EN)
	y -= 18
	d.text(pageWidth-margin, y, 9, right, true, "شناسه پیگیری: "+c.Number+"    تاریخ: "+errs.Digits(strings.ReplaceAll(c.Issued, "-", "/")))
	d.text(margin, y, 9, left, false, "Tracking identifier: "+c.Number+"    "+c.IssuedISO)
	y -= 8
	d.draw("0.6 w 0.25 G %.2f %.2f m %.2f %.2f l S 0 G", margin, y, pageWidth-margin, y)
	return y - 14
}

// rows draws the facts: English on the left, Persian on the right.
func (d *document) rows(rows []Row, y float64) float64 {
	for i, r := range rows {
		if i%2 == 0 {
			d.draw("0.95 g %.2f %.2f %.2f 15 re f 0 g", margin, y-4.5, pageWidth-2*margin)
		}
		d.text(margin+4, y, small, left, false, r.Label.EN)
		d.text(margin+118, y, small+0.5, left, fromRight(r.Value.EN), r.Value.EN)
		d.text(pageWidth-margin-4, y, small, right, true, r.Label.FA)
		d.text(pageWidth-margin-100, y, small+0.5, right, fromRight(r.Value.FA), r.Value.FA)
		y -= 15
	}
	return y
}

// foot draws the code by which the extract is verified.
func (d *document) foot(c Content) error {
	signed := c.Verify
	if c.Signed != "" {
		signed += "?signed=" + c.Signed
	}
	code, err := qr.Encode(signed, qr.M)
	if err != nil {
		return fmt.Errorf("paper: %w", err)
	}
	size := 78.0
	if c.Signed != "" { // more squares, each still as large as a telephone reads
		size = 100
	}
	cell := size / float64(code.Size+2)
	d.draw("0 g")
	for y := range code.Size {
		for x := range code.Size {
			if code.Black(x, y) {
				d.draw("%.3f %.3f %.3f %.3f re", margin+float64(x)*cell, margin+size-float64(y+1)*cell, cell+0.02, cell+0.02)
			}
		}
	}
	d.draw("f")
	x := margin + size + 12
	d.text(pageWidth-margin, margin+58, 9, right, true, "درستی این سند با رمزینه یا این نشانی بررسی می‌شود:")
	d.text(x, margin+44, 9, left, false, "This document is verified by the code, or at:")
	d.text(x, margin+30, 9, left, false, c.Verify)
	d.text(pageWidth-margin, margin+14, 8, right, true, c.Note.FA)
	d.text(x, margin+2, 8, left, false, c.Note.EN)
	return nil
}

// Corner is a lettered corner.
type corner struct {
	name string
	Point
}

// lettered names the corners of each outer ring clockwise, from the one nearest to the north-west.
func lettered(rings [][]Point) []corner {
	var out []corner
	for _, ring := range rings {
		ring = clockwiseFromNorthWest(ring)
		for _, p := range ring {
			out = append(out, corner{letters(len(out)), p})
		}
	}
	return out
}

func clockwiseFromNorthWest(ring []Point) []Point {
	ring = slices.Clone(ring)
	if n := len(ring); n > 1 && ring[0] == ring[n-1] {
		ring = ring[:n-1]
	}
	twice := 0.0
	west, north := math.Inf(1), math.Inf(-1)
	for i, p := range ring {
		q := ring[(i+1)%len(ring)]
		twice += p.E*q.N - q.E*p.N
		west, north = min(west, p.E), max(north, p.N)
	}
	if twice > 0 {
		slices.Reverse(ring)
	}
	first, nearest := 0, math.Inf(1)
	for i, p := range ring {
		if far := math.Hypot(p.E-west, p.N-north); far < nearest {
			first, nearest = i, far
		}
	}
	return append(ring[first:], ring[:first]...)
}

// letters are A to Z, then AA, AB and so on.
func letters(n int) string {
	name := ""
	for n++; n > 0; n = (n - 1) / 26 {
		name = string(rune('A'+(n-1)%26)) + name
	}
	return name
}

// corners lists coordinates in one column, and answers those that have no room in it.
func (d *document) corners(c Content, list []corner, x, y, end float64, room int) []corner {
	hemisphere := "S"
	if c.North {
		hemisphere = "N"
	}
	zone := strconv.Itoa(c.Zone)
	d.text(end, y, small, right, true, "گوشه‌ها در زون "+errs.Digits(zone)+" یوتی‌ام (متر)")
	d.text(x, y-10, small, left, false, "Corners, UTM zone "+zone+hemisphere+" (m)")
	y -= 22
	for i, one := range list {
		if i == room {
			return list[i:]
		}
		d.text(x, y, small, left, false, one.name)
		d.text(x+88, y, small, right, false, "E "+strconv.FormatFloat(one.E, 'f', 2, 64))
		d.text(end, y, small, right, false, "N "+strconv.FormatFloat(one.N, 'f', 2, 64))
		y -= 10.5
	}
	return nil
}
