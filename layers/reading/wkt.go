package reading

import (
	"encoding/binary"
	"math"
	"strconv"
	"strings"
)

// Kinds of geometry in WKB.
const (
	wkbPoint = 1 + iota
	wkbLine
	wkbPolygon
	wkbMulti = 3 // more than the kind of a part
)

// wktKinds are the words of what is read here: the kind of its parts, and whether it has several.
var wktKinds = map[string]struct {
	part    uint32
	several bool
}{
	"POINT": {wkbPoint, false}, "LINESTRING": {wkbLine, false}, "POLYGON": {wkbPolygon, false}, "MULTILINESTRING": {wkbLine, true}, "MULTIPOLYGON": {wkbPolygon, true},
}

// plainWKT makes WKB of a text that every program reads alike: of two dimensions, nothing empty, in plain numbers, every ring closed. As from GDAL it is always one of several parts.
func plainWKT(text string) (wkb []byte, ok bool) {
	word := text[:len(text)-len(strings.TrimLeft(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"))]
	kind, known := wktKinds[word]
	if !known {
		return nil, false
	}
	w := &wktText{rest: text[len(word):], wkb: make([]byte, 0, len(text))}
	w.head(kind.part + wkbMulti)
	if kind.several {
		w.list(func() { w.part(kind.part) })
	} else {
		w.count(1)
		w.part(kind.part)
	}
	w.space()
	return w.wkb, !w.bad && w.rest == ""
}

// wktText is what is left of a text, and the WKB of what was read.
type wktText struct {
	rest string
	wkb  []byte
	bad  bool
}

func (w *wktText) head(kind uint32) {
	w.wkb = append(w.wkb, 1)
	w.count(kind)
}

func (w *wktText) count(n uint32) { w.wkb = binary.LittleEndian.AppendUint32(w.wkb, n) }

func (w *wktText) part(kind uint32) {
	w.head(kind)
	switch kind {
	case wkbPoint:
		w.take('(')
		w.point()
		w.take(')')
	case wkbLine:
		w.bad = w.list(w.point) < 2 || w.bad
	default:
		w.list(w.ring)
	}
}

// ring is a list of points of which the last is the first.
func (w *wktText) ring() {
	start := len(w.wkb) + 4
	n := w.list(w.point)
	if w.bad || n < 4 || string(w.wkb[start:start+16]) != string(w.wkb[len(w.wkb)-16:]) {
		w.bad = true
	}
}

// list reads what stands in brackets, separated by commas, and answers how many there are.
func (w *wktText) list(item func()) (n uint32) {
	at := len(w.wkb)
	w.count(0)
	w.take('(')
	for more := true; more && !w.bad; n++ {
		item()
		w.space()
		if more = strings.HasPrefix(w.rest, ","); more {
			w.rest = w.rest[1:]
		}
	}
	w.take(')')
	binary.LittleEndian.PutUint32(w.wkb[at:], n)
	return n
}

func (w *wktText) point() {
	w.number()
	w.bad = w.bad || !strings.HasPrefix(w.rest, " ")
	w.number()
}

func (w *wktText) number() {
	w.space()
	end := 0
	for end < len(w.rest) && (w.rest[end] >= '0' && w.rest[end] <= '9' || w.rest[end] == '.' || w.rest[end] == '-') {
		end++
	}
	v, err := strconv.ParseFloat(w.rest[:end], 64)
	w.bad = w.bad || err != nil
	w.wkb = binary.LittleEndian.AppendUint64(w.wkb, math.Float64bits(v))
	w.rest = w.rest[end:]
}

func (w *wktText) take(c byte) {
	w.space()
	if w.rest == "" || w.rest[0] != c {
		w.bad = true
		return
	}
	w.rest = w.rest[1:]
}

func (w *wktText) space() { w.rest = strings.TrimLeft(w.rest, " ") }
