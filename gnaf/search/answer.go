package search

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"nsdi/gnaf/persian"
	"nsdi/internal/errs"
)

// level says how far down the question was found.
func (c *candidate) level() Level {
	switch {
	case c.lies != LevelNone:
		return c.lies
	case c.isArea:
		return c.x.area(c.area).level
	case c.place.found && c.place.unit >= 0:
		return LevelUnit
	case c.place.found:
		return LevelSite
	case c.place.between:
		return LevelInterpolated
	case c.chained:
		return LevelAlley
	}
	return LevelWay
}

func (c *candidate) source() byte {
	if c.isArea {
		return c.x.area(c.area).source
	}
	return 0
}

// result makes the answer of a candidate.
func (c *candidate) result() Result {
	r := Result{
		Level: c.level(), Confidence: c.confidence, Lon: toDegrees(c.place.lon), Lat: toDegrees(c.place.lat), Radius: c.place.radius,
		Unmatched: c.unmatched(), Corrected: c.corrected(),
	}
	if c.isArea {
		c.ofArea(&r)
	} else {
		c.ofWay(&r)
	}
	r.Reasons = append(c.reasons(), r.Reasons...)
	return r
}

func (c *candidate) ofArea(r *Result) {
	a := c.x.area(c.area)
	r.ID, r.key, r.Kind = c.x.text(a.id), c.x.text(a.key), c.x.text(a.kind)
	r.Components = c.x.components(c.area + 1)
	r.Radius = radius(a.box)
	var fa, en []string
	for n := c.area + 1; n != 0; n = c.x.area(n - 1).parent {
		above := c.x.area(n - 1)
		if above.level == LevelNone && len(fa) > 0 { // everything is in the country
			continue
		}
		fa = append([]string{c.x.text(above.fa)}, fa...)
		en = append(en, c.x.text(above.en))
	}
	r.Label = strings.Join(slices.Compact(fa), "، ")
	if isLatin(c.x.text(a.fa)) {
		r.Label = c.x.text(a.fa)
	}
	if en[0] != "" {
		r.LabelEN = strings.Join(slices.DeleteFunc(en, func(s string) bool { return s == "" }), ", ")
	}
}

func (c *candidate) ofWay(r *Result) {
	w := &c.record
	parts := c.x.components(w.area + 1)
	parts.Way, parts.Street, parts.StreetBefore = int64(w.id), c.x.text(w.name), c.x.text(w.before)
	r.ID = c.x.wayPlace(w.id, parts.Province)
	switch {
	case c.place.found:
		s := &c.place.site
		c.x.fill(&parts, s, c.place.unit)
		at := max(0, c.place.unit)
		r.ID = AddressID(s.units[at].id)
		if of := s.units[at].of; of != 0 && (c.place.unit >= 0 || s.other()) {
			r.AliasOf = AddressID(of)
			r.Reasons = append(r.Reasons, errs.Tf("نشانی دیگر %s است.", "It is another address of %s.", r.AliasOf))
		}
		if s.neighbourhood != 0 {
			parts.Neighbourhood = c.x.text(c.x.area(s.neighbourhood - 1).fa)
		}
	case c.place.radius == 0:
		r.Radius = radius(w.box)
	}
	r.Components = parts
	if c.lies != LevelNone && !isLatin(parts.Street) {
		parts.StreetBefore, parts.Street = "", c.meets()
	}
	r.Label = parts.Label()
}

// AddressID is the identifier of an address among those of places.
func AddressID(n int64) string { return "address/" + strconv.FormatInt(n, 10) }

// other reports whether all that is known of a site is that it is another address.
func (s *site) other() bool {
	return !slices.ContainsFunc(s.units, func(u unit) bool { return u.of == 0 })
}

// fill adds what a site has, and one of its units: the code of a site with several units is none of its own.
func (x *index) fill(parts *Components, s *site, unit int) {
	if s.number != noNumber {
		parts.Number = HouseNumber(int(s.number), x.text(s.suffix))
	}
	parts.Building = x.text(s.building)
	if unit < 0 && len(s.units) == 1 {
		unit = 0
	}
	if unit >= 0 {
		u := &s.units[unit]
		parts.Unit = x.text(u.unit)
		if u.code != 0 {
			parts.PostalCode = codeText(u.code)
		}
	}
}

func codeText(code uint64) string {
	s := strconv.FormatUint(code, 10)
	return strings.Repeat("0", max(0, 10-len(s))) + s
}

// components names the areas from one upwards.
func (x *index) components(n uint32) Components {
	var parts Components
	for ; n != 0; n = x.area(n - 1).parent {
		a := x.area(n - 1)
		name := x.text(a.fa)
		switch a.level {
		case LevelProvince:
			parts.Province = name
		case LevelCounty:
			parts.County = name
		case LevelCity:
			if parts.City == "" {
				parts.City = name
			}
		case LevelNeighbourhood:
			parts.Neighbourhood = name
		}
	}
	return parts
}

func radius(b box) float64 {
	if b.empty() {
		return 0
	}
	return metres(toDegrees(b.west), toDegrees(b.south), toDegrees(b.east), toDegrees(b.north)) / 2
}

// HouseNumber writes number and suffix as people do: "12 الف", "22A", "7 1/2".
func HouseNumber(number int, suffix string) string {
	n := strconv.Itoa(number)
	switch {
	case suffix == "":
		return n
	case isLatin(suffix) && !unicode.IsDigit(rune(suffix[0])):
		return n + suffix
	}
	return n + " " + suffix
}

// Label writes an address in the order of its script: from large to small in Persian, number first in Latin.
func (c *Components) Label() string {
	parts := make([]string, 0, 8)
	add := func(s string) {
		if s = strings.TrimSpace(s); s != "" && (len(parts) == 0 || parts[len(parts)-1] != s) {
			parts = append(parts, s)
		}
	}
	if isLatin(c.Street) {
		add(strings.TrimSpace(c.Number + " " + c.Street))
		if c.Unit != "" {
			add("unit " + c.Unit)
		}
		add(c.Neighbourhood)
		add(c.City)
		add(c.Province)
		return strings.Join(parts, ", ")
	}
	add(c.Province)
	add(c.City)
	add(c.Neighbourhood)
	add(c.StreetBefore)
	add(c.Street)
	if c.Number != "" {
		add("پلاک " + c.Number)
	}
	if c.Unit != "" {
		add("واحد " + c.Unit)
	}
	return strings.Join(parts, "، ")
}

func isLatin(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Arabic, r) && unicode.IsLetter(r) })
}

// unmatched lists what of the question was not found.
func (c *candidate) unmatched() []string {
	var list []string
	for _, i := range c.left() {
		if t := c.m.r.tokens[i]; t.class != noise && t.class != level {
			list = append(list, bare(t.text))
		}
	}
	list = append(list, c.place.missed...)
	for i := range c.m.r.relations {
		if r := &c.m.r.relations[i]; c.lies == LevelNone || r != c.relation {
			list = append(list, strings.Fields(persian.Fold(r.Word+" "+strings.Join(r.Of, " ")))...)
		}
	}
	if code := c.m.r.code; code != 0 && !c.byCode && (c.place.unit < 0 || c.place.site.units[c.place.unit].code != code) {
		list = append(list, "کد پستی "+codeText(code))
	}
	return list
}

// corrected lists the words that were taken for others.
func (c *candidate) corrected() []Correction {
	if c.isArea {
		return nil
	}
	var n names
	n.read(c.x.parts[nameSection][c.record.names:], nil)
	var list []Correction
	for _, own := range n.own {
		if own.text != c.spoken && c.spoken != 0 {
			continue
		}
		for _, term := range own.terms {
			for _, k := range c.m.of(term) {
				if k.share < 1 || int(k.to-k.from) > 1 || k.quality >= 0.97 || c.m.exact[k.from] || c.used.whole&spanOf(&k) == 0 {
					continue
				}
				change := Correction{bare(c.m.r.tokens[k.from].text), bare(string(c.x.terms.text(term)))}
				if !slices.Contains(list, change) {
					list = append(list, change)
				}
			}
		}
	}
	return list
}

// reasons say in both languages why a candidate is the answer, and what about it is doubtful.
func (c *candidate) reasons() []errs.Text {
	var list []errs.Text
	add := func(t errs.Text) { list = append(list, t) }
	switch {
	case c.byCode:
		list = c.codeReason()
	case c.lies != LevelNone:
		add(c.lieReason())
	case c.isArea:
		add(errs.Tf("نام مکان در داده هست (%s).", "The name of the place is in the data (%s).", strconv.Quote(c.x.text(c.x.area(c.area).fa))))
		if c.wayMissing() || len(c.m.r.relations) > 0 {
			add(errs.T("معبر در داده یافت نشد؛ پاسخ خود مکان است.", "The way was not found in the data; the answer is the place."))
		}
	case c.place.found && c.place.unit >= 0:
		add(errs.T("شماره و واحد در داده منتشرشده هست.", "Number and unit are in the published data."))
	case c.place.found:
		add(errs.T("شماره در این معبر هست.", "The number is on this way."))
	case c.place.between:
		add(errs.T("این شماره در داده نیست؛ جای آن از شماره‌های کنارش برآورد شده است.", "The number is not in the data; its position is estimated from those beside it."))
	case c.place.asked:
		add(errs.T("معبر یافت شد، ولی شماره آن در داده نیست.", "The way was found, but the number is not in the data."))
	default:
		add(errs.T("نام معبر در داده هست.", "The name of the way is in the data."))
	}
	if c.isArea || c.byCode {
		return list
	}
	switch c.variant {
	case nameFormer:
		add(errs.Tf("«%s» نام پیشین معبر است.", "“%s” is a former name of the way.", c.x.text(c.spoken)))
	case nameColloquial, nameMisspelling, nameLatin, nameOfficial, nameOther:
		add(errs.Tf("«%s» نام دیگر معبر است.", "“%s” is another name of the way.", c.x.text(c.spoken)))
	}
	if c.noKind {
		add(errs.T("نوع معبر در پرسش نیامده است.", "The query leaves out the kind of the way."))
	}
	for _, p := range c.waysPassedBy() {
		add(errs.Tf("«%s» هم در پرسش آمده است و پیوند آن با این معبر در داده نیست.", "The query names “%s” too, and nothing in the data joins it to this way.", c.m.r.words(p.words)))
	}
	if !c.inCity {
		add(errs.T("پرسش نام شهر یا روستا را ندارد.", "The query does not name the city or village."))
	}
	return list
}

// identity is what tells answers apart: the address, not the claim about it.
func (r *Result) identity() string {
	c := &r.Components
	if c.Way == 0 || r.Level < LevelWay {
		return r.ID
	}
	return strings.Join([]string{strconv.FormatInt(c.Way, 10), persian.Fold(c.StreetBefore), c.Province, c.County, c.Number, c.Unit, strconv.Itoa(int(r.Level))}, "\x00")
}

// sameWithin is how far apart two custodians put one number, in metres.
const sameWithin = 50

// samePlace reports whether two answers are one number, told by two custodians of whom one leaves the province, the county or the way before it out.
func (r *Result) samePlace(o Result) bool {
	a, b := &r.Components, &o.Components
	if r.Level != o.Level || r.Level != LevelSite && r.Level != LevelUnit || a.Way != b.Way || a.Number != b.Number || a.Unit != b.Unit {
		return false
	}
	for _, pair := range [][2]string{{a.Province, b.Province}, {a.County, b.County}, {a.StreetBefore, b.StreetBefore}} {
		if pair[0] != "" && pair[1] != "" && persian.Fold(pair[0]) != persian.Fold(pair[1]) {
			return false
		}
	}
	return metres(r.Lon, r.Lat, o.Lon, o.Lat) <= sameWithin
}
