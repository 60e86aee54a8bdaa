package sample

import (
	"path/filepath"
	"runtime"
	"testing"
)

// TestMemoryDoesNotGrow compares the highest heap of a run with that of a run eight times as large. One address that were kept would
// be some hundred bytes at least; what compressors and buffers hold at the moment of looking is below a megabyte, whatever the size.
func TestMemoryDoesNotGrow(t *testing.T) {
	const few, many, buffers, perAddress = 4_000, 32_000, 1 << 20, 64
	small, large := peakHeap(t, few), peakHeap(t, many)
	if large > small+buffers+(many-few)*perAddress {
		t.Errorf("heap %d bytes for %d addresses, %d for %d", small, few, large, many)
	}
}

func peakHeap(t *testing.T, addresses int) uint64 {
	t.Helper()
	var peak, calls uint64
	_, err := Write(t.Context(), Options{Dir: filepath.Join(t.TempDir(), "sample"), Addresses: addresses, Progress: func(int, int) {
		if calls++; calls%8 == 1 {
			runtime.GC()
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			peak = max(peak, m.HeapAlloc)
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	return peak
}
