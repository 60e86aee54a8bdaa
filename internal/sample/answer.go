package sample

import (
	"context"
	"fmt"
	"maps"
	"slices"
)

// Answer is what a report on the sample country must say of an obligation in a unit, once every delivery of the manifest
// has been taken in. It follows from the plan of the country and from nothing that a database calculates.
type Answer struct {
	Unit, Obligation                                    string
	Measure                                             string  // what stands beside the headline; empty: the headline
	Denominator, Delivered, Validated, Published, Fresh float64 // no denominator: it is for the registers of the program to say
}

// Measures beside the headlines, as reports name them.
const (
	byArea       = "area"
	byPlates     = "plates"
	builtParcels = "built-parcels"
	anyScale     = "any-scale"
)

// What the dirty deliveries leave: rows without a defect are taken in, the others are not.
const (
	dirtyLayers    = 2 // buildings and public facilities
	dirtyAddresses = 8
)

// answers adds what is in a unit to it and to all that it is in.
type answers map[[3]string]*Answer

func (a answers) add(obligation string, units []string, whole, published, fresh float64) {
	a.addBeside(obligation, "", units, whole, published, fresh)
}

func (a answers) addBeside(obligation, measure string, units []string, whole, published, fresh float64) {
	for _, u := range units {
		key := [3]string{u, obligation, measure}
		n := a[key]
		if n == nil {
			n = &Answer{Unit: u, Obligation: obligation, Measure: measure}
			a[key] = n
		}
		n.Denominator += whole
		n.Published += published
		n.Fresh += fresh
	}
}

// Answers lists what the report must say in a year: base maps grow old.
func Answers(ctx context.Context, o Options, year int) ([]Answer, error) {
	if o.Addresses == 0 {
		o.Addresses = DefaultAddresses
	}
	p, err := newPlan(ctx, o)
	if err != nil {
		return nil, err
	}
	a := answers{}
	if err := p.answerNature(a); err != nil {
		return nil, err
	}
	p.answerRest(a, year)
	themes := map[string]bool{}
	for _, c := range p.counties {
		for i, s := range c.settlements {
			if err := s.answer(ctx, a, themes, i, year); err != nil {
				return nil, err
			}
		}
	}
	d := p.dirty
	a.addBeside("A24-URBAN", anyScale, d.units(), squareMetres(d.boundary()), 0, 0)
	a.addBeside("A25-URBAN", byArea, d.units(), squareMetres(d.boundary()), 0, 0)
	a.add("A26-LAYERS", d.units(), float64(len(municipalLayers())), dirtyLayers, dirtyLayers)
	a.add("A27-GNAF", d.units(), float64(d.expected), dirtyAddresses, dirtyAddresses)
	a.smaller()
	handedOver(a, themes)
	var list []Answer
	for _, key := range slices.SortedFunc(maps.Keys(a), func(x, y [3]string) int { return slices.Compare(x[:], y[:]) }) {
		n := a[key]
		n.Validated = max(n.Validated, n.Published) // what was delivered is published: nothing is under way
		n.Delivered = max(n.Delivered, n.Validated)
		list = append(list, *n)
	}
	return list, nil
}

// national is what each agency of the country hands over.
func national() map[string][]string {
	return map[string][]string{
		"interior":   {"admin-division", "admin-unit", "urban-boundary", "village", "place", "required-theme"},
		"ncc":        {"base-map-feature", "base-map-sheet", "required-scale", "required-sheet"},
		"registry":   {"cadastre-urban", "cadastre-rural", "cadastre-range-forest", "cadastre-marine", "expected-plates"},
		"post":       {"gnaf-address"},
		"forests":    {"range-forest"},
		"ports":      {"territorial-sea"},
		"statistics": {"expected-addresses"},
	}
}

// handedOver says how many themes there are data of, those of municipalities and all others, how many duties of national agencies are done, and that services have data to answer
// from and nobody has asked. How many themes and duties there are is not the sample's to say.
func handedOver(a answers, themes map[string]bool) {
	duties := 0
	for _, list := range national() {
		duties += len(list)
		for _, theme := range list {
			themes[theme] = true
		}
	}
	a.add("A23", []string{"IR"}, 0, float64(len(themes)), float64(len(themes)))
	a.add("A23-N2", []string{"IR"}, 0, float64(duties), float64(duties))
	for code, services := range map[string]float64{"A25-INQUIRY": 2, "A27-INQUIRY": 7} {
		a[[3]string{"IR", code, ""}] = &Answer{Unit: "IR", Obligation: code, Denominator: services, Delivered: services, Validated: services}
	}
}

// units are the settlement's own and those that it is in.
func (s *settlement) units() []string {
	return []string{s.code, s.county.code, s.county.province.code, "IR"}
}

// answer adds what is in a settlement, the i-th of its county.
func (s *settlement) answer(ctx context.Context, a answers, themes map[string]bool, i, year int) error {
	ground := squareMetres(s.boundary())
	parcels, surveyed, lots, left := 0.0, 0, 0, s.target
	built, addressed := 0.0, 0.0
	for sb, err := range s.superblocks(ctx) {
		if err != nil {
			return err
		}
		lots += len(sb.lots)
		s.answerThemes(themes, sb)
		published := !s.village() && s.surveyed(sb) || s.village() && i%4 == 2
		for _, l := range sb.lots {
			given := min(left, len(l.units()))
			left -= given
			if !published {
				continue
			}
			surveyed++
			parcels += squareMetres(s.frame.lonlatRing(l.ring))
			if l.building != nil && s.delivers("building") {
				built++
				addressed += float64(min(1, given))
			}
		}
	}
	if built > 0 {
		a.addBeside("A27-GNAF", builtParcels, s.units(), built, addressed, 0)
	}
	a.add("A27-GNAF", s.units(), float64(max(1, s.expected)), float64(s.target), float64(s.target))
	if s.village() {
		if i%4 == 0 {
			for _, ring := range s.strips() {
				parcels += squareMetres(s.frame.lonlatRing(ring))
			}
		}
		s.answerVillage(a, ground, parcels)
		return nil
	}
	a.addBeside("A25-URBAN", byArea, s.units(), ground, parcels, parcels)
	a.addBeside("A25-URBAN", byPlates, s.units(), float64(registeredPlates(i, lots)), float64(surveyed), float64(surveyed))
	s.answerMaps(a, s.sheets(i), ground, year)
	a.sheets("A24-URBAN", s.index(), s.sheets(i), year, func(sheet) []string { return s.units() })
	a.add("A26-LAYERS", s.units(), float64(len(municipalLayers())), float64(s.delivered), float64(s.delivered))
	return nil
}

// answerThemes adds the themes of which something stands in a superblock, where the municipality delivers them.
func (s *settlement) answerThemes(themes map[string]bool, sb *superblock) {
	there := map[string]bool{
		"road": true, "neighbourhood": true, "street-furniture": true, "city-block": len(sb.blocks) > 0, "land-use": len(sb.lots) > 0, "green-space": len(sb.greens) > 0,
		"building":        slices.ContainsFunc(sb.lots, func(l lot) bool { return l.building != nil }),
		"alley":           slices.ContainsFunc(sb.ways, func(w way) bool { return w.class == "alley" }),
		"public-facility": len(sb.facilities) > 0,
	}
	for _, k := range facilityKinds {
		there[k.theme] = there[k.theme] || slices.ContainsFunc(sb.facilities, func(f spot) bool { return f.kind == k.kind })
	}
	for theme, is := range there {
		themes[theme] = themes[theme] || is && s.delivers(theme)
	}
	themes["municipal-district"] = themes["municipal-district"] || s.kind == kindCity && s.cols() > 1 && s.delivered > 0
	maps.DeleteFunc(themes, func(_ string, is bool) bool { return !is })
}

// answerMaps adds a city's base maps: at each scale that it needs, and at any. Sheets of one scale do not overlap.
func (s *settlement) answerMaps(a answers, sheets []sheet, ground float64, year int) {
	all, fresh := mapped(sheets, s.boundary(), year)
	a.addBeside("A24-URBAN", anyScale, s.units(), ground, all, fresh)
	for _, scale := range s.scales() {
		all, fresh = 0, 0
		for _, sheet := range sheets {
			if sheet.scale != scale {
				continue
			}
			m2 := squareMetres(within(sheet.ring, s.boundary()))
			all += m2
			if sheet.year >= year-freshSheet {
				fresh += m2
			}
		}
		a.add("A24-URBAN", s.units(), ground, all, fresh)
		a.addBeside("A24-URBAN", fmt.Sprintf("scale-%d", scale), s.units(), ground, all, fresh)
	}
}

// sheets adds how many of an index are there, each in the units that it lies in.
func (a answers) sheets(obligation string, index, made []sheet, year int, units func(s sheet) []string) {
	there := map[string]sheet{}
	for _, s := range made {
		there[s.number] = s
	}
	for _, s := range index {
		published, fresh := 0.0, 0.0
		if m, is := there[s.number]; is {
			published = 1
			if m.year >= year-freshSheet {
				fresh = 1
			}
		}
		a.addBeside(obligation, fmt.Sprintf("sheets-%d", s.scale), units(s), 1, published, fresh)
	}
}

// answerVillage adds a village, which is complete where 95 % of its fabric is covered. Of one of fewer than twenty households the cadastre is not due.
func (s *settlement) answerVillage(a answers, ground, parcels float64) {
	done, people := 0.0, float64(s.expected)
	if parcels >= 0.95*ground {
		done = 1
	}
	a.addBeside("A25-RURAL", byArea, s.units(), ground, parcels, parcels)
	if people > 0 {
		a.addBeside("A25-RURAL", "households", s.units(), people, people*done, people*done)
	}
	if people < 20 {
		a.addBeside("A25-RURAL", "small-villages", s.units(), 1, done, done)
		return
	}
	a.add("A25-RURAL", s.units(), 1, done, done)
}

// smaller makes the headline of the urban cadastre: the smaller of the two shares, where both are known.
func (a answers) smaller() {
	for key, area := range maps.Clone(a) {
		if key[2] != byArea || key[1] != "A25-URBAN" {
			continue
		}
		head := *area
		if plates := a[[3]string{key[0], key[1], byPlates}]; plates != nil && plates.Published/plates.Denominator < area.Published/area.Denominator {
			head = *plates
		}
		head.Measure = ""
		a[[3]string{key[0], key[1], ""}] = &head
	}
}

// freshSheet is how old a sheet may be, in years.
const freshSheet = 5

// mapped is how much of a convex ring is covered by sheets, and how much of it by fresh ones. Those of 1:2000 cover all that those of 1:500 do, each of which
// lies in one of them: a sixteenth of it.
func mapped(sheets []sheet, ring []xy, year int) (all, fresh float64) {
	var large []sheet
	for _, s := range sheets {
		m2 := squareMetres(within(s.ring, ring))
		if s.scale == 2000 {
			large = append(large, s)
			all += m2
			if s.year >= year-freshSheet {
				fresh += m2
			}
			continue
		}
		middle := xy{(s.ring[0].X + s.ring[2].X) / 2, (s.ring[0].Y + s.ring[2].Y) / 2}
		counted := slices.ContainsFunc(large, func(l sheet) bool { return l.year >= year-freshSheet && contains(l.ring, middle) })
		if s.year >= year-freshSheet && !counted {
			fresh += m2
		}
	}
	return all, fresh
}

// answerNature adds range and forest, and the sea.
func (p *plan) answerNature(a answers) error {
	total := func(rings [][]xy) (m2 float64) {
		for _, r := range rings {
			m2 += squareMetres(r)
		}
		return m2
	}
	meshes, err := p.meshes()
	if err != nil {
		return err
	}
	for _, m := range meshes {
		parcels := total(m.parcels())
		a.add("A25-RANGE-FOREST", m.units, total(m.areas()), parcels, parcels)
	}
	areas, parcels := seaAreas()
	a.add("A25-MARINE", []string{provinceOfCoast, "IR"}, total(areas), total(parcels), total(parcels))
	return nil
}

// answerRest adds what lies outside the cities. It is known of provinces of whose cities the limits are.
func (p *plan) answerRest(a answers, year int) {
	const rest = "A24-REST"
	a.sheets(rest, p.countryIndex(), p.countrySheets(), year, func(s sheet) []string { return []string{p.provinceOf(s).code, "IR"} })
	known := map[*province]bool{}
	for _, c := range p.counties {
		above := []string{c.code, c.province.code, "IR"}
		a.add(rest, above[:1], squareMetres(c.ring), 0, 0)
		if !known[c.province] {
			known[c.province] = true
			a.add(rest, above[1:], squareMetres(c.province.ring), 0, 0)
			for _, s := range p.countrySheets() {
				_, fresh := mapped([]sheet{s}, s.ring, year)
				m2 := squareMetres(within(c.province.ring, s.ring))
				a.add(rest, above[1:], 0, m2, min(m2, fresh)) // all of it, or nothing
			}
		}
		places := c.settlements
		if p.dirty.county == c {
			places = append(slices.Clone(places), p.dirty)
		}
		for i, s := range places {
			var sheets []sheet
			city := 0.0
			if s != p.dirty {
				sheets = s.sheets(i)
			}
			if !s.village() {
				city = squareMetres(s.boundary())
			}
			inside, insideFresh := mapped(sheets, s.boundary(), year)
			all, fresh := mapped(sheets, c.ring, year)
			a.add(rest, above, -city, all-inside, fresh-insideFresh)
			all, fresh = mapped(sheets, s.limits(), year)
			a.add(rest, s.units()[:1], squareMetres(s.limits())-city, all-inside, fresh-insideFresh)
		}
	}
}
