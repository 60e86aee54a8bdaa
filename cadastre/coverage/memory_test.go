package coverage

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

// lots is a source that makes its parcels when they are asked for: columns by rows of 10 m squares.
type lots struct {
	around
	columns, rows int
}

func (l *lots) Corners(context.Context) (out []Point, low, high Point, _ error) {
	out = make([]Point, 0, l.columns*l.rows)
	for x := range l.columns {
		for y := range l.rows {
			out = append(out, l.degrees(float64(x)*10, float64(y)*10))
		}
	}
	return out, l.degrees(0, 0), l.degrees(float64(l.columns)*10, float64(l.rows)*10), nil
}

func (l *lots) Count(context.Context, Point, Point, int) (int, error) { return 0, nil }

func (l *lots) Load(_ context.Context, low, high Point) (out []Parcel, _ error) {
	first, last := l.degrees(0, 0), l.degrees(10, 10)
	cell := func(p Point, by float64) (x, y int) {
		x = int(math.Floor((p.X-first.X)/(last.X-first.X) + by))
		y = int(math.Floor((p.Y-first.Y)/(last.Y-first.Y) + by))
		return max(0, min(l.columns-1, x)), max(0, min(l.rows-1, y))
	}
	x0, y0 := cell(low, -1e-6)
	x1, y1 := cell(high, 1e-6)
	for x := x0; x <= x1; x++ {
		for y := y0; y <= y1; y++ {
			out = append(out, parcel(fmt.Sprint(x, "/", y), l.polygon(rectangle(float64(x)*10, float64(y)*10, float64(x)*10+10, float64(y)*10+10))))
		}
	}
	return out, nil
}

// What is held while a province is checked is a few blocks (two that are looked at, one that is loaded, one that is taken) and the corners, 16 bytes a parcel; each parcel is looked at once, and nothing is wrong with it.
func TestMemoryIsThatOfBlocks(t *testing.T) {
	province := &lots{around{51.4, 35.7}, 400, 300}
	held := func(size int) (largest uint64) {
		seen := 0
		require.NoError(t, Run(t.Context(), province, everything(size), func(f *Found) error {
			seen += len(f.Own)
			require.Empty(t, f.Overlaps)
			require.Empty(t, f.Gaps)
			require.Empty(t, f.Corners)
			require.Empty(t, f.Holes)
			runtime.GC()
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			largest = max(largest, m.HeapAlloc)
			runtime.KeepAlive(f) // with the parcels of the block
			return nil
		}))
		require.Equal(t, 400*300, seen)
		return largest
	}
	blocks, whole := held(2000), held(1<<30)
	require.Less(t, 4*blocks, whole, "blocks of 2,000 hold %d bytes, one of all parcels %d", blocks, whole)
}
