package server_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"nsdi/access"
	"nsdi/server"
)

// wire is one connection on which one request after the other is sent as it is written.
type wire struct {
	net.Conn
	in   *bufio.Reader
	read bytes.Buffer // what has come since the last request
}

func newWire(t *testing.T, s *httptest.Server) *wire {
	c, err := net.Dial("tcp", s.Listener.Addr().String())
	require.NoError(t, err)
	t.Cleanup(func() { _ = c.Close() })
	require.NoError(t, c.SetDeadline(time.Now().Add(time.Minute)))
	l := &wire{Conn: c}
	l.in = bufio.NewReader(io.TeeReader(c, &l.read))
	return l
}

// ask answers the status and all bytes of the answer, but for the date.
func (l *wire) ask(t *testing.T, text string) (int, string) {
	t.Helper()
	l.read.Reset()
	_, err := l.Write([]byte(text))
	require.NoError(t, err)
	method, _, _ := strings.Cut(text, " ")
	answer, err := http.ReadResponse(l.in, &http.Request{Method: method})
	require.NoError(t, err)
	_, err = io.Copy(io.Discard, answer.Body)
	require.NoError(t, err)
	date, err := http.ParseTime(answer.Header.Get("Date"))
	require.NoError(t, err)
	require.WithinDuration(t, time.Now(), date, 20*time.Second)
	return answer.StatusCode, regexp.MustCompile(`\r\nDate: [^\r]*`).ReplaceAllString(l.read.String(), "")
}

// bothWays serves a site's addresses a second time, with the short way, and counts what went it.
func bothWays(t *testing.T, s *site) (own *httptest.Server, short func() int) {
	own = httptest.NewUnstartedServer(s.Config.Handler)
	own.Config, own.Listener = server.HTTP(s.Config.Handler), server.Listener(own.Listener)
	short = server.CountShort(own.Config)
	own.Start()
	t.Cleanup(own.Close)
	return own, short
}

// Whatever is asked for, the answer is that of net/http to its last byte, and it comes on the short way where the tile is kept and the request is a plain one.
func TestShortAnswersAreTheSame(t *testing.T) {
	t.Parallel()
	s := start(t, func(d *server.Deps) { d.Keys = &access.Keys{Pool: d.System} })
	own, short := bothWays(t, s)
	address := s.json(t, "/tiles/urban-boundary.json")["tiles"].([]any)[0].(string)
	_, address, _ = strings.Cut(strings.TrimPrefix(address, "http://"), "/")
	path := "/" + strings.NewReplacer("{z}", "14", "{x}", "10526", "{y}", "6472").Replace(address)
	empty := strings.Replace(path, "10526", "1", 1)
	text := func(method, path string, lines ...string) string {
		return fmt.Sprintf("%s %s HTTP/1.1\r\nHost: nsdi.example\r\n%s\r\n", method, path, strings.Join(append(lines, ""), "\r\n"))
	}
	answer, _ := s.do(t, "GET", path, "Accept-Encoding", "gzip")
	tag := answer.Header.Get("Etag")
	require.Equal(t, 200, answer.StatusCode)
	_, _ = s.do(t, "GET", empty)

	plain, mine := newWire(t, s.Server), newWire(t, own)
	for _, c := range []struct {
		text   string
		status int
		short  bool
	}{
		{text("GET", path), 200, true},
		{text("GET", path, "Accept-Encoding: gzip"), 200, true},
		{text("GET", path, "Accept-Encoding: zstd, gzip;q=0.5"), 200, true},
		{text("GET", path, "Accept-Encoding: br", "accept-encoding: identity;q=0, *"), 200, true},
		{text("GET", path, "Accept-Encoding: gzip;q=0"), 200, true},
		{text("HEAD", path, "Accept-Encoding: gzip"), 200, true},
		{text("GET", empty, "Accept-Encoding: gzip"), 200, true},
		{text("GET", path, "If-None-Match: "+tag), 304, true},
		{text("HEAD", path, "Accept-Encoding: gzip", `If-None-Match: "x", W/`+tag), 304, true},
		{text("GET", path, "If-None-Match: *"), 304, true},
		{text("GET", path, `If-None-Match: "x"`, "Cache-Control: no-cache", "Pragma: no-cache"), 200, true},
		{text("GET", path, "Connection: keep-alive", "User-Agent: a", "X-Forwarded-For: 192.0.2.1, nonsense"), 200, true},
		{text("GET", path, "Cookie: a=b; __Host-nsdi=c"), 200, true},
		{text("GET", path, "Range: bytes=0-1"), 200, false},
		{text("GET", path, "If-None-Match: "+tag, "Unknown: a"), 304, false},
		{text("GET", path, "Authorization: Bearer nothing"), 401, false},
		{text("GET", path, "X-Api-Key: nothing"), 401, false},
		{text("GET", strings.Replace(path, "10526", "%310526", 1)), 400, false},
		{text("GET", strings.Replace(path, "10526", "+10526", 1)), 400, false},
		{text("GET", strings.Replace(path, "10526", "99999", 1)), 404, false},
		{text("GET", strings.Replace(path, "14", "99999999999999999999", 1)), 400, false},
		{text("GET", strings.Replace(path, "?v=", "?v=0.", 1)), 200, false},
		{text("GET", strings.Replace(path, "?v=", "?w=", 1)), 200, false},
		{text("GET", strings.Replace(path, "urban-boundary", "nothing", 1)), 404, false},
		{text("GET", path+"&w=1"), 200, false},
		{text("GET", strings.Replace(path, "?", "/?", 1)), 404, false},
		{text("POST", path, "Content-Length: 3") + "abc", 405, false},
		{strings.Replace(text("GET", path, "Connection: keep-alive"), "1.1", "1.0", 1), 200, false},
	} {
		wantStatus, want := plain.ask(t, c.text)
		require.Equal(t, c.status, wantStatus, c.text)
		for before := short(); ; {
			status, got := mine.ask(t, c.text)
			require.Equal(t, c.status, status)
			require.Equal(t, want, got, c.text)
			if !c.short {
				require.Equal(t, before, short(), c.text)
				break
			} else if short() > before { // a request that comes before net/http has ended the one before may go its way
				break
			}
		}
	}
	want, got := newWire(t, s.Server), newWire(t, own)
	last := text("GET", path, "Connection: close")
	for _, l := range []*wire{want, got} {
		status, _ := l.ask(t, last)
		require.Equal(t, 200, status)
		_, err := l.in.ReadByte()
		require.ErrorIs(t, err, io.EOF)
	}
	require.Equal(t, want.read.String()[:100], got.read.String()[:100])
}

// Tiles count alike on both ways, and who has had too many is told so.
func TestShortAnswersAreCounted(t *testing.T) {
	t.Parallel()
	s := limited(t)
	own, short := bothWays(t, s)
	address := s.json(t, "/tiles/urban-boundary.json")["tiles"].([]any)[0].(string)
	_, address, _ = strings.Cut(strings.TrimPrefix(address, "http://"), "/")
	text := "GET /" + strings.NewReplacer("{z}", "14", "{x}", "10526", "{y}", "6472").Replace(address) + " HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 5.160.1.2\r\n\r\n"
	plain, mine := newWire(t, s.Server), newWire(t, own)
	for i := range 120 {
		status, _ := []*wire{plain, mine}[i%2].ask(t, text)
		require.Equal(t, 200, status, i)
	}
	require.Positive(t, short())
	_, want := plain.ask(t, text)
	status, got := mine.ask(t, text)
	require.Equal(t, 429, status)
	require.Equal(t, want, got)
	status, _ = mine.ask(t, strings.Replace(text, "5.160", "5.161", 1))
	require.Equal(t, 200, status, "another network")

	// Who signed in is bounded by no quota, whoever else is in his network.
	b := newBrowser(t, s.URL)
	require.Equal(t, 303, b.signIn(t, "sara", sarasPassword).StatusCode)
	_, path, _ := strings.Cut(text, " ")
	path, _, _ = strings.Cut(path, " ")
	require.Equal(t, 200, b.send(t, "GET", path, nil, "X-Forwarded-For", "5.160.1.2").StatusCode)
}
