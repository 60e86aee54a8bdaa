package main

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"nsdi/internal/errs"
	"nsdi/layers"
)

// terminalLang is the language that a person at this terminal reads: the one asked for, or that of the locale.
func terminalLang(asked string) string {
	if asked != "" {
		return asked
	}
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if value := os.Getenv(name); value != "" {
			if strings.HasPrefix(value, "fa") {
				return "fa"
			}
			break
		}
	}
	return "en"
}

// reportPrinter writes a report for a person in one language.
type reportPrinter struct {
	w    io.Writer
	lang string
}

func (p reportPrinter) t(fa, en string) string { return errs.T(fa, en).In(p.lang) }

// n writes a count with the digits of the language. What can be copied, such as keys, values and coordinates, stays as it is.
func (p reportPrinter) n(count int64) string { return p.digits(strconv.FormatInt(count, 10)) }

func (p reportPrinter) digits(text string) string {
	if p.lang != "fa" {
		return text
	}
	return errs.Decimals(text)
}

// counts writes named counts in one line, those behind more only where they are not zero.
func (p reportPrinter) counts(title string, always int, list ...any) {
	fmt.Fprintf(p.w, "  %s:", title)
	separator := " "
	for i := 0; i < len(list); i += 2 {
		count := list[i+1].(int64)
		if i/2 >= always && count == 0 {
			continue
		}
		fmt.Fprintf(p.w, "%s%s %s", separator, list[i], p.n(count))
		separator = " · "
	}
	fmt.Fprintln(p.w)
}

// printReport writes a report for a person: whether it was accepted in its first line, then the counts, what differs from what was published, and what is wrong and
// where.
func printReport(w io.Writer, lang, name string, r *layers.Report) {
	if r == nil {
		return
	}
	p := reportPrinter{w, lang}
	answer := map[string]string{
		"published": p.t("پذیرفته و منتشر شد", "ACCEPTED and published"), "unchanged": p.t("پذیرفته شد؛ چیزی دگرگون نشده و انتشاری لازم نبود", "ACCEPTED; nothing has changed, so nothing was published"),
		"refused": p.t("پذیرفته نشد و چیزی منتشر نشد", "NOT ACCEPTED, nothing was published"),
	}[r.State]
	if r.Version > 0 {
		answer += p.t("، نسخه ", ", version ") + p.n(int64(r.Version))
	}
	fmt.Fprintf(w, "%s: %s → %s (%s)", answer, name, r.Theme, r.Agency)
	fmt.Fprintf(w, p.t("، %s ثانیه\n", ", %s s\n"), p.digits(strconv.FormatFloat(r.Duration.Round(10*time.Millisecond).Seconds(), 'f', -1, 64)))
	if r.Tracking != "" {
		fmt.Fprintf(w, "  %s %s\n", p.t("شناسه پیگیری", "tracking identifier"), r.Tracking)
	}
	p.counts(p.t("ردیف‌ها", "rows"), 4, p.t("دریافت‌شده", "in"), r.RowsIn, p.t("پذیرفته", "accepted"), r.Accepted, p.t("ردشده", "refused"), r.Refused,
		p.t("بی‌تغییر", "unchanged"), r.Unchanged, p.t("تکراری", "repeated"), r.Repeated)
	p.counts(p.t("تفاوت با آنچه منتشر بود", "compared with what was published"), 3, p.t("افزوده", "added"), r.Added, p.t("دگرگون", "altered"), r.Altered,
		p.t("حذف‌شده", "removed"), r.Removed, p.t("نگه‌داشته، چون ردیف تازه آن رد شد", "kept because their new row was refused"), r.Kept, p.t("اکنون در مجموعه‌داده", "now in the dataset"), r.Features)
	for _, c := range r.Rules {
		p.rule(c)
	}
	for _, n := range r.Notes {
		fmt.Fprintf(w, "  %s: %s\n", p.t("یادداشت", "note"), n.In(lang))
	}
	if len(r.IgnoredColumns) > 0 {
		fmt.Fprintf(w, "  %s: %s\n", p.t("ستون‌هایی که گرفته نشد", "columns not taken in"), strings.Join(r.IgnoredColumns, ", "))
	}
	if len(r.IgnoredFiles) > 0 {
		fmt.Fprintf(w, "  %s: %s\n", p.t("پرونده‌هایی که گرفته نشد", "files not taken in"), strings.Join(r.IgnoredFiles, ", "))
	}
}

// rule writes how often a rule was broken, and where first.
func (p reportPrinter) rule(c layers.RuleCount) {
	severity := map[string]string{"E": p.t("خطا", "error"), "W": p.t("هشدار", "warning"), "I": p.t("آگاهی", "info")}[c.Severity]
	fmt.Fprintf(p.w, "  [%s] %s (%s): %s\n", severity, c.Title.In(p.lang), c.Rule, p.n(c.Count))
	for _, f := range c.Samples {
		place := f.Source
		if f.Row > 0 {
			place += p.t(" ردیف ", " row ") + p.n(f.Row)
		}
		if f.Key != "" {
			place += p.t(" کلید ", " key ") + strconv.Quote(f.Key)
		}
		if f.Lon != nil && f.Lat != nil {
			place += fmt.Sprintf(p.t(" در %.6f, %.6f", " at %.6f, %.6f"), *f.Lon, *f.Lat)
		}
		if place == "" {
			place = p.t("همه تحویل", "the delivery as a whole")
		}
		fmt.Fprintf(p.w, "      %s: %s\n", place, f.Message.In(p.lang))
	}
	if more := c.Count - int64(len(c.Samples)); more > 0 {
		fmt.Fprintf(p.w, p.t("      … و %s یافته دیگر\n", "      … and %s more\n"), p.n(more))
	}
}
