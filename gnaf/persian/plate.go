package persian

import (
	"slices"
	"strconv"
)

// RegistrationPlate is the plate of the land registry: a parcel's key, never a house number.
type RegistrationPlate struct {
	Main int
	Sub  int    // 0 where there is none
	Lot  string // قطعه
	// Section is the registration section as written.
	Section string
	// Ambiguous marks "12/4567": which of the two is the main plate is not said. Main is then the second.
	Ambiguous bool
}

// takePlate finds a registration plate: "پلاک ثبتی شماره ۱۶۱۷ فرعی از ۷۲ اصلی واقع در بخش ثبتی ۳", "پلاک ثبتی 12/4567",
// "۱۲ فرعی از ۴۵ اصلی". It has to be found before house numbers are.
func (p *parser) takePlate() {
	for i := range p.words {
		first, last := i, i
		var plate RegistrationPlate
		titled := p.is(i, "پلاک") && p.is(i+1, "ثبتی")
		at := i
		if titled {
			at += 2
			if p.is(at, "شماره") {
				at++
			}
		}
		n, ok := p.integer(at)
		switch {
		case ok && p.is(at+1, "فرعی"):
			next := at + 2
			if p.is(next, "از") {
				next++
			} else if !titled {
				continue // "کوچه ۲۸ فرعی ۳" is a side alley
			}
			if main, ok := p.integer(next); ok {
				plate.Sub, plate.Main, last = n, main, next
				if p.is(next+1, "اصلی") {
					last = next + 1
				}
			} else if !titled {
				continue
			} else {
				plate.Sub, last = n, at+1
			}
		case ok && titled && p.sep(at+1) == sepSlash:
			main, _ := p.integer(at + 1)
			plate.Sub, plate.Main, plate.Ambiguous, last = n, main, true, at+1
			p.doubt(DoubtPlateOrder, p.text(at, at+2))
		case ok && (titled || p.is(at+1, "اصلی")):
			plate.Main, last = n, at
			if p.is(at+1, "اصلی") {
				last = at + 1
			}
		default:
			continue
		}
		last = p.plateSection(last, &plate)
		p.address.Plate = &plate
		p.place(first, last+1)
		return
	}
}

// plateSection reads the section behind a plate, and answers the last word of it.
func (p *parser) plateSection(last int, plate *RegistrationPlate) int {
	at := last + 1
	for slices.Contains([]string{"واقع", "در", "قطعه"}, p.key(at)) {
		if p.is(at, "قطعه") {
			if _, ok := p.integer(at + 1); !ok {
				return last
			}
			plate.Lot = p.key(at + 1)
			last, at = at+1, at+2
			continue
		}
		at++
	}
	if !p.is(at, "بخش") {
		return last
	}
	at++
	if p.is(at, "ثبتی") {
		at++
	}
	for _, n := range p.numbers(at) {
		plate.Section = p.text(at, at+n.Words)
		last = at + n.Words - 1
	}
	return last
}

func (p *parser) integer(i int) (int, bool) {
	if i >= len(p.words) || !p.words[i].number || len(p.words[i].key) > 9 {
		return 0, false
	}
	n, err := strconv.Atoi(p.words[i].key)
	return n, err == nil
}
