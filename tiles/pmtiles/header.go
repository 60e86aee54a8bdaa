package pmtiles

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// Compression says how bodies or directories are compressed.
type Compression uint8

// The compressions of the format.
const (
	None   Compression = 1
	Gzip   Compression = 2
	Brotli Compression = 3
	Zstd   Compression = 4
)

const (
	headerBytes = 127
	// firstBytes is what every reader asks for first: header and root directory have to be in it.
	firstBytes = 16384
	magic      = "PMTiles\x03"
	mvt        = 1
)

// span is a part of the file.
type span struct{ offset, length uint64 }

// Header is the beginning of a file.
type Header struct {
	root, metadata, leaves, bodies span

	Addressed, Entries, Contents uint64 // tiles; entries of directories; distinct bodies
	Clustered                    bool
	Inner, Tiles                 Compression // of directories and metadata; of bodies
	Type                         uint8       // 1: vector tiles
	MinZoom, MaxZoom             uint8
	Bounds                       [4]float64 // west, south, east, north in degrees
	Center                       [2]float64
	CenterZoom                   uint8
}

func (h *Header) append(b []byte) []byte {
	b = append(b, magic...)
	for _, s := range []span{h.root, h.metadata, h.leaves, h.bodies} {
		b = binary.LittleEndian.AppendUint64(b, s.offset)
		b = binary.LittleEndian.AppendUint64(b, s.length)
	}
	for _, n := range []uint64{h.Addressed, h.Entries, h.Contents} {
		b = binary.LittleEndian.AppendUint64(b, n)
	}
	clustered := byte(0)
	if h.Clustered {
		clustered = 1
	}
	b = append(b, clustered, byte(h.Inner), byte(h.Tiles), h.Type, h.MinZoom, h.MaxZoom)
	for _, degrees := range h.Bounds {
		b = appendDegrees(b, degrees)
	}
	b = append(b, h.CenterZoom)
	return appendDegrees(appendDegrees(b, h.Center[0]), h.Center[1])
}

func appendDegrees(b []byte, degrees float64) []byte {
	return binary.LittleEndian.AppendUint32(b, uint32(int32(math.Round(degrees*1e7))))
}

// parseHeader reads the beginning of a file of so many bytes, and checks that its parts lie within it.
func parseHeader(b []byte, size uint64) (*Header, error) {
	if len(b) < headerBytes {
		return nil, errors.New("the file is shorter than a header of PMTiles")
	}
	if string(b[:7]) != magic[:7] {
		return nil, errors.New("the file does not begin as PMTiles does")
	}
	if b[7] != 3 {
		return nil, fmt.Errorf("the file is PMTiles of version %d, not 3", b[7])
	}
	at := 8
	number := func() uint64 {
		at += 8
		return binary.LittleEndian.Uint64(b[at-8:])
	}
	degrees := func() float64 {
		at += 4
		return float64(int32(binary.LittleEndian.Uint32(b[at-4:]))) / 1e7
	}
	var h Header
	for _, s := range []*span{&h.root, &h.metadata, &h.leaves, &h.bodies} {
		*s = span{number(), number()}
		if s.offset > size || s.length > size-s.offset {
			return nil, fmt.Errorf("a part of the file, %d bytes from %d, lies beyond its end", s.length, s.offset)
		}
	}
	h.Addressed, h.Entries, h.Contents = number(), number(), number()
	h.Clustered, h.Inner, h.Tiles, h.Type, h.MinZoom, h.MaxZoom = b[96] == 1, Compression(b[97]), Compression(b[98]), b[99], b[100], b[101]
	at = 102
	for i := range h.Bounds {
		h.Bounds[i] = degrees()
	}
	h.CenterZoom = b[118]
	at = 119
	h.Center = [2]float64{degrees(), degrees()}
	switch {
	case h.root.offset < headerBytes || h.root.length == 0 || h.root.offset+h.root.length > firstBytes:
		return nil, errors.New("the root directory is not within the first 16 KiB")
	case h.Inner != None && h.Inner != Gzip:
		return nil, fmt.Errorf("directories of compression %d are not known", h.Inner)
	case h.MinZoom > h.MaxZoom || h.MaxZoom > MaxZoom:
		return nil, fmt.Errorf("there are no zooms from %d to %d", h.MinZoom, h.MaxZoom)
	}
	return &h, nil
}
