package layers

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// readValue reads a value as its attribute's type, corrected where that was accepted, and finds what is odd about it. What cannot be read is found here too.
func (s *staging) readValue(a *Attribute, text string) (any, bool) {
	if a.Type == "text" {
		text = s.checkText(a, text)
	}
	value, ok := a.parseValue(text)
	if !ok {
		if value, ok = s.readGrouped(a, text); !ok {
			return nil, false
		}
	}
	if s.filled != nil {
		s.filled[a.Name]++
	}
	if date, isText := value.(string); isText && a.Type == "date" {
		s.checkDate(a, text, date)
	}
	return value, true
}

// readGrouped takes a number that is written with separators of thousands, when that was accepted; or else proposes it.
func (s *staging) readGrouped(a *Attribute, text string) (any, bool) {
	rule := "type-optional"
	if a.Required {
		rule = "type"
	}
	proposed := ""
	if plain := strings.TrimSpace(plainNumber(text)); (a.Type == "int" || a.Type == "number") && grouped.MatchString(plain) {
		proposed = separators.ReplaceAllString(plain, "")
	}
	if proposed == "" && slices.Contains(s.store.Unread, a.Name) {
		return text, true
	}
	value, ok := a.parseValue(proposed)
	if proposed == "" || !ok {
		s.find(rule, a.Name, text, a.Type, nil)
		return nil, false
	}
	if s.fixing(rule) {
		s.fixed(rule, a.Name, text, proposed)
		return value, true
	}
	s.note(noted{rule: rule, field: a.Name, value: text, found: a.Type, proposed: proposed})
	return nil, false
}

// grouped is a number with separators of thousands, which is never one with a decimal comma: those have other than three digits behind it, or a single group.
var (
	grouped    = regexp.MustCompile(`^[+-]?[0-9]{1,3}([,،'  ][0-9]{3})+(\.[0-9]+)?$`)
	separators = regexp.MustCompile(`[,،'  ]`)
)

type textRule struct {
	rule   string
	mended func(string) string
}

// textRules propose another text for what is wrong with one, in the order in which they are asked.
func textRules() []textRule {
	return []textRule{
		{"text-mojibake", decoded},
		{"text-control", withoutControls},
		{"text-arabic-letters", persianLetters},
		{"text-spaces", func(t string) string { return strings.Join(strings.Fields(t), " ") }},
	}
}

// checkText asks the rules of text. Keys are never proposed otherwise: a feature would become another one.
func (s *staging) checkText(a *Attribute, text string) string {
	if plainText(text) {
		return text
	}
	isKey := slices.Contains(s.theme.KeyAttributes, a.Name)
	for _, r := range s.textRules {
		if s.off(r.rule) {
			continue
		}
		mended := r.mended(text)
		switch {
		case mended == text:
		case isKey:
			s.find(r.rule, a.Name, text, "", nil)
		case mended != "" && s.fixing(r.rule):
			s.fixed(r.rule, a.Name, text, mended)
			text = mended
		default:
			s.note(noted{rule: r.rule, field: a.Name, value: text, proposed: mended})
		}
	}
	if limit := s.longest; limit > 0 && len(text) > limit {
		if n := utf8.RuneCountInString(text); n > limit {
			s.note(noted{rule: "text-long", field: a.Name, value: text, measure: float64(n), unit: ""})
		}
	}
	return text
}

// plainText answers quickly for most texts: nothing in them can break a rule of text.
func plainText(t string) bool {
	if len(t) > 200 {
		return false
	}
	space := true // at the beginning
	for i := 0; i < len(t); i++ {
		c := t[i]
		switch {
		case c == ' ':
			if space {
				return false
			}
			space = true
			continue
		case c < ' ', c == 0x7f, c == '?', c >= 0xc2 && c <= 0xc5, c == 0xcb, c == 0xe2, c == 0xef:
			return false
		case c == 0xd9 && i+1 < len(t) && (t[i+1] == 0x83 || t[i+1] == 0x8a || t[i+1] == 0x89): // ك ي ى
			return false
		}
		space = false
	}
	return !space || t == ""
}

// persianLetters writes ی and ک for the Arabic forms that Persian keyboards of old wrote.
func persianLetters(t string) string {
	if !strings.ContainsAny(t, "يكى") {
		return t
	}
	return strings.NewReplacer("ي", "ی", "ى", "ی", "ك", "ک").Replace(t)
}

// withoutControls takes out what nobody sees: control characters and those that turn the direction of writing. Joiners belong to Persian.
func withoutControls(t string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\n' || r == '\r':
			return ' '
		case unicode.IsControl(r), r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069', r == '\ufeff', r == '\u2060', r == '\u200b':
			return -1
		}
		return r
	}, t)
}

// decoded gives the Persian text that was read as western European, "" where the text is beyond repair, and every other text as it is.
func decoded(t string) string {
	if strings.ContainsRune(t, '\ufffd') || strings.Contains(t, "????") {
		return ""
	}
	western, letters := 0, 0
	for _, r := range t {
		if !unicode.IsLetter(r) && r < 0x80 {
			continue
		}
		letters++
		if r >= 0x80 && r < 0x600 {
			western++
		}
	}
	if western < 3 || 10*western < 6*letters {
		return t
	}
	for _, from := range []*charmap.Charmap{charmap.Windows1252, charmap.ISO8859_1} {
		raw, err := from.NewEncoder().String(t)
		if err != nil {
			continue
		}
		if utf8.ValidString(raw) && arabic(raw) {
			return raw
		}
		if other, err := charmap.Windows1256.NewDecoder().String(raw); err == nil && arabic(other) && !strings.ContainsRune(other, '\ufffd') {
			return other
		}
	}
	return t
}

// arabic reports whether most of the letters are of the Arabic script.
func arabic(t string) bool {
	script, letters := 0, 0
	for _, r := range t {
		if unicode.IsLetter(r) {
			letters++
			if unicode.Is(unicode.Arabic, r) {
				script++
			}
		}
	}
	return script > 0 && 10*script >= 8*letters
}

// checkDate finds a date that data of today cannot have.
func (s *staging) checkDate(a *Attribute, text, date string) {
	rule, known := s.rules["date-implausible"]
	if !known || rule.off() {
		return
	}
	latest := s.today.AddDate(0, 0, int(rule.value("ahead"))).Format(time.DateOnly)
	if date < fmt.Sprintf("%04d", int(rule.value("earliest"))) || date > latest {
		s.find("date-implausible", a.Name, text, "", nil)
	}
}
