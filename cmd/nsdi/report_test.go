package main

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"nsdi/internal/errs"
	"nsdi/layers"
)

// The first line says whether the delivery was accepted; then come the counts, the difference, and what is wrong and where, in the language that was asked for.
func TestReportForAPerson(t *testing.T) {
	t.Parallel()
	lon, lat := 51.4, 35.75
	r := &layers.Report{
		State: "published", Theme: "place", Agency: "ncc", Version: 12, Tracking: "NSDI-1405-K7Q2-93FX-8", Duration: 1230 * time.Millisecond,
		RowsIn: 1250, Accepted: 1243, Refused: 7, Repeated: 3, Added: 40, Altered: 5, Removed: 6, Unchanged: 1195, Features: 1240,
		Rules: []layers.RuleCount{
			{Rule: "required", Severity: "E", Title: errs.T("ویژگی الزامی خالی است", "A required attribute is empty"), Count: 7, Samples: []layers.Finding{
				{Source: "p.csv · p", Row: 15, Key: "b-2", Message: errs.T("«نام» خالی است.", "Name is empty."), Lon: &lon, Lat: &lat},
			}},
			{Rule: "mass-removal", Severity: "W", Title: errs.T("حذف گسترده", "Mass removal"), Count: 1, Samples: []layers.Finding{{Message: errs.T("همه رفت.", "All gone.")}}},
		},
		Notes: []errs.Text{errs.T("یک نکته", "A hint")}, IgnoredColumns: []string{"x"},
	}
	var en, fa strings.Builder
	printReport(&en, "en", "p.csv", r)
	require.Equal(t, `ACCEPTED and published, version 12: p.csv → place (ncc), 1.23 s
  tracking identifier NSDI-1405-K7Q2-93FX-8
  rows: in 1250 · accepted 1243 · refused 7 · unchanged 1195 · repeated 3
  compared with what was published: added 40 · altered 5 · removed 6 · now in the dataset 1240
  [error] A required attribute is empty (required): 7
      p.csv · p row 15 key "b-2" at 51.400000, 35.750000: Name is empty.
      … and 6 more
  [warning] Mass removal (mass-removal): 1
      the delivery as a whole: All gone.
  note: A hint
  columns not taken in: x
`, en.String())
	printReport(&fa, "fa", "p.csv", r)
	require.Equal(t, `پذیرفته و منتشر شد، نسخه ۱۲: p.csv → place (ncc)، ۱٫۲۳ ثانیه
  شناسه پیگیری NSDI-1405-K7Q2-93FX-8
  ردیف‌ها: دریافت‌شده ۱۲۵۰ · پذیرفته ۱۲۴۳ · ردشده ۷ · بی‌تغییر ۱۱۹۵ · تکراری ۳
  تفاوت با آنچه منتشر بود: افزوده ۴۰ · دگرگون ۵ · حذف‌شده ۶ · اکنون در مجموعه‌داده ۱۲۴۰
  [خطا] ویژگی الزامی خالی است (required): ۷
      p.csv · p ردیف ۱۵ کلید "b-2" در 51.400000, 35.750000: «نام» خالی است.
      … و ۶ یافته دیگر
  [هشدار] حذف گسترده (mass-removal): ۱
      همه تحویل: همه رفت.
  یادداشت: یک نکته
  ستون‌هایی که گرفته نشد: x
`, fa.String())
	for state, first := range map[string][2]string{"refused": {"NOT ACCEPTED", "پذیرفته نشد"}, "unchanged": {"ACCEPTED; nothing has changed", "پذیرفته شد؛"}} {
		for i, lang := range []string{"en", "fa"} {
			var out strings.Builder
			printReport(&out, lang, "p.csv", &layers.Report{State: state})
			require.True(t, strings.HasPrefix(out.String(), first[i]), out.String())
		}
	}
}

// The language is the one that was asked for, or else that of the locale.
func TestLanguageOfTheTerminal(t *testing.T) {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		t.Setenv(name, "")
	}
	require.Equal(t, "en", terminalLang(""))
	t.Setenv("LANG", "fa_IR.UTF-8")
	require.Equal(t, []string{"fa", "en"}, []string{terminalLang(""), terminalLang("en")})
	t.Setenv("LC_ALL", "C.UTF-8")
	require.Equal(t, []string{"en", "fa"}, []string{terminalLang(""), terminalLang("fa")})
}
