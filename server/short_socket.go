package server

import (
	"io"
	"net"
	"os"
	"runtime"
	"syscall"
	"unsafe"
)

// shortSocket reads and writes a connection's socket by calls of the system that Go's scheduler is not told of. The socket never blocks, so that none takes longer than what it copies;
// being told of each, the scheduler would wake the thread that looks after long ones. Only the waiting, with its deadlines, is the scheduler's.
type shortSocket struct {
	raw           syscall.RawConn
	receive, send func(fd uintptr) bool // made once
	err           error                 // of either

	into []byte
	came int

	head, body   []byte // that are still to be sent, before
	file         int    // what is from here
	offset, size int64
}

func (s *shortSocket) of(c *net.TCPConn) {
	s.raw, s.err = c.SyscallConn()
	s.receive, s.send = s.receiveOn, s.sendOn
}

// Read is that of net.Conn.
func (s *shortSocket) Read(p []byte) (int, error) {
	s.into, s.came, s.err = p, 0, nil
	if err := s.raw.Read(s.receive); err != nil {
		return 0, err
	}
	return s.came, s.err
}

// receiveOn reads once, and reports false where there is nothing yet.
func (s *shortSocket) receiveOn(fd uintptr) bool {
	for {
		n, _, errno := syscall.RawSyscall(syscall.SYS_READ, fd, uintptr(unsafe.Pointer(unsafe.SliceData(s.into))), uintptr(len(s.into)))
		switch errno {
		case syscall.EAGAIN:
			return false
		case syscall.EINTR:
			continue
		case 0:
			if s.came = int(n); n == 0 {
				s.err = io.EOF
			}
		default:
			s.err = os.NewSyscallError("read", errno)
		}
		return true
	}
}

// sendBytes sends a header and its body.
func (s *shortSocket) sendBytes(head, body []byte) error {
	s.head, s.body, s.offset, s.size = head, body, 0, 0
	return s.sendAll()
}

// sendFile sends a header and the first bytes of a file, of which there is no copy.
func (s *shortSocket) sendFile(head []byte, f *os.File, size int) error {
	s.head, s.body, s.file, s.offset, s.size = head, nil, int(f.Fd()), 0, int64(size)
	defer runtime.KeepAlive(f)
	return s.sendAll()
}

func (s *shortSocket) sendAll() error {
	s.err = nil
	err := s.raw.Write(s.send)
	s.head, s.body = nil, nil
	if err != nil {
		return err
	}
	return s.err
}

// sendOn sends what the socket takes, and reports whether it is called for the last time.
func (s *shortSocket) sendOn(fd uintptr) bool {
	for {
		var n uintptr
		var errno syscall.Errno
		switch {
		case len(s.head) > 0:
			flags := syscall.MSG_NOSIGNAL
			if len(s.body) > 0 || s.size > 0 { // they share a packet
				flags |= syscall.MSG_MORE
			}
			n, errno = sendTo(fd, s.head, flags)
			s.head = s.head[n:]
		case len(s.body) > 0:
			n, errno = sendTo(fd, s.body, syscall.MSG_NOSIGNAL)
			s.body = s.body[n:]
		case s.offset < s.size:
			n, _, errno = syscall.RawSyscall6(syscall.SYS_SENDFILE, fd, uintptr(s.file), uintptr(unsafe.Pointer(&s.offset)), uintptr(s.size-s.offset), 0, 0)
			if errno == 0 && n == 0 { // the file is shorter
				s.err = io.ErrUnexpectedEOF
				return true
			}
		default:
			return true
		}
		switch errno {
		case 0, syscall.EINTR:
		case syscall.EAGAIN:
			return false
		default:
			s.err = os.NewSyscallError("send", errno)
			return true
		}
	}
}

// sendTo answers how much was taken: nothing, where there is an error.
func sendTo(fd uintptr, p []byte, flags int) (uintptr, syscall.Errno) {
	n, _, errno := syscall.RawSyscall6(syscall.SYS_SENDTO, fd, uintptr(unsafe.Pointer(unsafe.SliceData(p))), uintptr(len(p)), uintptr(flags), 0, 0)
	if errno != 0 {
		return 0, errno
	}
	return n, 0
}
