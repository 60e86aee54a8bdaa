package search

import (
	"strconv"

	"nsdi/internal/errs"
)

// byCode answers the units that bear the postal code of the question, or that with its halves the wrong way round.
func (f *finder) byCode() []*candidate {
	found := f.bearers(f.r.code, false)
	if len(found) == 0 {
		found = f.bearers(f.r.code%100_000*100_000+f.r.code/100_000, true)
	}
	return found
}

func (f *finder) bearers(code uint64, swapped bool) []*candidate {
	m := matchesOf(f.x, f.r, usually, nil, f.work)
	var found []*candidate
	findCode(f.x.parts[codeDirectory], f.x.parts[codeSection], code, func(n uint32) {
		b := f.x.ofUnit(n)
		f.work.Sites += int(b.sites)
		f.x.sites(&b, &f.site, func(s *site, first uint32) bool {
			if n >= first+uint32(len(s.units)) {
				return true
			}
			c := m.consider(b.way, f.scratch)
			if c == nil { // another name than its way's was asked for
				w := f.x.way(b.way)
				c = &candidate{x: f.x, m: m, way: b.way, record: w, area: w.area}
				m.around(c, f.scratch)
			}
			if f.allowed(c) {
				c.byCode, c.swapped = true, swapped
				c.place = house{found: true, site: *s, unit: int(n - first), lon: s.lon, lat: s.lat}
				c.place.site.units = append([]unit(nil), s.units...)
				c.bonus = codeBonus
				c.checkAgainst()
				found = append(found, c)
			}
			return false
		})
	})
	return found
}

// checkAgainst tells what of the question is another than what the bearer of the code has.
func (c *candidate) checkAgainst() {
	r, s := c.m.r, &c.place.site
	numbers := c.numbers()
	fits := len(numbers) == 0
	for _, a := range numbers {
		if a.number == s.number {
			c.used.whole |= a.words
			fits = true
			break
		}
	}
	u := &s.units[c.place.unit]
	switch {
	case !fits && r.number != nil:
		c.place.missed = append(c.place.missed, "پلاک "+strconv.Itoa(r.number.Value))
		c.bonus -= 0.8
	case r.unit != "" && unitKey(c.x.text(u.unit)) != r.unit:
		c.place.missed = append(c.place.missed, "واحد "+r.unit)
		c.bonus -= 0.5
	}
}

// codeBonus is what a postal code weighs against the words of the question: more than one of them, less than a number and a name that say otherwise.
const codeBonus = 1

// codeReason tells that the code was found.
func (c *candidate) codeReason() []errs.Text {
	code := codeText(c.place.site.units[c.place.unit].code)
	list := []errs.Text{errs.Tf("کد پستی %s در داده منتشرشده هست.", "The postal code %s is in the published data.", code)}
	if c.swapped {
		list = append(list, errs.T("دو نیمه کد جابه‌جا نوشته شده بود.", "The halves of the code were written the wrong way round."))
	}
	return list
}
