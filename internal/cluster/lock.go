package cluster

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"

	"nsdi/internal/errs"
)

const (
	lockName    = "nsdi.lock"
	codeRunning = "cluster-running"
)

// lock takes the cluster for this process. The kernel frees it when the process
// ends, however it ends, so a lock is never stale.
func (h home) lock() (*os.File, error) {
	f, err := os.OpenFile(h.file(lockName), os.O_RDWR|os.O_CREATE|syscall.O_NOFOLLOW, 0o600)
	if err != nil {
		return nil, errFolder(h.path, err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		defer f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, errRunning(h.path, readPID(f))
		}
		return nil, errFolder(h.path, err)
	}
	if !isStill(f, h.file(lockName)) {
		// Remove has deleted the home between opening and locking.
		f.Close()
		return nil, errFolder(h.path, os.ErrNotExist)
	}
	if err := h.sign(f); err != nil {
		f.Close()
		return nil, errFolder(h.path, err)
	}
	return f, nil
}

// unlock gives the cluster free. To close the file alone would not: a program that is being started at this moment holds a copy of it until it runs.
func unlock(f *os.File) error {
	return errors.Join(syscall.Flock(int(f.Fd()), syscall.LOCK_UN), f.Close())
}

// sign writes who holds the lock, for the message that a second process shows.
func (h home) sign(f *os.File) error {
	if h.other {
		// A home of an ordinary user that root now runs stays usable for its owner.
		if info, err := os.Stat(h.path); err == nil && info.Sys().(*syscall.Stat_t).Uid != 0 {
			if err := f.Chown(h.uid, h.gid); err != nil {
				return err
			}
		}
	}
	if err := f.Truncate(0); err != nil {
		return err
	}
	_, err := f.WriteAt(fmt.Appendf(nil, "%d\n", os.Getpid()), 0)
	return err
}

// isStill reports whether f is the file that now has the name path.
func isStill(f *os.File, path string) bool {
	a, errA := f.Stat()
	b, errB := os.Stat(path)
	return errA == nil && errB == nil && os.SameFile(a, b)
}

func readPID(f *os.File) string {
	b, err := io.ReadAll(io.LimitReader(f, 32))
	pid := strings.TrimSpace(string(b))
	if err != nil || pid == "" {
		return "?"
	}
	return pid
}

func isRunning(err error) bool { return errs.Code(err) == codeRunning }

func errRunning(path, pid string) error {
	return &errs.Error{
		Code:   codeRunning,
		Op:     "cluster.Start",
		Title:  errs.T("پایگاه این پوشه داده در حال کار است", "This data folder is in use"),
		Detail: errs.Tf("پردازه %[2]s آن را می‌گرداند (%[1]s).", "%[1]s is already running, pid %[2]s.", path, pid),
		Next: errs.Tf("آن را ببندید (kill %[1]s)، یا NSDI_DATA و NSDI_LISTEN دیگری بدهید.",
			"End it (kill %[1]s), or set another NSDI_DATA and NSDI_LISTEN.", pid),
	}
}
