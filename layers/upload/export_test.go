package upload

import (
	"encoding/base64"
	"slices"
	"strings"
)

// Header writes metadata as clients do.
func Header(m *Metadata) string {
	var pairs []string
	for key, value := range m.encode() {
		pairs = append(pairs, key+" "+base64.StdEncoding.EncodeToString([]byte(value)))
	}
	slices.Sort(pairs)
	return strings.Join(pairs, ",")
}
