package reading

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

func cell(r *Row, column string) string {
	if i := slices.Index(r.Columns, column); i >= 0 && i < len(r.Values) && !r.Null[i] {
		return r.Values[i]
	}
	return ""
}

// labelOf is the text of an entity that is one.
func labelOf(r *Row) (l label, ok bool) {
	text := drawingText(cell(r, "Text"))
	if text == "" || len(r.Geoms) == 0 || onPaper(r) {
		return l, false
	}
	l.x, l.y, ok = pointOf(r.Geoms[0])
	l.text, l.number = text, r.Number
	return l, ok
}

// setText writes the text as people read it.
func (r *Row) setText(text string) {
	if i := slices.Index(r.Columns, "Text"); i >= 0 {
		r.Values = slices.Clone(r.Values)
		r.Values[i] = text
	}
}

var codedCharacter = regexp.MustCompile(`(?i:\\U\+)([0-9A-Fa-f]{4})`)

// drawingText reads the characters that a drawing writes by their numbers (\U+06F1), and makes one line of several.
func drawingText(text string) string {
	text = codedCharacter.ReplaceAllStringFunc(text, codedRune)
	text = joinSurrogates(text)
	text = strings.Join(strings.Fields(strings.ReplaceAll(text, "\x00", "")), " ")
	if len(text) > maxLabel {
		text = strings.ToValidUTF8(text[:maxLabel], "")
	}
	return text
}

// binaryDrawing begins drawings that are no text, which GDAL does not know.
const binaryDrawing = "AutoCAD Binary DXF"

// drawingEncoding is what the texts of a drawing are in that does not say it itself, and whether it has the header that GDAL takes that from.
func drawingEncoding(host, told string) (name string, headed bool, err error) {
	head, err := headOf(host, sample)
	if err != nil {
		return "", false, fmt.Errorf("read drawing: %w", err)
	}
	text := string(head)
	headed = strings.Contains(text, "HEADER")
	switch {
	case told != "":
		return told, headed, nil
	case headed && strings.Contains(text, "$DWGCODEPAGE"):
		return "", true, nil
	}
	return guess(head), headed, nil
}
