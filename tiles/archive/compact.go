package archive

import (
	"encoding/json"
	"errors"
	"fmt"
	"iter"

	"nsdi/tiles/pmtiles"
)

const (
	// mostFiles is how many files are looked through for a tile.
	mostFiles = 8
	// mostChanged is how large files of changes may be together, as a share of that with all tiles.
	mostChanged = 4
)

// Scattered reports whether the files of a layer are better made one.
func (s *Store) Scattered(layer string) bool {
	o := s.set(layer)
	if o == nil || len(o.Files) == 1 {
		return false
	}
	changed := int64(0)
	for _, p := range o.Files[1:] {
		changed += p.Bytes
	}
	return len(o.Files) > mostFiles || changed > max(1<<20, o.Files[0].Bytes/mostChanged)
}

// Compact makes one file of those of a layer. bounds may be nil: those of the oldest file stay.
func (s *Store) Compact(layer string, bounds *[4]float64) error {
	o := s.set(layer)
	if o == nil {
		return nil
	}
	o.mutex.RLock() // the files stay open
	err := s.compact(o, bounds)
	o.mutex.RUnlock()
	if err != nil {
		return fmt.Errorf("making the archive of %s one file: %w", layer, err)
	}
	if err := s.Refresh(); err != nil {
		return err
	}
	s.Verify(layer, o.State)
	return nil
}

func (s *Store) compact(o *set, bounds *[4]float64) error {
	w, err := s.Begin(o.Layer, o.State, false)
	if err != nil {
		return err
	}
	defer w.Close()
	for id, body := range merged(o.files) {
		if body.Err == nil && string(body.Bytes) != gone {
			body.Err = w.Add(id, body.Bytes)
		}
		if body.Err != nil {
			return body.Err
		}
	}
	h := o.files[0].Header
	d := pmtiles.Description{Tiles: pmtiles.Gzip, Bounds: h.Bounds, Center: [3]float64{h.Center[0], h.Center[1], float64(h.CenterZoom)}}
	if bounds != nil {
		d.Bounds = *bounds
	}
	about := map[string]json.RawMessage{}
	if err := o.files[0].Metadata(&about); err != nil {
		return err
	}
	metadata := map[string]any{}
	for k, v := range about {
		metadata[k] = v
	}
	metadata[stateKey] = w.state
	d.Metadata = metadata
	if err := w.file.Finish(d); err != nil {
		return err
	}
	s.at("file named")
	made, err := w.whole(o)
	if err != nil {
		return err
	}
	return s.write(&manifest{Layer: o.Layer, State: o.State, Files: []part{*made}})
}

// merged goes through the tiles of files by number, each as the newest file has it.
func merged(files []*pmtiles.File) iter.Seq2[uint64, pmtiles.Body] {
	type head struct {
		next func() (uint64, pmtiles.Body, bool)
		id   uint64
		body pmtiles.Body
		more bool
	}
	return func(yield func(uint64, pmtiles.Body) bool) {
		heads := make([]head, len(files))
		for i, f := range files {
			next, stop := iter.Pull2(f.All())
			defer stop()
			heads[i].next = next
			heads[i].id, heads[i].body, heads[i].more = next()
		}
		for {
			newest := -1
			for i := range heads {
				if heads[i].more && heads[i].body.Err != nil {
					yield(heads[i].id, heads[i].body)
					return
				}
				if heads[i].more && (newest < 0 || heads[i].id <= heads[newest].id) {
					newest = i
				}
			}
			if newest < 0 {
				return
			}
			id, body := heads[newest].id, heads[newest].body
			for i := range heads {
				if heads[i].more && heads[i].id == id {
					heads[i].id, heads[i].body, heads[i].more = heads[i].next()
				}
			}
			if !yield(id, body) {
				return
			}
		}
	}
}

// Inspect reads every tile of every archive in a folder, and fails at the first that is not as it was written.
func Inspect(folder string) (layers, tiles int, bytes int64, err error) {
	s, err := Open(folder)
	if err != nil {
		return 0, 0, 0, err
	}
	defer s.Close()
	sum := s.Summary()
	for layer, err := range sum.Failed {
		return 0, 0, 0, fmt.Errorf("archive of %s: %w", layer, err)
	}
	for layer, o := range s.sets {
		for id, body := range merged(o.files) {
			var t *Tile
			if t, err = o.tile(id); err == nil && t.Brotli != nil && t.Brotli() == nil {
				err = errors.New("it is not the same by brotli")
			}
			if body.Err = errors.Join(body.Err, err); body.Err != nil {
				return 0, 0, 0, errors.Join(fmt.Errorf("archive of %s: tile %d", layer, id), body.Err)
			}
			tiles++
		}
	}
	return sum.Layers, tiles, sum.Bytes, nil
}
