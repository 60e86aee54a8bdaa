package noise

import (
	"math/rand/v2"
	"strings"
	"unicode"
)

// slip makes one typing error in a name: another letter (beside it, of its family), one left out, one too many, two in the wrong order, one doubled.
func slip(r *rand.Rand, d *Draft) (string, bool) {
	var at []int
	for _, i := range d.index(Way, City, Area) {
		if len(letters(d.Parts[i].Name)) >= 4 {
			at = append(at, i)
		}
	}
	if len(at) == 0 {
		return "", false
	}
	p := &d.Parts[one(r, at...)]
	was := p.Name
	changed, ok := SlipIn(r, was)
	p.Name = changed
	return was + "→" + changed, ok
}

// SlipIn makes one typing error in a name; false where it has no word for it.
func SlipIn(r *rand.Rand, name string) (string, bool) {
	where := letters(name)
	if len(where) == 0 {
		return name, false
	}
	runes := []rune(name)
	i := one(r, where...)
	switch r.IntN(6) {
	case 0, 1:
		runes[i] = other(r, runes[i])
	case 2:
		runes = append(runes[:i:i], runes[i+1:]...)
	case 3:
		runes = append(runes[:i+1:i+1], append([]rune{other(r, runes[i])}, runes[i+1:]...)...)
	case 4:
		if i+1 < len(runes) && unicode.IsLetter(runes[i+1]) {
			runes[i], runes[i+1] = runes[i+1], runes[i]
		} else {
			runes = append(runes[:i:i], runes[i+1:]...)
		}
	default:
		runes = append(runes[:i+1:i+1], runes[i:]...)
	}
	changed := strings.TrimSpace(string(runes))
	return changed, changed != name
}

// letters answers where the letters of words of four or more stand: whoever mistypes a word of three has written another word.
func letters(name string) (at []int) {
	runes := []rune(name)
	for i := 0; i < len(runes); {
		j := i
		for j < len(runes) && (unicode.IsLetter(runes[j]) || runes[j] == '\u200c') {
			j++
		}
		if j-i >= 4 {
			for k := i; k < j; k++ {
				if runes[k] != '\u200c' {
					at = append(at, k)
				}
			}
		}
		i = j + 1
	}
	return at
}

// other answers a letter that is hit or meant by mistake.
func other(r *rand.Rand, c rune) rune {
	var near []rune
	for _, row := range neighbours() {
		keys := []rune(row)
		for i, k := range keys {
			if k == c {
				near = append(near, keys[max(0, i-1)], keys[min(len(keys)-1, i+1)])
			}
		}
	}
	for _, family := range families() {
		if strings.ContainsRune(family, c) {
			near = append(near, []rune(family)...)
		}
	}
	for range 10 {
		if len(near) == 0 {
			break
		}
		if n := one(r, near...); n != c {
			return n
		}
	}
	return c // a script without a table: doubled
}
