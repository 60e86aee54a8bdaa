package archive

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"github.com/andybalholm/brotli"

	"nsdi/tiles/pmtiles"
)

// brotliLevel makes bodies a quarter to two fifths smaller than gzip does, in ten times its time: this is for what is packed once.
const brotliLevel = 6

// Loose are the layers whose tiles are not packed by brotli.
func (s *Store) Loose() (layers []string) {
	s.mutex.RLock()
	defer s.mutex.RUnlock()
	for layer, o := range s.sets {
		if o.Files[0].Brotli == "" {
			layers = append(layers, layer)
		}
	}
	return layers
}

// Pack packs the tiles of a layer's oldest file by brotli, too, until more is false. Only the holder of the Lock does so.
func (s *Store) Pack(layer string, more func() bool) error {
	o := s.set(layer)
	if o == nil {
		return nil
	}
	o.mutex.RLock() // the files stay open
	m, err := s.pack(o, more)
	o.mutex.RUnlock()
	if err != nil || m == nil {
		return err
	}
	if err := s.write(m); err != nil {
		return err
	}
	_, verified, _ := s.State(layer)
	if err := s.Refresh(); err != nil || !verified {
		return err
	}
	s.Verify(layer, m.State)
	return nil
}

func (s *Store) pack(o *set, more func() bool) (*manifest, error) {
	if o.files == nil || o.damage != nil {
		return nil, nil
	}
	m := o.manifest
	m.Files = append([]part(nil), o.Files...)
	w, err := s.begin(o.Layer, m.Files[0].State, "brotli")
	if err != nil {
		return nil, err
	}
	defer w.Close()
	var out bytes.Buffer
	z := brotli.NewWriterLevel(&out, brotliLevel)
	earlier := s.earlier(m.Files[0])
	if earlier != nil {
		defer earlier.Close()
	}
	for id, body := range o.files[0].All() {
		if body.Err == nil {
			body.Bytes, body.Err = unpack(body.Bytes)
		}
		if body.Err != nil {
			return nil, fmt.Errorf("packing the archive of %s: tile %d: %w", o.Layer, id, body.Err)
		}
		if !more() {
			return nil, nil
		}
		packed := packedBefore(earlier, id, body.Bytes)
		if packed == nil {
			out.Reset()
			z.Reset(&out)
			_, err := z.Write(body.Bytes)
			if err = errors.Join(err, z.Close()); err != nil {
				return nil, err
			}
			packed = out.Bytes()
			s.at("packed anew")
		}
		if err := w.file.Add(id, packed); err != nil {
			return nil, err
		}
	}
	if err := w.file.Finish(pmtiles.Description{Tiles: pmtiles.Brotli, Metadata: map[string]any{stateKey: w.state}}); err != nil {
		return nil, err
	}
	s.at("file named")
	m.Files[0].Brotli, m.Files[0].Earlier = w.name, ""
	return &m, nil
}

// earlier opens the file of tiles that were packed before, nil where there is none that can be read.
func (s *Store) earlier(p part) *pmtiles.File {
	if p.Earlier == "" {
		return nil
	}
	f, err := pmtiles.Open(filepath.Join(s.folder, p.Earlier))
	if err != nil {
		return nil
	}
	return f
}

// packedBefore is the body that a tile was packed to, nil where it was another one. To unpack one takes less than half of what it takes to pack it.
func packedBefore(earlier *pmtiles.File, id uint64, raw []byte) []byte {
	if earlier == nil {
		return nil
	}
	body, err := earlier.Tile(id)
	if err != nil || body == nil {
		return nil
	}
	if was, err := unpackBrotli(body); err != nil || !bytes.Equal(was, raw) {
		return nil
	}
	return body
}

// unpackBrotli answers what is in a body.
func unpackBrotli(body []byte) ([]byte, error) {
	return io.ReadAll(io.LimitReader(brotli.NewReader(bytes.NewReader(body)), mostRaw))
}
