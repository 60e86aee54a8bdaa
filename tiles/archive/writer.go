package archive

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"

	"nsdi/tiles/pmtiles"
)

// gone is the body of a tile that has nothing any more: nothing, packed. PMTiles has no empty bodies.
const gone = "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff\x03\x00\x00\x00\x00\x00\x00\x00\x00\x00"

// Writer writes a file of a layer: all tiles, or those that have changed since the files that there are. Only the holder of the Lock has one.
type Writer struct {
	store *Store
	layer string
	delta bool
	state State
	name  string
	file  *pmtiles.Writer
}

// Begin begins a file that leads to a state. delta: it goes on top of the files that there are.
func (s *Store) Begin(layer string, state State, delta bool) (*Writer, error) {
	kind := "all"
	if delta {
		kind = "changed"
	}
	w, err := s.begin(layer, state, kind)
	if err == nil {
		w.delta = delta
	}
	return w, err
}

func (s *Store) begin(layer string, state State, kind string) (*Writer, error) {
	// A name is used once, so that no reader finds another file below one that it has read of.
	name := fmt.Sprintf("%s.%d-%d.%08x.%s%s", layer, state.Position, state.Made, rand.Uint32(), kind, tilesSuffix)
	file, err := pmtiles.Create(filepath.Join(s.folder, name))
	if err != nil {
		return nil, err
	}
	return &Writer{store: s, layer: layer, state: state, name: name, file: file}, nil
}

// Add appends a tile, packed by gzip, by rising numbers. An empty body is that of a tile that has nothing any more.
func (w *Writer) Add(id uint64, body []byte) error {
	if len(body) == 0 {
		if !w.delta {
			return nil
		}
		body = []byte(gone)
	}
	w.store.at("tile")
	return w.file.Add(id, body)
}

// Size is how many tiles and bytes were written so far.
func (w *Writer) Size() (tiles, bytes uint64) { return w.file.Size() }

// Commit ends the file and makes it count, from now on for this process and from their next Refresh for others.
func (w *Writer) Commit(d pmtiles.Description) error {
	about := map[string]any{}
	if given, ok := d.Metadata.(map[string]any); ok {
		maps.Copy(about, given)
	}
	about[stateKey] = w.state
	d.Tiles, d.Metadata = pmtiles.Gzip, about
	w.store.at("bodies")
	if err := w.file.Finish(d); err != nil {
		return err
	}
	w.store.at("file named")
	m, o := &manifest{Layer: w.layer, State: w.state}, w.store.set(w.layer)
	if !w.delta {
		made, err := w.whole(o)
		if err != nil {
			return err
		}
		m.Files = []part{*made}
		return w.store.count(m)
	}
	if o == nil {
		return errors.New("there are no files that what has changed could go on top of")
	}
	made, err := w.part()
	if err != nil {
		return err
	}
	m.Files = append(append(m.Files, o.Files...), *made)
	return w.store.count(m)
}

// whole is the file of all tiles, in the place of those of a set, which may be nil.
func (w *Writer) whole(before *set) (*part, error) {
	made, err := w.part()
	if err == nil && before != nil {
		made.Earlier = cmp.Or(before.Files[0].Brotli, before.Files[0].Earlier)
	}
	return made, err
}

func (w *Writer) part() (*part, error) {
	info, err := os.Stat(filepath.Join(w.store.folder, w.name))
	if err != nil {
		return nil, err
	}
	return &part{Name: w.name, Bytes: info.Size(), State: w.state}, nil
}

// count makes the files of a manifest those that are read.
func (s *Store) count(m *manifest) error {
	if err := s.write(m); err != nil {
		return err
	}
	if err := s.Refresh(); err != nil {
		return err
	}
	s.Verify(m.Layer, m.State)
	return nil
}

// Close takes back what was not committed.
func (w *Writer) Close() error { return w.file.Close() }

// Advance says that the tiles that there are are those of a later state, too: what was published since is in none of them.
func (s *Store) Advance(layer string, state State) error {
	o := s.set(layer)
	if o == nil {
		return errors.New("there are no tiles whose state could be a later one")
	}
	return s.count(&manifest{Layer: layer, State: state, Files: o.Files})
}

// Sweep takes away what no manifest names: files that were replaced, and those that a killed process has left. Only the holder of the Lock does so.
func (s *Store) Sweep() error {
	named := map[string]bool{}
	s.mutex.RLock()
	for _, o := range s.sets {
		for _, p := range o.Files {
			named[p.Name], named[p.Brotli], named[p.Earlier] = true, true, true
		}
	}
	s.mutex.RUnlock()
	all, err := os.ReadDir(s.folder)
	if err != nil {
		return err
	}
	for _, f := range all {
		name := f.Name()
		if named[name] || !strings.HasSuffix(name, tilesSuffix) && !strings.HasSuffix(name, partSuffix) && !strings.HasSuffix(name, listSuffix) {
			continue
		}
		s.at("before removing")
		if err := os.Remove(filepath.Join(s.folder, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}
