package tiles

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestAcceptsGzip(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]bool{
		"": false, "gzip": true, "GZIP": true, "br, gzip;q=0.5": true, "gzip;q=0": false, "gzip; q=0.0, *": false, "*": true, "*;q=0": false,
		"identity": false, "x-gzip": true, "gzip;q=abc": false, "deflate, gzip;q=1.0, *;q=0.5": true,
	} {
		assert.Equal(t, want, acceptsGzip([]string{value}), value)
	}
}
