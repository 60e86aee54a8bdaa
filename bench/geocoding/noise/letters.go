package noise

import (
	"math/rand/v2"
	"strings"
	"unicode"
)

// rewrite has the whole text changed at the end; it applies where that changes anything.
func rewrite(d *Draft, f func(string) string) bool {
	text := d.Text()
	if f(text) == text {
		return false
	}
	d.finish = append(d.finish, f)
	return true
}

func letterVariants(r *rand.Rand, d *Draft) (string, bool) {
	table := one(r, strings.NewReplacer("ی", "ي", "ک", "ك"), strings.NewReplacer("ی", "ى", "ک", "ك", "ه ", "ة "), strings.NewReplacer("آ", "ا", "ئ", "ی", "ؤ", "و"),
		strings.NewReplacer("ی", "ي", "ک", "ك", "آ", "ا"), strings.NewReplacer("ه", "ہ", "ی", "ې"))
	return "letters", rewrite(d, table.Replace)
}

func nonJoiners(r *rand.Rand, d *Draft) (string, bool) {
	by := one(r, " ", "")
	return "by «" + by + "»", rewrite(d, func(s string) string { return strings.ReplaceAll(s, "\u200c", by) })
}

func digits(r *rand.Rand, d *Draft) (string, bool) {
	zero := one(r, '۰', '٠')
	return string(zero), rewrite(d, func(s string) string {
		return strings.Map(func(c rune) rune {
			switch {
			case c >= '0' && c <= '9':
				return c - '0' + zero
			case c >= '۰' && c <= '۹':
				return c - '۰' + '0'
			}
			return c
		}, s)
	})
}

func marks(r *rand.Rand, d *Draft) (string, bool) {
	mark := one(r, "ـ", "َ", "ِ", "ُ", "ّ")
	seed := r.Uint64()
	return mark, rewrite(d, func(s string) string {
		dice := rand.New(rand.NewPCG(seed, 0))
		runes := []rune(s)
		var b strings.Builder
		for i, c := range runes {
			b.WriteRune(c)
			// A tatweel stands between letters that join.
			inside := i+1 < len(runes) && unicode.IsLetter(c) && unicode.IsLetter(runes[i+1]) && !strings.ContainsRune("اآدذرزژو", c)
			if inside && dice.IntN(5) == 0 {
				b.WriteString(mark)
			}
		}
		return b.String()
	})
}

func dropSeparators(r *rand.Rand, d *Draft) (string, bool) {
	d.separator = one(r, " ", " ", " - ", "-", "\n", " / ", ",")
	return "«" + d.separator + "»", true
}

// wrongLayout writes what the same keys give on an English keyboard.
func wrongLayout(_ *rand.Rand, d *Draft) (string, bool) {
	keys := map[rune]rune{}
	for _, row := range [][2]string{{"ضصثقفغعهخحجچ", "qwertyuiop[]"}, {"شسیبلاتنمکگ", "asdfghjkl;'"}, {"ظطزرذدپو", "zxcvbnm,"}} {
		english := []rune(row[1])
		for i, c := range []rune(row[0]) {
			keys[c] = english[i]
		}
	}
	for c, key := range map[rune]rune{'آ': 'H', 'ژ': 'C', 'ئ': 'M', '،': 'T', '\u200c': ' '} {
		keys[c] = key
	}
	d.separator = " "
	return "qwerty", rewrite(d, func(s string) string {
		return strings.Map(func(c rune) rune {
			if key, ok := keys[c]; ok {
				return key
			}
			if c >= '۰' && c <= '۹' {
				return c - '۰' + '0'
			}
			return c
		}, s)
	})
}

func truncate(r *rand.Rand, d *Draft) (string, bool) {
	// Who types has the city in the page already: way first, then the city that tells ways apart.
	ways := d.index(Way)
	if len(ways) == 0 {
		return "", false
	}
	way := d.Parts[ways[len(ways)-1]]
	before := []Part{}
	for _, i := range ways[:len(ways)-1] {
		before = append(before, d.Parts[i])
	}
	city := d.Parts[d.index(City)[0]]
	d.Parts = append(append([]Part{city}, before...), way)
	n := len([]rune(d.Text())) - r.IntN(max(1, len([]rune(way.Name))-2)) // three letters of the name stay
	d.Want = PrefixLevel
	d.finish = append(d.finish, func(s string) string {
		c := []rune(s)
		return string(c[:min(len(c), n)])
	})
	return "", true
}
