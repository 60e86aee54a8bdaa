package archive

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
)

// Store is a folder of archives. It is safe for concurrent use; what writes wants the Lock.
type Store struct {
	folder string
	mutex  sync.RWMutex
	sets   map[string]*set
	failed map[string]error // layers whose files cannot be used
	hook   func(point string)
}

const (
	tilesSuffix = ".pmtiles"
	partSuffix  = ".part"
	listSuffix  = ".entries"
)

// Open opens a folder, and makes it where there is none.
func Open(folder string) (*Store, error) {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, fmt.Errorf("archive of tiles: %w", err)
	}
	s := &Store{folder: folder, sets: map[string]*set{}, failed: map[string]error{}}
	return s, s.Refresh()
}

// at tells a test how far the work is.
func (s *Store) at(point string) {
	if s.hook != nil {
		s.hook(point)
	}
}

// Refresh opens what another process has written since, and lets go of what is gone. Files that cannot be used are as if they were not there; Failed names them.
func (s *Store) Refresh() error {
	names, err := filepath.Glob(filepath.Join(s.folder, "*"+manifestSuffix))
	if err != nil {
		return err
	}
	there := map[string]bool{}
	for _, path := range names {
		layer := strings.TrimSuffix(filepath.Base(path), manifestSuffix)
		there[layer] = true
		info, err := os.Stat(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		if o := s.set(layer); o != nil && os.SameFile(o.info, info) && o.info.ModTime().Equal(info.ModTime()) {
			continue
		}
		s.replace(layer, s.load(layer, path, info))
	}
	s.mutex.RLock()
	var gone []string
	for layer := range s.sets {
		if !there[layer] {
			gone = append(gone, layer)
		}
	}
	s.mutex.RUnlock()
	for _, layer := range gone {
		s.replace(layer, nil)
	}
	return nil
}

// load reads a manifest and opens its files, nil when they cannot be used.
func (s *Store) load(layer, path string, info os.FileInfo) *set {
	text, err := os.ReadFile(path)
	var m *manifest
	if err == nil {
		m, err = parseManifest(text, layer)
	}
	var o *set
	if err == nil {
		o, err = s.open(m, info)
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if err != nil {
		s.failed[layer] = err
		return nil
	}
	delete(s.failed, layer)
	return o
}

func (s *Store) set(layer string) *set {
	s.mutex.RLock()
	defer s.mutex.RUnlock()
	return s.sets[layer]
}

func (s *Store) replace(layer string, with *set) {
	s.mutex.Lock()
	before := s.sets[layer]
	if s.sets[layer] = with; with == nil {
		delete(s.sets, layer)
	}
	s.mutex.Unlock()
	if before != nil {
		before.close()
	}
}

// State answers of what a layer's archive is, and whether there is one that can be used.
func (s *Store) State(layer string) (state State, verified, ok bool) {
	o := s.set(layer)
	if o == nil {
		return State{}, false, false
	}
	o.mutex.RLock()
	defer o.mutex.RUnlock()
	return o.State, o.verified, o.damage == nil
}

// Verify lets the archive of a layer be read, which is of the present history of the database. Nothing is read before.
func (s *Store) Verify(layer string, state State) {
	if o := s.set(layer); o != nil {
		o.mutex.Lock()
		defer o.mutex.Unlock()
		o.verified = o.State == state
	}
}

// Tile answers a tile of a layer, nil where there is no archive of a state that is wanted. After an error the archive is not read any more: it has to be made anew.
func (s *Store) Tile(layer string, id uint64, wanted func(State) bool) (*Tile, error) {
	o := s.set(layer)
	if o == nil {
		return nil, nil
	}
	o.mutex.RLock()
	if !o.verified || o.damage != nil || o.files == nil || !wanted(o.State) {
		o.mutex.RUnlock()
		return nil, nil
	}
	t, err := o.tile(id)
	o.mutex.RUnlock()
	if err != nil {
		o.mutex.Lock()
		o.damage = err
		o.mutex.Unlock()
		return nil, fmt.Errorf("archive of %s: %w", layer, err)
	}
	return t, nil
}

// Summary is what there is.
type Summary struct {
	Layers int
	Files  int
	Bytes  int64
	Failed map[string]error // layers whose files cannot be used
}

// Summary answers what there is.
func (s *Store) Summary() Summary {
	s.mutex.RLock()
	defer s.mutex.RUnlock()
	sum := Summary{Layers: len(s.sets), Failed: map[string]error{}}
	for layer, err := range s.failed {
		sum.Failed[layer] = err
	}
	for layer, o := range s.sets {
		o.mutex.RLock()
		if o.damage != nil {
			sum.Failed[layer] = o.damage
		}
		for _, p := range o.Files {
			sum.Files++
			sum.Bytes += p.Bytes
		}
		o.mutex.RUnlock()
	}
	return sum
}

// Lock makes this process the one that writes, unless another one is. The function gives it back; the system does when the process is killed.
func (s *Store) Lock() (unlock func(), ok bool, err error) {
	f, err := os.OpenFile(filepath.Join(s.folder, "lock"), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, false, err
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		return func() { _ = f.Close() }, true, nil
	}
	_ = f.Close()
	if errors.Is(err, syscall.EWOULDBLOCK) {
		err = nil
	}
	return nil, false, err
}

// Free is how many bytes the disk of the folder has left.
func (s *Store) Free() (int64, error) {
	var disk syscall.Statfs_t
	if err := syscall.Statfs(s.folder, &disk); err != nil {
		return 0, err
	}
	return int64(disk.Bavail) * disk.Bsize, nil
}

// Close lets go of all files.
func (s *Store) Close() {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	for layer, o := range s.sets {
		o.close()
		delete(s.sets, layer)
	}
}
