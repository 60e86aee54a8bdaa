package reading

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"nsdi/internal/errs"
)

// openRings are the rings of a GML file that do not end where they began. GDAL either refuses the file for them or closes them without a word, so they are looked for
// before it reads.
type openRings struct {
	of map[string]string // by the gml:id of the feature: where its first open ring begins, as it is written
	// Of the first one of all, or else of the first in a feature without an id: its place, and the line in which it ends.
	place   string
	line    int
	unnamed bool
}

// What is longer than that is no file of features, and more open rings are no mistake in some of them. GDAL refuses such files.
const (
	maxMarkup    = maxWholeJSON
	maxOpenRings = 1_000_000
)

// findOpenRings reads a GML file through once. What is no XML is left to GDAL.
func findOpenRings(host string) (*openRings, error) {
	f, err := os.Open(host)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return scanRings(f)
}

// ringScanner knows where in the document it is.
type ringScanner struct {
	openRings
	lines, depth int
	members      []int // depths of the elements whose children are features
	feature      string
	ring         []string // positions of the ring that is open in the text; nil outside of rings
	dimension    int
}

func scanRings(r io.Reader) (*openRings, error) {
	in := bufio.NewReaderSize(r, 1<<16)
	s := ringScanner{openRings: openRings{of: make(map[string]string)}, lines: 1, dimension: 2}
	var piece []byte
	for {
		part, err := in.ReadSlice('>')
		piece = append(piece, part...)
		switch {
		case errors.Is(err, bufio.ErrBufferFull) && len(piece) <= maxMarkup:
			continue
		case errors.Is(err, bufio.ErrBufferFull):
			return &openRings{}, nil
		case errors.Is(err, io.EOF):
			return &s.openRings, nil
		case err != nil:
			return nil, err
		}
		at := bytes.IndexByte(piece, '<')
		if len(piece) > maxMarkup || len(s.of) > maxOpenRings {
			return &openRings{}, nil
		}
		if at >= 0 && unended(piece[at:]) {
			continue
		}
		if at >= 0 {
			s.take(piece[:at], piece[at+1:len(piece)-1])
		}
		s.lines += bytes.Count(piece, []byte("\n"))
		piece = piece[:0]
	}
}

// unended answers whether a piece of markup that ends with > goes on behind it: comments and raw text may hold one.
func unended(markup []byte) bool {
	return bytes.HasPrefix(markup, []byte("<!--")) && (len(markup) < 7 || !bytes.HasSuffix(markup, []byte("-->"))) ||
		bytes.HasPrefix(markup, []byte("<![CDATA[")) && !bytes.HasSuffix(markup, []byte("]]>"))
}

// take looks at a tag, and at the text before it.
func (s *ringScanner) take(text, tag []byte) {
	if len(tag) == 0 || tag[0] == '!' || tag[0] == '?' {
		return
	}
	if tag[0] == '/' {
		s.end(local(tag[1:]), text)
		s.depth--
		return
	}
	name, empty := local(tag), tag[len(tag)-1] == '/'
	if n := len(s.members); n > 0 && s.depth == s.members[n-1] {
		if s.feature, s.dimension = attributeOf(tag, "gml:id"), 2; strings.ContainsRune(s.feature, '&') {
			s.feature = "" // GDAL calls it otherwise
		}
	}
	if d, err := strconv.Atoi(attributeOf(tag, "srsDimension")); err == nil {
		s.dimension = d
	}
	if empty {
		return
	}
	s.depth++
	switch name {
	case "member", "featureMember", "featureMembers":
		s.members = append(s.members, s.depth)
	case "LinearRing":
		s.ring = []string{}
	}
}

func (s *ringScanner) end(name string, text []byte) {
	switch name {
	case "member", "featureMember", "featureMembers":
		if n := len(s.members); n > 0 && s.members[n-1] == s.depth {
			s.members = s.members[:n-1]
		}
	case "pos":
		if s.ring != nil {
			s.ring = append(s.ring, string(text))
		}
	case "posList":
		if numbers := strings.Fields(string(text)); s.ring != nil && s.dimension > 0 && len(numbers) >= 2*s.dimension {
			s.ring = append(s.ring, strings.Join(numbers[:s.dimension], " "), strings.Join(numbers[len(numbers)-s.dimension:], " "))
		}
	case "coordinates":
		if tuples := strings.Fields(string(text)); s.ring != nil && len(tuples) > 1 {
			s.ring = append(s.ring, tuples[0], tuples[len(tuples)-1])
		}
	case "LinearRing":
		if n := len(s.ring); n > 1 && !samePlace(s.ring[0], s.ring[n-1]) {
			s.found(strings.Join(strings.Fields(s.ring[0]), " "))
		}
		s.ring = nil
	}
}

func (s *ringScanner) found(place string) {
	if named := s.feature != ""; s.line == 0 || !named && !s.unnamed {
		s.place, s.line, s.unnamed = place, s.lines, !named
	}
	if s.feature != "" && s.of[s.feature] == "" {
		s.of[s.feature] = place
	}
}

// samePlace compares two positions by their numbers: 49 and 49.0 are one. What is no number is GDAL's to tell.
func samePlace(a, b string) bool {
	read := func(s string) (out []float64, ok bool) {
		for _, n := range strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == ',' || r == '\n' || r == '\t' || r == '\r' }) {
			f, err := strconv.ParseFloat(n, 64)
			if err != nil {
				return nil, false
			}
			out = append(out, f)
		}
		return out, true
	}
	first, ok1 := read(a)
	last, ok2 := read(b)
	return !ok1 || !ok2 || slices.Equal(first, last)
}

// local is the name of a tag without its prefix.
func local(tag []byte) string {
	if i := bytes.IndexAny(tag, " \t\r\n/"); i >= 0 {
		tag = tag[:i]
	}
	return string(tag[bytes.LastIndexByte(tag, ':')+1:])
}

// attributeOf is the value of an attribute; "" where the tag does not have it.
func attributeOf(tag []byte, name string) string {
	for rest := tag; ; {
		i := bytes.Index(rest, []byte(name))
		if i < 0 {
			return ""
		}
		before := i > 0 && strings.IndexByte(" \t\r\n", rest[i-1]) >= 0
		rest = rest[i+len(name):]
		value := bytes.TrimLeft(rest, " \t\r\n")
		if !before || len(value) == 0 || value[0] != '=' {
			continue
		}
		value = bytes.TrimLeft(value[1:], " \t\r\n")
		if len(value) == 0 || value[0] != '"' && value[0] != '\'' {
			return ""
		}
		if end := bytes.IndexByte(value[1:], value[0]); end >= 0 {
			return string(value[1 : 1+end])
		}
		return ""
	}
}

// refusal is the answer where an open ring is in a feature that nothing names, so that it could not be told which row it is.
func (o *openRings) refusal(file string) error {
	return &errs.Error{
		Code: "rings-open", Status: 422, Op: "reading", Location: file, Value: o.place,
		Title:  errs.T("مرزی در پرونده بسته نیست", "A boundary in the file is not closed"),
		Detail: errs.Tf("حلقه‌ای که در سطر %d پرونده از مختصات %s آغاز می‌شود به همان نقطه بازنمی‌گردد.", "The ring in line %d of the file that begins at %s does not return to that place.", o.line, o.place),
		Next:   errs.T("نقطه نخست هر حلقه را در پایان آن هم بنویسید، یا به هر عارضه gml:id بدهید تا بستن مرزها پیشنهاد شود.", "Write the first position of each ring at its end too, or give each feature a gml:id, and closing its boundaries is proposed."),
	}
}
