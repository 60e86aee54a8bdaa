package mvtcheck

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// Layer of a tile.
type Layer struct {
	Name     string
	Extent   uint32
	Version  uint32
	Features []Feature
	keys     []string
	values   []any
}

// Feature of a layer. Paths are the points, lines or rings in cells; rings do not repeat their first cell.
type Feature struct {
	ID     uint64
	Kind   uint32 // 1 points, 2 lines, 3 polygons
	Values map[string]any
	Paths  [][][2]int32
	tags   []uint32
	steps  []uint32
}

var errShort = errors.New("the message ends too early")

// message goes through the fields of a protocol buffer.
func message(b []byte, field func(number uint64, wire byte, value uint64, body []byte) error) error {
	for len(b) > 0 {
		tag, n := binary.Uvarint(b)
		if n <= 0 {
			return errShort
		}
		b = b[n:]
		var value uint64
		var body []byte
		switch wire := byte(tag & 7); wire {
		case 0:
			if value, n = binary.Uvarint(b); n <= 0 {
				return errShort
			}
			b = b[n:]
		case 1:
			if len(b) < 8 {
				return errShort
			}
			value, b = binary.LittleEndian.Uint64(b), b[8:]
		case 2:
			size, n := binary.Uvarint(b)
			if n <= 0 || size > uint64(len(b)-n) {
				return errShort
			}
			body, b = b[n:n+int(size)], b[n+int(size):]
		case 5:
			if len(b) < 4 {
				return errShort
			}
			value, b = uint64(binary.LittleEndian.Uint32(b)), b[4:]
		default:
			return fmt.Errorf("wire type %d", wire)
		}
		if err := field(tag>>3, byte(tag&7), value, body); err != nil {
			return err
		}
	}
	return nil
}

// Decode reads a tile and checks it. An empty tile has no layers.
func Decode(tile []byte) ([]Layer, error) {
	var layers []Layer
	names := map[string]bool{}
	err := message(tile, func(number uint64, wire byte, _ uint64, body []byte) error {
		if number != 3 || wire != 2 {
			return fmt.Errorf("field %d of the tile", number)
		}
		l, err := decodeLayer(body)
		if err != nil {
			return fmt.Errorf("layer %q: %w", l.Name, err)
		}
		if names[l.Name] {
			return fmt.Errorf("two layers are called %q", l.Name)
		}
		names[l.Name] = true
		layers = append(layers, l)
		return nil
	})
	return layers, err
}

func decodeLayer(b []byte) (Layer, error) {
	var l Layer
	err := message(b, func(number uint64, _ byte, value uint64, body []byte) error {
		switch number {
		case 1:
			l.Name = string(body)
		case 2:
			f, err := decodeFeature(body)
			if err != nil {
				return fmt.Errorf("feature %d: %w", f.ID, err)
			}
			l.Features = append(l.Features, f)
		case 3:
			l.keys = append(l.keys, string(body))
		case 4:
			v, err := decodeValue(body)
			if err != nil {
				return err
			}
			l.values = append(l.values, v)
		case 5:
			l.Extent = uint32(value)
		case 15:
			l.Version = uint32(value)
		}
		return nil
	})
	if err != nil {
		return l, err
	}
	return l, l.check()
}

func decodeFeature(b []byte) (Feature, error) {
	var f Feature
	err := message(b, func(number uint64, _ byte, value uint64, body []byte) (err error) {
		switch number {
		case 1:
			f.ID = value
		case 2:
			f.tags, err = packed(body)
		case 3:
			f.Kind = uint32(value)
		case 4:
			f.steps, err = packed(body)
		}
		return err
	})
	return f, err
}

func packed(b []byte) (list []uint32, err error) {
	for len(b) > 0 {
		v, n := binary.Uvarint(b)
		if n <= 0 || v > math.MaxUint32 {
			return nil, errShort
		}
		list, b = append(list, uint32(v)), b[n:]
	}
	return list, nil
}

func decodeValue(b []byte) (v any, err error) {
	set := 0
	err = message(b, func(number uint64, _ byte, value uint64, body []byte) error {
		set++
		switch number {
		case 1:
			v = string(body)
		case 2:
			v = float64(math.Float32frombits(uint32(value)))
		case 3:
			v = math.Float64frombits(value)
		case 4:
			v = int64(value)
		case 5:
			v = value
		case 6:
			v = int64(value>>1) ^ -int64(value&1)
		case 7:
			v = value != 0
		default:
			return fmt.Errorf("value of kind %d", number)
		}
		return nil
	})
	if err == nil && set != 1 {
		err = fmt.Errorf("a value with %d kinds", set)
	}
	return v, err
}
