package gnaf

import (
	"hash/fnv"
	"io"
	"strings"
)

// alike is a number that rows of the same address share. Rows of two addresses hardly ever do, so that few rows have to be compared as texts. A row without a house number is
// no address of its own. It has to tell apart no more than sameAddress does.
func alike(attributes, derived map[string]any) (int64, bool) {
	number, ok := attributes["number"]
	if !ok {
		return 0, false
	}
	h := fnv.New64a()
	for _, part := range [...]string{
		text(derived["way_id"]), text(number), anyCase(attributes["number_suffix"]), text(attributes["street_before"]), text(attributes["neighbourhood"]), anyCase(attributes["block"]),
		anyCase(attributes["entrance"]), text(attributes["building"]), text(attributes["floor"]), anyCase(attributes["unit"]),
	} {
		_, _ = io.WriteString(h, part)
		_, _ = h.Write([]byte{31})
	}
	return int64(h.Sum64()), true
}

// anyCase gives one text for all that lower() of the database makes equal.
func anyCase(v any) string {
	s := text(v)
	if s == "" {
		return ""
	}
	return strings.ToLower(strings.ToUpper(s))
}
