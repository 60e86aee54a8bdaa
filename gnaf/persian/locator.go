package persian

import "strings"

// locator reads what lies within a way: a number, a floor, a unit, a building.
func (p *parser) locator(i, n int, r Reading) int {
	a, at := p.address, i+n
	set := func(field *string, end int) int {
		value := p.text(at, end)
		if *field != "" && *field != value {
			p.doubt(DoubtSecond, p.text(i, end))
			p.unplaced(i, end)
			return end
		}
		*field = value
		p.place(i, end)
		return end
	}
	switch r.Sense {
	case "number", "old-number":
		number, words, old := p.houseNumber(at)
		end := at + words
		field := &a.Number
		if old || r.Sense == "old-number" {
			field = &a.OldNumber
		}
		if *field != nil {
			p.doubt(DoubtSecond, p.text(i, end))
			p.unplaced(i, end)
			return end
		}
		if *field = &number; field == &a.Number {
			a.NumberAfterWays = len(a.Ways)
		}
		p.place(i, end)
		return end
	case "floor":
		return p.floors(i, at, r)
	case "unit":
		return set(&a.Unit, p.valueEnd(at))
	case "block":
		if end := p.valueEnd(at); end > at {
			return set(&a.Block, end)
		}
		return set(&a.Block, p.nameEnd(at, r))
	case "entrance":
		return set(&a.Entrance, p.valueEnd(at))
	case "lot":
		return set(&a.Lot, p.valueEnd(at))
	case "kilometre":
		return set(&a.Kilometre, at+1)
	case "po-box":
		end := at + 1
		for end < len(p.words) && p.words[end].number && strings.IndexByte("~/", p.sep(end)) >= 0 {
			end++
		}
		return set(&a.POBox, end)
	}
	// A building keeps the word of its kind: برج آسمان and مجتمع آسمان are two.
	end := p.nameEnd(at, r)
	if a.Building == "" {
		a.Building = p.text(i, end)
		p.place(i, end)
		return end
	}
	a.Building += "، " + p.text(i, end)
	p.place(i, end)
	return end
}

// valueEnd is the end of a value of a unit, a block or an entrance: a number, in digits or words, a letter, both, or a
// point of the compass.
func (p *parser) valueEnd(i int) int {
	switch {
	case i >= len(p.words):
		return i
	case p.words[i].number:
		end := i + 1
		if end < len(p.words) && (p.sep(end) == sepSlash || p.sep(end) == sepRange) {
			end++
		}
		if end < len(p.words) && !p.bounded(end) && (isSuffixLetter(p.key(end)) || p.key(end) == "الف") && !p.startsLocator(end) {
			end++
		}
		if end < len(p.words) && !p.bounded(end) && p.isDirection(end) {
			end++ // واحد ۴ شرقی
		}
		return end
	case p.isDirection(i):
		end := i + 1
		if !p.bounded(end) && p.isDirection(end) {
			end++
		}
		return end
	case runeLen(p.key(i)) == 1 || p.key(i) == "الف":
		if end := i + 1; end < len(p.words) && p.words[end].number && !p.bounded(end) {
			return end + 1
		}
		return i + 1
	}
	if numbers := p.numbers(i); len(numbers) > 0 {
		return i + numbers[len(numbers)-1].Words
	}
	return i
}

func (p *parser) floorWord(i int) bool {
	for _, r := range p.lexicon.Readings(p.key(i)) {
		if r.Class == ClassLocator && r.Sense == "floor" && r.HasValue {
			return true
		}
	}
	return false
}

// floors reads "طبقه 3", "طبقه دوم", "طبقه همکف و اول", "طبقه منفی یک", and words that are floors themselves.
func (p *parser) floors(i, at int, r Reading) int {
	var floors []float64
	if r.HasValue {
		floors = append(floors, r.Value)
	}
	end := at
	for {
		value, next, ok := p.floor(end)
		if !ok || len(floors) > 0 && end == at {
			break // همکف by itself, and something else follows
		}
		floors = append(floors, value)
		end = next
		if !p.is(end, "و") || p.bounded(end) {
			break
		}
		if _, _, ok := p.floor(end + 1); !ok || p.bounded(end+1) {
			break
		}
		end++
	}
	if len(p.address.Floors) > 0 {
		p.doubt(DoubtSecond, p.text(i, end))
	}
	p.address.Floors = append(p.address.Floors, floors...)
	p.place(i, end)
	return end
}

func (p *parser) floor(i int) (value float64, next int, ok bool) {
	sign := 1.0
	if p.is(i, "منفی") {
		sign, i = -1, i+1
	}
	if i >= len(p.words) || p.words[i].placed {
		return 0, i, false
	}
	for _, r := range p.lexicon.Readings(p.key(i)) {
		if r.Class == ClassLocator && r.Sense == "floor" && r.HasValue {
			return r.Value, i + 1, true
		}
	}
	numbers := p.numbers(i)
	if len(numbers) == 0 {
		return 0, i, false
	}
	// A number in words and the next floor are joined by the same "و": "اول و دوم" are two.
	n := numbers[0]
	for _, longer := range numbers[1:] {
		if longer.Words > n.Words && (!n.Ordinal || longer.Words == n.Words+1) {
			n = longer
		}
	}
	return sign * float64(n.Value), i + n.Words, true
}
