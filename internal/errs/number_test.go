package errs_test

import (
	"testing"
	"time"

	"nsdi/internal/errs"
)

// Numbers are written as each language writes them; what is a name, a code or a text stays.
func TestNumbersOfBothLanguages(t *testing.T) {
	t.Parallel()
	type code int // a number that is named, as ids are
	for _, tc := range []struct {
		format, fa, en string
		args           []any
	}{
		{"%d %5d|%-3d|", "۷    ۴۲|۱  |", "7    42|1  |", []any{7, 42, int64(1)}},
		{"%.1f %g %v", "۲٫۵ ۰٫۲۵ ۱٫۵", "2.5 0.25 1.5", []any{2.46, 0.25, 1.5}},
		{"%[2]d %[1]d %d", "۲ ۱ ۲", "2 1 2", []any{1, 2}},
		{"%d %v", "-۱۲ ۳", "-12 3", []any{-12, code(3)}},
		{"%s %q %v", "p-12 \"34\" [5 6]", "p-12 \"34\" [5 6]", []any{"p-12", "34", []int{5, 6}}},
		{"%x", "ff", "ff", []any{255}},
		{"%v %v %v %v", "۱٬۲۳۴٬۵۶۷ ۹۹۹ -۱٬۰۰۰ -۱۰۰", "1,234,567 999 -1,000 -100", []any{errs.Grouped(1234567), errs.Grouped(999), errs.Grouped(-1000), errs.Grouped(-100)}},
		{"%v, %v, %v", "۲ گیگابایت, ۱٫۵ کیلوبایت, ۱۲ بایت", "2 GiB, 1.5 KiB, 12 bytes", []any{errs.Bytes(2 << 30), errs.Bytes(1536), errs.Bytes(12)}},
		{"%v, %v, %v", "۱ ساعت و ۳۰ دقیقه, ۲۰٫۵ ثانیه, ۳۵۰ میلی‌ثانیه", "1h30m0s, 20.5s, 350ms", []any{90 * time.Minute, 20500 * time.Millisecond, 350 * time.Millisecond}},
	} {
		if got := errs.Tf(tc.format, tc.format, tc.args...); got != (errs.Text{FA: tc.fa, EN: tc.en}) {
			t.Errorf("%q: %q", tc.format, got)
		}
	}
	for n, want := range []string{"0 days", "1 day", "2 days"} {
		if got := errs.Tn(n, "%d روز", "%d day", "%d days", n).EN; got != want {
			t.Errorf("%d: %q", n, got)
		}
	}
	if got := errs.Tn(1, "%d ردیف", "the only row", "%d rows", 1); got != errs.T("۱ ردیف", "the only row") {
		t.Errorf("one without its number: %q", got)
	}
}
