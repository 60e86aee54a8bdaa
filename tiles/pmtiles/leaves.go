package pmtiles

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
)

// directories writes leaf directories where the entries are too many for the first 16 KiB, and answers the root.
func (w *Writer) directories() ([]byte, error) {
	if alone := 4 * w.leaf; w.header.Entries <= uint64(alone) {
		var root []byte
		err := w.eachGroup(alone, func(entries []entry) (err error) {
			root, err = w.pack(appendDirectory(nil, entries))
			return err
		})
		if err != nil || len(root) > 0 && len(root) <= rootBytes {
			return root, err
		}
	}
	if w.header.Entries == 0 {
		return w.pack(appendDirectory(nil, nil))
	}
	for most := w.leaf; ; most *= 2 {
		var names []entry
		length := uint64(0)
		err := w.eachGroup(most, func(entries []entry) error {
			leaf, err := w.pack(appendDirectory(nil, entries))
			if err != nil {
				return err
			}
			// A second round, with larger leaves, writes over those of the first.
			_, err = w.file.WriteAt(leaf, int64(w.header.leaves.offset+length))
			names = append(names, entry{id: entries[0].id, offset: length, len: uint32(len(leaf))})
			length += uint64(len(leaf))
			return err
		})
		if err != nil {
			return nil, err
		}
		root, err := w.pack(appendDirectory(nil, names))
		if err != nil {
			return nil, err
		}
		if len(root) <= rootBytes {
			w.header.leaves.length = length
			return root, w.file.Truncate(int64(w.header.leaves.offset + length))
		}
	}
}

// eachGroup hands over the entries in their order, so many at a time, in memory that is used again.
func (w *Writer) eachGroup(most int, f func([]entry) error) error {
	if _, err := w.entries.Seek(0, io.SeekStart); err != nil {
		return err
	}
	in := bufio.NewReaderSize(w.entries, 1<<16)
	group := make([]entry, 0, most)
	for range w.header.Entries {
		var n [4]uint64
		for i := range n {
			var err error
			if n[i], err = binary.ReadUvarint(in); err != nil {
				return errors.Join(err, errors.New("the list of tiles ends early"))
			}
		}
		group = append(group, entry{id: n[0], offset: n[1], run: uint32(n[2]), len: uint32(n[3])})
		if len(group) == most {
			if err := f(group); err != nil {
				return err
			}
			group = group[:0]
		}
	}
	if len(group) == 0 {
		return nil
	}
	return f(group)
}
