package gnaf

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"nsdi/gnaf/persian"
	"nsdi/internal/errs"
)

const (
	maxQueryRunes  = 500 // longer than any address; more is a mistake
	maxQueryTokens = 48
)

// query is a text that someone looks for, taken apart as far as that needs no data.
type query struct {
	text   string
	tokens []string
	// reserved are tokens that a locator word claims ("پلاک ۱۲"): they are no part of a name.
	reserved []bool
	number   *numberToken // with a word before it, or nil
	unit     *valueToken
	floor    *valueToken
	postal   *postalToken
	// words keeps the folded words of names: the rows of a question repeat the same few.
	words map[string][]string
}

// numberToken is a house number at a place in the query.
type numberToken struct {
	value  int
	suffix string // glued to the number: "12الف", "22a"
	first  int    // the locator word, or the number itself
	at     int
}

type valueToken struct {
	value string
	first int
	at    int
}

type postalToken struct {
	code        PostalCode
	first, last int // inclusive, with the words before it
}

func parseQuery(s string) (*query, error) {
	if utf8.RuneCountInString(s) > maxQueryRunes {
		return nil, &errs.Error{
			Code: "query-too-long", Status: 400, Op: "gnaf.Geocode", Location: "query.q",
			Title:  errs.T("متن جست‌وجو بلند است", "The query is too long"),
			Detail: errs.Tf("بیشینه %d نویسه است.", "At most %d characters are read.", maxQueryRunes),
			Next:   errs.T("فقط نشانی یا نام مکان را بنویسید.", "Write the address or the name of the place only."),
		}
	}
	q := &query{text: s, words: map[string][]string{}, tokens: persian.WayTokens(s)}
	if len(q.tokens) > maxQueryTokens {
		q.tokens = q.tokens[:maxQueryTokens]
	}
	if len(q.tokens) == 0 {
		return nil, &errs.Error{
			Code: "query-empty", Status: 400, Op: "gnaf.Geocode", Location: "query.q", Value: s,
			Title:  errs.T("متن جست‌وجو خالی است", "The query is empty"),
			Detail: errs.T("در متن هیچ حرف یا رقمی نیست.", "There is no letter and no digit in it."),
			Next:   errs.T("نشانی، کد پستی یا نام مکان را بنویسید.", "Write an address, a postal code or the name of a place."),
		}
	}
	q.reserved = make([]bool, len(q.tokens))
	q.findPostal()
	q.findLocators()
	return q, nil
}

// wordsOf answers the words of a name as ways and queries are compared.
func (q *query) wordsOf(name string) []string {
	if name == "" {
		return nil
	}
	words, ok := q.words[name]
	if !ok {
		words = persian.WayTokens(name)
		q.words[name] = words
	}
	return words
}

func (q *query) findPostal() {
	for i, token := range q.tokens {
		first, last, digits := i, i, token
		if len(token) == 5 && i+1 < len(q.tokens) && len(q.tokens[i+1]) == 5 {
			digits, last = token+q.tokens[i+1], i+1
		}
		if len(digits) != 10 || strings.Trim(digits, "0123456789") != "" {
			continue
		}
		written := digits
		if last > first {
			written = digits[:5] + "-" + digits[5:]
		}
		for first > 0 && isOneOf(q.tokens[first-1], "کد", "کدپستی", "پستی", "postcode", "postal", "code", "zip") {
			first--
		}
		q.postal = &postalToken{code: CheckPostalCode(written), first: first, last: last}
		q.reserve(first, last)
		return
	}
}

func (q *query) findLocators() {
	for i := 0; i+1 < len(q.tokens); i++ {
		if q.reserved[i] || q.reserved[i+1] {
			continue
		}
		word, next := q.tokens[i], q.tokens[i+1]
		n, suffix, isNumber := splitNumber(next)
		switch {
		case q.number == nil && isNumber && isOneOf(word, "پلاک", "پ", "شماره", "no", "number", "pelak"):
			q.number = &numberToken{value: n, suffix: suffix, first: i, at: i + 1}
		case q.unit == nil && i+2 < len(q.tokens) && !isNumber && utf8.RuneCountInString(next) == 1 && isNumeric(q.tokens[i+2:i+3]) &&
			isOneOf(word, "واحد", "unit", "apt", "apartment", "suite"): // "B12", which the key divides
			q.unit = &valueToken{value: next + " " + q.tokens[i+2], first: i, at: i + 2}
			q.reserve(i, i+2)
			i += 2
			continue
		case q.unit == nil && (isNumber || utf8.RuneCountInString(next) <= 2) && isOneOf(word, "واحد", "unit", "apt", "apartment", "suite"),
			q.unit == nil && isNumber && word == "و":
			q.unit = &valueToken{value: next, first: i, at: i + 1}
		case q.floor == nil && (isNumber || next == "همکف") && isOneOf(word, "طبقه", "ط", "floor"):
			q.floor = &valueToken{value: next, first: i, at: i + 1}
		default:
			continue
		}
		q.reserve(i, i+1)
		i++
	}
}

func (q *query) reserve(first, last int) {
	for i := first; i <= last; i++ {
		q.reserved[i] = true
	}
}

// numbers lists what can be the house number, given the tokens that a way and its names have used: the one with its
// word before it, else every bare number that is left.
func (q *query) numbers(used []bool) []numberToken {
	if q.number != nil {
		return []numberToken{*q.number}
	}
	var found []numberToken
	for i, token := range q.tokens {
		if used[i] || q.reserved[i] {
			continue
		}
		if n, suffix, ok := splitNumber(token); ok {
			found = append(found, numberToken{value: n, suffix: suffix, first: i, at: i})
		}
	}
	return found
}

// suffixAfter answers the free tokens behind a number that can only be its suffix: "12 الف", "5 b".
func (q *query) suffixAfter(n numberToken, used []bool) string {
	i := n.at + 1
	if n.suffix != "" || i >= len(q.tokens) || used[i] || q.reserved[i] {
		return n.suffix
	}
	if t := q.tokens[i]; utf8.RuneCountInString(t) == 1 || isOneOf(t, "الف", "مکرر", "bis", "ter") {
		return t
	}
	return ""
}

// span finds words one after the other among tokens that are neither used nor claimed; -1 when they are not there.
func (q *query) span(words []string, used []bool) int {
	if len(words) == 0 {
		return -1
	}
next:
	for i := 0; i+len(words) <= len(q.tokens); i++ {
		for j, word := range words {
			if q.tokens[i+j] != word || used[i+j] || q.reserved[i+j] {
				continue next
			}
		}
		return i
	}
	return -1
}

// take marks the words as used where they stand in the query, and tells whether they do.
func (q *query) take(words []string, used []bool) bool {
	i := q.span(words, used)
	if i < 0 {
		return false
	}
	mark(used, i, len(words))
	return true
}

// grams lists the runs of up to five free tokens: what can be a name.
func (q *query) grams() []string {
	var grams []string
	for i := range q.tokens {
		for j := i; j < len(q.tokens) && j < i+5 && !q.reserved[j]; j++ {
			grams = append(grams, strings.Join(q.tokens[i:j+1], " "))
		}
	}
	return grams
}

func (q *query) unmatched(used []bool) []string {
	left := []string{}
	for i, token := range q.tokens {
		if !used[i] {
			left = append(left, token)
		}
	}
	return left
}

// splitNumber takes "12", "22a" or "12الف" apart. Seven digits or more are no house number.
func splitNumber(token string) (int, string, bool) {
	end := 0
	for end < len(token) && '0' <= token[end] && token[end] <= '9' {
		end++
	}
	if end == 0 || end > 6 || utf8.RuneCountInString(token[end:]) > 3 {
		return 0, "", false
	}
	n, err := strconv.Atoi(token[:end])
	return n, token[end:], err == nil
}

func isOneOf(s string, words ...string) bool {
	for _, word := range words {
		if s == word {
			return true
		}
	}
	return false
}

func mark(used []bool, first, count int) {
	for i := first; i < first+count; i++ {
		used[i] = true
	}
}

func count(used []bool) int {
	n := 0
	for _, u := range used {
		if u {
			n++
		}
	}
	return n
}
