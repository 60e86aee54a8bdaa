package upload

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/tus/tusd/v2/pkg/handler"
	"github.com/tus/tusd/v2/pkg/memorylocker"
)

// locker lets one request at a time at an upload. Within the process a later request asks the earlier one to stop, since that is mostly a connection that died
// unnoticed. Between processes on one folder, such as the old and the new server during a restart, the kernel's lock on the file keeps them apart, and goes
// with the process that held it, however that ended.
type locker struct {
	dir    string
	memory *memorylocker.MemoryLocker
}

func newLocker(dir string) *locker { return &locker{dir, memorylocker.New()} }

// NewLock makes the lock of an upload.
func (l *locker) NewLock(id string) (handler.Lock, error) {
	inner, err := l.memory.NewLock(id)
	if err != nil {
		return nil, err
	}
	return &lock{inner: inner, path: filepath.Join(l.dir, id)}, nil
}

type lock struct {
	inner handler.Lock
	path  string
	file  *os.File
}

// Lock waits until the lock is free or ctx ends.
func (l *lock) Lock(ctx context.Context, release func()) error {
	if x, transfers := ctx.Value(exchangeKey{}).(*exchange); transfers {
		at := release
		release = func() { x.ending.end(at) }
	}
	if err := l.inner.Lock(ctx, release); err != nil {
		return err
	}
	file, err := os.Open(l.path)
	if errors.Is(err, fs.ErrNotExist) {
		err = handler.ErrNotFound
	}
	if err == nil {
		if err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); errors.Is(err, syscall.EWOULDBLOCK) {
			err = handler.ErrFileLocked
		}
		if err != nil {
			err = errors.Join(err, file.Close())
		}
	}
	if err != nil {
		return errors.Join(err, l.inner.Unlock())
	}
	l.file = file
	return nil
}

// Unlock gives the lock back.
func (l *lock) Unlock() error { return errors.Join(l.file.Close(), l.inner.Unlock()) }
