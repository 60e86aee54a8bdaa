package pmtiles

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sort"

	"github.com/klauspost/compress/gzip"
)

// entry is a line of a directory: run tiles from id on have one body. Where run is 0 it names a leaf directory, for the tiles from id on.
type entry struct {
	id, offset uint64
	run, len   uint32
}

// mostDirectory bounds a directory as it is read: more is not a directory but an attack on memory.
const mostDirectory = 4 << 20

// appendDirectory writes entries by column: gaps of ids, runs, lengths, offsets, where 0 says "right behind the one before".
func appendDirectory(b []byte, entries []entry) []byte {
	b = binary.AppendUvarint(b, uint64(len(entries)))
	last := uint64(0)
	for _, e := range entries {
		b = binary.AppendUvarint(b, e.id-last)
		last = e.id
	}
	for _, e := range entries {
		b = binary.AppendUvarint(b, uint64(e.run))
	}
	for _, e := range entries {
		b = binary.AppendUvarint(b, uint64(e.len))
	}
	for i, e := range entries {
		if i > 0 && e.offset == entries[i-1].offset+uint64(entries[i-1].len) {
			b = append(b, 0)
			continue
		}
		b = binary.AppendUvarint(b, e.offset+1)
	}
	return b
}

// parseDirectory reads entries and checks them: ids rise, runs do not overlap, everything lies within its part of the file.
func parseDirectory(b []byte, bodies, leaves uint64) ([]entry, error) {
	var err error
	next := func(most uint64) uint64 {
		n, size := binary.Uvarint(b)
		if size <= 0 || n > most {
			err = errors.Join(err, errors.New("a number in a directory is cut off or too large"))
			b = nil
			return 0
		}
		b = b[size:]
		return n
	}
	const most32, most64 = 1<<32 - 1, 1 << 62
	count := next(uint64(len(b) / 4)) // an entry has four numbers
	entries := make([]entry, count)
	id := uint64(0)
	for i := range entries {
		gap := next(most64)
		if i > 0 && gap == 0 {
			return nil, fmt.Errorf("entry %d has the tile of the one before", i)
		}
		if id += gap; id >= First(MaxZoom+1) {
			return nil, fmt.Errorf("entry %d is beyond the deepest zoom", i)
		}
		entries[i].id = id
	}
	for i := range entries {
		entries[i].run = uint32(next(most32))
		if i > 0 && entries[i-1].id+uint64(entries[i-1].run) > entries[i].id {
			return nil, fmt.Errorf("the run of entry %d reaches into the next", i-1)
		}
	}
	for i := range entries {
		entries[i].len = uint32(next(most32))
	}
	for i := range entries {
		e := &entries[i]
		switch stored := next(most64); {
		case stored > 0:
			e.offset = stored - 1
		case i == 0:
			return nil, errors.New("the first entry has no place")
		default:
			e.offset = entries[i-1].offset + uint64(entries[i-1].len)
		}
		within := bodies
		if e.run == 0 {
			within = leaves
		}
		if e.len == 0 || e.offset > within || uint64(e.len) > within-e.offset {
			return nil, fmt.Errorf("entry %d, %d bytes from %d, lies outside of its part of the file", i, e.len, e.offset)
		}
	}
	if err == nil && len(b) > 0 {
		err = errors.New("there is something behind the last entry")
	}
	return entries, err
}

// find answers the entry that may hold a tile: the last one that does not begin behind it.
func find(entries []entry, id uint64) (entry, bool) {
	i := sort.Search(len(entries), func(i int) bool { return entries[i].id > id })
	if i == 0 {
		return entry{}, false
	}
	e := entries[i-1]
	return e, e.run == 0 || id < e.id+uint64(e.run)
}

// packer compresses one part after another with the tables of one compressor.
type packer struct {
	out bytes.Buffer
	z   *gzip.Writer
}

// pack answers the part compressed, until it is called again.
func (p *packer) pack(b []byte) ([]byte, error) {
	p.out.Reset()
	if p.z == nil {
		p.z = gzip.NewWriter(&p.out)
	} else {
		p.z.Reset(&p.out)
	}
	_, err := p.z.Write(b)
	if err = errors.Join(err, p.z.Close()); err != nil {
		return nil, err
	}
	return p.out.Bytes(), nil
}

func unpacked(b []byte, c Compression) ([]byte, error) {
	if c == None {
		return b, nil
	}
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	out, err := io.ReadAll(io.LimitReader(z, mostDirectory+1))
	if err == nil && len(out) > mostDirectory {
		err = fmt.Errorf("a part of the file is more than %d bytes", mostDirectory)
	}
	return out, err
}
