package upload_test

import (
	"io"
	"net"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/require"

	"nsdi/internal/errs"
	"nsdi/layers/upload"
)

// A byte now and then does not hold a connection; what is slow and moves may take a day.
func TestPace(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		every time.Duration // a byte
		most  int           // bytes that get through; 0: all
	}{
		"a byte every ten seconds": {10 * time.Second, 7},
		"just too slow":            {5 * time.Millisecond, 12_001},
		"slow":                     {3 * time.Millisecond, 0},
	} {
		now := time.Now()
		body := io.NopCloser(iotest.OneByteReader(strings.NewReader(strings.Repeat("x", 100_000))))
		read := upload.Paced(body, func() time.Time { now = now.Add(c.every); return now })
		n, err := io.Copy(io.Discard, read)
		if c.most == 0 {
			require.NoError(t, err, name)
			require.EqualValues(t, 100_000, n, name)
			continue
		}
		var timeout net.Error
		require.ErrorAs(t, err, &timeout, name)
		require.True(t, timeout.Timeout(), name)
		require.EqualValues(t, c.most, n, name)
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	l := upload.Limits{MaxLayers: 3}.Complete()
	require.Equal(t, 3, l.MaxLayers)
	require.EqualValues(t, 2<<30, l.MaxBytes)
	require.Equal(t, 7*24*time.Hour, l.Lifetime)
	_, err := upload.Open(upload.Config{Dir: t.TempDir(), Limits: upload.Limits{MaxBytes: -1}}) // which tusd would take for no limit
	require.Equal(t, "upload-limit-invalid", errs.Code(err))
}
