package layers

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"golang.org/x/text/encoding/charmap"

	"nsdi/internal/errs"
)

// stand are the characters that readers of windows-1256 are used to seeing for those that it lacks. For all others stands a question mark.
func stand(r rune) rune {
	switch r {
	case 'ی':
		return 'ي'
	case 'ۀ', 'ە', 'ة':
		return 'ه'
	case '٫':
		return '.'
	case '٬':
		return '،'
	}
	if digit := errs.ASCIIDigit(r); digit != r {
		return digit
	}
	return '?'
}

// encodable gives text that the encoding of the file holds, and counts what it replaces.
func (e *exporting) encodable(text string) string {
	if e.order.Encoding != Windows1256 {
		return text
	}
	return strings.Map(func(r rune) rune {
		if _, ok := charmap.Windows1256.EncodeRune(r); ok {
			return r
		}
		if e.lacking == nil {
			e.lacking = make(map[rune]int)
		}
		e.lacking[r]++
		if r >= '\u2066' && r <= '\u2069' { // marks that are not seen
			return -1
		}
		return stand(r)
	}, text)
}

// replaced says on the sheet which characters were replaced by which, and how often.
func (e *exporting) replaced() []Line {
	if e.order.Encoding != Windows1256 {
		return nil
	}
	lines := []Line{{"encoding", "رمزگذاری متن", "Encoding of the text", Windows1256}}
	var told []string
	for _, r := range slices.Sorted(maps.Keys(e.lacking)) {
		by := string(stand(r))
		if r >= '\u2066' && r <= '\u2069' {
			by = "–"
		}
		told = append(told, fmt.Sprintf("U+%04X %c→%s: %d", r, r, by, e.lacking[r]))
	}
	if len(told) > 0 {
		lines = append(lines, Line{"replaced", "نویسه‌هایی که windows-1256 ندارد و جایگزین آن‌ها، با شمار", "Characters that windows-1256 lacks, what stands for them, and how often", strings.Join(told, " | ")})
	}
	return lines
}
