package server

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func newShortRequest(t testing.TB) *shortRequest {
	c, other := net.Pipe()
	t.Cleanup(func() { _, _ = c.Close(), other.Close() })
	r := new(shortRequest)
	r.of(c)
	return r
}

const plainest = "GET /tiles/gnaf-address/14/10531/6450?v=12.3-0a1b HTTP/1.1\r\nHost: nsdi.example:8080\r\n\r\n"

// with puts lines behind the first one of the plainest request.
func with(lines ...string) string {
	return strings.Replace(plainest, "\r\n", "\r\n"+strings.Join(append(lines, ""), "\r\n"), 1)
}

func TestOnlyThePlainestIsReadShortly(t *testing.T) {
	t.Parallel()
	r := newShortRequest(t)
	browser := with("Connection: keep-alive", "User-Agent: Mozilla/5.0 (X11) é"[:25], "ACCEPT: */*", "accept-encoding:gzip, br \t", "Accept-Encoding: zstd", "Referer: http://a/", "Cookie: a=b; c=d", "Sec-Fetch-Site: same-origin",
		`If-None-Match: "a", W/"b"`, "X-Forwarded-For: 192.0.2.1")
	require.True(t, r.read([]byte(browser)))
	require.Equal(t, http.Header{"Accept-Encoding": {"gzip, br", "zstd"}, "If-None-Match": {`"a", W/"b"`}, "X-Forwarded-For": {"192.0.2.1"}}, r.Header)
	require.True(t, r.read([]byte(strings.Replace(plainest, "GET", "HEAD", 1))))
	require.Equal(t, http.Header{}, r.Header, "nothing is left of the one before")
	require.Equal(t, []string{"HEAD", "/tiles/gnaf-address/14/10531/6450", "v=12.3-0a1b", "nsdi.example:8080"}, []string{r.Method, r.URL.Path, r.URL.RawQuery, r.Host})
	for _, other := range []string{with("X-Forwarded-For: 192.0.2.2"), with("Unknown: a"), with("Host: b")} { // between two of the same header
		require.True(t, r.read([]byte(browser)))
		_ = r.read([]byte(other))
		require.True(t, r.read([]byte(strings.Replace(browser, "14", "13", 1))))
		require.Equal(t, []string{"/tiles/gnaf-address/13/10531/6450", "nsdi.example:8080", "192.0.2.1"}, []string{r.URL.Path, r.Host, r.Header.Get("X-Forwarded-For")})
	}
	for n := range len(browser) {
		require.False(t, r.read([]byte(browser[:n])), "only the first %d bytes", n)
	}
	for _, text := range []string{
		browser + "G", browser + plainest, "\r\n" + plainest, strings.ReplaceAll(plainest, "\r\n", "\n"), strings.Replace(plainest, "\r\n", "\r\r\n", 1),
		strings.Replace(plainest, "GET", "POST", 1), strings.Replace(plainest, "GET", "get", 1), strings.Replace(plainest, " ", "  ", 1), strings.Replace(plainest, "1.1", "1.0", 1),
		strings.Replace(plainest, "/tiles", "http://a/tiles", 1), strings.Replace(plainest, "/tiles", "/styles", 1), strings.Replace(plainest, "?v=", "#?v=", 1), strings.Replace(plainest, "?v=12.3-0a1b", "", 1),
		strings.Replace(plainest, "14", "%31%34", 1), strings.Replace(plainest, "v=", "v=%20", 1), strings.Replace(plainest, "v=", "a=1&v=", 1), strings.Replace(plainest, "/14/", "/../14/", 1),
		strings.Replace(plainest, "Host: nsdi.example:8080\r\n", "", 1), strings.Replace(plainest, "nsdi", "ns di", 1), strings.Replace(plainest, "nsdi.example:8080", "", 1), with("Host: b"), strings.Replace(plainest, "Host:", "Host :", 1),
		with("Content-Length: 0"), with("Content-Length: 5"), with("Transfer-Encoding: chunked"), with("Expect: 100-continue"), with("Upgrade: h2c"), with("Range: bytes=0-1"),
		with("Authorization: Bearer a"), with("X-Api-Key: a"), with("Api-Key: a"), with("Connection: close"), with("Connection: keep-alive, Upgrade"), with("Connection: Keep-Alive, X-Forwarded-For"), with("Trailer: a"), with("TE: trailers"), with("Unknown: a"),
		with("Accept: a", " folded"), with("Accept: a\x00"), with("Accept: a\rb"), with("Accept: a\nCookie: b"), with("Accept: é"), with("Accept\t: a"), with("Accept"), with(": a"), with("Accept " + strings.Repeat("x", 40) + ": a"),
	} {
		require.False(t, r.read([]byte(text)), "%q", text)
	}
}

// What is read shortly net/http reads in the same way, to its last byte.
func FuzzShortRequest(f *testing.F) {
	for _, seed := range []string{
		plainest, with("Accept-Encoding: gzip", "If-None-Match: *"), with("X-Forwarded-For: 10.0.0.1, ::1", "Connection: keep-alive"), with("Pragma: no-cache", "Origin: null"), plainest + plainest,
		with("Content-Length: 3") + "abc", with("Transfer-Encoding: chunked") + "0\r\n\r\n", with("Host: b"), with("Accept:\t a\t "), with("If-None-Match:"), strings.Replace(plainest, ".", "/", 3), with("Connection: close"), with("Cookie: a"),
	} {
		f.Add([]byte(seed))
	}
	short := newShortRequest(f)
	f.Fuzz(func(t *testing.T, text []byte) {
		if !short.read(text) {
			require.False(t, short.read(text))
			return
		}
		require.True(t, short.read(text), "the same header again")
		in := bufio.NewReader(bytes.NewReader(text))
		r, err := http.ReadRequest(in)
		require.NoError(t, err)
		rest, err := io.ReadAll(in)
		require.NoError(t, err)
		require.Empty(t, rest)
		body, err := io.ReadAll(r.Body)
		require.NoError(t, err)
		require.Empty(t, body)
		require.Equal(t, []string{r.Method, r.RequestURI, r.URL.Path, r.URL.RawQuery, r.Host, r.Proto}, []string{short.Method, short.RequestURI, short.URL.Path, short.URL.RawQuery, short.Host, short.Proto})
		require.Equal(t, []string{"", "", "", ""}, []string{r.URL.RawPath, r.URL.Host, r.URL.Scheme, r.URL.Fragment})
		require.False(t, r.Close)
		require.Zero(t, r.ContentLength)
		require.Empty(t, r.TransferEncoding)
		for _, name := range []string{"Accept-Encoding", "If-None-Match", "X-Forwarded-For"} {
			require.Equal(t, r.Header[name], short.Header[name], name)
		}
		for _, name := range []string{"Authorization", "X-Api-Key", "Api-Key", "Range", "Expect", "Upgrade"} {
			require.NotContains(t, r.Header, name)
		}
	})
}
