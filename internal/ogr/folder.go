package ogr

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// Folder is a temporary folder. It is locked as long as its process lives, so that others can tell it from what a killed process left.
type Folder struct {
	Dir  string
	lock *os.File
}

// Beginnings of the names of temporary folders.
const (
	DeliveryFolder = "nsdi-delivery-" // where a delivery is unpacked
	writeFolder    = "nsdi-write-"
)

const (
	lockName = "lock"
	// settling is how long a folder is left alone though it is not locked: its maker may be about to.
	settling = time.Minute
)

// NewFolder makes a temporary folder in a parent, "" for the system's, and removes those that killed processes have left there.
func NewFolder(parent, begins string) (*Folder, error) {
	SweepFolders(parent)
	dir, err := os.MkdirTemp(parent, begins+"*")
	if err != nil {
		return nil, fmt.Errorf("temporary folder: %w", err)
	}
	lock, err := os.Create(filepath.Join(dir, lockName))
	if err == nil {
		err = syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	}
	if err != nil {
		err = errors.Join(fmt.Errorf("temporary folder: %w", err), os.RemoveAll(dir))
		if lock != nil {
			err = errors.Join(err, lock.Close())
		}
		return nil, err
	}
	return &Folder{dir, lock}, nil
}

// Remove removes the folder with what is in it.
func (f *Folder) Remove() error { return errors.Join(os.RemoveAll(f.Dir), f.lock.Close()) }

// SweepFolders removes the temporary folders of killed processes from a parent, "" for the system's. What cannot be removed belongs to another user, or is gone
// already.
func SweepFolders(parent string) {
	if parent == "" {
		parent = os.TempDir()
	}
	entries, err := os.ReadDir(parent)
	if err != nil {
		return
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), DeliveryFolder) && !strings.HasPrefix(e.Name(), writeFolder) {
			continue
		}
		dir := filepath.Join(parent, e.Name())
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
