package search

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"runtime"

	"nsdi/gnaf/persian"
)

// A generation is a header, sections one behind the other, and nothing else. The header has the place, the length and the checksum of every section and ends in its
// own checksum, so no byte of the file is trusted unread.
const (
	magic         = "NSDISRCH"
	formatVersion = 5
	headerSize    = len(magic) + 12 + sections*20 + 4
)

// section numbers the parts of a generation.
type section int

const (
	metaSection     section = iota // counts, and the position in the change log
	textSection                    // texts as delivered, each with its length in front
	dictionary                     // FST: term → number, in alphabetical order
	termSection                    // a record a term, and its text
	deleteSection                  // hashes of terms with a letter left out → terms
	skeletonSection                // hashes of skeletons of terms, and of two terms written as one → terms
	postingSection                 // term → ways, term → areas
	waySection                     // a record a way, ordered by settlement
	nameSection                    // names of ways and areas, as terms
	areaSection                    // a record an area
	blockSection                   // a record a block of house numbers
	houseSection                   // house numbers with their units
	treeSection                    // blocks by where they lie
	codeSection                    // postal codes → units, in blocks
	codeDirectory                  // the first code of each block
	identifiers                    // ways by their identifiers
	sections        = int(iota)
)

var errFormat = errors.New("is no index of this version of the program")

// sectionWriter writes sections one after the other, in any order, behind a header that is filled in at the end.
type sectionWriter struct {
	file   io.WriteSeeker
	out    *bufio.Writer
	at     int64
	sum    uint32
	places [sections]struct {
		offset, length int64
		sum            uint32
	}
	err error
}

func castagnoli() *crc32.Table { return crc32.MakeTable(crc32.Castagnoli) }

func newSectionWriter(file io.WriteSeeker) (*sectionWriter, error) {
	if _, err := file.Seek(int64(headerSize), io.SeekStart); err != nil {
		return nil, fmt.Errorf("writing an index: %w", err)
	}
	return &sectionWriter{file: file, out: bufio.NewWriterSize(file, 1<<20), at: int64(headerSize)}, nil
}

// begin starts a section; what is written until the next begin or finish is of it.
func (w *sectionWriter) begin(s section) { w.places[s].offset, w.sum = w.at, 0 }

func (w *sectionWriter) end(s section) {
	w.places[s].length, w.places[s].sum = w.at-w.places[s].offset, w.sum
}

func (w *sectionWriter) Write(p []byte) (int, error) {
	if w.err != nil {
		return 0, w.err
	}
	n, err := w.out.Write(p)
	w.at += int64(n)
	w.sum = checksum(w.sum, p[:n])
	w.err = err
	return n, err
}

// put writes a section that is in memory.
func (w *sectionWriter) put(s section, data []byte) {
	w.begin(s)
	_, _ = w.Write(data) // the error is kept
	w.end(s)
}

// finish writes the header.
func (w *sectionWriter) finish() error {
	if w.err == nil {
		w.err = w.out.Flush()
	}
	if w.err != nil {
		return fmt.Errorf("writing an index: %w", w.err)
	}
	header := append(make([]byte, 0, headerSize), magic...)
	header = binary.LittleEndian.AppendUint32(header, formatVersion)
	header = binary.LittleEndian.AppendUint32(header, persian.Version)
	header = binary.LittleEndian.AppendUint32(header, uint32(sections))
	for _, p := range w.places {
		header = binary.LittleEndian.AppendUint64(header, uint64(p.offset))
		header = binary.LittleEndian.AppendUint64(header, uint64(p.length))
		header = binary.LittleEndian.AppendUint32(header, p.sum)
	}
	header = binary.LittleEndian.AppendUint32(header, crc32.Checksum(header, castagnoli()))
	if _, err := w.file.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("writing an index: %w", err)
	}
	if _, err := w.file.Write(header); err != nil {
		return fmt.Errorf("writing an index: %w", err)
	}
	return nil
}

// stretch is how many bytes are summed before somebody else may have the processor.
const stretch = 1 << 20

func checksum(sum uint32, data []byte) uint32 {
	for len(data) > stretch {
		sum = crc32.Update(sum, castagnoli(), data[:stretch])
		data = data[stretch:]
		runtime.Gosched()
	}
	return crc32.Update(sum, castagnoli(), data)
}

// divide checks a generation, every byte of it, and answers its sections.
func divide(data []byte) (parts [sections][]byte, err error) {
	switch {
	case len(data) < headerSize || string(data[:len(magic)]) != magic:
		return parts, errFormat
	case crc32.Checksum(data[:headerSize-4], castagnoli()) != binary.LittleEndian.Uint32(data[headerSize-4:]):
		return parts, fmt.Errorf("header: %w", errDamaged)
	}
	header := data[len(magic):]
	if binary.LittleEndian.Uint32(header) != formatVersion || binary.LittleEndian.Uint32(header[4:]) != persian.Version || binary.LittleEndian.Uint32(header[8:]) != uint32(sections) {
		return parts, errFormat
	}
	total := uint64(headerSize)
	for i := range parts {
		place := header[12+20*i:]
		offset, length := binary.LittleEndian.Uint64(place), binary.LittleEndian.Uint64(place[8:])
		if offset > uint64(len(data)) || length > uint64(len(data))-offset {
			return parts, fmt.Errorf("section %d: %w", i, errDamaged)
		}
		parts[i] = data[offset : offset+length : offset+length]
		if checksum(0, parts[i]) != binary.LittleEndian.Uint32(place[16:]) {
			return parts, fmt.Errorf("section %d: %w", i, errDamaged)
		}
		total += length
	}
	if total != uint64(len(data)) {
		return parts, errDamaged
	}
	return parts, nil
}

var errDamaged = errors.New("the index is damaged")
