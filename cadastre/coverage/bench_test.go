package coverage

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// BenchmarkCheck looks at one block of 8,000 parcels that were loaded before.
func BenchmarkCheck(b *testing.B) {
	quarter := &lots{around{51.4, 35.7}, 100, 80}
	corners, low, high, err := quarter.Corners(b.Context())
	require.NoError(b, err)
	parcels, err := quarter.Load(b.Context(), low, high)
	require.NoError(b, err)
	extent := box{low.X, low.Y, high.X, high.Y}
	r := &runner{Options: everything(8000), source: quarter, extent: extent}
	r.Related = func(a, _ *Shape) bool { return a.Delivered }
	cell := plan(corners, extent, 8000)[0]
	b.ReportAllocs()
	for b.Loop() {
		found, err := r.check(cell, parcels)
		require.NoError(b, err)
		require.Len(b, found.Own, 8000)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/8000, "ns/parcel")
}
