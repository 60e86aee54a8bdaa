package server

import (
	"net/http/httptest"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"
)

// X-Forwarded-For is believed only as far as proxies that are trusted wrote it: a caller must not choose the address that is counted or let in.
func TestRemote(t *testing.T) {
	t.Parallel()
	s := &server{Deps: Deps{TrustedProxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}}
	for _, c := range []struct{ from, forwarded, want string }{
		{"192.0.2.1:5", "", "192.0.2.1"},
		{"192.0.2.1:5", "203.0.113.9", "192.0.2.1"},
		{"10.0.0.1:5", "203.0.113.9", "203.0.113.9"},
		{"10.0.0.1:5", "198.51.100.1, 203.0.113.9", "203.0.113.9"},
		{"10.0.0.1:5", "203.0.113.9, 10.0.0.2", "203.0.113.9"},
		{"10.0.0.1:5", "203.0.113.9, nonsense", "10.0.0.1"},
		{"[::ffff:10.0.0.1]:5", "2001:db8::1", "2001:db8::1"},
		{"10.0.0.1:5", "", "10.0.0.1"},
		{"@", "203.0.113.9", "invalid IP"},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = c.from
		if c.forwarded != "" {
			r.Header.Set("X-Forwarded-For", c.forwarded)
		}
		assert.Equal(t, c.want, s.remote(r).String(), "%s %s", c.from, c.forwarded)
	}
}
