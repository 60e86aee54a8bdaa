package geo_test

import (
	"encoding/binary"
	"math"

	"nsdi/geo"
)

// builder writes well-known binary in one byte order, right or wrong.
type builder struct {
	order binary.AppendByteOrder
	b     []byte
}

func little() *builder { return &builder{order: binary.LittleEndian} }
func big() *builder    { return &builder{order: binary.BigEndian} }

func (w *builder) head(kind uint32) *builder {
	mark := byte(1)
	if w.order == binary.AppendByteOrder(binary.BigEndian) {
		mark = 0
	}
	w.b = append(w.b, mark)
	return w.n(kind)
}

func (w *builder) kind(k geo.Kind) *builder { return w.head(uint32(k)) }

func (w *builder) n(n uint32) *builder {
	w.b = w.order.AppendUint32(w.b, n)
	return w
}

func (w *builder) xy(values ...float64) *builder {
	for _, v := range values {
		w.b = w.order.AppendUint64(w.b, math.Float64bits(v))
	}
	return w
}

// square writes a closed ring with its count.
func (w *builder) square(x, y, size float64) *builder {
	return w.n(5).xy(x, y, x+size, y, x+size, y+size, x, y+size, x, y)
}
