package upload

import (
	"encoding/base64"
	"io"
	"slices"
	"strings"
	"time"
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

// Paced is the body of a transfer by a clock.
func Paced(body io.ReadCloser, now func() time.Time) io.Reader {
	return &paced{ReadCloser: body, now: now}
}
