package persian

import (
	"bytes"
	"slices"
	"strings"
)

// AppendWayKey appends the key of s as ways are compared: AppendKey with the kinds of ways in one spelling, where a
// spelling has that reading only and a name or number follows it ("خ کاج", "خیابون کاج" and "خیابان کاج" are one;
// "بل", "م" and "ش" have several readings and stay). Streets and queries both go through this function, so that equal
// names always meet. Numbers stay as they are written: "هفت تیر" is a name, and which of the two is meant the search
// finds out. It allocates as little as AppendKey.
func AppendWayKey(dst []byte, s string) []byte {
	start := len(dst)
	dst = AppendKey(dst, s)
	l := Words()
	for {
		again, changed := l.spellKinds(dst, start)
		if dst = again; !changed {
			return dst
		}
	}
}

// spellKinds writes the kinds of ways of the key dst[start:] in their one spelling. The new key is written behind the
// old one and takes its place in the end: no other memory is needed.
func (l *Lexicon) spellKinds(dst []byte, start int) ([]byte, bool) {
	end, copied := len(dst), start
	for at := start; at < end; {
		next := at + wordEnd(dst[at:end])
		if most := l.kindStarts[string(dst[at:next])]; most > 0 {
			if last, kind := l.kindAt(dst[at:end], most); last > 0 {
				dst = append(dst, dst[copied:at]...)
				dst = append(dst, kind...)
				next = at + last
				copied = next
			}
		}
		at = next + 1
	}
	if copied == start {
		return dst, false
	}
	dst = append(dst, dst[copied:end]...)
	return append(dst[:start], dst[end:]...), true
}

// kindAt finds the longest spelling of a kind of way, of at most so many words, with which the key begins and which is
// not all of it. It answers the spelling's length and the key of the kind.
func (l *Lexicon) kindAt(key []byte, words int) (int, string) {
	last, kind := 0, ""
	for end := 0; words > 0; words-- {
		end += wordEnd(key[end:])
		if end == len(key) {
			break // nothing follows: no kind, or a letter on its own
		}
		if k, ok := l.kinds[string(key[:end])]; ok {
			last, kind = end, k
		}
		end++
	}
	return last, kind
}

func wordEnd(key []byte) int {
	if i := bytes.IndexByte(key, ' '); i >= 0 {
		return i
	}
	return len(key)
}

// WayKey is AppendWayKey as a string.
func WayKey(s string) string { return string(AppendWayKey(make([]byte, 0, len(s)+16), s)) }

// WayTokens gives the words of WayKey.
func WayTokens(s string) []string { return strings.Fields(WayKey(s)) }

// IsWayType reports whether a folded word names a kind of way, which people leave out.
func IsWayType(token string) bool { return slices.Contains(Words().wayTypes, token) }

// WayTypes lists the words that IsWayType knows.
func WayTypes() []string { return slices.Clone(Words().wayTypes) }
