package sample

import (
	"path/filepath"
	"runtime"
	"testing"
)

// TestMemoryDoesNotGrow compares the highest heap of a run with that of a run eight times as large.
func TestMemoryDoesNotGrow(t *testing.T) {
	small, large := peakHeap(t, 4_000), peakHeap(t, 32_000)
	if ratio := float64(large) / float64(small); ratio > 1.5 || large > 64<<20 {
		t.Errorf("heap %d bytes for 4,000 addresses, %d for 32,000: ratio %.2f", small, large, ratio)
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
