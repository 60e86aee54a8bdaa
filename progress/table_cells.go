package progress

import (
	"strconv"
	"strings"
	"time"

	"nsdi/internal/errs"
)

// column of the tables that are taken away. A value is a string, a float64, an int, a time.Time (a day) or nil.
type column struct {
	title errs.Text
	value func(l *Line, persian bool) any
}

// in picks the language.
func (t Text) in(persian bool) string {
	if persian {
		return t.FA
	}
	return t.EN
}

// columns are the same in CSV and XLSX. Days come twice: as ISO 8601 writes them, and as they are said.
func columns() []column {
	number := func(n **float64) any {
		if *n == nil {
			return nil
		}
		return **n
	}
	day := func(s *string) any {
		if s == nil {
			return nil
		}
		t, err := time.Parse(time.DateOnly, *s)
		if err != nil {
			return *s
		}
		return t
	}
	told := func(s *string) any {
		if s == nil {
			return nil
		}
		return *s
	}
	whole := func(n *int) any {
		if n == nil {
			return nil
		}
		return *n
	}
	optional := func(t *Text, persian bool) any {
		if t == nil {
			return nil
		}
		return t.in(persian)
	}
	return []column{
		{errs.T("شناسه واحد", "unit_code"), func(l *Line, _ bool) any { return l.Unit.Code }},
		{errs.T("سطح", "level"), func(l *Line, fa bool) any { return levelName(l.Unit.Level).in(fa) }},
		{errs.T("نام", "name"), func(l *Line, fa bool) any {
			if !fa && l.Unit.NameEN != nil {
				return *l.Unit.NameEN
			}
			return l.Unit.NameFA
		}},
		{errs.T("شناسه واحد بالاتر", "parent_code"), func(l *Line, _ bool) any { return l.Parent }},
		{errs.T("ماده", "article"), func(l *Line, fa bool) any {
			if fa {
				return errs.Digits(strings.ReplaceAll(l.Article, "note", "تبصره"))
			}
			return l.Article
		}},
		{errs.T("شناسه تکلیف", "obligation"), func(l *Line, _ bool) any { return l.Obligation }},
		{errs.T("تکلیف", "title"), func(l *Line, fa bool) any { return l.Title.in(fa) }},
		{errs.T("مسئول", "responsible"), func(l *Line, fa bool) any { return l.Who.in(fa) }},
		{errs.T("سنجه", "measure"), func(l *Line, _ bool) any { return l.Measure }},
		{errs.T("یکا", "counted"), func(l *Line, _ bool) any { return l.Counted }},
		{errs.T("وضعیت", "state"), func(l *Line, fa bool) any { return stateName(l.State).in(fa) }},
		{errs.T("دلیل نامعلومی", "reason"), func(l *Line, fa bool) any { return optional(l.Reason, fa) }},
		{errs.T("مخرج", "denominator"), func(l *Line, _ bool) any { return number(&l.Numbers[0]) }},
		{errs.T("تحویل‌شده", "delivered"), func(l *Line, _ bool) any { return number(&l.Numbers[1]) }},
		{errs.T("تأییدشده", "validated"), func(l *Line, _ bool) any { return number(&l.Numbers[2]) }},
		{errs.T("منتشرشده", "published"), func(l *Line, _ bool) any { return number(&l.Numbers[3]) }},
		{errs.T("تازه", "fresh"), func(l *Line, _ bool) any { return number(&l.Numbers[4]) }},
		{errs.T("درصد تحویل‌شده", "delivered_percent"), func(l *Line, _ bool) any { return number(&l.Percents[0]) }},
		{errs.T("درصد تأییدشده", "validated_percent"), func(l *Line, _ bool) any { return number(&l.Percents[1]) }},
		{errs.T("درصد منتشرشده", "published_percent"), func(l *Line, _ bool) any { return number(&l.Percents[2]) }},
		{errs.T("درصد تازه", "fresh_percent"), func(l *Line, _ bool) any { return number(&l.Percents[3]) }},
		{errs.T("درصد برنامه قانونی", "legal_planned_percent"), func(l *Line, _ bool) any { return number(&l.ByLaw.Planned) }},
		{errs.T("شاخص زمان‌بندی", "spi"), func(l *Line, _ bool) any { return number(&l.ByLaw.SPI) }},
		{errs.T("مهلت قانونی (میلادی)", "legal_deadline"), func(l *Line, _ bool) any { return day(l.ByLaw.Deadline) }},
		{errs.T("مهلت قانونی", "legal_deadline_jalali"), func(l *Line, _ bool) any { return told(l.ByLaw.DeadlineJalali) }},
		{errs.T("روزهای دیرکرد", "days_overdue"), func(l *Line, _ bool) any { return whole(l.ByLaw.DaysOverdue) }},
		{errs.T("هدف بازنگری‌شده (میلادی)", "revised_deadline"), func(l *Line, _ bool) any { return day(l.ByDecision.Deadline) }},
		{errs.T("هدف بازنگری‌شده", "revised_deadline_jalali"), func(l *Line, _ bool) any { return told(l.ByDecision.DeadlineJalali) }},
		{errs.T("مبنای مخرج", "denominator_source"), func(l *Line, fa bool) any { return optional(l.Source, fa) }},
		{errs.T("مخرج موقت", "provisional_denominator"), func(l *Line, fa bool) any {
			switch {
			case l.State != "known":
				return nil
			case l.Provisional:
				return Text{"موقت", "yes"}.in(fa)
			}
			return Text{"نه", "no"}.in(fa)
		}},
		{errs.T("تصویب‌کننده", "approved_by"), func(l *Line, _ bool) any { return told(l.ApprovedBy) }},
		{errs.T("روز محاسبه (میلادی)", "calculated_on"), func(l *Line, _ bool) any { return dayOf(l.Calculated) }},
		{errs.T("روز محاسبه", "calculated_on_jalali"), func(l *Line, _ bool) any { return jalali(dayOf(l.Calculated)) }},
	}
}

func levelName(level string) Text {
	names := map[string]Text{
		"country": {"کشور", "Country"}, "province": {"استان", "Province"}, "county": {"شهرستان", "County"}, "district": {"بخش", "District"}, "city": {"شهر", "City"},
		"rural-district": {"دهستان", "Rural district"}, "village": {"آبادی", "Village"}, "neighbourhood": {"محله", "Neighbourhood"}, "municipality": {"شهرداری", "Municipality"},
	}
	if name, known := names[level]; known {
		return name
	}
	return Text{level, level}
}

func stateName(state string) Text {
	switch state {
	case "known":
		return Text{"معلوم", "known"}
	case "not-applicable":
		return Text{"موضوعیت ندارد", "not applicable"}
	}
	return Text{"نامعلوم", "unknown"}
}

// written is a value as text in a CSV. Text that a spreadsheet would take for a formula gets an apostrophe.
func written(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case int:
		return strconv.Itoa(v)
	case time.Time:
		return v.Format(time.DateOnly)
	case string:
		if v != "" && strings.ContainsRune("=+-@\t\r", rune(v[0])) {
			return "'" + v
		}
		return v
	}
	return ""
}
