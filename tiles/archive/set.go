package archive

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"

	"github.com/klauspost/compress/gzip"

	"nsdi/tiles/pmtiles"
)

// set is the files of a layer as one manifest names them, open.
type set struct {
	manifest
	info os.FileInfo // of the manifest

	mutex    sync.RWMutex    // held by readers while they read: the files are closed when they are done
	files    []*pmtiles.File // nil: closed
	brotli   *pmtiles.File   // of the tiles of the oldest file; may be nil
	verified bool            // that it is of the present history of the database
	damage   error           // why it is not read any more
}

// stateKey is where a file's metadata say of what state it is.
const stateKey = "nsdi:state"

func (s *Store) open(m *manifest, info os.FileInfo) (_ *set, err error) {
	o := &set{manifest: *m, info: info}
	defer func() {
		if err != nil {
			o.close()
		}
	}()
	for _, p := range m.Files {
		f, err := s.openFile(p.Name, p.State)
		if err != nil {
			return nil, err
		}
		o.files = append(o.files, f)
	}
	if p := m.Files[0]; p.Brotli != "" {
		if o.brotli, err = s.openFile(p.Brotli, p.State); err != nil { // there is gzip, and it is made anew
			o.brotli, o.Files[0].Brotli = nil, ""
		}
	}
	return o, nil
}

// openFile opens a file that says of itself that it is of a state.
func (s *Store) openFile(name string, state State) (*pmtiles.File, error) {
	f, err := pmtiles.Open(filepath.Join(s.folder, name))
	if err != nil {
		return nil, err
	}
	var about map[string]json.RawMessage
	var is State
	if err = f.Metadata(&about); err == nil {
		err = json.Unmarshal(about[stateKey], &is)
	}
	if err == nil && is != state {
		err = errors.New("it is not of the state that the manifest says")
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", name, err), f.Close())
	}
	return f, nil
}

func (o *set) close() {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	for _, f := range o.files {
		_ = f.Close() // nothing was written
	}
	if o.brotli != nil {
		_ = o.brotli.Close()
	}
	o.files, o.brotli = nil, nil
}

// Tile is a tile as it was stored, and as it is drawn. Both are empty where the layer has nothing.
type Tile struct {
	Gzip, Raw []byte
	// Brotli reads the tile as it is packed by brotli, nil where it cannot be read any more. It is nil where there is none.
	Brotli func() []byte
}

// tile answers what the newest file that has the tile says of it.
func (o *set) tile(id uint64) (*Tile, error) {
	for i := len(o.files) - 1; i >= 0; i-- {
		body, err := o.files[i].Tile(id)
		if err != nil {
			return nil, fmt.Errorf("%s: tile %d: %w", o.Files[i].Name, id, err)
		}
		if body == nil {
			continue
		}
		raw, err := unpack(body)
		if err != nil {
			return nil, fmt.Errorf("%s: tile %d: %w", o.Files[i].Name, id, err)
		}
		if len(raw) == 0 {
			return &Tile{}, nil
		}
		t := &Tile{Gzip: body, Raw: raw}
		if i == 0 && o.brotli != nil {
			sum := sha256.Sum256(raw)
			t.Brotli = func() []byte { return o.brotlied(id, sum) }
		}
		return t, nil
	}
	return &Tile{}, nil
}

// brotlied reads what has to unpack to a tile of that sum.
func (o *set) brotlied(id uint64, sum [sha256.Size]byte) []byte {
	o.mutex.RLock()
	defer o.mutex.RUnlock()
	if o.brotli == nil {
		return nil
	}
	body, err := o.brotli.Tile(id)
	if err != nil || body == nil {
		return nil
	}
	raw, err := unpackBrotli(body)
	if err != nil || sha256.Sum256(raw) != sum {
		return nil
	}
	return body
}

// mostRaw bounds a body as it is read: no tile is as large.
const mostRaw = 64 << 20

// unpack answers what is in a body, and that it is what was put there.
func unpack(body []byte) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	raw, err := io.ReadAll(io.LimitReader(z, mostRaw+1))
	if err == nil && len(raw) > mostRaw {
		err = errors.New("the body is larger than a tile can be")
	}
	return raw, err
}
