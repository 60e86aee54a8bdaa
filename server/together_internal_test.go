package server

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// pair is a connection as the server has it, and its client's end.
func pair(t *testing.T) (*conn, net.Conn) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	client, err := net.Dial("tcp", l.Addr().String())
	require.NoError(t, err)
	t.Cleanup(func() { _ = client.Close() })
	c, err := Listener(l).Accept()
	require.NoError(t, err)
	t.Cleanup(func() { _ = c.Close() })
	return c.(*conn), client
}

func TestBeginningWaitsForTheRest(t *testing.T) {
	t.Parallel()
	c, client := pair(t)
	arrives := func(want string) {
		t.Helper()
		got := make([]byte, len(want))
		_ = client.SetReadDeadline(time.Now().Add(10 * time.Second))
		_, err := io.ReadFull(client, got)
		require.NoError(t, err)
		require.Equal(t, want, string(got))
		_ = client.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
		_, err = client.Read(make([]byte, 1))
		require.Error(t, err, "nothing else has come")
	}
	write := func(text string) {
		t.Helper()
		n, err := c.Write([]byte(text))
		require.NoError(t, err)
		require.Equal(t, len(text), n)
	}
	c.holding = true
	write("head")
	arrives("")
	write("body")
	arrives("headbody")
	write("more")
	arrives("more")
	c.release()
	c.holding = true
	write("alone")
	c.release()
	arrives("alone")
	c.holding = true
	write(strings.Repeat("x", mostHeld+1))
	arrives(strings.Repeat("x", mostHeld+1))
	c.release()
}

// Answers are those of net/http, byte by byte: of all sizes, one after the other on one connection, asked for at once, by HTTP/1.0, without a body, and of handlers that take the
// connection over or break off.
func TestAnswersThatGoOutTogether(t *testing.T) {
	t.Parallel()
	size := func(r *http.Request) (n int) {
		_, err := fmt.Sscanf(r.URL.Path, "/%d", &n)
		require.NoError(t, err)
		return n
	}
	body := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n := size(r)
		w.Header().Set("Content-Length", fmt.Sprint(n))
		w.Header()["Date"] = nil
		if r.Method != http.MethodHead {
			_, _ = w.Write(bytes.Repeat([]byte{byte('a' + n%26)}, n))
		}
	})
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/panic":
			together(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				_, _ = w.Write(make([]byte, 5000))
				panic(http.ErrAbortHandler)
			}), w, r)
		case "/hijack":
			c, _, err := w.(http.Hijacker).Hijack()
			if err == nil {
				_, _ = c.Write([]byte("taken over"))
				_ = c.Close()
			}
		default:
			together(body, w, r)
		}
	})
	start := func(own bool) *httptest.Server {
		s := httptest.NewUnstartedServer(handler)
		if own {
			s.Config, s.Listener = HTTP(handler), Listener(s.Listener)
		}
		s.Start()
		t.Cleanup(s.Close)
		return s
	}
	ask := func(s *httptest.Server, text string) string {
		c, err := net.Dial("tcp", s.Listener.Addr().String())
		require.NoError(t, err)
		defer c.Close()
		_, err = c.Write([]byte(text))
		require.NoError(t, err)
		require.NoError(t, c.SetReadDeadline(time.Now().Add(20*time.Second)))
		answer, err := io.ReadAll(c)
		require.NoError(t, err)
		return string(answer)
	}
	plain, own := start(false), start(true)
	many := ""
	for n := range 60 {
		many += fmt.Sprintf("%s /%d HTTP/1.1\r\nHost: a\r\n\r\n", []string{"GET", "GET", "HEAD"}[n%3], n*n*7+3900+n)
	}
	for _, text := range []string{
		many + "GET /100 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
		"GET /9000 HTTP/1.0\r\n\r\n",
		"GET /0 HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET /5000 HTTP/1.0\r\n\r\n",
		"HEAD /9000 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
		"GET /3000 HTTP/1.1\r\nHost: a\r\n\r\nbad\r\n\r\n",
	} {
		require.Equal(t, ask(plain, text), ask(own, text))
	}
	for _, text := range []string{"GET /hijack HTTP/1.1\r\nHost: a\r\n\r\n", "GET /5000 HTTP/1.1\r\nHost: a\r\n\r\nGET /hijack HTTP/1.1\r\nHost: a\r\n\r\n"} {
		got := ask(own, text)
		require.True(t, strings.HasSuffix(got, "taken over"))
		require.Equal(t, ask(plain, text), got)
	}
	require.NotContains(t, ask(own, "GET /panic HTTP/1.1\r\nHost: a\r\n\r\nGET /10 HTTP/1.1\r\nHost: a\r\n\r\n"), "kkkkk", "what was broken off is the end")

	for range 50 { // clients that go away in the middle of a body
		c, err := net.Dial("tcp", own.Listener.Addr().String())
		require.NoError(t, err)
		_, err = c.Write([]byte(strings.Repeat("GET /3000000 HTTP/1.1\r\nHost: a\r\n\r\n", 3)))
		require.NoError(t, err)
		_, err = bufio.NewReader(c).ReadByte()
		require.NoError(t, err)
		require.NoError(t, c.Close())
	}
	require.Equal(t, ask(plain, "GET /70000 HTTP/1.0\r\n\r\n"), ask(own, "GET /70000 HTTP/1.0\r\n\r\n"))
}
