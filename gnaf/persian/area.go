package persian

import (
	"slices"
	"strings"
)

// area reads a named area.
func (p *parser) area(i, n int, r Reading) int {
	a := p.address
	end := i + n
	if end < len(p.words) && !p.bounded(end) {
		if numbers := p.numbers(end); len(numbers) > 0 && (r.Sense == "phase" || strings.HasPrefix(r.Sense, "municipal")) {
			end += numbers[len(numbers)-1].Words
		} else {
			end = p.nameEnd(end, r)
		}
	}
	field := map[string]*string{
		"province": &a.Province, "county": &a.County, "district": &a.District, "rural-district": &a.RuralDistrict, "city": &a.City, "village": &a.Village,
		"municipal-district": &a.Zone, "municipal-subdistrict": &a.SubZone, "neighbourhood": &a.Neighbourhood, "township": &a.Township, "phase": &a.Phase,
	}[r.Sense]
	name := p.text(i+n, end)
	switch {
	case field == nil || name == "":
		p.unplaced(i, end)
		return end
	case *field != "" && Fold(*field) != Fold(name):
		p.doubt(DoubtSecond, p.text(i, end))
		p.unplaced(i, end)
		return end
	}
	*field = name
	p.place(i, end)
	return end
}

// plain reads a name without a word that says what it names.
func (p *parser) plain(i int) int {
	end := p.nameEnd(i, Reading{Class: ClassName})
	if n, words, _ := p.houseNumber(i); words > 0 && p.words[i].number && i+words >= end && len(p.address.Ways) > 0 && p.address.Number == nil {
		p.address.Number, p.address.NumberAfterWays = &n, len(p.address.Ways)
		p.doubt(DoubtBareNumber, p.text(i, i+words))
		p.place(i, i+words)
		return i + words
	}
	if next, ok := p.kindBehind(i, end); ok {
		return next
	}
	from, all := i, end
	for end > i && p.words[end-1].placedAsTag {
		end--
	}
	for at := end; at > from; at-- {
		if !p.knownArea(from, at) {
			continue
		}
		if from, at = at, end+1; from < end {
			p.doubt(DoubtSplit, p.text(i, end))
		}
	}
	if from < end {
		name := Name{Text: p.text(from, end), AfterWays: len(p.address.Ways), AfterNumber: p.address.Number != nil}
		last := p.lexicon.Readings(p.key(end - 1))
		name.LikeWay = end-1 > from && (p.words[end-1].number || slices.ContainsFunc(last, func(r Reading) bool { return r.Class == ClassDirection && !r.Short }))
		p.address.Names = append(p.address.Names, name)
		p.doubt(DoubtNoKind, name.Text)
	}
	p.place(i, all)
	return all
}

// kindBehind reads names in Latin letters whose kind follows them: "Azadi Square".
func (p *parser) kindBehind(i, end int) (int, bool) {
	if p.bounded(end) {
		return 0, false
	}
	r, n := p.begins(end, Reading{})
	switch {
	case !r.Latin || n == 0 || !p.bounded(end+n):
		return 0, false
	case r.Class == ClassWay:
		p.address.Ways = append(p.address.Ways, Way{Kind: r.Name, Name: p.text(i, end)})
	case r.Class == ClassLocator && r.Sense == "building" && p.address.Building == "":
		p.address.Building = p.text(i, end+n)
	default:
		return 0, false
	}
	p.place(i, end+n)
	return end + n, true
}

// knownArea takes words that are the name of an area, where that is not yet known.
func (p *parser) knownArea(from, to int) bool {
	key, text := strings.Join(p.keys(from, to), " "), p.text(from, to)
	a := p.address
	switch {
	case p.lexicon.capital[key] != "":
		if slices.Contains(p.cities, key) && a.Province == "" {
			a.Province = text
			return true
		}
		if a.City != "" && len(p.cities) == 0 {
			return false
		}
		p.cities = append(p.cities, key)
		if a.City != "" && p.lexicon.province[Fold(a.City)] != "" && a.Province == "" {
			a.Province = a.City
		} else if a.City != "" {
			p.cities = p.cities[:len(p.cities)-1]
			return false
		}
		a.City = text
		return true
	case p.lexicon.province[key] != "" && a.Province == "":
		a.Province = text
		return true
	case p.gazetteer != nil:
		fields := map[string]*string{"county": &a.County, "city": &a.City, "village": &a.Village, "neighbourhood": &a.Neighbourhood, "province": &a.Province}
		for _, level := range p.gazetteer(key) {
			if field := fields[level]; field != nil && *field == "" {
				*field = text
				return true
			}
		}
	}
	return false
}

// placeCities says of a city that can also be the province that it can.
func (p *parser) placeCities() {
	if a := p.address; a.Province == "" && len(p.cities) == 1 && p.lexicon.province[p.cities[0]] != "" && a.City != "" && a.County == "" {
		p.doubt(DoubtSeveralReadings, a.City)
	}
}
