package paper

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A4 in points; the origin is at the lower left.
const (
	pageWidth  = 595.28
	pageHeight = 841.89
)

// document collects pages, and writes them as PDF 1.7 with the one font embedded.
type document struct {
	set     *typesetter
	pages   []*bytes.Buffer
	letters map[uint16]rune // of the glyphs that are used
	widths  map[uint16]float64
	title   string
}

func newDocument(title string) (*document, error) {
	set, err := newTypesetter()
	if err != nil {
		return nil, err
	}
	return &document{set: set, letters: make(map[uint16]rune), widths: make(map[uint16]float64), title: title}, nil
}

func (d *document) page() { d.pages = append(d.pages, &bytes.Buffer{}) }

func (d *document) draw(format string, args ...any) {
	fmt.Fprintf(d.pages[len(d.pages)-1], format+"\n", args...)
}

// align says which end of a text a place is.
type align int

const (
	left align = iota
	right
	centre
)

// text draws a line at a place, and answers its width.
func (d *document) text(x, y, size float64, at align, rtl bool, text string) float64 {
	l := d.set.shape(text, rtl)
	width := l.width * size / 1000
	switch at {
	case right:
		x -= width
	case centre:
		x -= width / 2
	}
	// Glyphs stand from left to right; whoever copies the text or has it read gets it in its own order.
	d.draw("/Span << /ActualText %s >> BDC BT /F %.2f Tf", hexText(text), size)
	for _, g := range l.glyphs {
		if _, known := d.letters[g.id]; !known || g.letter != 0 {
			d.letters[g.id] = g.letter
		}
		d.widths[g.id] = g.width
		d.draw("1 0 0 1 %.3f %.3f Tm <%04X> Tj", x+g.x*size/1000, y+g.y*size/1000, g.id)
	}
	d.draw("ET EMC")
	return width
}

// bytes writes the document.
func (d *document) bytes() ([]byte, error) {
	var out bytes.Buffer
	var offsets []int
	object := func(body string) {
		offsets = append(offsets, out.Len())
		fmt.Fprintf(&out, "%d 0 obj\n%s\nendobj\n", len(offsets), body)
	}
	stream := func(dictionary string, content []byte) error {
		var packed bytes.Buffer
		z := zlib.NewWriter(&packed)
		if _, err := z.Write(content); err != nil {
			return err
		}
		if err := z.Close(); err != nil {
			return err
		}
		object(fmt.Sprintf("<< %s /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream", dictionary, packed.Len(), packed.String()))
		return nil
	}
	out.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	const fixed = 8 // objects before the pages
	var kids []string
	for i := range d.pages {
		kids = append(kids, fmt.Sprintf("%d 0 R", fixed+1+2*i))
	}
	object("<< /Type /Catalog /Pages 2 0 R /Lang (fa) /ViewerPreferences << /DisplayDocTitle true >> >>")
	object(fmt.Sprintf("<< /Type /Pages /Kids [%s] /Count %d >>", strings.Join(kids, " "), len(d.pages)))
	object("<< /Type /Font /Subtype /Type0 /BaseFont /Vazirmatn-Regular /Encoding /Identity-H /DescendantFonts [4 0 R] /ToUnicode 7 0 R >>")
	object("<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Vazirmatn-Regular /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /FontDescriptor 5 0 R /DW 0 /W [" + d.advances() + "] /CIDToGIDMap /Identity >>")
	object("<< /Type /FontDescriptor /FontName /Vazirmatn-Regular /Flags 4 /FontBBox [-1000 -500 3000 1500] /ItalicAngle 0 /Ascent 1000 /Descent -500 /CapHeight 700 /StemV 80 /FontFile2 6 0 R >>")
	if err := stream(fmt.Sprintf("/Length1 %d", len(fontFile)), fontFile); err != nil {
		return nil, err
	}
	if err := stream("", d.toUnicode()); err != nil {
		return nil, err
	}
	object(fmt.Sprintf("<< /Title %s /Producer (nsdi) >>", hexText(d.title)))
	for i, p := range d.pages {
		object(fmt.Sprintf("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %.2f %.2f] /Resources << /Font << /F 3 0 R >> >> /Contents %d 0 R >>", pageWidth, pageHeight, fixed+2+2*i))
		if err := stream("", p.Bytes()); err != nil {
			return nil, err
		}
	}
	start := out.Len()
	fmt.Fprintf(&out, "xref\n0 %d\n0000000000 65535 f \n", len(offsets)+1)
	for _, o := range offsets {
		fmt.Fprintf(&out, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&out, "trailer\n<< /Size %d /Root 1 0 R /Info 8 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(offsets)+1, start)
	return out.Bytes(), nil
}

// advances are the widths of the glyphs, by which viewers tell words from letters.
func (d *document) advances() string {
	var b strings.Builder
	for _, id := range slices.Sorted(maps.Keys(d.widths)) {
		fmt.Fprintf(&b, "%d [%.0f] ", id, d.widths[id])
	}
	return b.String()
}

// toUnicode tells viewers what the glyphs stand for.
func (d *document) toUnicode() []byte {
	var b bytes.Buffer
	b.WriteString("/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /nsdi def /CMapType 2 def\n1 begincodespacerange <0000> <FFFF> endcodespacerange\n")
	var lines []string
	for _, id := range slices.Sorted(maps.Keys(d.letters)) {
		if r := d.letters[id]; r != 0 && r < 0x10000 {
			lines = append(lines, fmt.Sprintf("<%04X> <%04X>", id, r))
		}
	}
	for part := range slices.Chunk(lines, 100) {
		fmt.Fprintf(&b, "%d beginbfchar\n%s\nendbfchar\n", len(part), strings.Join(part, "\n"))
	}
	b.WriteString("endcmap CMapName currentdict /CMap defineresource pop end end")
	return b.Bytes()
}

// hexText writes a text as UTF-16, as titles have it, without the marks of direction.
func hexText(s string) string {
	var b strings.Builder
	b.WriteString("<FEFF")
	for _, r := range s {
		if r < 0x10000 && (r < 0x2066 || r > 0x2069) {
			fmt.Fprintf(&b, "%04X", r)
		}
	}
	return b.String() + ">"
}
