package reading

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// folder is where a delivery is unpacked. It is locked as long as its process lives, so that others can tell it from what a killed process left.
type folder struct {
	dir  string
	lock *os.File
}

const (
	folderPattern = "nsdi-delivery-*"
	lockName      = "lock"
	// settling is how long a folder is left alone though it is not locked: its maker may be about to.
	settling = time.Minute
)

func newFolder(parent string) (*folder, error) {
	if parent == "" {
		parent = os.TempDir()
	}
	removeLeft(parent)
	dir, err := os.MkdirTemp(parent, folderPattern)
	if err != nil {
		return nil, fmt.Errorf("open delivery: %w", err)
	}
	lock, err := os.Create(filepath.Join(dir, lockName))
	if err == nil {
		err = syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open delivery: %w", err), lock.Close(), os.RemoveAll(dir))
	}
	return &folder{dir, lock}, nil
}

func (f *folder) remove() error { return errors.Join(os.RemoveAll(f.dir), f.lock.Close()) }

// Sweep removes what killed processes have left of deliveries that they had unpacked.
func (r *Reader) Sweep() {
	parent := r.TempDir
	if parent == "" {
		parent = os.TempDir()
	}
	removeLeft(parent)
}

// removeLeft removes the folders of killed processes. What cannot be removed belongs to another user, or is gone already.
func removeLeft(parent string) {
	dirs, _ := filepath.Glob(filepath.Join(globQuote(parent), folderPattern)) // the pattern is quoted, so it is never bad
	for _, dir := range dirs {
		info, err := os.Lstat(dir)
		if err != nil || !info.IsDir() || time.Since(info.ModTime()) < settling {
			continue
		}
		lock, err := os.OpenFile(filepath.Join(dir, lockName), os.O_RDWR|syscall.O_NOFOLLOW, 0)
		if err == nil {
			err = syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		}
		if err == nil || errors.Is(err, os.ErrNotExist) {
			_ = os.RemoveAll(dir)
		}
		if lock != nil {
			_ = lock.Close()
		}
	}
}
