package access_test

import (
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/access"
	"nsdi/internal/errs"
)

func TestNetworkOf(t *testing.T) {
	t.Parallel()
	for from, want := range map[string]string{
		"5.160.1.2": "5.160.1.2/32", "::ffff:5.160.1.2": "5.160.1.2/32", "2a01:5ec0:1:2:3::4": "2a01:5ec0:1:2::/64", "fe80::1%eth0": "fe80::/64",
	} {
		assert.Equal(t, want, access.NetworkOf(netip.MustParseAddr(from)).String(), from)
	}
	assert.False(t, access.NetworkOf(netip.Addr{}).IsValid())
}

func TestPublicBucket(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	q := &access.PublicQuotas{Now: func() time.Time { return now }, Factor: 0.1} // 1 a second, 6 at once
	here, neighbour, other := netip.MustParseAddr("2a01:5ec0:1:2::1"), netip.MustParseAddr("2a01:5ec0:1:2:ffff::9"), netip.MustParseAddr("2a01:5ec0:1:3::1")
	for i := range 6 {
		from := here
		if i%2 == 1 {
			from = neighbour
		}
		a, err := q.Take(from, access.SearchClass)
		require.NoError(t, err)
		assert.Equal(t, access.Allowance{Limit: 6, Remaining: 5 - i, Reset: time.Duration(i+1) * time.Second}, a)
	}
	a, err := q.Take(neighbour, access.SearchClass)
	require.Equal(t, "quota-exceeded", errs.Code(err), "a /64 is one caller")
	assert.Equal(t, access.Allowance{Limit: 6, Reset: 6 * time.Second, Retry: time.Second}, a)
	_, err = q.Take(other, access.SearchClass)
	require.NoError(t, err, "another network has its own")
	_, err = q.Take(here, access.DataClass)
	require.NoError(t, err, "another class has its own")
	now = now.Add(time.Second)
	_, err = q.Take(here, access.SearchClass)
	require.NoError(t, err)
	_, err = q.Take(here, access.SearchClass)
	require.Error(t, err)
	now = now.Add(-time.Hour)
	_, err = q.Take(here, access.SearchClass)
	require.Error(t, err, "a clock that goes back gives nothing")
}

func TestPublicQuotaIsNotCounted(t *testing.T) {
	t.Parallel()
	var none *access.PublicQuotas
	few := &access.PublicQuotas{Factor: 1e-9}
	for range 10 {
		for _, c := range []struct {
			q    *access.PublicQuotas
			from string
		}{{none, "5.160.1.2"}, {&access.PublicQuotas{}, "5.160.1.2"}, {few, "127.0.0.1"}, {few, "::ffff:127.0.0.1"}, {few, "::1"}} {
			a, err := c.q.Take(netip.MustParseAddr(c.from), access.TileClass)
			require.NoError(t, err)
			assert.Zero(t, a)
		}
		_, err := few.Take(netip.Addr{}, access.TileClass)
		require.NoError(t, err)
	}
	from := netip.MustParseAddr("5.160.1.2")
	_, err := few.Take(from, access.TileClass)
	require.NoError(t, err, "one request at once at the least")
	_, err = few.Take(from, access.TileClass)
	require.Error(t, err)
}

// A flood from many networks takes no more memory than Most, and those that are full again are forgotten.
func TestPublicQuotaIsBounded(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	q := &access.PublicQuotas{Now: func() time.Time { return now }, Factor: 1, Most: 1000}
	address := func(i int) netip.Addr { return netip.AddrFrom4([4]byte{5, byte(i >> 16), byte(i >> 8), byte(i)}) }
	for i := range 50_000 {
		_, err := q.Take(address(i), access.SearchClass)
		require.NoError(t, err)
		require.LessOrEqual(t, q.Buckets(), 1000)
	}
	// Who goes on asking while others flood keeps the bucket, and meets its end.
	taken := 0
	for i := range 70 {
		if _, err := q.Take(address(1), access.SearchClass); err == nil {
			taken++
		}
		for k := range 100 {
			_, _ = q.Take(address(100_000+i*100+k), access.SearchClass)
		}
	}
	assert.Equal(t, 60, taken)
	now = now.Add(time.Minute)
	for i := range 600 {
		_, _ = q.Take(address(200_000+i%2), access.SearchClass)
		_, _ = q.Take(address(300_000+i), access.SearchClass)
	}
	assert.Equal(t, 602, q.Buckets(), "those of a minute ago are full again, and gone")
}

func TestPublicQuotaAtOnce(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	q := &access.PublicQuotas{Now: func() time.Time { return now }, Factor: 1, Most: 10}
	var taken [5]atomic.Int64
	var wg sync.WaitGroup
	for worker := range 10 {
		wg.Go(func() {
			for range 100 {
				if _, err := q.Take(netip.AddrFrom4([4]byte{5, 0, 0, byte(worker % 5)}), access.SearchClass); err == nil {
					taken[worker%5].Add(1)
				}
			}
		})
	}
	wg.Wait()
	for i := range taken {
		assert.EqualValues(t, 60, taken[i].Load())
	}
}

func BenchmarkPublicQuota(b *testing.B) {
	q := &access.PublicQuotas{Factor: 1}
	i := uint32(0)
	for b.Loop() {
		i += 7919
		_, _ = q.Take(netip.AddrFrom4([4]byte{byte(i >> 24), byte(i >> 16), byte(i >> 8), byte(i)}), access.TileClass)
	}
}
