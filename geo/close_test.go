package geo

import (
	"encoding/binary"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// polygonOf makes a polygon of rings given as x, y, x, y.
func polygonOf(order binary.AppendByteOrder, mark byte, rings ...[]float64) []byte {
	b := order.AppendUint32(order.AppendUint32([]byte{mark}, uint32(Polygon)), uint32(len(rings)))
	for _, r := range rings {
		b = order.AppendUint32(b, uint32(len(r)/2))
		for _, v := range r {
			b = order.AppendUint64(b, math.Float64bits(v))
		}
	}
	return b
}

func TestCloseRings(t *testing.T) {
	t.Parallel()
	open, closed := []float64{0, 0, 1, 0, 1, 1}, []float64{0, 0, 1, 0, 1, 1, 0, 0}
	for name, order := range map[string]struct {
		binary.AppendByteOrder
		mark byte
	}{"little": {binary.LittleEndian, 1}, "big": {binary.BigEndian, 0}} {
		one := polygonOf(order, order.mark, open, closed)
		_, _, err := Normalize(one, 100)
		require.Equal(t, "ring-open", Reason(err), name)
		got, ok := CloseRings(one)
		require.True(t, ok, name)
		require.Equal(t, polygonOf(order, order.mark, closed, closed), got, name)
		_, _, err = Normalize(got, 100)
		require.NoError(t, err, name)

		_, ok = CloseRings(got)
		require.False(t, ok, "nothing is open any more")
		many := append(order.AppendUint32(order.AppendUint32([]byte{order.mark}, uint32(MultiPolygon)), 2), append(append([]byte{}, got...), one...)...)
		got, ok = CloseRings(many)
		require.True(t, ok)
		_, shape, err := Normalize(got, 100)
		require.NoError(t, err)
		require.Equal(t, MultiPolygon, shape.Kind)
	}
	_, ok := CloseRings(EncodePoint(1, 2))
	require.False(t, ok)
}

// Whatever the bytes, the answer is no crash, and a closed one that Normalize takes unless something else is wrong.
func FuzzCloseRings(f *testing.F) {
	f.Add(polygonOf(binary.LittleEndian, 1, []float64{0, 0, 1, 0, 1, 1}))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		closed, ok := CloseRings(b)
		if !ok {
			return
		}
		if _, _, err := Normalize(closed, 1000); Reason(err) == "ring-open" {
			t.Fatalf("%x stays open", closed)
		}
	})
}
