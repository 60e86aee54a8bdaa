package noise

import (
	"math/rand/v2"
	"strconv"
	"strings"
)

func abbreviate(r *rand.Rand, d *Draft) (string, bool) {
	var log []string
	for i := range d.Parts {
		p := &d.Parts[i]
		if short := abbreviations()[p.Type]; len(short) > 0 {
			was := p.Type
			p.Type = one(r, short...)
			if strings.HasSuffix(p.Type, ".") || p.Kind == Number && r.IntN(3) == 0 {
				p.glue = one(r, " ", "\u200b")
			}
			log = append(log, was+"→"+p.Type)
		}
		if short := shortTitles()[p.Honour]; len(short) > 0 && r.IntN(2) == 0 {
			log = append(log, p.Honour)
			p.Honour = one(r, short...)
		}
	}
	return strings.Join(log, " "), len(log) > 0
}

// dropTypes leaves the word of their kind out of ways; "کوچه ۱۲" would be a mere number without it.
func dropTypes(_ *rand.Rand, d *Draft) (string, bool) {
	n := 0
	for _, i := range d.index(Way) {
		if p := &d.Parts[i]; p.Type != "" && strings.Trim(p.Name, "0123456789") != "" && p.Name != "اصلی" {
			p.Type = ""
			n++
		}
	}
	return strconv.Itoa(n), n > 0
}

func dropTitles(_ *rand.Rand, d *Draft) (string, bool) {
	n := 0
	for i := range d.Parts {
		if p := &d.Parts[i]; p.Honour != "" && strings.ContainsAny(p.Name, "ابپتجخدرزسشصعغفقکلمنهوی") && p.Honour != "امام" && p.Honour != "حضرت" {
			p.Honour = ""
			n++
		}
	}
	return strconv.Itoa(n), n > 0
}

// joinWords writes a name of several words as one, or a compound as two words.
func joinWords(r *rand.Rand, d *Draft) (string, bool) {
	var at []int
	for _, i := range d.index(Way, City, Area) {
		if strings.ContainsAny(d.Parts[i].Name, " \u200c") && !strings.ContainsAny(d.Parts[i].Name, "0123456789۰۱۲۳۴۵۶۷۸۹") {
			at = append(at, i)
		}
	}
	if len(at) == 0 {
		return "", false
	}
	p := &d.Parts[one(r, at...)]
	was := p.Name
	p.Name = strings.NewReplacer(" ", "", "\u200c", "").Replace(p.Name)
	return was, true
}

// numberWords writes numbers as words, or the other way round.
func numberWords(r *rand.Rand, d *Draft) (string, bool) {
	var log []string
	for i := range d.Parts {
		p := &d.Parts[i]
		if p.Kind != Way && p.Kind != Number && p.Kind != Unit && p.Kind != Floor {
			continue
		}
		words := strings.Fields(p.Name)
		for k, w := range words {
			n, err := strconv.Atoi(asciiDigits(w))
			switch {
			case err == nil && n > 0 && n < 1000:
				words[k] = inWords(n)
				if p.Kind == Way && k == len(words)-1 && r.IntN(2) == 0 {
					words[k] = ordinalOf(words[k])
				}
			case err != nil && ordinals()[w] > 0:
				words[k] = strconv.Itoa(ordinals()[w]) + one(r, "", "م", "ام")
			case err != nil && p.Kind == Way && units()[w] > 9 && k == 0 && len(words) > 1:
				words[k] = strconv.Itoa(units()[w]) // پانزده خرداد
			}
		}
		if name := strings.Join(words, " "); name != p.Name {
			log = append(log, p.Name+"→"+name)
			p.Name = name
		}
	}
	return strings.Join(log, " "), len(log) > 0
}

func asciiDigits(s string) string {
	return strings.Map(func(c rune) rune {
		if c >= '۰' && c <= '۹' {
			return c - '۰' + '0'
		}
		return c
	}, s)
}

func units() map[string]int {
	out := map[string]int{}
	for i, w := range strings.Fields("یک دو سه چهار پنج شش هفت هشت نه ده یازده دوازده سیزده چهارده پانزده شانزده هفده هجده نوزده بیست") {
		out[w] = i + 1
	}
	return out
}

func ordinals() map[string]int {
	out := map[string]int{}
	for i, w := range strings.Fields("اول دوم سوم چهارم پنجم ششم هفتم هشتم نهم دهم یازدهم دوازدهم سیزدهم چهاردهم") {
		out[w] = i + 1
	}
	return out
}

func inWords(n int) string {
	ones := strings.Fields("یک دو سه چهار پنج شش هفت هشت نه ده یازده دوازده سیزده چهارده پانزده شانزده هفده هجده نوزده")
	tens := strings.Fields("بیست سی چهل پنجاه شصت هفتاد هشتاد نود")
	hundreds := strings.Fields("صد دویست سیصد چهارصد پانصد ششصد هفتصد هشتصد نهصد")
	var words []string
	if n >= 100 {
		words = append(words, hundreds[n/100-1])
		n %= 100
	}
	if n >= 20 {
		words = append(words, tens[n/10-2])
		n %= 10
	}
	if n > 0 {
		words = append(words, ones[n-1])
	}
	return strings.Join(words, " و ")
}

func ordinalOf(words string) string {
	switch {
	case words == "یک":
		return "اول"
	case strings.HasSuffix(words, "سه"):
		return strings.TrimSuffix(words, "سه") + "سوم"
	case strings.HasSuffix(words, "سی"):
		return words + "‌ام"
	}
	return words + "م"
}
