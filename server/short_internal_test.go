package server

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// shortSite is a server that answers what was asked for, on the short way where a version is even. How many went it is counted.
func shortSite(t *testing.T, size int, change func(*http.Server)) (l net.Listener, s *http.Server, short *atomic.Int32) {
	short = new(atomic.Int32)
	answer := func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		text := append(fmt.Appendf(nil, "%s %s %q;", r.Method, r.URL, body), make([]byte, size)...)
		w.Header().Set("Content-Length", fmt.Sprint(len(text)))
		w.Header().Set("Content-Type", "a")
		_, _ = w.Write(text)
	}
	s = HTTP(&addresses{http.HandlerFunc(answer), func(w http.ResponseWriter, r *http.Request) bool {
		if strings.HasSuffix(r.URL.RawQuery, "panic") {
			panic(http.ErrAbortHandler)
		}
		if c := r.URL.RawQuery; (c[len(c)-1]-'0')%2 != 0 {
			return false
		}
		short.Add(1)
		answer(w, r)
		return true
	}})
	if change != nil {
		change(s)
	}
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	l = Listener(inner)
	ended := make(chan error)
	go func() { ended <- s.Serve(l) }()
	t.Cleanup(func() {
		_ = s.Close()
		require.ErrorIs(t, <-ended, http.ErrServerClosed)
	})
	return l, s, short
}

func dial(t *testing.T, l net.Listener) (net.Conn, *bufio.Reader) {
	c, err := net.Dial("tcp", l.Addr().String())
	require.NoError(t, err)
	t.Cleanup(func() { _ = c.Close() })
	require.NoError(t, c.SetDeadline(time.Now().Add(30*time.Second)))
	return c, bufio.NewReader(c)
}

func tileAt(v string) string { return "GET /tiles/a/1/1/1?v=" + v + " HTTP/1.1\r\nHost: a\r\n\r\n" }

// However the bytes of requests come, in one piece or cut anywhere in two, each is answered once and in its turn: what is in a body is no request, and what net/http has begun to read
// it reads to its end. After each of them the connection comes back to the short way.
func TestRequestsCutAnywhere(t *testing.T) {
	t.Parallel()
	inBody := tileAt("4")
	answerOf := func(v string) string { return fmt.Sprintf("GET /tiles/a/1/1/1?v=%s %q;", v, "") }
	for _, c := range []struct {
		stream  string
		answers []string
	}{
		{tileAt("2"), []string{answerOf("2")}},
		{tileAt("2") + tileAt("6"), []string{answerOf("2"), answerOf("6")}},
		{tileAt("3") + tileAt("6"), []string{answerOf("3"), answerOf("6")}},
		{"GET /b HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\n" + tileAt("8"), []string{`GET /b "";`, answerOf("8")}},
		{fmt.Sprintf("POST /b HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n%s%s", len(inBody), inBody, tileAt("8")), []string{fmt.Sprintf("POST /b %q;", inBody), answerOf("8")}},
		{
			fmt.Sprintf("POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n%s", len(inBody), inBody, strings.Replace(tileAt("2"), "GET", "HEAD", 1)),
			[]string{fmt.Sprintf("POST /c %q;", inBody), "HEAD"},
		},
	} {
		t.Run("", func(t *testing.T) {
			t.Parallel()
			l, _, short := shortSite(t, 0, nil)
			client, in := dial(t, l)
			write := func(text string) {
				_, err := client.Write([]byte(text))
				require.NoError(t, err)
			}
			arrives := func(want string) {
				method, _, _ := strings.Cut(want, " ")
				answer, err := http.ReadResponse(in, &http.Request{Method: method})
				require.NoError(t, err)
				body, err := io.ReadAll(answer.Body)
				require.NoError(t, err)
				if method != http.MethodHead {
					require.Equal(t, want, string(body))
				}
			}
			back := func() { // to the short way; a request that comes before net/http has ended the one before may go its way
				for before := short.Load(); short.Load() == before; {
					write(tileAt("0"))
					arrives(answerOf("0"))
				}
			}
			for cut := range len(c.stream) {
				back()
				before := short.Load()
				write(c.stream[:cut])
				if cut > 0 {
					time.Sleep(time.Millisecond) // so that it is mostly read by itself
				}
				write(c.stream[cut:])
				for _, want := range c.answers {
					arrives(want)
				}
				if cut == 0 && c.stream == tileAt("2") {
					require.Equal(t, before+1, short.Load())
				}
			}
			back()
		})
	}
}

// Who waits for the end of a server gets the whole of an answer on the short way, though net/http takes the connection for idle; and the server does not wait for good.
func TestEndWaitsForShortAnswers(t *testing.T) {
	t.Parallel()
	const size = 32 << 20 // more than the sockets hold
	for _, patient := range []bool{true, false} {
		l, s, short := shortSite(t, size, nil)
		client, in := dial(t, l)
		for {
			_, err := client.Write([]byte(tileAt("0")))
			require.NoError(t, err)
			_, err = in.Peek(1)
			require.NoError(t, err)
			if short.Load() > 0 {
				break
			}
			drain(t, in)
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- Shutdown(ctx, s, l) }()
		require.Eventually(t, func() bool { return l.(listener).ends.Load() > 0 }, time.Minute, time.Millisecond, "the connection is closed later")
		if patient {
			require.Equal(t, size, drain(t, in))
			require.NoError(t, <-ended)
			_, err := in.ReadByte()
			require.ErrorIs(t, err, io.EOF)
		} else {
			cancel()
			require.ErrorIs(t, <-ended, context.Canceled)
			_ = client.Close()
		}
		cancel()
		require.Eventually(t, func() bool { return l.(listener).ends.Load() == 0 }, time.Minute, time.Millisecond)
	}
}

// drain reads one answer, and answers how much was behind what it says.
func drain(t *testing.T, in *bufio.Reader) int {
	answer, err := http.ReadResponse(in, nil)
	require.NoError(t, err)
	n, err := io.Copy(io.Discard, answer.Body)
	require.NoError(t, err)
	return int(n) - len(fmt.Sprintf("GET /tiles/a/1/1/1?v=0 %q;", ""))
}

// A client that sends the beginning of a request after short answers has the time that any other has.
func TestSlowRequestsEndAfterShortAnswers(t *testing.T) {
	t.Parallel()
	l, _, short := shortSite(t, 0, func(s *http.Server) { s.ReadHeaderTimeout = 3 * time.Second })
	client, in := dial(t, l)
	for short.Load() < 3 {
		_, err := client.Write([]byte(tileAt("0")))
		require.NoError(t, err)
		drain(t, in)
	}
	_, err := client.Write([]byte(tileAt("0")[:20]))
	require.NoError(t, err)
	rest, err := io.ReadAll(in)
	require.NoError(t, err)
	require.Contains(t, string(rest), "400 Bad Request")
}

// What breaks on the short way breaks its connection and no other.
func TestShortAnswerThatBreaks(t *testing.T) {
	t.Parallel()
	l, _, short := shortSite(t, 0, nil)
	client, in := dial(t, l)
	for short.Load() < 1 {
		_, err := client.Write([]byte(tileAt("0")))
		require.NoError(t, err)
		drain(t, in)
	}
	_, err := client.Write([]byte(tileAt("panic")))
	require.NoError(t, err)
	_, err = in.ReadByte()
	require.ErrorIs(t, err, io.EOF)
	client, in = dial(t, l)
	_, err = client.Write([]byte(tileAt("0")))
	require.NoError(t, err)
	drain(t, in)
}

// A file is sent behind its header, however little of it the client takes at once, and the connection is as good as before.
func TestFilesAreSentShortly(t *testing.T) {
	t.Parallel()
	for _, size := range []int{1, 70_000, 9 << 20} {
		body := make([]byte, size)
		for i := range body {
			body[i] = byte(i * i >> 7)
		}
		file, err := os.Create(filepath.Join(t.TempDir(), "body"))
		require.NoError(t, err)
		t.Cleanup(func() { _ = file.Close() })
		_, err = file.Write(body)
		require.NoError(t, err)
		sent := make(chan error, 1)
		l, _, short := shortSite(t, 0, func(s *http.Server) {
			all := s.Handler.(*addresses)
			*s = *HTTP(&addresses{all.Handler, func(w http.ResponseWriter, r *http.Request) bool {
				if r.URL.RawQuery != "v=file" {
					return all.kept(w, r)
				}
				w.Header().Set("Content-Length", fmt.Sprint(size))
				sent <- w.(*shortAnswer).SendFile(file, size)
				return true
			}})
		})
		client, in := dial(t, l)
		for range 3 {
			for before := short.Load(); short.Load() == before; {
				_, err := client.Write([]byte(tileAt("0")))
				require.NoError(t, err)
				drain(t, in)
			}
			_, err = client.Write([]byte(tileAt("file")))
			require.NoError(t, err)
			answer, err := http.ReadResponse(in, nil)
			require.NoError(t, err)
			if size > 1<<20 {
				time.Sleep(20 * time.Millisecond) // while the sockets fill
			}
			got, err := io.ReadAll(answer.Body)
			require.NoError(t, err)
			require.True(t, string(body) == string(got))
			require.NoError(t, <-sent)
		}
		require.NoError(t, file.Truncate(int64(size/2))) // it cannot be, and is the end of the connection if it is
		_, err = client.Write([]byte(tileAt("file")))
		require.NoError(t, err)
		require.ErrorIs(t, <-sent, io.ErrUnexpectedEOF)
		answer, err := http.ReadResponse(in, nil)
		require.NoError(t, err)
		_, err = io.ReadAll(answer.Body)
		require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	}
}

// CountShort counts what a server answers on the short way.
func CountShort(s *http.Server) func() int {
	all := s.Handler.(*addresses)
	counted := new(atomic.Int32)
	*s = *HTTP(&addresses{all.Handler, func(w http.ResponseWriter, r *http.Request) bool {
		counted.Add(1) // before the client has the answer
		done := all.kept(w, r)
		if !done {
			counted.Add(-1)
		}
		return done
	}})
	return func() int { return int(counted.Load()) }
}
