package archive

import (
	"bytes"
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
		f, err := pmtiles.Open(filepath.Join(s.folder, p.Name))
		if err != nil {
			return nil, err
		}
		o.files = append(o.files, f)
		var about map[string]json.RawMessage
		if err := f.Metadata(&about); err != nil {
			return nil, fmt.Errorf("%s: reading what it says of itself: %w", p.Name, err)
		}
		var state State
		if err := json.Unmarshal(about[stateKey], &state); err != nil || state != p.State {
			return nil, errors.Join(err, fmt.Errorf("%s is not of the state that the manifest says", p.Name))
		}
	}
	return o, nil
}

func (o *set) close() {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	for _, f := range o.files {
		_ = f.Close() // nothing was written
	}
	o.files = nil
}

// Tile is a tile as it was stored, and as it is drawn. Both are empty where the layer has nothing.
type Tile struct{ Gzip, Raw []byte }

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
		return &Tile{Gzip: body, Raw: raw}, nil
	}
	return &Tile{}, nil
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
