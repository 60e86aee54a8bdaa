package layers

import (
	"strconv"
	"strings"
	"time"
)

// parseValue reads text as an attribute's type: string, int64, float64 or an ISO date as string. ok is false when it cannot be read as that.
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
		text = strings.ReplaceAll(plainNumber(text), "/", "-")
		for _, layout := range []string{time.DateOnly, time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05"} {
			if t, err := time.Parse(layout, text); err == nil {
				return t.Format(time.DateOnly), true
			}
		}
		return nil, false
	default:
		return cleanText(text), true
	}
}

// cleanText takes out what PostgreSQL and JSON cannot hold, and nothing else.
func cleanText(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "")
}

// plainNumber writes Persian and Arabic digits and decimal signs as ASCII.
func plainNumber(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '۰' && r <= '۹':
			return r - '۰' + '0'
		case r >= '٠' && r <= '٩':
			return r - '٠' + '0'
		case r == '٫':
			return '.'
		case r == '٬', r == '\u200e', r == '\u200f':
			return -1
		}
		return r
	}, strings.TrimSpace(s))
}
