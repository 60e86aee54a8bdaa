package server_test

import (
	"encoding/json"
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/access"
	"nsdi/server"
)

// limited is a site behind a proxy on this machine, whose public may ask for little: 1 search at once, 2 of data, 120 tiles.
func limited(t *testing.T) *site {
	now := time.Now()
	return staffed(t, func(d *server.Deps) {
		d.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
		d.PublicQuotas = &access.PublicQuotas{Factor: 0.02, Now: func() time.Time { return now }}
		d.Keys = &access.Keys{Pool: d.System}
	})
}

func TestPublicIsLimitedByNetwork(t *testing.T) {
	t.Parallel()
	s := limited(t)
	ask := func(path, from string, header ...string) (int, map[string]string, map[string]any) {
		r, body := s.do(t, "GET", path, append(header, "X-Forwarded-For", from)...)
		got := map[string]string{}
		for _, name := range []string{"RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset", "RateLimit-Policy", "Retry-After"} {
			if v := r.Header.Get(name); v != "" {
				got[name] = v
			}
		}
		var p map[string]any
		_ = json.Unmarshal(body, &p)
		return r.StatusCode, got, p
	}
	status, header, _ := ask("/v1/geocode?q=x", "5.160.1.2")
	require.Equal(t, 200, status)
	assert.Equal(t, map[string]string{"RateLimit-Limit": "1", "RateLimit-Remaining": "0", "RateLimit-Reset": "5", "RateLimit-Policy": "1;w=5"}, header)
	status, header, p := ask("/v1/reverse?lat=35.3&lon=51.3", "5.160.1.2")
	require.Equal(t, 429, status, "both searches are one class")
	assert.Equal(t, "5", header["Retry-After"])
	assert.Equal(t, "quota-exceeded", p["code"])
	assert.Contains(t, p["title_fa"], "نشانی")
	status, _, _ = ask("/v1/geocode?q=x", "5.160.1.3")
	assert.Equal(t, 200, status, "another network")
	status, _, _ = ask("/v1/geocode?q=x", "2a01:5ec0:1:2::1")
	assert.Equal(t, 200, status)
	status, _, _ = ask("/v1/geocode?q=x", "2a01:5ec0:1:2:8::1")
	assert.Equal(t, 429, status, "the same /64")
	status, header, _ = ask("/v1/themes", "5.160.1.2")
	assert.Equal(t, 200, status, "another class")
	assert.Equal(t, "2", header["RateLimit-Limit"])

	// Tiles of the public come without the fields, until there are too many; files and pages are not counted.
	for range 120 {
		status, header, _ = ask("/tiles/road/14/0/0", "5.160.1.2")
		require.Equal(t, 200, status)
		require.Empty(t, header)
	}
	status, header, _ = ask("/tiles/road/14/0/0", "5.160.1.2")
	assert.Equal(t, 429, status)
	assert.Equal(t, "1", header["Retry-After"])
	for range 10 {
		for _, path := range []string{"/", "/assets/index-abc.js", "/sign-in", "/openapi.json", "/healthz"} {
			status, header, _ = ask(path, "5.160.1.2")
			require.Equal(t, 200, status, path)
			require.Empty(t, header)
		}
	}

	// A key has its own quota, and a person who signed in has none.
	_, secret, err := (&access.Keys{Pool: s.pool}).Add(t.Context(), access.Key{
		Name: "x", Agency: "post", Roles: []access.Role{access.Inquirer}, Scopes: []string{"*"}, ExpiresAt: time.Now().Add(time.Hour),
	})
	require.NoError(t, err)
	status, header, _ = ask("/v1/geocode?q=x", "5.160.1.2", "x-api-key", secret)
	assert.Equal(t, 200, status)
	assert.Equal(t, "40;w=2, 200000;w=86400", header["RateLimit-Policy"])
	b := newBrowser(t, s.URL)
	require.Equal(t, 303, b.signIn(t, "sara", sarasPassword).StatusCode)
	for range 5 {
		answer := b.send(t, "GET", "/v1/geocode?q=x", nil, "X-Forwarded-For", "5.160.1.2")
		require.Equal(t, 200, answer.StatusCode)
		require.Empty(t, answer.Header.Get("RateLimit-Limit"))
	}
	// The machine itself is not counted.
	for range 5 {
		status, _, _ = ask("/v1/geocode?q=x", "127.0.0.1")
		require.Equal(t, 200, status)
	}
}
