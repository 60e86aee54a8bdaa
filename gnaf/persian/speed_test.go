package persian_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"nsdi/gnaf/persian"
)

// names are as registers have them: Persian and Arabic letters, non-joiners, digits of three kinds, punctuation.
func names() []string {
	return []string{
		"خیابان شهید مطهری", "کوچه ۱۲", "بلوار کشاورز", "میدان ولی‌عصر (عج)", "خ. كارگر شمالی", "بن‌بست الوند یک", "اتوبان تهران - کرج",
		"۲۰ متری جوادیه", "آیت‌الله طالقانی", "سعادت آباد", "خيابان خانه‌ی هنرمندان", "VT Route 22A", "شهرک غرب، فاز ٣", "پلاک12",
	}
}

// In the common case the normaliser works in the buffer that it is given.
func TestKeysAllocateNothing(t *testing.T) {
	var buffer []byte
	for _, name := range names() {
		for what, f := range map[string]func([]byte, string) []byte{
			"AppendKey": persian.AppendKey, "AppendJoined": persian.AppendJoined, "AppendDisplay": persian.AppendDisplay, "AppendWayKey": persian.AppendWayKey,
		} {
			allocs := testing.AllocsPerRun(100, func() { buffer = f(buffer[:0], name) })
			assert.Zero(t, allocs, "%s of %s", what, name)
		}
	}
}

func TestAppendKeepsWhatIsThere(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		s := rapid.OneOf(rapid.SampledFrom(names()), rapid.String(), rapid.StringMatching(`[خکب ه ی 4راه۱]{0,12}`)).Draw(rt, "s")
		require.Equal(rt, "was 1"+persian.Fold(s), string(persian.AppendKey([]byte("was 1"), s)))
		require.Equal(rt, "was"+persian.Display(s), string(persian.AppendDisplay([]byte("was"), s)))
		require.Equal(rt, "خ"+persian.WayKey(s), string(persian.AppendWayKey([]byte("خ"), s)))
		require.Equal(rt, "x "+persian.Joined(s), string(persian.AppendJoined([]byte("x "), s)))
		key := persian.WayKey(s)
		require.Equal(rt, key, persian.WayKey(key), "%q", s)
		require.Equal(rt, key, persian.WayKey(persian.Fold(s)), "%q", s)
	})
}

func BenchmarkAppendKey(b *testing.B)     { benchmarkNames(b, persian.AppendKey) }
func BenchmarkAppendWayKey(b *testing.B)  { benchmarkNames(b, persian.AppendWayKey) }
func BenchmarkAppendDisplay(b *testing.B) { benchmarkNames(b, persian.AppendDisplay) }

func benchmarkNames(b *testing.B, f func([]byte, string) []byte) {
	all := names()
	var buffer []byte
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		buffer = f(buffer[:0], all[n%len(all)])
		n++
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "names/s")
}
