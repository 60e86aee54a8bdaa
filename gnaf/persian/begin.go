package persian

import (
	"slices"
	"strings"
)

// begins answers what part of an address begins at word i, and how many words say so; no words when none does. in is the
// part whose name would go on otherwise: within a name, words are less than they are at the beginning of a part.
func (p *parser) begins(i int, in Reading) (Reading, int) {
	within := in.Class != ""
	keys := p.keys(i, i+p.lexicon.longest(p.key(i)))
	for n := len(keys); n > 0; n-- {
		var fit []Reading
		for _, r := range p.lexicon.Readings(strings.Join(keys[:n], " ")) {
			if p.fits(r, i, n) && (!within || p.interrupts(r, i, n, in)) {
				fit = append(fit, r)
			}
		}
		if len(fit) == 0 {
			continue
		}
		slices.SortStableFunc(fit, func(a, b Reading) int { return p.preference(a, i+n) - p.preference(b, i+n) })
		if len(fit) > 1 && !within {
			p.doubtOnce(DoubtSeveralReadings, p.text(i, i+n))
		}
		return fit[0], n
	}
	return Reading{}, 0
}

// numbers lists the numbers that begin at word i. "6 م" is no ordinal as "6م" is: the م is of what follows.
func (p *parser) numbers(i int) []NumberReading {
	if i >= len(p.words) || !p.words[i].number && !p.lexicon.mayCount(p.key(i)) {
		return nil
	}
	found := p.lexicon.NumbersAt(p.keys(i, i+7))
	if len(found) == 2 && p.words[i].number && p.sep(i+1) != sepNone && p.key(i+1) == "م" {
		found = found[:1]
	}
	return found
}

func (p *parser) doubtOnce(code, text string) {
	if !slices.Contains(p.address.Doubts, Doubt{code, text}) {
		p.doubt(code, text)
	}
}

// preference orders readings that fit by what follows them at word next.
func (p *parser) preference(r Reading, next int) int {
	number := next < len(p.words) && p.words[next].number
	switch r.Class {
	case ClassLocator:
		return 0
	case ClassRelation:
		return 1
	case ClassWay:
		if number && r.Short {
			return 3
		}
		return 2
	case ClassArea:
		if number && r.Short {
			return 2
		}
		return 3
	}
	return 4
}

// fits reports whether a reading of the words from i is possible where they stand.
func (p *parser) fits(r Reading, i, n int) bool {
	next := i + n
	follows := next < len(p.words) && !p.bounded(next) && !p.words[next].placedAsTag
	number := follows && p.words[next].number
	inWords := follows && len(p.numbers(next)) > 0
	letter := follows && (runeLen(p.key(next)) == 1 || p.key(next) == "الف")
	switch r.Class {
	case ClassWay:
		switch {
		case r.Key == "متری", r.Plain:
			return false // the number in front says it; everyday words are names
		case r.Key == "تقاطع":
			return false // see the relation
		case r.Short:
			return follows && (r.Name != "بلوار" || !number && !letter)
		}
		return true
	case ClassArea:
		switch {
		case r.Short && r.Sense == "county":
			return false // ش has five readings, and nothing tells this one
		case r.Short:
			return number // م 6
		case r.Name == "روستا" && r.Plain:
			return follows && !number
		case r.Sense == "neighbourhood" && p.key(i) != "محله":
			return follows && p.key(i) != "کوی" && !p.refersTo(next)
		case r.Sense == "phase", strings.HasPrefix(r.Sense, "municipal"):
			return number || inWords
		}
		return follows
	case ClassLocator:
		return p.locatorFits(r, i, next, follows, number, inWords, letter)
	case ClassRelation:
		switch {
		case p.key(i) == "زیر" && p.key(next) == "گذر":
			return false // زیرگذر is one word
		case r.Key == "تقاطع" && p.key(i) == "چهارراه":
			return p.joinsTwo(next)
		case p.key(i) == "محدوده" || p.key(i) == "حوالی" || r.Plain || p.key(i) == "سمت":
			return follows && p.refersTo(next)
		case p.key(i) == "corner": // CUTLER CORNER RD is a name
			return follows && p.bounded(i)
		}
		return follows
	case ClassDirection:
		// "شمال شرقی تقاطع …": a side of what follows.
		return !r.Short && follows && (p.key(next) == "تقاطع" || p.isDirection(next) && p.key(next+1) == "تقاطع")
	case ClassLandmark:
		return true
	}
	return false
}

func (p *parser) locatorFits(r Reading, i, next int, follows, number, inWords, letter bool) bool {
	switch r.Sense {
	case "number":
		if r.Latin && number && i > 0 && p.words[i-1].number && !p.words[i-1].placed && p.bounded(i-1) && !p.bounded(i) && !p.bounded(next+1) {
			return false // 5 NUMBER 12 RD has its number, and a name
		}
		if r.Short || r.Plain {
			return number
		}
		return number || inWords
	case "old-number":
		return number
	case "floor":
		return r.HasValue || number || inWords || follows && (p.key(next) == "منفی" || p.floorWord(next))
	case "unit":
		if r.Short {
			return number && p.sep(i) != sepSpace // not the "and" of two names
		}
		return number || inWords || letter || follows && p.isDirection(next)
	case "block":
		return number || letter || follows && !r.Short
	case "entrance":
		return number || inWords || letter || follows && p.isDirection(next)
	case "lot", "po-box", "kilometre":
		return number
	case "registration-section", "registration-plate", "postal-code":
		return false // they were looked for before
	case "building":
		return follows || r.Latin
	}
	return follows
}

// interrupts reports whether a reading that fits ends the name of the part in.
func (p *parser) interrupts(r Reading, i, n int, in Reading) bool {
	if in.Class == ClassLandmark || in.Class == ClassRelation || in.Class == ClassLocator {
		// Names of buildings and landmarks go on over most words: سازمان مرکزی دانشگاه سمنان, پردیس شماره یک.
		return r.Class == ClassRelation && !r.Plain || r.Class == ClassWay && isWayWord(r) || r.Class == ClassLocator && !r.Plain && !r.Short && r.Sense != "building"
	}
	number := i+n < len(p.words) && p.words[i+n].number
	switch r.Class {
	case ClassWay:
		return isWayWord(r)
	case ClassArea:
		if p.key(i) == "بخش" || p.key(i) == "روستای" || r.Sense == "phase" {
			return in.Class == ClassArea || in.Class == ClassName // "شهرستان مرودشت بخش درودزن", "شهرک غرب فاز ۵"
		}
		return r.Short && number && in.Class == ClassName || slices.Contains([]string{"province", "county", "rural-district", "municipal-district", "municipal-subdistrict", "township"}, r.Sense) && !r.Short ||
			p.key(i) == "محله"
	case ClassLocator:
		return r.Sense != "old-number" && (!r.Short || number || n > 1)
	case ClassRelation:
		return !r.Plain && (p.key(i) != "بین" || p.joinsTwo(i+n)) // خیابان بین الملل
	case ClassLandmark:
		return p.key(i) != "ورودی" && p.key(i) != "خروجی"
	}
	return false
}

// isWayWord reports the kinds that interrupt names: all in full, and the two abbreviations that have one reading.
func isWayWord(r Reading) bool { return !r.Short || r.Name == "خیابان" || r.Name == "کوچه" }

func (p *parser) isDirection(i int) bool {
	return slices.ContainsFunc(p.lexicon.Readings(p.key(i)), func(r Reading) bool { return r.Class == ClassDirection && !r.Short })
}

// refersTo reports whether at i something begins that an address can refer to: a way, a landmark, a building.
func (p *parser) refersTo(i int) bool {
	for n := 3; n > 0; n-- {
		for _, r := range p.lexicon.Readings(strings.Join(p.keys(i, i+n), " ")) {
			if r.Class == ClassWay && !r.Plain || r.Class == ClassLandmark || r.Class == ClassLocator && r.Sense == "building" {
				return true
			}
		}
	}
	return p.key(i+1) == "متری"
}

// joinsTwo reports whether names from i on are joined by "و": what a crossing is of.
func (p *parser) joinsTwo(i int) bool {
	for at := i + 1; at+1 < len(p.words) && !p.bounded(at); at++ {
		if p.key(at) == "و" && !p.bounded(at+1) && !p.inNumber(i, at) {
			return true
		}
	}
	return false
}

// inNumber reports whether the "و" at a word belongs to a number: بیست و دو.
func (p *parser) inNumber(from, at int) bool {
	for start := max(from, at-3); start < at; start++ {
		for _, n := range p.lexicon.NumbersAt(p.keys(start, at+3)) {
			if start+n.Words > at+1 {
				return true
			}
		}
	}
	return false
}
