package server

import (
	"net"
	"net/http"
	"os"
	"slices"
	"strconv"
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
	second  int64
	date    string // of that second
	err     error
	socket  shortSocket
}

func newShortAnswer(c *net.TCPConn) *shortAnswer {
	a := &shortAnswer{conn: c, header: http.Header{}}
	a.request.of(c)
	a.socket.of(c)
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
	a.date = now.UTC().Format(http.TimeFormat)
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
	for _, name := range a.sorted() {
		for _, value := range a.header[name] {
			a.field(name, value)
		}
	}
	a.field("Date", a.date)
	a.head = append(a.head, "\r\n\r\n"...)
}

// sorted answers the names of the header in their order, mostly those of the answer before.
func (a *shortAnswer) sorted() []string {
	if len(a.names) == len(a.header) && !slices.ContainsFunc(a.names, func(name string) bool { return a.header[name] == nil }) {
		return a.names
	}
	a.names = a.names[:0]
	for name := range a.header {
		a.names = append(a.names, name)
	}
	slices.Sort(a.names)
	return a.names
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
	a.sent, a.err = true, a.socket.sendBytes(a.head, p)
	return len(p), a.err
}

// SendFile has the system send all of a file behind the header, without a copy of it.
func (a *shortAnswer) SendFile(f *os.File, size int) error {
	if len(a.head) == 0 {
		a.WriteHeader(http.StatusOK)
	}
	a.sent, a.err = true, a.socket.sendFile(a.head, f, size)
	return a.err
}
