package mvt

import (
	"encoding/binary"
	"math"
	"unicode/utf8"
)

// Kind is the type of a field's values, as PostgreSQL sends them in binary.
type Kind byte

// The kinds of values.
const (
	Text Kind = 1 + iota
	Int2
	Int4
	Int8
	Float4
	Float8
	Bool
)

// Fields of a Value message.
const (
	valueString = 1<<3 | lengthDelimited
	valueDouble = 3<<3 | fixed64
	valueInt    = 4<<3 | varint
	valueBool   = 7<<3 | varint
)

// Wire types of protocol buffers.
const (
	varint          = 0
	fixed64         = 1
	lengthDelimited = 2
)

// dictionary numbers the different values of a layer in the order in which they come.
type dictionary struct {
	numbers map[string]uint64 // by the message of the value
	texts   map[string]uint64 // of texts by what came in, so that each is looked at once
	body    []byte            // the values, each a field of the layer
	scratch []byte
}

func (d *dictionary) reset() {
	if d.numbers == nil {
		d.numbers, d.texts = make(map[string]uint64), make(map[string]uint64)
	}
	clear(d.numbers)
	clear(d.texts)
	d.body = d.body[:0]
}

// number answers a value's number; false where it is no value of the field's kind.
func (d *dictionary) number(f *Field, raw []byte) (uint64, bool) {
	if f.Kind != Text || f.Clean == nil {
		return d.enter(f.Kind, raw)
	}
	if n, known := d.texts[string(raw)]; known {
		return n, true
	}
	n, ok := d.enter(Text, f.Clean(raw))
	if ok {
		d.texts[string(raw)] = n
	}
	return n, ok
}

func (d *dictionary) enter(kind Kind, raw []byte) (uint64, bool) {
	value, ok := appendValue(d.scratch[:0], kind, raw)
	d.scratch = value
	if !ok {
		return 0, false
	}
	n, known := d.numbers[string(value)]
	if !known {
		n = uint64(len(d.numbers))
		d.numbers[string(value)] = n
		d.body = appendBytes(d.body, layerValues, value)
	}
	return n, true
}

func appendValue(b []byte, kind Kind, raw []byte) ([]byte, bool) {
	switch {
	case kind == Text && utf8.Valid(raw):
		return appendBytes(b, valueString, raw), true
	case kind == Int2 && len(raw) == 2:
		return appendInt(b, int64(int16(binary.BigEndian.Uint16(raw)))), true
	case kind == Int4 && len(raw) == 4:
		return appendInt(b, int64(int32(binary.BigEndian.Uint32(raw)))), true
	case kind == Int8 && len(raw) == 8:
		return appendInt(b, int64(binary.BigEndian.Uint64(raw))), true
	case kind == Float4 && len(raw) == 4:
		return appendDouble(b, float64(math.Float32frombits(binary.BigEndian.Uint32(raw)))), true
	case kind == Float8 && len(raw) == 8:
		return appendDouble(b, math.Float64frombits(binary.BigEndian.Uint64(raw))), true
	case kind == Bool && len(raw) == 1 && raw[0] <= 1:
		return append(b, valueBool, raw[0]), true
	}
	return b, false
}

func appendInt(b []byte, n int64) []byte {
	return binary.AppendUvarint(append(b, valueInt), uint64(n))
}

func appendDouble(b []byte, f float64) []byte {
	return binary.LittleEndian.AppendUint64(append(b, valueDouble), math.Float64bits(f))
}

// appendBytes writes a field of bytes with its length.
func appendBytes(b []byte, tag byte, body []byte) []byte {
	return append(binary.AppendUvarint(append(b, tag), uint64(len(body))), body...)
}
