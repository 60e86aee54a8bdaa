package search

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"time"

	"nsdi/internal/pg"
)

// FileName is the file of the present generation in the folder of the index.
const FileName = "addresses.index"

const (
	halfName  = FileName + ".*.new" // a generation that is being made
	lockName  = FileName + ".lock"
	lockAgain = 100 * time.Millisecond
)

// Build makes a generation from the database and puts it in the place of the one before: a reader sees the one or the other, never half of one.
// One process builds at a time. beside tells that questions are answered at the same time.
func Build(ctx context.Context, db pg.TxBeginner, folder string, beside bool) (err error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return fmt.Errorf("building an index: %w", err)
	}
	lock, err := lockFolder(ctx, folder)
	if err != nil {
		return fmt.Errorf("building an index: %w", err)
	}
	defer lock.Close()
	file, err := os.CreateTemp(folder, halfName)
	if err != nil {
		return fmt.Errorf("building an index: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(file.Name()))
		}
	}()
	if err := errors.Join(snapshot(ctx, db, file, beside), file.Sync(), file.Close()); err != nil {
		return fmt.Errorf("building an index: %w", err)
	}
	if err := os.Rename(file.Name(), filepath.Join(folder, FileName)); err != nil {
		return fmt.Errorf("building an index: %w", err)
	}
	return syncFolder(folder)
}

// lockFolder waits until no other process builds, and removes what killed ones left. Closing the file gives the lock back.
func lockFolder(ctx context.Context, folder string) (lock *os.File, err error) {
	if lock, err = os.OpenFile(filepath.Join(folder, lockName), os.O_CREATE|os.O_RDWR, 0o600); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, lock.Close())
		}
	}()
	for {
		if err = syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err == nil {
			break
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(lockAgain):
		}
	}
	left, err := filepath.Glob(filepath.Join(folder, halfName))
	for _, file := range left {
		err = errors.Join(err, os.Remove(file))
	}
	return lock, err
}

// syncFolder makes the new name last through a loss of power.
func syncFolder(folder string) error {
	d, err := os.Open(folder)
	if err != nil {
		return fmt.Errorf("building an index: %w", err)
	}
	if err := errors.Join(d.Sync(), d.Close()); err != nil {
		return fmt.Errorf("building an index: %w", err)
	}
	return nil
}

// generation is an index that is a file mapped into memory, for as long as somebody uses it.
type generation struct {
	*index
	about os.FileInfo
	data  []byte
	users atomic.Int64 // the engine that has it, and questions
}

// enter holds the file. It answers false when it is gone already.
func (g *generation) enter() bool {
	for {
		n := g.users.Load()
		if n == 0 {
			return false
		}
		if g.users.CompareAndSwap(n, n+1) {
			return true
		}
	}
}

// leave lets the file go; the last one closes it.
func (g *generation) leave() {
	if g.users.Add(-1) == 0 {
		_ = syscall.Munmap(g.data) // nobody can do anything about it
	}
}

func openGeneration(folder string) (*generation, error) {
	file, err := os.Open(filepath.Join(folder, FileName))
	if err != nil {
		return nil, fmt.Errorf("opening an index: %w", err)
	}
	defer file.Close()
	about, err := file.Stat()
	if err != nil {
		return nil, fmt.Errorf("opening an index: %w", err)
	}
	if about.Size() < int64(headerSize) {
		return nil, fmt.Errorf("opening an index: %w", errFormat)
	}
	data, err := syscall.Mmap(int(file.Fd()), 0, int(about.Size()), syscall.PROT_READ, syscall.MAP_SHARED)
	if err != nil {
		return nil, fmt.Errorf("opening an index: %w", err)
	}
	x, err := openIndex(data)
	if err != nil {
		return nil, errors.Join(err, syscall.Munmap(data))
	}
	g := &generation{index: x, about: about, data: data}
	g.users.Store(1)
	return g, nil
}

// About is what a generation says of itself.
type About struct {
	Bytes                     int64
	Ways, Areas, Sites, Units int
	Position                  int64
	Made                      time.Time
	Changed                   int // ways that changed since
}

// About tells what is answered from; nothing before there is a generation.
func (e *Engine) About() About {
	s := e.now.Load()
	if s == nil {
		return About{}
	}
	about := s.base.tell()
	about.Position, about.Changed = s.position, len(s.hidden)
	return about
}

// Inspect reads every byte of the generation in a folder and tells what it is; nothing where there is none yet.
func Inspect(folder string) (About, error) {
	g, err := openGeneration(folder)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return About{}, nil
	case err != nil:
		return About{}, err
	}
	defer g.leave()
	return g.tell(), nil
}

func (g *generation) tell() About {
	return About{Bytes: g.about.Size(), Ways: g.meta.Ways, Areas: g.meta.Areas, Sites: g.meta.Sites, Units: g.meta.Units, Position: g.meta.Position, Made: g.meta.Made}
}
