package search

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"nsdi/gnaf/persian"
)

// house is what of a house number was found on a way.
type house struct {
	asked    bool   // the question has a number
	number   int32  // of the question
	suffix   string // folded
	words    uint64 // of the question that the number is
	found    bool   // the very number
	between  bool   // not in the data, and between two that are
	unit     int    // of the site, or −1
	site     site   // when found
	lon, lat int32
	radius   float64
	missed   []string // what of it was asked for and is not there
}

// asked is a number that the question may ask for on a way, given the words that its names have used.
type asked struct {
	number, to int32
	suffix     string
	words      uint64
	said       bool // with a word before it
}

// numbers lists what can be the house number: the one with its word before it, else numbers that nothing else explains.
func (c *candidate) numbers() []asked {
	r := c.m.r
	if r.number != nil && !r.bare {
		return []asked{{int32(r.number.Value), int32(r.number.To), suffixKey(r.number.Suffix), 0, true}}
	}
	var list []asked
	for i := range r.tokens {
		if r.tokens[i].class != number || r.tokens[i].zone || c.used.whole&(1<<i) != 0 {
			continue
		}
		n, err := strconv.ParseInt(r.tokens[i].text, 10, 32)
		if err != nil {
			continue
		}
		a := asked{number: int32(n), words: 1 << i}
		if j := i + 1; j < len(r.tokens) && c.used.whole&(1<<j) == 0 && isSuffix(r.tokens[j].text) {
			a.suffix, a.words = suffixKey(r.tokens[j].text), a.words|1<<j
		}
		list = append(list, a)
	}
	if r.number != nil {
		list = append(list, asked{int32(r.number.Value), int32(r.number.To), suffixKey(r.number.Suffix), 0, false})
	}
	return list
}

func isSuffix(s string) bool {
	return utf8.RuneCountInString(s) == 1 || slices.Contains([]string{"الف", "مکرر", "bis", "ter", "alef", "alf"}, s)
}

// suffixKey is how suffixes are compared: "/1" and "1", "الف" and "ا" are one.
func suffixKey(s string) string {
	switch key := strings.ReplaceAll(persian.Fold(s), " ", ""); key {
	case "الف", "a", "alef", "alf":
		return "ا"
	case "b":
		return "ب"
	case "p":
		return "پ"
	case "j":
		return "ج"
	case "d":
		return "د"
	default:
		return key
	}
}

// settle looks for the number on the way of a candidate.
func (c *candidate) settle(s *scratch) {
	r := c.m.r
	c.settled = true
	c.place = house{unit: -1, lon: c.record.lon, lat: c.record.lat}
	if c.elsewhere() {
		c.place.asked, c.place.number, c.place.suffix = true, int32(r.number.Value), suffixKey(r.number.Suffix)
		c.miss()
		return
	}
	for _, a := range c.numbers() {
		h := c.lookup(a, s)
		if to := a.to; !h.found && to > a.number && to-a.number <= longestRange { // the sites of a range can bear its last number
			a.number, a.to = to, 0
			if last := c.lookup(a, s); last.found {
				h = last
			}
		}
		if !c.place.asked || h.found && !c.place.found || h.between && !c.place.between && !c.place.found {
			c.place = h
		}
		if c.place.found {
			break
		}
	}
	switch p := &c.place; {
	case p.found:
		c.used.whole |= p.words
		if c.m.r.code != 0 { // it speaks against a code that belongs to another number
			c.bonus += 0.5
		}
		if p.words != 0 && c.exact {
			c.bonus += 0.9
		} else { // a number must not lead to another street of a similar name
			c.bonus += 0.1
		}
		c.units()
	case p.asked:
		if p.between {
			c.bonus += 0.03
		}
		c.miss()
	default:
		c.miss()
	}
	if r.building != "" && c.place.found {
		c.building()
	}
}

// longestRange is how far apart the numbers of one place are: "12 تا 18".
const longestRange = 20

// lookup searches the blocks of the way for a number.
func (c *candidate) lookup(a asked, s *scratch) house {
	h := house{asked: true, number: a.number, suffix: a.suffix, words: a.words, unit: -1, lon: c.record.lon, lat: c.record.lat}
	var below, above, belowSame, aboveSame *neighbour
	keep := func(p **neighbour, s *site, nearer bool) {
		if *p == nil || nearer {
			*p = &neighbour{s.number, s.lon, s.lat}
		}
	}
	best := 0
	for n := c.record.block; n < c.record.block+c.record.blocks; n++ {
		b := c.x.block(n)
		if b.most == noNumber {
			continue
		}
		if h.found && b.least > a.number {
			break
		}
		// Blocks far from the number say no more than their ends.
		if b.most < a.number-64 && n+1 < c.record.block+c.record.blocks && nextLeast(c.x, n+1) <= a.number {
			continue
		}
		if b.least > a.number && above != nil && aboveSame != nil {
			break
		}
		c.m.work.Sites += int(b.sites)
		c.x.sites(&b, &s.site, func(s *site, _ uint32) bool {
			switch {
			case s.number == noNumber:
			case s.number == a.number || s.to != 0 && s.number < a.number && a.number <= s.to:
				if fit := c.fit(a, s); fit > best {
					best = fit
					h.found = true
					h.site = *s
					h.site.units = slices.Clone(s.units)
					h.lon, h.lat = s.lon, s.lat
				} else if fit == 0 && !h.found {
					h.between = true // the number with another suffix
					h.lon, h.lat = s.lon, s.lat
				}
			case s.number < a.number:
				keep(&below, s, s.number >= below0(below))
				if (s.number-a.number)%2 == 0 {
					keep(&belowSame, s, s.number >= below0(belowSame))
				}
			default:
				if above == nil {
					keep(&above, s, false)
				}
				if aboveSame == nil && (s.number-a.number)%2 == 0 {
					keep(&aboveSame, s, false)
				}
			}
			return true
		})
	}
	if !h.found && !h.between {
		switch {
		case belowSame != nil && aboveSame != nil:
			h.interpolate(*belowSame, *aboveSame)
		case below != nil && above != nil:
			h.interpolate(*below, *above)
		}
	}
	return h
}

func below0(n *neighbour) int32 {
	if n == nil {
		return noNumber
	}
	return n.number
}

func nextLeast(x *index, n uint32) int32 { b := x.block(n); return b.least }

// fit tells how well a site with the number agrees with the question; 0: not at all.
func (c *candidate) fit(a asked, s *site) int {
	fit := 0
	switch {
	case s.number == a.number && suffixKey(c.x.text(s.suffix)) == a.suffix:
		fit = 16
	case s.number < a.number && a.suffix == "":
		fit = 8
	default:
		return 0
	}
	r := c.m.r
	for _, part := range []struct {
		asked string
		has   uint32
	}{{r.block, s.block}, {r.entrance, s.entrance}} {
		switch {
		case part.asked == "" && part.has == 0:
			fit++
		case part.asked != "" && unitKey(c.x.text(part.has)) == part.asked:
			fit += 2
		}
	}
	if r.unit != "" && slices.ContainsFunc(s.units, func(u unit) bool { return unitKey(c.x.text(u.unit)) == r.unit }) {
		fit++
	}
	return fit
}

// neighbour is a number on the way beside one that is not there.
type neighbour struct {
	number   int32
	lon, lat int32
}

// interpolate puts the number between two, as far as it is from both.
func (h *house) interpolate(a, b neighbour) {
	share := float64(h.number-a.number) / float64(b.number-a.number)
	h.between = true
	h.lon = a.lon + int32(share*float64(b.lon-a.lon))
	h.lat = a.lat + int32(share*float64(b.lat-a.lat))
	h.radius = metres(toDegrees(a.lon), toDegrees(a.lat), toDegrees(b.lon), toDegrees(b.lat)) / 2
}

// units looks for the unit of the question in the site.
func (c *candidate) units() {
	r, p := c.m.r, &c.place
	if r.unit == "" && r.number != nil && !r.bare {
		c.unnamedUnit()
	}
	if r.unit == "" && r.floor == nil || p.unit >= 0 {
		return
	}
	for i := range p.site.units {
		u := &p.site.units[i]
		unitFits := r.unit == "" || unitKey(c.x.text(u.unit)) == r.unit
		floorFits := r.floor == nil || u.hasFloor && float64(u.floor) == *r.floor
		if unitFits && floorFits && (r.unit != "" || p.unit < 0) {
			p.unit = i
			c.bonus += 0.05
			return
		}
	}
	// The unit says more than the floor.
	if r.unit != "" && r.floor != nil {
		for i := range p.site.units {
			if unitKey(c.x.text(p.site.units[i].unit)) == r.unit {
				p.unit = i
				c.bonus += 0.04
				p.missed = append(p.missed, "طبقه "+floorText(*r.floor))
				return
			}
		}
	}
	c.missUnit()
}

// unitKey is how names of units, blocks and entrances are compared: "02", "۲" and "دو" are one.
func unitKey(s string) string {
	if n := strings.TrimLeft(s, "0"); n != "" && strings.Trim(s, "0123456789") == "" {
		return n
	}
	if n, ok := persian.Number(s); ok {
		return strconv.Itoa(n.Value)
	}
	return strings.ReplaceAll(persian.Fold(s), " ", "")
}

// sideAlley is the word of a branch of a way, whose number is no unit's: "کوچه صنوبر، فرعی اول".
const sideAlley = "فرعی"

// unnamedUnit takes a number behind a word that is of no name for the unit, where the site has such a one: "یونیت 4".
func (c *candidate) unnamedUnit() {
	tokens, s := c.m.r.tokens, &c.place.site
	for i := 1; i < len(tokens); i++ {
		pair := uint64(3) << (i - 1)
		if tokens[i].class != number || !tokens[i].behind || tokens[i-1].class != plain || tokens[i].segment != tokens[i-1].segment || c.used.whole&pair != 0 || c.m.exact[i-1] || bare(tokens[i-1].text) == sideAlley {
			continue
		}
		at := slices.IndexFunc(s.units, func(u unit) bool { return u.unit != 0 && unitKey(c.x.text(u.unit)) == tokens[i].text })
		if at >= 0 {
			c.place.unit = at
			c.used.whole |= pair
			c.bonus += number.weight() + plain.weight()
			return
		}
	}
}

// miss says of the number and of what follows it that they are not there.
func (c *candidate) miss() {
	r, p := c.m.r, &c.place
	if p.asked && p.words == 0 {
		text := strconv.Itoa(int(p.number))
		if r.number != nil && r.number.Suffix != "" {
			text += " " + persian.Fold(r.number.Suffix)
		}
		p.missed = append(p.missed, "پلاک "+text)
	}
	c.missUnit()
}

func (c *candidate) missUnit() {
	r, p := c.m.r, &c.place
	if r.floor != nil {
		p.missed = append(p.missed, "طبقه "+floorText(*r.floor))
	}
	if r.unit != "" {
		p.missed = append(p.missed, "واحد "+r.unit)
	}
}

func floorText(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

// building explains the words of the question that the name of the site's building has.
func (c *candidate) building() {
	for _, w := range analyse(c.x.text(c.place.site.building)) {
		for i, t := range c.m.r.tokens {
			if c.used.whole&(1<<i) == 0 && t.text == w.text {
				c.used.whole |= 1 << i
				c.gain += t.class.weight()
				break
			}
		}
	}
}
