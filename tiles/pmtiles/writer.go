package pmtiles

import (
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

const (
	// mostSeen bounds the bodies among which equal ones are looked for. Those that repeat, such as the inside of a large polygon, repeat near each other.
	mostSeen = 1 << 17
	// leafEntries is what a leaf directory holds at least. It is doubled until the root directory fits.
	leafEntries = 2048
	// rootBytes is the room for the root.
	rootBytes = firstBytes - headerBytes
)

// Writer writes one file. It is not safe for concurrent use. Bodies go to the file as they come, and entries to another one beside it, so that memory does not grow
// with the tiles.
type Writer struct {
	path    string
	file    *os.File
	entries *os.File
	bodies  *bufio.Writer
	list    *bufio.Writer
	header  Header
	first   uint64
	last    entry // not in list yet
	seen    map[[16]byte]span
	scratch []byte
	packer
	leaf int // entries of a leaf directory, at first
}

// Description is what the header and the metadata say of a file's tiles.
type Description struct {
	Tiles    Compression
	Bounds   [4]float64
	Center   [3]float64 // with a zoom
	Metadata any        // becomes JSON; of vector tiles an object with vector_layers
}

// Create begins a file. It has its name when Finish has ended; Close before that leaves nothing behind.
func Create(path string) (_ *Writer, err error) {
	w := &Writer{path: path, seen: map[[16]byte]span{}, leaf: leafEntries}
	defer func() {
		if err != nil {
			err = errors.Join(err, w.Close())
		}
	}()
	folder, name := filepath.Split(path)
	if folder == "" {
		folder = "."
	}
	if w.file, err = os.CreateTemp(folder, name+".*.part"); err != nil {
		return nil, err
	}
	if w.entries, err = os.CreateTemp(folder, name+".*.entries"); err != nil {
		return nil, err
	}
	w.bodies, w.list = bufio.NewWriterSize(w.file, 1<<20), bufio.NewWriterSize(w.entries, 1<<16)
	_, err = w.bodies.Write(make([]byte, firstBytes)) // room for what is known last
	return w, err
}

// Add appends a tile. Numbers rise from call to call; the body is compressed as the description says, and not empty.
func (w *Writer) Add(id uint64, body []byte) error {
	if w.header.Addressed > 0 && id < w.last.id+uint64(w.last.run) {
		return fmt.Errorf("tile %d comes behind tile %d", id, w.last.id+uint64(w.last.run)-1)
	}
	if len(body) == 0 {
		return fmt.Errorf("tile %d has no body", id)
	}
	sum := sha256.Sum256(body)
	at, ok := w.seen[[16]byte(sum[:])]
	if !ok {
		if _, err := w.bodies.Write(body); err != nil {
			return fmt.Errorf("writing a tile: %w", err)
		}
		at = span{w.header.bodies.length, uint64(len(body))}
		w.header.bodies.length += at.length
		w.header.Contents++
		if len(w.seen) >= mostSeen {
			clear(w.seen)
		}
		w.seen[[16]byte(sum[:])] = at
	}
	if w.header.Addressed == 0 {
		w.first = id
	}
	w.header.Addressed++
	if w.last.run > 0 && id == w.last.id+uint64(w.last.run) && at.offset == w.last.offset {
		w.last.run++
		return nil
	}
	if err := w.noteLast(); err != nil {
		return err
	}
	w.last = entry{id: id, run: 1, offset: at.offset, len: uint32(at.length)}
	return nil
}

// Size is how many tiles and bytes were written so far.
func (w *Writer) Size() (tiles, bytes uint64) { return w.header.Addressed, w.header.bodies.length }

func (w *Writer) noteLast() error {
	if w.last.run == 0 {
		return nil
	}
	w.header.Entries++
	w.scratch = appendEntry(w.scratch[:0], w.last)
	if _, err := w.list.Write(w.scratch); err != nil {
		return fmt.Errorf("writing a list of tiles: %w", err)
	}
	return nil
}

func appendEntry(b []byte, e entry) []byte {
	for _, n := range []uint64{e.id, e.offset, uint64(e.run), uint64(e.len)} {
		b = binary.AppendUvarint(b, n)
	}
	return b
}

// Finish writes directories, metadata and header, waits for the disk and gives the file its name.
func (w *Writer) Finish(d Description) error {
	if err := errors.Join(w.noteLast(), w.list.Flush()); err != nil {
		return err
	}
	h := &w.header
	h.bodies.offset = firstBytes
	h.Clustered, h.Inner, h.Tiles, h.Type = true, Gzip, d.Tiles, mvt
	h.MinZoom, _, _ = Place(w.first)
	h.MaxZoom, _, _ = Place(w.last.id)
	h.Bounds = d.Bounds
	for i := range 2 { // to readers a box without inside is none
		if h.Bounds[i] == h.Bounds[i+2] {
			h.Bounds[i], h.Bounds[i+2] = h.Bounds[i]-1e-5, h.Bounds[i+2]+1e-5
		}
	}
	h.Center, h.CenterZoom = [2]float64{d.Center[0], d.Center[1]}, min(max(uint8(d.Center[2]), h.MinZoom), h.MaxZoom)
	about, err := json.Marshal(d.Metadata)
	if err == nil {
		about, err = w.pack(about)
	}
	if err != nil {
		return fmt.Errorf("writing the metadata: %w", err)
	}
	h.metadata = span{h.bodies.offset + h.bodies.length, uint64(len(about))}
	if _, err := w.bodies.Write(about); err != nil {
		return fmt.Errorf("writing the metadata: %w", err)
	}
	if err := w.bodies.Flush(); err != nil {
		return err
	}
	h.leaves.offset = h.metadata.offset + h.metadata.length
	root, err := w.directories()
	if err != nil {
		return fmt.Errorf("writing directories: %w", err)
	}
	h.root = span{headerBytes, uint64(len(root))}
	if _, err := w.file.WriteAt(append(h.append(nil), root...), 0); err != nil {
		return err
	}
	if err := errors.Join(w.file.Chmod(0o644), w.file.Sync()); err != nil {
		return err
	}
	if err := os.Rename(w.file.Name(), w.path); err != nil {
		return err
	}
	return errors.Join(syncFolder(filepath.Dir(w.path)), w.Close())
}

// Close takes back what Finish has not given its name.
func (w *Writer) Close() error {
	var err error
	for _, f := range []*os.File{w.file, w.entries} {
		if f == nil {
			continue
		}
		_ = f.Close()
		if e := os.Remove(f.Name()); !errors.Is(e, os.ErrNotExist) {
			err = errors.Join(err, e)
		}
	}
	w.file, w.entries = nil, nil
	return err
}

// syncFolder makes a new name last.
func syncFolder(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
