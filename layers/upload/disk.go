package upload

import (
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"

	"nsdi/internal/errs"
)

// syncFile waits until a file is on the disk.
func syncFile(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// syncDir waits until the names in a folder are on the disk.
func syncDir(path string) error { return syncFile(path) }

// cut takes off what a file has more than the given bytes, on the disk as well.
func cut(path string, bytes int64) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Truncate(bytes), f.Sync(), f.Close())
}

// syncing passes bytes on, and has the disk catch up from time to time.
type syncing struct {
	io.Reader
	file    *os.File
	pending int64
}

func (s *syncing) Read(b []byte) (int, error) {
	if s.pending >= syncEvery {
		s.pending = 0
		if err := s.file.Sync(); err != nil {
			return 0, err
		}
	}
	n, err := s.Reader.Read(b)
	s.pending += int64(n)
	return n, err
}

// free answers how many bytes the folder's disk can still take.
func free(dir string) (int64, error) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		return 0, fmt.Errorf("free space: %w", err)
	}
	return int64(s.Bavail) * s.Bsize, nil
}

func noRoom(err error) error {
	return &errs.Error{
		Code: "upload-storage-full", Status: 507, Op: "upload", Err: err,
		Title:  errs.T("جا برای پرونده نیست", "There is no room for the file"),
		Detail: errs.T("دیسک سامانه جا ندارد؛ آنچه تا کنون پذیرفته شد می‌ماند.", "The server's disk has no room for it; what was acknowledged so far stays."),
		Next:   errs.T("کمی بعد ادامه دهید، یا سرپرست سامانه را خبر کنید.", "Go on later, or tell the operator."),
	}
}
