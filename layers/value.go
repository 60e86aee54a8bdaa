package layers

import (
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	ptime "github.com/yaa110/go-persian-calendar"

	"nsdi/gnaf/persian"
)

// parseValue reads text as an attribute's type: string, int64, float64, bool or an ISO date as string. ok is false when it cannot be read as that.
func (a *Attribute) parseValue(text string) (value any, ok bool) {
	switch a.Type {
	case "int":
		n, err := strconv.ParseInt(plainNumber(text), 10, 32)
		if err != nil {
			// 12.0 is how many programs write the integer 12
			f, ferr := strconv.ParseFloat(plainNumber(text), 64)
			if ferr != nil || f != float64(int32(f)) {
				return nil, false
			}
			n = int64(f)
		}
		return n, true
	case "number":
		f, err := strconv.ParseFloat(plainNumber(text), 64)
		if err != nil || f-f != 0 { // NaN and infinities are no measures
			return nil, false
		}
		return f, true
	case "date":
		return parseDate(strings.ReplaceAll(plainNumber(text), "/", "-"))
	case "boolean":
		return parseBoolean(text)
	default:
		return cleanText(text), true
	}
}

// parseBoolean reads what programs and people write for yes and no.
func parseBoolean(text string) (any, bool) {
	switch strings.ToLower(plainNumber(text)) {
	case "true", "t", "yes", "y", "1", "بله", "بلی", "دارد", "است", "هست":
		return true, true
	case "false", "f", "no", "n", "0", "خیر", "نه", "ندارد", "نیست":
		return false, true
	}
	return nil, false
}

// parseDate reads a date with or without a time and gives it in ISO 8601. A year before 1700 is one of the Solar Hijri calendar, in which Persian files
// write their dates. A day that its calendar does not have, such as the 30th of Esfand of a common year, is no date.
func parseDate(text string) (any, bool) {
	if m := hijriDate.FindStringSubmatch(text); m != nil {
		year, _ := strconv.Atoi(m[1]) // digits always convert
		month, _ := strconv.Atoi(m[2])
		day, _ := strconv.Atoi(m[3])
		j := ptime.Date(year, ptime.Month(month), day, 12, 0, 0, 0, ptime.Iran())
		if month < 1 || month > 12 || j.Year() != year || int(j.Month()) != month || j.Day() != day {
			return nil, false
		}
		return j.Time().Format(time.DateOnly), true
	}
	for _, layout := range []string{time.DateOnly, "2006-1-2", time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02 15:04:05-07"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.Format(time.DateOnly), true
		}
	}
	return nil, false
}

// ParseDay reads a day that somebody writes, of either calendar, by the digits and signs of either script.
func ParseDay(text string) (time.Time, bool) {
	day, ok := parseDate(strings.ReplaceAll(plainNumber(text), "/", "-"))
	if !ok {
		return time.Time{}, false
	}
	t, err := time.Parse(time.DateOnly, day.(string))
	return t, err == nil
}

// hijriDate is a date of the years 1200 to 1699, with or without a time.
var hijriDate = regexp.MustCompile(`^(1[2-6][0-9]{2})-([0-9]{1,2})-([0-9]{1,2})(?:[T ][0-9:.]+(?:Z|[+-][0-9:]+)?)?$`)

// cleanText takes out what PostgreSQL and JSON cannot hold, and nothing else.
func cleanText(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "")
}

// plainNumber writes Persian and Arabic digits and decimal signs as ASCII.
func plainNumber(s string) string {
	s = strings.TrimSpace(s)
	if isASCII(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		switch r {
		case '٫':
			return '.'
		case '٬', '\u200e', '\u200f':
			return -1
		}
		return r
	}, persian.ASCIIDigits(s))
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
