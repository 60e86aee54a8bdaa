package reading

import (
	"encoding/binary"
	"math"
	"slices"
	"strconv"
	"unicode/utf16"

	"github.com/peterstace/simplefeatures/rtree"

	"nsdi/geo"
)

// What a row of a drawing has to do with its texts.
const (
	TextAlone   = "text-alone"   // a text that lies in no area
	TextInArea  = "text-in-area" // a text that is the label of an area
	TextMissing = "text-missing" // an area without one
	TextSeveral = "text-several" // an area with several
)

// label is one text of a drawing at its place.
type label struct {
	text   string
	x, y   float64
	number int64 // of the entity
}

// labels find the smallest area around each text.
type labels struct {
	all    []label
	tree   *rtree.RTree
	owner  []int64   // number of the entity with the smallest area so far; 0: none
	size   []float64 // that area
	work   int64     // corners that were looked at
	placed bool
	texts  map[int64][]int
	found  map[int64]bool // numbers of texts that lie in an area
}

// maxWork ends the comparison of drawings that are made to take for ever.
const maxWork = 5_000_000_000

func newLabels(all []label) *labels {
	items := make([]rtree.BulkItem, len(all))
	for i, l := range all {
		items[i] = rtree.BulkItem{Box: rtree.Box{MinX: l.x, MinY: l.y, MaxX: l.x, MaxY: l.y}, RecordID: i}
	}
	return &labels{all: all, tree: rtree.BulkLoad(items), owner: make([]int64, len(all)), size: make([]float64, len(all))}
}

// offer shows the areas of an entity to the texts. It is false when that would take too long.
func (s *labels) offer(number int64, areas [][][]geo.XY) bool {
	for _, rings := range areas {
		box, corners, area := measured(rings)
		err := s.tree.RangeSearch(box, func(i int) error {
			s.work += int64(corners)
			if s.work > maxWork {
				return rtree.Stop
			}
			if l := s.all[i]; (s.owner[i] == 0 || area < s.size[i]) && within(rings, l.x, l.y) {
				s.owner[i], s.size[i] = number, area
			}
			return nil
		})
		if err != nil || s.work > maxWork {
			return false
		}
	}
	return true
}

// settle turns the question round: which texts an area has.
func (s *labels) settle() {
	s.texts, s.found, s.placed = make(map[int64][]int), make(map[int64]bool), true
	for i, owner := range s.owner {
		if owner != 0 {
			s.texts[owner] = append(s.texts[owner], i)
			s.found[s.all[i].number] = true
		}
	}
}

// of gives the different texts of an area.
func (s *labels) of(number int64) (texts []string) {
	for _, i := range s.texts[number] {
		if !slices.Contains(texts, s.all[i].text) && len(texts) < 100 {
			texts = append(texts, s.all[i].text)
		}
	}
	return texts
}

func (s *labels) inArea(l label) bool { return s.found[l.number] }

// measured gives the box of rings, how many corners they have, and the area of the first without the others.
func measured(rings [][]geo.XY) (box rtree.Box, corners int, area float64) {
	box = rtree.Box{MinX: math.Inf(1), MinY: math.Inf(1), MaxX: math.Inf(-1), MaxY: math.Inf(-1)}
	for i, ring := range rings {
		twice := 0.0
		for j, p := range ring {
			box.MinX, box.MinY, box.MaxX, box.MaxY = min(box.MinX, p[0]), min(box.MinY, p[1]), max(box.MaxX, p[0]), max(box.MaxY, p[1])
			if j > 0 { // from the first corner, since squares of northings lose the centimetres
				a, b, o := ring[j-1], p, ring[0]
				twice += (a[0]-o[0])*(b[1]-o[1]) - (b[0]-o[0])*(a[1]-o[1])
			}
		}
		corners += len(ring)
		if i == 0 {
			area = math.Abs(twice) / 2
		} else {
			area -= math.Abs(twice) / 2
		}
	}
	return box, corners, area
}

// within answers whether a place lies in an odd number of rings.
func within(rings [][]geo.XY, x, y float64) bool {
	inside := false
	for _, ring := range rings {
		for j := 1; j < len(ring); j++ {
			a, b := ring[j-1], ring[j]
			if (a[1] > y) != (b[1] > y) && x < (b[0]-a[0])*(y-a[1])/(b[1]-a[1])+a[0] {
				inside = !inside
			}
		}
	}
	return inside
}

func pointOf(ewkb []byte) (x, y float64, ok bool) {
	b, shape, err := geo.Normalize(ewkb, 1)
	if err != nil || shape.Empty {
		return 0, 0, false
	}
	if _, shape = geo.Single(b, shape); shape.Kind != geo.Point {
		return 0, 0, false
	}
	return shape.Box.MinX, shape.Box.MinY, true
}

// areasOf gives the rings of each area among geometries. Drawn are those as WKB that were only drawn as a closed line.
func areasOf(geoms [][]byte) (areas [][][]geo.XY, drawn [][]byte) {
	for _, g := range geoms {
		b, shape, err := geo.Normalize(g, math.MaxInt32)
		if err != nil || shape.Empty || b[0] != 1 {
			continue
		}
		b, shape = geo.Single(b, shape)
		switch shape.Kind {
		case geo.LineString:
			line, _ := corners(b[5:])
			if len(line) < 4 || line[0] != line[len(line)-1] {
				continue
			}
			areas = append(areas, [][]geo.XY{line})
			wkb := append([]byte{1, byte(geo.Polygon), 0, 0, 0, 1, 0, 0, 0}, b[5:]...)
			drawn = append(drawn, wkb)
		case geo.Polygon:
			areas = append(areas, ringsOf(&b))
		case geo.MultiPolygon:
			n := binary.LittleEndian.Uint32(b[5:])
			for b = b[9:]; n > 0 && b[0] == 1; n-- {
				areas = append(areas, ringsOf(&b))
			}
		}
	}
	return areas, drawn
}

// ringsOf reads the polygon that b begins with and takes it from b, which was found well-formed.
func ringsOf(b *[]byte) (rings [][]geo.XY) {
	n := binary.LittleEndian.Uint32((*b)[5:])
	rest := (*b)[9:]
	for ; n > 0; n-- {
		var ring []geo.XY
		ring, rest = corners(rest)
		rings = append(rings, ring)
	}
	*b = rest
	return rings
}

// corners reads a counted list of coordinates.
func corners(b []byte) (list []geo.XY, rest []byte) {
	n := int(binary.LittleEndian.Uint32(b))
	b = b[4:]
	list = make([]geo.XY, n)
	for i := range list {
		list[i] = geo.XY{math.Float64frombits(binary.LittleEndian.Uint64(b[16*i:])), math.Float64frombits(binary.LittleEndian.Uint64(b[16*i+8:]))}
	}
	return list, b[16*n:]
}

// surrogates stand in a private place until both halves of a character are there.
const surrogates = 0xF0000

// codedRune reads \U+XXXX.
func codedRune(code string) string {
	n, err := strconv.ParseUint(code[len(code)-4:], 16, 16)
	switch r := rune(n); {
	case err != nil || n == 0:
		return ""
	case utf16.IsSurrogate(r):
		return string(surrogates + r - 0xD800)
	default:
		return string(r)
	}
}

// joinSurrogates makes characters of the halves that stand beside each other, and takes out those that stand alone.
func joinSurrogates(text string) string {
	half := func(r rune) (rune, bool) {
		r = r - surrogates + 0xD800
		return r, utf16.IsSurrogate(r)
	}
	runes := []rune(text)
	out := runes[:0]
	for i := 0; i < len(runes); i++ {
		first, is := half(runes[i])
		if !is {
			out = append(out, runes[i])
			continue
		}
		if i+1 < len(runes) {
			if second, is := half(runes[i+1]); is {
				if r := utf16.DecodeRune(first, second); r != '\uFFFD' {
					out = append(out, r)
					i++
				}
			}
		}
	}
	return string(out)
}
