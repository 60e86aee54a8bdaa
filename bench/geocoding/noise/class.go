package noise

import "math/rand/v2"

// Class is a kind of question that a target is set for: floor and target of right first answers, in hundredths.
type Class struct {
	Name, FA, EN  string
	Floor, Target float64
	// Top is how many answers may hold the right one; 1 where nothing is said.
	Top  int
	make func(r *rand.Rand, d *Draft) bool
}

// Make turns the draft into a question of the class; false where the row has nothing for it.
func (c Class) Make(r *rand.Rand, d *Draft) bool { return c.make(r, d) }

// Classes are the kinds of questions of the table of targets, and the operators that it leaves out.
func Classes() []Class {
	ops := map[string]Operator{}
	for _, o := range Operators() {
		ops[o.Code] = o
	}
	// all applies each operator where it can be and needs the first; some needs any.
	all := func(codes ...string) func(*rand.Rand, *Draft) bool {
		return func(r *rand.Rand, d *Draft) bool {
			applied := false
			for i, code := range codes {
				done := ops[code].Apply(r, d)
				if i == 0 && !done {
					return false
				}
				applied = applied || done
			}
			return applied
		}
	}
	some := func(codes ...string) func(*rand.Rand, *Draft) bool {
		return func(r *rand.Rand, d *Draft) bool {
			applied := 0
			for _, i := range r.Perm(len(codes)) {
				if applied < 2 && ops[codes[i]].Apply(r, d) {
					applied++
				}
			}
			return applied > 0
		}
	}
	typos := func(k int) func(*rand.Rand, *Draft) bool {
		return func(r *rand.Rand, d *Draft) bool {
			for range k {
				if !Slip(r, d) {
					return false
				}
			}
			return true
		}
	}
	clean := func(_ *rand.Rand, d *Draft) bool { return len(d.Log) == 0 }
	return []Class{
		{"clean", "بی‌غلط", "clean", 99.5, 99.9, 1, clean},
		{"orthography", "املای دیگر", "orthography", 99.4, 99.9, 1, some("O1", "O2", "O3", "O4", "O13")},
		{"abbreviated", "کوته‌نوشت و افتادن نوع و عنوان", "abbreviated, types and titles dropped", 98.5, 99.5, 1, some("O5", "O6", "O7")},
		{"order", "ترتیب دیگر", "parts in another order", 98.5, 99.5, 1, all("O9")},
		{"no-separators", "بی‌جداکننده", "without separators", 98.5, 99.5, 1, all("O8")},
		{"typo-1", "یک غلط تایپی", "one typing error", 98, 99.3, 1, typos(1)},
		{"typo-2", "دو غلط تایپی", "two typing errors", 93, 96.5, 1, typos(2)},
		{"typo-3", "سه غلط تایپی", "three typing errors", 80, 88, 1, typos(3)},
		{"number-words", "عدد به حروف", "numbers in words", 99, 99.8, 1, all("O11")},
		{"other-name", "نام پیشین و رایج", "former and colloquial names", 97, 99, 1, all("O14")},
		{"latin", "به حروف لاتین", "in Latin letters", 90, 95, 1, all("O15")},
		{"layout", "صفحه‌کلید انگلیسی", "wrong keyboard layout", 97, 99, 1, all("O16")},
		{"focus", "بی استان و شهر، با جای پرسنده", "no province and city, with a focus point", 97, 99, 1, dropCity},
		{"wrong-part", "یک جزء نادرست", "one wrong part", 95, 98, 1, wrongPart(ops["O20"])},
		{"no-such-number", "پلاک ناموجود", "number not in the data", 99, 99.9, 1, all("O19")},
		{"relation", "نسبت به معبر", "relation to a way, within 150 m", 75, 90, 1, relation},
		{"landmark", "مکان در نشانی", "landmark in the address", 95, 98, 1, landmark(ops["O17"])},
		{"chatter", "سخن افزوده", "chatter added", 95, 98, 1, all("O18")},
		{"code", "متن کامل به کد پستی", "complete text to postal code", 90, 98, 1, func(_ *rand.Rand, d *Draft) bool { return d.Row.Code != "" && d.Row.Unit != "" }},
		{"swapped-code", "کد وارونه", "postal code with its halves swapped", 90, 98, 1, all("O22")},
		{"prefix", "آغاز نوشته", "prefix, among the first ten", 90, 98, 10, all("O21")},
		{"nonsense", "بی‌معنی و بیرون از کشور", "nonsense and other countries: not sure", 99, 99.8, 1, makeNonsense},
	}
}

// Slip makes one typing error.
func Slip(r *rand.Rand, d *Draft) bool {
	for range 5 {
		if what, ok := slip(r, d); ok {
			d.log("O12", what)
			return true
		}
	}
	return false
}

func dropCity(r *rand.Rand, d *Draft) bool {
	d.log("O10", d.standInCity(r))
	return true
}

// wrongPart writes another neighbourhood, county or postal code.
func wrongPart(code Operator) func(*rand.Rand, *Draft) bool {
	return func(r *rand.Rand, d *Draft) bool {
		if at := d.index(Area); len(at) > 0 && r.IntN(2) == 0 {
			d.Parts[at[0]].Name = one(r, "منطقه ۹", "محله سرچشمه", "منطقه 14", "نوبنیاد", "سرآسیاب دولاب")
			d.log("O10", "another neighbourhood")
			return true
		}
		return code.Apply(r, d)
	}
}

func relation(r *rand.Rand, d *Draft) bool {
	if d.Row.Before == "" || d.Row.Main != "" {
		return false
	}
	for range 20 {
		what, _ := relate(r, d)
		if d.Want == PlaceLevel {
			d.log("O17", what)
			return true
		}
		d.drop(Extra)
	}
	return false
}

func landmark(relate Operator) func(*rand.Rand, *Draft) bool {
	return func(r *rand.Rand, d *Draft) bool {
		d.Row.Main = "-" // no corner is asked for
		return relate.Apply(r, d)
	}
}

func makeNonsense(r *rand.Rand, d *Draft) bool {
	d.Parts, d.Want = []Part{{Kind: Extra, Name: one(r, nonsense()...)}}, NoAnswer
	d.finish = append(d.finish, func(s string) string {
		if words := []rune(s); len(words) > 12 && r.IntN(2) == 0 {
			return string(words[:8+r.IntN(len(words)-8)])
		}
		return s
	})
	return true
}
