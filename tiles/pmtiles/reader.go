package pmtiles

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"sync"
)

// mostLeaves bounds the leaf directories that a reader keeps.
const mostLeaves = 64

// Reader reads tiles of a file by ranges of it. It is safe for concurrent use.
type Reader struct {
	Header
	file io.ReaderAt
	root []entry

	mutex  sync.Mutex
	leaves map[uint64][]entry // by offset
}

// File is a reader of a file on disk.
type File struct {
	*Reader
	file *os.File
}

// Open opens a file on disk. Close ends it.
func Open(path string) (*File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	r, err := NewReader(f, info.Size())
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", path, err), f.Close())
	}
	return &File{r, f}, nil
}

// Close ends the reading.
func (f *File) Close() error { return f.file.Close() }

// NewReader reads the header and the root directory of a file of so many bytes.
func NewReader(file io.ReaderAt, size int64) (*Reader, error) {
	first := make([]byte, max(0, min(size, firstBytes)))
	if _, err := file.ReadAt(first, 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("reading a header: %w", err)
	}
	h, err := parseHeader(first, uint64(max(size, 0)))
	if err != nil {
		return nil, err
	}
	r := &Reader{Header: *h, file: file, leaves: map[uint64][]entry{}}
	if r.root, err = r.directory(h.root); err != nil {
		return nil, fmt.Errorf("reading the root directory: %w", err)
	}
	return r, nil
}

func (r *Reader) directory(at span) ([]entry, error) {
	b, err := r.part(at)
	if err == nil {
		b, err = unpacked(b, r.Inner)
	}
	if err != nil {
		return nil, err
	}
	return parseDirectory(b, r.bodies.length, r.Header.leaves.length)
}

// part reads a part of the file, whose place was checked.
func (r *Reader) part(at span) ([]byte, error) {
	b := make([]byte, at.length)
	if n, err := r.file.ReadAt(b, int64(at.offset)); err != nil && n < len(b) {
		return nil, err
	}
	return b, nil
}

// Metadata reads the JSON document.
func (r *Reader) Metadata(into any) error {
	if r.metadata.length > mostDirectory {
		return errors.New("the metadata is too large")
	}
	b, err := r.part(r.metadata)
	if err == nil {
		b, err = unpacked(b, r.Inner)
	}
	if err != nil {
		return err
	}
	return json.Unmarshal(b, into)
}

// Tile answers the body of a tile as it is stored, nil where the file has none.
func (r *Reader) Tile(id uint64) ([]byte, error) {
	entries := r.root
	for range 4 { // directories in directories, as deep as the format allows
		e, ok := find(entries, id)
		if !ok {
			return nil, nil
		}
		if e.run > 0 {
			return r.part(span{r.bodies.offset + e.offset, uint64(e.len)})
		}
		var err error
		if entries, err = r.leaf(e); err != nil {
			return nil, err
		}
	}
	return nil, errors.New("directories lead to directories without end")
}

func (r *Reader) leaf(e entry) ([]entry, error) {
	r.mutex.Lock()
	entries, ok := r.leaves[e.offset]
	r.mutex.Unlock()
	if ok {
		return entries, nil
	}
	if e.len > mostDirectory {
		return nil, errors.New("a leaf directory is too large")
	}
	entries, err := r.directory(span{r.Header.leaves.offset + e.offset, uint64(e.len)})
	if err != nil {
		return nil, fmt.Errorf("reading a leaf directory: %w", err)
	}
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if len(r.leaves) >= mostLeaves {
		clear(r.leaves)
	}
	r.leaves[e.offset] = entries
	return entries, nil
}

// All goes through the numbers and bodies of all tiles in their order, and ends at the first error. A body that follows itself is read once.
func (r *Reader) All() iter.Seq2[uint64, Body] {
	return func(yield func(uint64, Body) bool) { r.walk(r.root, 0, yield) }
}

// Body is what a tile has, or why it could not be read.
type Body struct {
	Bytes []byte
	Err   error
}

func (r *Reader) walk(entries []entry, depth int, yield func(uint64, Body) bool) bool {
	for _, e := range entries {
		if e.run == 0 {
			var err error
			var leaf []entry
			if depth == 3 {
				err = errors.New("directories lead to directories without end")
			} else {
				leaf, err = r.directory(span{r.Header.leaves.offset + e.offset, uint64(e.len)})
			}
			if err != nil {
				yield(e.id, Body{Err: err})
				return false
			}
			if !r.walk(leaf, depth+1, yield) {
				return false
			}
			continue
		}
		b, err := r.part(span{r.bodies.offset + e.offset, uint64(e.len)})
		for i := range uint64(e.run) {
			if !yield(e.id+i, Body{b, err}) || err != nil {
				return false
			}
		}
	}
	return true
}
