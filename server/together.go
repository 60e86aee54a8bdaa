package server

import (
	"context"
	"net"
	"net/http"
	"sync/atomic"
)

// Listener hands out connections on which kept tiles are answered before net/http, and other bodies can go out together with their header. net/http fills a buffer of 4 KB with the
// header and the beginning of the body, sends it, and then sends the rest: two calls of the system.
func Listener(l net.Listener) net.Listener { return listener{l, new(atomic.Int64)} }

type listener struct {
	net.Listener
	ends *atomic.Int64
}

func (l listener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if tcp, ok := c.(*net.TCPConn); ok {
		return &conn{TCPConn: tcp, shortWay: shortWay{ends: l.ends}}, err
	}
	return c, err
}

// conn is a connection of which the one goroutine that answers on it may hold a write back. All else, such as the sending of files, is the connection's own.
type conn struct {
	*net.TCPConn
	shortWay
	holding bool
	held    []byte
	both    [2][]byte
}

// mostHeld is the buffer of net/http: what is larger is not the beginning of something.
const mostHeld = 4 << 10

// Write keeps the first short write back while holding, and sends it with the next one.
func (c *conn) Write(p []byte) (int, error) {
	if !c.holding || len(c.held) == 0 && len(p) > mostHeld {
		return c.TCPConn.Write(p)
	}
	if len(c.held) == 0 {
		c.held = append(c.held, p...)
		return len(p), nil
	}
	c.both = [2][]byte{c.held, p}
	all := net.Buffers(c.both[:])
	n, err := all.WriteTo(c.TCPConn)
	n -= int64(len(c.held))
	c.holding, c.held, c.both = false, c.held[:0], [2][]byte{}
	return int(max(0, n)), err
}

// release sends what is still held back. Where that fails nothing more can be said on the connection.
func (c *conn) release() {
	c.holding = false
	if len(c.held) == 0 {
		return
	}
	if _, err := c.TCPConn.Write(c.held); err != nil {
		_ = c.Close()
	}
	c.held = c.held[:0]
}

type connKey struct{}

// withConn is the ConnContext of a server whose connections come from a Listener.
func withConn(ctx context.Context, c net.Conn) context.Context {
	if c, ok := c.(*conn); ok {
		return context.WithValue(ctx, connKey{}, c)
	}
	return ctx
}

// together answers with a handler that writes one body, which then goes out with its header.
func together(h http.Handler, w http.ResponseWriter, r *http.Request) {
	if c, ok := r.Context().Value(connKey{}).(*conn); ok {
		c.holding = true
		defer c.release()
	}
	h.ServeHTTP(w, r)
}
