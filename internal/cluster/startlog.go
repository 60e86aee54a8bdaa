package cluster

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

const (
	startLogName = "start.log"
	logName      = "log"
	// tailBytes of a log are enough to name the reason of a failure.
	tailBytes = 2000
)

// openStartLog opens a fresh file for what a program says before PostgreSQL's
// own log is open.
func (h home) openStartLog() (*os.File, error) {
	path := h.file(startLogName)
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, errFolder(h.path, err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL|os.O_APPEND|syscall.O_NOFOLLOW, 0o600)
	if err != nil {
		return nil, errFolder(h.path, err)
	}
	if err := h.give(path); err != nil {
		f.Close()
		return nil, errFolder(h.path, err)
	}
	return f, nil
}

func (h home) makeLogDir() error {
	dir := h.file(logName)
	err := os.Mkdir(dir, 0o700)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err == nil {
		err = h.give(dir)
	}
	if err != nil {
		return errFolder(h.path, err)
	}
	return nil
}

// lastWords is the end of the start log and of the log written last, where that
// was within the last minute.
func (h home) lastWords() string {
	words := tail(h.file(startLogName))
	logs, _ := filepath.Glob(filepath.Join(h.file(logName), "*.log"))
	var newest string
	when := time.Now().Add(-time.Minute)
	for _, path := range logs {
		if info, err := os.Stat(path); err == nil && info.ModTime().After(when) {
			newest, when = path, info.ModTime()
		}
	}
	if newest != "" {
		words += "\n" + tail(newest)
	}
	return strings.TrimSpace(words)
}

func tail(path string) string {
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.Size() > tailBytes {
		if _, err := f.Seek(-tailBytes, io.SeekEnd); err != nil {
			return ""
		}
	}
	b, err := io.ReadAll(io.LimitReader(f, tailBytes))
	if err != nil {
		return ""
	}
	lines := strings.Split(strings.TrimSpace(strings.ToValidUTF8(string(b), "")), "\n")
	return strings.Join(slices.DeleteFunc(lines, func(l string) bool { return strings.TrimSpace(l) == "" }), "\n")
}
