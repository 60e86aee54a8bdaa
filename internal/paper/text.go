package paper

import (
	"bytes"
	_ "embed"
	"fmt"
	"sync"
	"unicode"

	"github.com/go-text/typesetting/di"
	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/language"
	"github.com/go-text/typesetting/shaping"
	"golang.org/x/image/math/fixed"
)

//go:embed font/Vazirmatn-Regular.ttf
var fontFile []byte

// parsed reads the embedded font once; it is safe for use by many.
var parsed = sync.OnceValues(func() (*font.Font, error) {
	face, err := font.ParseTTF(bytes.NewReader(fontFile))
	if err != nil {
		return nil, fmt.Errorf("paper: font: %w", err)
	}
	return face.Font, nil
})

// glyph is one glyph at its place in a line, in thousandths of the font's size.
type glyph struct {
	id     uint16
	x, y   float64
	width  float64
	letter rune // what it stands for, for whoever searches in the file; 0: a part of the one before
}

// line is a shaped text from left to right.
type line struct {
	glyphs []glyph
	width  float64
}

// typesetter shapes texts. It is not for several goroutines.
type typesetter struct {
	face   *font.Face
	shaper shaping.HarfbuzzShaper
}

func newTypesetter() (*typesetter, error) {
	f, err := parsed()
	if err != nil {
		return nil, err
	}
	return &typesetter{face: font.NewFace(f)}, nil
}

// run is a part of a text in one direction.
type run struct {
	text []rune
	rtl  bool
}

// shape lays a text out in one line. Numbers and Latin words go from left to right, also within Persian; what is between them takes the direction of the line, which is
// from right to left for Persian texts.
func (t *typesetter) shape(text string, rtl bool) line {
	runs := divide(text, rtl)
	if rtl {
		for i, j := 0, len(runs)-1; i < j; i, j = i+1, j-1 {
			runs[i], runs[j] = runs[j], runs[i]
		}
	}
	var out line
	for _, r := range runs {
		in := shaping.Input{
			Text: r.text, RunEnd: len(r.text), Face: t.face, Size: fixed.I(1000), Direction: di.DirectionLTR, Script: language.Latin, Language: language.NewLanguage("en"),
		}
		if r.rtl {
			in.Direction, in.Script, in.Language = di.DirectionRTL, language.Arabic, language.NewLanguage("fa")
		}
		cluster := -1
		shaped := t.shaper.Shape(in)
		for _, g := range shaped.Glyphs {
			one := glyph{id: uint16(g.GlyphID), x: out.width + points(g.XOffset), y: points(g.YOffset), width: float64(t.face.HorizontalAdvance(g.GlyphID)) * 1000 / float64(t.face.Upem())}
			if g.ClusterIndex != cluster {
				cluster = g.ClusterIndex
				one.letter = r.text[cluster]
			}
			out.glyphs = append(out.glyphs, one)
			out.width += points(g.XAdvance)
		}
	}
	return out
}

func points(v fixed.Int26_6) float64 { return float64(v) / 64 }

// divide gives the parts of a text in their order of reading.
func divide(text string, rtl bool) []run {
	var runs []run
	runes := []rune(text)
	kind := func(r rune) int { // 1: from right to left, 2: from left to right, 0: as the line goes
		switch {
		case unicode.Is(unicode.Cf, r) && r != '\u200c':
			return -1 // isolates and marks are done here, and not drawn
		case unicode.IsDigit(r), unicode.Is(unicode.Latin, r):
			return 2
		case r == '٫', r == '٬', r == '،', r == '؛': // signs of numbers and of lists
			return 0
		case unicode.Is(unicode.Arabic, r), r == '\u200c':
			return 1
		}
		return 0
	}
	// A sign between two that go from left to right goes with them: 3.5, 1405-08-30, https://…
	kinds := make([]int, len(runes))
	for i, r := range runes {
		kinds[i] = kind(r)
	}
	for i := 1; i < len(runes); i++ {
		if kinds[i] != 0 || kinds[i-1] != 2 {
			continue
		}
		j := i
		for j < len(runes) && kinds[j] == 0 {
			j++
		}
		if j < len(runes) && kinds[j] == 2 && (!rtl || !hasSpace(runes[i:j]) || latin(runes[i-1])) {
			for ; i < j; i++ {
				kinds[i] = 2
			}
		}
	}
	for i, r := range runes {
		if kinds[i] < 0 {
			continue
		}
		to := kinds[i] == 1 || kinds[i] == 0 && rtl
		if n := len(runs); n > 0 && runs[n-1].rtl == to {
			runs[n-1].text = append(runs[n-1].text, r)
		} else {
			runs = append(runs, run{text: []rune{r}, rtl: to})
		}
	}
	return runs
}

// fromRight reports whether a text begins with a letter that is written from right to left.
func fromRight(text string) bool {
	for _, r := range text {
		switch {
		case unicode.Is(unicode.Latin, r):
			return false
		case unicode.Is(unicode.Arabic, r) && unicode.IsLetter(r):
			return true
		}
	}
	return false
}

func latin(r rune) bool { return unicode.Is(unicode.Latin, r) }

func hasSpace(runes []rune) bool {
	for _, r := range runes {
		if unicode.IsSpace(r) {
			return true
		}
	}
	return false
}
