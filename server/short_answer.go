package server

import (
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"slices"
	"strconv"
	"syscall"
	"time"
)

// shortAnswer writes the answers of a connection's short way, as net/http would: the header fields in the order of their names, then the date. All of it is used again.
type shortAnswer struct {
	conn    *net.TCPConn
	request shortRequest
	header  http.Header
	names   []string
	head    []byte // up to the body; empty before the status is known
	sent    bool
	both    [2][]byte
	parts   net.Buffers
	second  int64
	date    []byte // of that second
	err     error

	raw    syscall.RawConn
	step   func(fd uintptr) bool
	rest   []byte // of the header, before a file
	file   int
	offset int64
	size   int64
}

func newShortAnswer(c *net.TCPConn) *shortAnswer {
	a := &shortAnswer{conn: c, header: http.Header{}}
	a.request.of(c)
	a.raw, a.err = c.SyscallConn()
	a.step = a.sendOn
	return a
}

// answer answers the request, and reports whether it is answered. An error says that nothing more can be said on the connection.
func (a *shortAnswer) answer(by shortly) (bool, error) {
	if err := a.tick(time.Now()); err != nil {
		return false, err
	}
	clear(a.header)
	a.head, a.sent, a.err = a.head[:0], false, nil
	if !by(a, &a.request.Request) {
		return false, nil
	}
	if !a.sent {
		_, _ = a.Write(nil)
	}
	return true, a.err
}

// tick does what has to be done once a second only: it puts off the deadlines, which are those that net/http has for an idle connection and for an answer, and writes the date.
func (a *shortAnswer) tick(now time.Time) error {
	if now.Unix() == a.second {
		return nil
	}
	a.second = now.Unix()
	a.date = now.UTC().AppendFormat(a.date[:0], http.TimeFormat)
	if err := a.conn.SetReadDeadline(now.Add(idleTime)); err != nil {
		return err
	}
	return a.conn.SetWriteDeadline(now.Add(writeTime + time.Second))
}

func (a *shortAnswer) Header() http.Header { return a.header }

func (a *shortAnswer) WriteHeader(status int) {
	a.head = append(a.head, "HTTP/1.1 "...)
	a.head = strconv.AppendInt(a.head, int64(status), 10)
	a.head = append(a.head, ' ')
	a.head = append(a.head, http.StatusText(status)...)
	a.names = a.names[:0]
	for name := range a.header {
		a.names = append(a.names, name)
	}
	slices.Sort(a.names)
	for _, name := range a.names {
		for _, value := range a.header[name] {
			a.field(name, value)
		}
	}
	a.field("Date", string(a.date))
	a.head = append(a.head, "\r\n\r\n"...)
}

func (a *shortAnswer) field(name, value string) {
	a.head = append(a.head, "\r\n"...)
	a.head = append(a.head, name...)
	a.head = append(a.head, ": "...)
	a.head = append(a.head, value...)
}

// Write sends the header with the body, which is all of it.
func (a *shortAnswer) Write(p []byte) (int, error) {
	if len(a.head) == 0 {
		a.WriteHeader(http.StatusOK)
	}
	if a.request.Method == http.MethodHead {
		p = nil
	}
	a.sent, a.both = true, [2][]byte{a.head, p}
	a.parts = a.both[:]
	_, a.err = a.parts.WriteTo(a.conn)
	a.both = [2][]byte{}
	return len(p), a.err
}

// SendFile has the system send all of a file behind the header, without a copy of it.
func (a *shortAnswer) SendFile(f *os.File, size int) error {
	if len(a.head) == 0 {
		a.WriteHeader(http.StatusOK)
	}
	a.sent, a.rest, a.file, a.offset, a.size = true, a.head, int(f.Fd()), 0, int64(size)
	if err := a.raw.Write(a.step); err != nil {
		a.err = err
	}
	runtime.KeepAlive(f)
	return a.err
}

// sendOn sends what the socket takes, and reports whether it is called for the last time.
func (a *shortAnswer) sendOn(fd uintptr) bool {
	for len(a.rest) > 0 || a.offset < a.size {
		var n int
		if len(a.rest) > 0 {
			n, a.err = syscall.SendmsgN(int(fd), a.rest, nil, nil, syscall.MSG_MORE|syscall.MSG_NOSIGNAL)
			a.rest = a.rest[max(0, n):]
		} else if n, a.err = syscall.Sendfile(int(fd), a.file, &a.offset, int(a.size-a.offset)); n == 0 && a.err == nil {
			a.err = io.ErrUnexpectedEOF
		}
		switch {
		case errors.Is(a.err, syscall.EAGAIN):
			a.err = nil
			return false
		case errors.Is(a.err, syscall.EINTR):
			a.err = nil
		case a.err != nil:
			return true
		}
	}
	return true
}
