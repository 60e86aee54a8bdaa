package noise

import "strings"

// Plain folds letters and digits as every peer gets it: what a good engineer does in an afternoon.
func Plain(s string) string {
	return strings.ToLower(asciiDigits(strings.NewReplacer("ي", "ی", "ى", "ی", "ك", "ک", "آ", "ا", "\u200c", " ", "،", " ", ",", " ", "ـ", "", "٠", "0", "١", "1", "٢", "2", "٣", "3",
		"٤", "4", "٥", "5", "٦", "6", "٧", "7", "٨", "8", "٩", "9").Replace(s)))
}

// Locators takes house number, unit and postal code out of the words of a question, where their usual words stand before them, for peers that have no parser.
func Locators(words []string) (names, number, unit, code string) {
	var rest []string
	for i := 0; i < len(words); i++ {
		w, next := words[i], ""
		if i+1 < len(words) {
			next = words[i+1]
		}
		switch digits := strings.Trim(w, "0123456789") == ""; {
		case digits && len(w) == 10:
			code = w
		case w == "پلاک" && isNumber(next):
			number = next
			i++
		case w == "واحد" && isNumber(next):
			unit = next
			i++
		case w == "طبقه" && isNumber(next), w == "بلوک" && isNumber(next):
			i++
		case w == "کد", w == "پستی":
		default:
			rest = append(rest, w)
		}
	}
	return strings.Join(rest, " "), number, unit, code
}

func isNumber(w string) bool { return w != "" && len(w) < 7 && strings.Trim(w, "0123456789") == "" }
