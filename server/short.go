package server

import (
	"context"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

// A kept tile costs more in net/http than in the sockets: a goroutine that looks out for the end of the connection, a context, maps, timers. So a connection that net/http holds
// to be idle answers requests for kept tiles by itself, in the very call by which net/http waits for the next request, and hands the first one that is anything else over, byte
// for byte. Where a request begins net/http alone knows: when it waits, it has read all of the one before and nothing of the next.

// shortly answers a request by writing its body, or nothing, at once, and reports whether it did. What it did not answer it has not counted.
type shortly func(w http.ResponseWriter, r *http.Request) bool

// shortWay is what a connection has of it.
type shortWay struct {
	by    shortly
	mine  *shortAnswer // nil until it is needed
	turn  int          // of the goroutine that serves the connection alone
	state atomic.Int32
	ends  *atomic.Int64 // connections that are to be closed as soon as they have answered
}

// The turns of a connection. net/http says that it is idle, puts off the deadline, and then reads for the first time; where some of the next request has come already, it sets that
// request's deadline before it reads.
const (
	turnOfOther = iota
	turnToRead
	turnIdle
)

// readBuffer is that of net/http: a read of as much finds it empty.
const readBuffer = 4 << 10

// The states of a connection, for those who close it: net/http takes it for idle while it answers.
const (
	atRest int32 = iota
	talking
	leaving
)

// turned is told what becomes of a connection.
func (c *conn) turned(state http.ConnState, by shortly) {
	if state == http.StateIdle {
		c.by, c.turn = by, turnIdle
	}
}

// SetReadDeadline counts those that are set while the connection is idle.
func (c *conn) SetReadDeadline(t time.Time) error {
	if c.turn > turnOfOther {
		c.turn--
	}
	return c.TCPConn.SetReadDeadline(t)
}

// Read answers what it may, and hands over what it may not.
func (c *conn) Read(p []byte) (int, error) {
	if c.turn != turnToRead || len(p) != readBuffer {
		return c.TCPConn.Read(p)
	}
	if c.mine == nil {
		c.mine = newShortAnswer(c.TCPConn)
	}
	for {
		n, err := c.mine.socket.Read(p)
		if err == nil && c.mine.request.read(p[:n]) {
			var done bool
			if done, err = c.answerShortly(); err != nil {
				n = 0
			} else if done {
				continue
			}
		}
		c.turn = turnOfOther
		return n, err
	}
}

func (c *conn) answerShortly() (bool, error) {
	c.state.Store(talking)
	defer func() { // whatever becomes of the answer
		if !c.state.CompareAndSwap(talking, atRest) {
			_ = c.TCPConn.Close()
			c.ends.Add(-1)
		}
	}()
	return c.mine.answer(c.by)
}

// Close lets an answer on the short way come to its end.
func (c *conn) Close() error {
	c.ends.Add(1)
	if c.state.CompareAndSwap(talking, leaving) {
		return nil
	}
	c.ends.Add(-1)
	return c.TCPConn.Close()
}

// Shutdown ends a server of a Listener when everything that was asked for is answered.
func Shutdown(ctx context.Context, s *http.Server, l net.Listener) error {
	if err := s.Shutdown(ctx); err != nil {
		return err
	}
	own, ok := l.(listener)
	for ok && own.ends.Load() > 0 {
		select {
		case <-time.After(5 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}
