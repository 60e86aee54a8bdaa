package noise

import "math/rand/v2"

// Operator is one kind of noise. Apply answers false where there is nothing in the question for it to change; the question is as before then.
type Operator struct {
	Code, FA, EN string
	apply        func(r *rand.Rand, d *Draft) (what string, applied bool)
}

// Apply changes the question and logs how.
func (o Operator) Apply(r *rand.Rand, d *Draft) bool {
	what, applied := o.apply(r, d)
	if applied {
		d.log(o.Code, what)
	}
	return applied
}

// Operators are all kinds of noise, in the order of their numbers.
func Operators() []Operator {
	return []Operator{
		{"O1", "حروف دیگر", "letter variants", letterVariants},
		{"O2", "نیم‌فاصله", "non-joiners", nonJoiners},
		{"O3", "رقم‌های دیگر", "digits of another script", digits},
		{"O4", "کشیده و اعراب", "tatweel and vowel marks", marks},
		{"O5", "کوته‌نوشت", "abbreviations", abbreviate},
		{"O6", "بی‌نوع معبر", "way types dropped", dropTypes},
		{"O7", "بی‌عنوان", "titles dropped", dropTitles},
		{"O8", "بی‌جداکننده", "separators dropped", dropSeparators},
		{"O9", "ترتیب دیگر", "parts in another order", permute},
		{"O10", "جزء ناگفته", "parts dropped", dropParts},
		{"O11", "عدد به حروف", "numbers in words", numberWords},
		{"O12", "غلط تایپی", "typing error", func(r *rand.Rand, d *Draft) (string, bool) { return slip(r, d) }},
		{"O13", "سرهم و جدا", "compounds joined", joinWords},
		{"O14", "نام پیشین و رایج", "former and colloquial names", otherName},
		{"O15", "نوشتن به لاتین", "in Latin letters", romanise},
		{"O16", "صفحه‌کلید انگلیسی", "wrong keyboard layout", wrongLayout},
		{"O17", "نسبت به معبر یا مکان", "relation or landmark", relate},
		{"O18", "سخن افزوده", "chatter added", addChatter},
		{"O19", "پلاک ناموجود", "number not in the data", wrongNumber},
		{"O20", "کد نادرست", "wrong postal code", wrongCode},
		{"O21", "آغاز نوشته", "truncated to a prefix", truncate},
		{"O22", "کد وارونه", "postal code with its halves swapped", swappedCode},
	}
}
