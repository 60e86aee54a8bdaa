package layers

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Memory does not grow with the size of a delivery: five times the rows, the same heap.
func TestMemoryIsBounded(t *testing.T) {
	if testing.Short() || os.Getenv("NSDI_SLOW_TESTS") == "" {
		t.Skip("takes a minute: NSDI_SLOW_TESTS=1 runs it")
	}
	d := newDesk(t)
	small, large := d.peakHeap(200_000), d.peakHeap(1_000_000)
	t.Logf("peak heap %d MB and %d MB", small>>20, large>>20)
	require.Less(t, float64(large), 1.5*float64(small))
}

// The same with fewer rows: what is held while 40,000 rows are read is no more than a few batches.
func TestMemoryOfAFewBatches(t *testing.T) {
	d := newDesk(t)
	require.Less(t, d.peakHeap(60_000), uint64(128<<20))
}

// peakHeap imports n rows and gives the most that Go's heap held meanwhile, looked at every few milliseconds.
func (d *desk) peakHeap(n int) uint64 {
	d.t.Helper()
	file := filepath.Join(d.t.TempDir(), "many.csv")
	f, err := os.Create(file)
	require.NoError(d.t, err)
	w := bufio.NewWriter(f)
	fmt.Fprintln(w, "code,name_fa,kind,lon,lat")
	for i := range n {
		fmt.Fprintf(w, "m%d,روستای نمونه شماره %d,village,%.6f,%.6f\n", i, i, 50+float64(i%3000)/1000, 33+float64(i/3000)/1000)
	}
	require.NoError(d.t, w.Flush())
	require.NoError(d.t, f.Close())
	runtime.GC()
	defer debug.SetGCPercent(debug.SetGCPercent(100)) // whatever the tests are run with
	var peak atomic.Uint64
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for tick := time.NewTicker(20 * time.Millisecond); ; {
			select {
			case <-stop:
				tick.Stop()
				return
			case <-tick.C:
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				peak.Store(max(peak.Load(), m.HeapInuse))
			}
		}
	}()
	report, err := d.deliver(Request{Theme: "place", Files: []string{file}, AllowRemovals: true})
	close(stop)
	<-done
	require.NoError(d.t, err)
	require.EqualValues(d.t, n, report.Features)
	return peak.Load()
}
