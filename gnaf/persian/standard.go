package persian

import (
	"slices"
	"strconv"
	"strings"
)

// Standard is an address as the national standard string has it: from the large to the small, with the last two ways only.
// Empty fields are left out. Texts are clean: as Display shows them, without guillemets.
type Standard struct {
	Province, County, District string
	// SettlementKind is شهر, روستا or آبادی.
	SettlementKind, Settlement string
	Neighbourhood              string
	StreetBefore, Street       string // ماقبل آخر and آخر, with the words of their kinds
	Number                     *HouseNumber
	Building                   string
	Floor                      *int // 0 is همکف
	Unit                       string
}

// The words in front of the fields, and the marks around a text that would be read as something else.
const (
	standardSep = "، "
	quoteOpen   = "«"
	quoteClose  = "»"
	groundFloor = "همکف"
)

// settlementKinds are what a settlement can be, as the string writes it.
func settlementKinds() []string { return []string{"شهر", "روستای", "آبادی"} }

// String writes the national standard address string: "استان X، شهرستان Y، بخش Z، شهر W، محله M، معبر ماقبل آخر، معبر
// آخر، پلاک N، ساختمان B، طبقه F، واحد U". A text with a comma, or one that begins with a word of another field, stands in
// guillemets, so that ParseStandard gives every field back.
func (a Standard) String() string {
	var fields []string
	add := func(word, value string) {
		if value != "" {
			fields = append(fields, word+" "+quoted(value))
		}
	}
	add("استان", a.Province)
	add("شهرستان", a.County)
	add("بخش", a.District)
	kind := a.SettlementKind
	if kind == "روستا" {
		kind = "روستای"
	}
	if !slices.Contains(settlementKinds(), kind) {
		kind = "شهر"
	}
	add(kind, a.Settlement)
	add("محله", a.Neighbourhood)
	if a.StreetBefore != "" {
		fields = append(fields, quoted(a.StreetBefore))
	}
	if a.Street != "" {
		fields = append(fields, quoted(a.Street))
	}
	if a.Number != nil {
		fields = append(fields, "پلاک "+a.Number.String())
	}
	add("ساختمان", a.Building)
	switch {
	case a.Floor == nil:
	case *a.Floor == 0:
		fields = append(fields, groundFloor)
	default:
		fields = append(fields, "طبقه "+strconv.Itoa(*a.Floor))
	}
	add("واحد", a.Unit)
	return strings.Join(fields, standardSep)
}

// quoted puts a text in guillemets that would be read otherwise than as a text.
func quoted(s string) string {
	s = strings.Trim(strings.NewReplacer(quoteOpen, "", quoteClose, "").Replace(s), " ")
	first, _, _ := strings.Cut(s, " ")
	if strings.Contains(s, "،") || slices.Contains(standardWords(), first) {
		return quoteOpen + s + quoteClose
	}
	return s
}

func standardWords() []string {
	return append([]string{"استان", "شهرستان", "بخش", "محله", "پلاک", "ساختمان", "طبقه", "واحد", groundFloor}, settlementKinds()...)
}

// ParseStandard reads a national standard address string. It takes that form only, and answers false for any other text,
// for which there is Parse; fields may be missing, but not in another order.
func ParseStandard(s string) (Standard, bool) {
	var a Standard
	var ways []string
	stage := 0
	// The fields in their order; a field is taken once, and none after a later one.
	read := func(at int, field *string, value string) bool {
		if at <= stage || value == "" {
			return false
		}
		stage, *field = at, value
		return true
	}
	for _, text := range standardFields(Display(s)) {
		if strings.HasPrefix(text, quoteOpen) || !slices.Contains(standardWords(), firstWord(text)) {
			if stage > 6 || len(ways) == 2 || text == "" {
				return a, false
			}
			stage = 6
			ways = append(ways, unquoted(text))
			continue
		}
		word, rest, _ := strings.Cut(text, " ")
		value, ok := unquoted(rest), false
		switch word {
		case "استان":
			ok = read(1, &a.Province, value)
		case "شهرستان":
			ok = read(2, &a.County, value)
		case "بخش":
			ok = read(3, &a.District, value)
		case "شهر", "روستای", "آبادی":
			a.SettlementKind = strings.TrimSuffix(word, "ی")
			if word == "آبادی" {
				a.SettlementKind = word
			}
			if word == "روستای" {
				a.SettlementKind = "روستا"
			}
			ok = read(4, &a.Settlement, value)
		case "محله":
			ok = read(5, &a.Neighbourhood, value)
		case "پلاک":
			var n HouseNumber
			n, ok = ReadHouseNumber(rest)
			a.Number, ok = &n, ok && stage < 7
			stage = 7
		case "ساختمان":
			ok = read(8, &a.Building, value)
		case groundFloor:
			ok = rest == "" && stage < 9
			a.Floor, stage = new(int), 9
		case "طبقه":
			floor, err := strconv.Atoi(ASCIIDigits(rest))
			ok = err == nil && stage < 9
			a.Floor, stage = &floor, 9
		case "واحد":
			ok = read(10, &a.Unit, value)
		}
		if !ok {
			return a, false
		}
	}
	switch len(ways) {
	case 1:
		a.Street = ways[0]
	case 2:
		a.StreetBefore, a.Street = ways[0], ways[1]
	}
	return a, stage > 0
}

// standardFields divides at commas that do not stand in guillemets.
func standardFields(s string) []string {
	var fields []string
	start, quotedAt := 0, false
	for i, r := range s {
		switch r {
		case '«':
			quotedAt = true
		case '»':
			quotedAt = false
		case '،':
			if !quotedAt {
				fields = append(fields, strings.TrimSpace(s[start:i]))
				start = i + len("،")
			}
		}
	}
	return append(fields, strings.TrimSpace(s[start:]))
}

func firstWord(s string) string {
	first, _, _ := strings.Cut(s, " ")
	return first
}

func unquoted(s string) string {
	return strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(s, quoteOpen), quoteClose))
}

// Standard gives what the standard string can hold of an address: its last two ways, one floor. Full names of ways have the
// words of their kinds; names of an unknown kind are left out.
func (a *Address) Standard() Standard {
	s := Standard{
		Province: a.Province, County: a.County, District: a.District, Neighbourhood: a.Neighbourhood, Number: a.Number, Building: buildingName(a.Building), Unit: a.Unit,
	}
	switch {
	case a.City != "":
		s.SettlementKind, s.Settlement = "شهر", a.City
	case a.Village != "":
		s.SettlementKind, s.Settlement = "روستا", a.Village
	}
	if n := len(a.Ways); n > 0 {
		s.Street = a.Ways[n-1].Full()
		if n > 1 {
			s.StreetBefore = a.Ways[n-2].Full()
		}
	}
	if len(a.Floors) == 1 && a.Floors[0] == float64(int(a.Floors[0])) {
		floor := int(a.Floors[0])
		s.Floor = &floor
	}
	return s
}

// buildingName leaves the word out that the string itself puts in front.
func buildingName(s string) string { return strings.TrimPrefix(s, "ساختمان ") }
