package tiles

import (
	"net/http"
	"os"
	"runtime"
	"sync/atomic"

	"golang.org/x/sys/unix"
)

const (
	// largeBody is from where on a body is kept in a file of memory: to have the system send it costs less than to copy it to a socket, and it does not make the heap larger.
	largeBody = 64 << 10
	// mostFiles bounds those that are open at once, as each takes a file descriptor. Further bodies are kept in the heap.
	mostFiles = 512
)

// FileSender is a writer of answers that can have the system send the whole of a file as the body.
type FileSender interface {
	SendFile(f *os.File, size int) error
}

// toFile keeps a form's body in a file without a name, which is gone with the form. Where there cannot be one it stays as it is.
func (p *packers) toFile(f *form) {
	if len(f.bytes) < largeBody || p.files.Load() >= mostFiles {
		return
	}
	fd, err := unix.MemfdCreate("tile", unix.MFD_CLOEXEC)
	if err != nil {
		return
	}
	file := os.NewFile(uintptr(fd), "tile") // closed when nobody has it any more
	if _, err := file.Write(f.bytes); err != nil {
		_ = file.Close()
		return
	}
	f.file, f.bytes = file, nil
	p.files.Add(1)
	runtime.AddCleanup(f, func(files *atomic.Int64) { files.Add(-1) }, &p.files)
}

// body is all of it.
func (f *form) body() []byte {
	if f.file == nil {
		return f.bytes
	}
	body := make([]byte, f.size)
	if _, err := f.file.ReadAt(body, 0); err != nil { // it is memory
		panic(err)
	}
	return body
}

// send sends a form's body, in the way that costs least. Where it fails the client went away, and nobody is left to tell.
func (t *Tile) send(w http.ResponseWriter, f *form) {
	if f.file == nil {
		_, _ = w.Write(f.bytes)
		return
	}
	if s, ok := w.(FileSender); ok {
		_ = s.SendFile(f.file, f.size)
		return
	}
	// A new buffer of this size would cost more than all else: the heap clears it, and the collector comes for it.
	buffer, ok := t.packers.copies.Get().(*[]byte)
	if !ok || cap(*buffer) < f.size {
		buffer = new([]byte)
		*buffer = make([]byte, f.size)
	}
	defer t.packers.copies.Put(buffer)
	body := (*buffer)[:f.size]
	if _, err := f.file.ReadAt(body, 0); err != nil { // it is memory
		panic(err)
	}
	_, _ = w.Write(body)
}
