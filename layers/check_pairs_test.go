package layers

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// gridOf writes so many features a hundred metres from each other, and one more that has to do with the last of them.
func gridOf(n int, areas bool) string {
	var b strings.Builder
	b.WriteString("code,name_fa,WKT\n")
	put := func(key string, x, y float64) {
		if areas {
			fmt.Fprintf(&b, "%s,نام,\"POLYGON((%[2]f %[3]f,%[4]f %[3]f,%[4]f %[5]f,%[2]f %[5]f,%[2]f %[3]f))\"\n", key, x, y, x+0.0005, y+0.0005)
			return
		}
		fmt.Fprintf(&b, "%s,نام,POINT(%f %f)\n", key, x, y)
	}
	x, y := 0.0, 0.0
	for i := range n {
		x, y = 46+float64(i%1000)/1000, 30+float64(i/1000)/1000
		put(fmt.Sprintf("p%07d", i), x, y)
	}
	put("q", x+0.000002, y)
	return b.String()
}

// However many rows there are: the one pair among 100,002 is found.
func TestPairsInLargeDeliveries(t *testing.T) {
	t.Parallel()
	const n = 100_001
	for rule, theme := range map[string]string{"points-near": "place", "overlap": "neighbourhood"} {
		d := newDesk(t)
		report, err := d.deliver(Request{Theme: theme, Files: []string{d.file("f.csv", gridOf(n, rule == "overlap"))}, Mapping: Mapping{CRS: "EPSG:4326"}})
		require.NoError(t, err)
		require.EqualValues(t, n+1, report.Accepted)
		found := report.rule(rule)
		require.NotNil(t, found, "%s: %+v", rule, report.Notes)
		require.EqualValues(t, 1, found.Count)
		require.Equal(t, []string{"q", fmt.Sprintf("p%07d", n-1)}, []string{found.Samples[0].Key, found.Samples[0].Other})
		for _, note := range report.Notes {
			require.NotContains(t, note.EN, rule)
		}
	}
}

// What a rule did not come to is said in both languages, with the rule and the reason, and the delivery goes on.
func TestPairsThatAreLeftOut(t *testing.T) {
	t.Parallel()
	crowd := "code,name_fa,lon,lat\n" // all within half a metre of each other, so each has to do with all
	for i := range 12_000 {
		crowd += fmt.Sprintf("p%05d,نام,%.9f,35\n", i, 51+float64(i)*1e-10+float64(i%2)*1e-9)
	}
	few := gridOf(30, false)
	for name, tc := range map[string]struct {
		text   string
		set    func(*Importer)
		fa, en string
		count  int64
	}{
		"no time at all":         {few, func(im *Importer) { im.RuleTime = 1 }, "«نقطه‌های بسیار نزدیک» (points-near) فقط برای ۰ ردیف نخست از ۳۱ ردیف", "“Points very near each other” (points-near) came to its end for the first 0 of 31 rows only, because its time (0s) was over", 0},
		"a statement breaks off": {crowd, func(im *Importer) { im.RuleTime = 50 * time.Millisecond }, "زمان آن (۵۰ میلی‌ثانیه) سر آمد", "the first 0 of 12000 rows only, because its time (50ms) was over", 0},
		"too many":               {crowd, func(im *Importer) { im.mostPairs = 7 }, "۷ یافته دارد", "because it has 7 findings; mend those first", 7},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			tc.set(d.im)
			report, err := d.deliver(Request{Theme: "place", Files: []string{d.file("f.csv", tc.text)}, Mapping: Mapping{CRS: "EPSG:4326"}})
			require.NoError(t, err)
			require.Equal(t, "published", report.State)
			require.Len(t, report.Notes, 2, "%+v", report.Notes) // the other: no territory is set
			require.Contains(t, report.Notes[0].FA, tc.fa)
			require.Contains(t, report.Notes[0].EN, tc.en)
			if tc.count == 0 {
				require.Nil(t, report.rule("points-near"))
			} else {
				require.Equal(t, tc.count, report.rule("points-near").Count)
			}
			d.im.RuleTime, d.im.mostPairs = 0, 0
			require.Equal(t, "0", d.text(`show statement_timeout`))
		})
	}
}
