package paper

import (
	"math"
	"strconv"
)

// pinAround is how far around a place is shown at least, in metres.
const pinAround = 35

// sketch draws the parcel within a frame, its neighbours in grey, north up, with the letters of its corners and a scale bar.
func (d *document) sketch(c Content, corners []corner, x0, y0, x1, y1 float64) {
	w, s, e, n := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, ring := range c.Rings {
		for _, p := range ring {
			w, s, e, n = min(w, p.E), min(s, p.N), max(e, p.E), max(n, p.N)
		}
	}
	if c.Pin != nil { // a place has no size: what is around it is shown
		w, s, e, n = min(w, c.Pin.E-pinAround), min(s, c.Pin.N-pinAround), max(e, c.Pin.E+pinAround), max(n, c.Pin.N+pinAround)
	}
	const edge = 26.0
	scale := min((x1-x0-2*edge)/max(e-w, 0.01), (y1-y0-2*edge-12)/max(n-s, 0.01)) // points a metre
	cx, cy := (x0+x1)/2, (y0+12+y1)/2
	at := func(p Point) (float64, float64) { return cx + (p.E-(w+e)/2)*scale, cy + (p.N-(s+n)/2)*scale }
	path := func(ring []Point) {
		for i, p := range ring {
			x, y := at(p)
			if i == 0 {
				d.draw("%.2f %.2f m", x, y)
			} else {
				d.draw("%.2f %.2f l", x, y)
			}
		}
		d.draw("h")
	}
	d.draw("q %.2f %.2f %.2f %.2f re W n", x0, y0, x1-x0, y1-y0)
	d.draw("0.4 w 0.7 G")
	for _, ring := range c.Neighbours {
		path(ring)
		d.draw("S")
	}
	d.draw("0.9 0.95 1 rg 0 G 1 w")
	for _, ring := range c.Rings {
		path(ring)
	}
	if len(c.Rings) > 0 {
		d.draw("B*")
	}
	d.draw("0 g")
	last := Point{math.Inf(1), math.Inf(1)}
	for _, one := range corners {
		x, y := at(one.Point)
		d.draw("%.2f %.2f 2 2 re f", x-1, y-1)
		if math.Hypot(one.E-last.E, one.N-last.N)*scale < 9 { // letters would lie on each other; the list has them all
			continue
		}
		last = one.Point
		far := max(math.Hypot(x-cx, y-cy), 0.01)
		d.text(x+(x-cx)/far*9, y+(y-cy)/far*9-2.5, 7, centre, false, one.name)
	}
	if c.Pin != nil {
		x, y := at(*c.Pin)
		d.draw("0.75 0.1 0.1 rg %.2f %.2f m %.2f %.2f l %.2f %.2f l h f 0 g", x, y, x-5, y+13, x+5, y+13)
	}
	d.draw("Q 0.5 w 0.5 G %.2f %.2f %.2f %.2f re S 0 G", x0, y0, x1-x0, y1-y0)
	// North, and a bar of a round length of about a quarter of the frame.
	d.draw("0 g %.2f %.2f m %.2f %.2f l %.2f %.2f l f", x1-14, y1-24, x1-10, y1-10, x1-6, y1-24)
	d.text(x1-10, y1-33, 7, centre, false, "N")
	metres := math.Pow(10, math.Floor(math.Log10((x1-x0)/4/scale)))
	for _, more := range []float64{5, 2} {
		if metres*more*scale <= (x1-x0)/4 {
			metres *= more
			break
		}
	}
	d.draw("1.2 w %.2f %.2f m %.2f %.2f l S", x0+8, y0+8, x0+8+metres*scale, y0+8)
	d.text(x0+12+metres*scale, y0+6, 7, left, false, strconv.FormatFloat(metres, 'f', -1, 64)+" m")
}
