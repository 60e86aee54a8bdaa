package archive

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// State says of what the tiles are that an archive has: tiles of equal states are the same.
type State struct {
	Drawn    uint32 `json:"drawn"`    // the way in which the layer is drawn
	Stamp    string `json:"stamp"`    // of the publication at Position: another history of the same length has another one
	Position int64  `json:"position"` // in the change log, of what is drawn feature by feature
	Made     int64  `json:"made"`     // and of what is drawn together
	MinZoom  int    `json:"min_zoom"`
	MaxZoom  int    `json:"max_zoom"`
}

// manifest names the files of a layer, the oldest first: all tiles, and then what each publication has changed. Its state is that of the newest file, or a later one of
// the same tiles.
type manifest struct {
	Layer string `json:"layer"`
	State State  `json:"state"`
	Files []part `json:"files"`
}

// part is one file, with the state that it leads to.
type part struct {
	Name  string `json:"name"`
	Bytes int64  `json:"bytes"`
	State State  `json:"state"`
	// Brotli names the file with the same tiles packed by brotli, "" while there is none. Only the oldest file has one.
	Brotli string `json:"brotli,omitempty"`
	// Earlier names such a file of the tiles that there were before, while there is no Brotli: what has not changed is taken from it.
	Earlier string `json:"earlier,omitempty"`
}

// sealed is a manifest with its sum: a digit that the disk has turned over would make old tiles new.
type sealed struct {
	Sum     string          `json:"sum"`
	Content json.RawMessage `json:"content"`
}

const manifestSuffix = ".json"

func parseManifest(text []byte, layer string) (*manifest, error) {
	var s sealed
	if err := json.Unmarshal(text, &s); err != nil {
		return nil, err
	}
	sum := sha256.Sum256(s.Content)
	if s.Sum != hex.EncodeToString(sum[:]) {
		return nil, errors.New("the manifest is not as it was written")
	}
	var m manifest
	if err := json.Unmarshal(s.Content, &m); err != nil {
		return nil, err
	}
	if m.Layer != layer || len(m.Files) == 0 {
		return nil, errors.New("the manifest is of another layer, or names no file")
	}
	for _, p := range m.Files {
		for _, name := range []string{p.Name, p.Brotli, p.Earlier} {
			if name != "" && (filepath.Base(name) != name || !strings.HasPrefix(name, layer+".")) {
				return nil, fmt.Errorf("the manifest names %q, which is no file of the layer", name)
			}
		}
	}
	return &m, nil
}

// write puts a manifest in the place of the one before.
func (s *Store) write(m *manifest) (err error) {
	content, err := json.Marshal(m)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(content)
	text, err := json.Marshal(sealed{hex.EncodeToString(sum[:]), content})
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(s.folder, m.Layer+manifestSuffix+".*"+partSuffix)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	err = errors.Join(err, f.Chmod(0o644), f.Sync(), f.Close())
	s.at("manifest written")
	if err == nil {
		err = os.Rename(f.Name(), filepath.Join(s.folder, m.Layer+manifestSuffix))
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	s.at("manifest named")
	folder, err := os.Open(s.folder)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
