package noise

import (
	"math/rand/v2"
	"strconv"
	"strings"

	"nsdi/bench/geocoding/country"
)

// Kind is what a part of an address is.
type Kind int

// Kinds, from large to small.
const (
	Province Kind = iota
	County
	City
	Area
	Way
	Relation
	Number
	Block
	Building
	Floor
	Unit
	Code
	Extra
)

// Part is one part of an address, taken apart as operators need it: "خیابان", "شهید", "بهشتی".
type Part struct {
	Kind               Kind
	Type, Honour, Name string
	Suffix             string // of a number
	glue               string // between type and name; a space where it is empty
}

// text writes the part.
func (p Part) text() string {
	glue := p.glue
	if glue == "" {
		glue = " "
	}
	name := strings.TrimSpace(strings.TrimSpace(p.Honour+" "+p.Name) + " " + p.Suffix)
	if p.Type == "" {
		return name
	}
	return p.Type + glue + name
}

// Level is how far down a right answer has to go.
type Level string

// Levels.
const (
	NoAnswer    Level = "none" // or one that says it is not sure
	CityLevel   Level = "city"
	WayLevel    Level = "way" // and not further: the number is not in the data
	SiteLevel   Level = "site"
	UnitLevel   Level = "unit"
	PlaceLevel  Level = "place" // a point within Query.Within metres
	PrefixLevel Level = "prefix"
)

// Draft is a question in the making.
type Draft struct {
	Row   country.Row
	Parts []Part
	Focus *country.Corner
	Want  Level
	// At and Within say where a right answer of PlaceLevel lies.
	At     country.Corner
	Within float64
	Log    []string

	separator string
	finish    []func(string) string // of the whole text, in their order
	// known answers whether an address is in the data, so that a wrong number is one that nobody has.
	known func(country.Row) bool
}

// NewDraft writes a row out as the register has it: from large to small, with the unit where it has one.
func NewDraft(row country.Row, known func(country.Row) bool) *Draft {
	d := &Draft{Row: row, separator: "، ", Want: SiteLevel, At: country.Corner{Lon: row.Lon, Lat: row.Lat}, known: known}
	add := func(kind Kind, label, name string) {
		if name != "" {
			d.Parts = append(d.Parts, Part{Kind: kind, Type: label, Name: name})
		}
	}
	add(Province, "", row.Province)
	if row.County != row.City {
		add(County, "", row.County)
	}
	add(City, "", row.City)
	add(Area, "", row.Area)
	for _, way := range []string{row.Main, row.Before, row.Street} {
		if way != "" {
			d.Parts = append(d.Parts, wayPart(way))
		}
	}
	if row.Number > 0 {
		d.Parts = append(d.Parts, Part{Kind: Number, Type: "پلاک", Name: strconv.Itoa(row.Number), Suffix: row.Suffix})
	}
	add(Block, "بلوک", row.Block)
	if row.Floor != nil {
		add(Floor, "طبقه", strconv.Itoa(*row.Floor))
	}
	if row.Unit != "" {
		add(Unit, "واحد", row.Unit)
		d.Want = UnitLevel
	}
	return d
}

// wayPart takes a way's name apart: the word of its kind, titles, the name.
func wayPart(name string) Part {
	kind, rest, _ := strings.Cut(name, " ")
	p := Part{Kind: Way, Type: kind, Name: rest}
	for _, title := range titles() {
		if after, ok := strings.CutPrefix(p.Name, title+" "); ok {
			p.Honour, p.Name = title, after
			break
		}
	}
	return p
}

func (d *Draft) log(operator, what string) { d.Log = append(d.Log, operator+":"+what) }

// Text is the question as it is asked.
func (d *Draft) Text() string {
	parts := make([]string, 0, len(d.Parts))
	for _, p := range d.Parts {
		if t := p.text(); t != "" {
			parts = append(parts, t)
		}
	}
	text := strings.Join(parts, d.separator)
	for _, f := range d.finish {
		text = f(text)
	}
	return text
}

// index answers the parts of some kinds.
func (d *Draft) index(kinds ...Kind) (at []int) {
	for i, p := range d.Parts {
		for _, k := range kinds {
			if p.Kind == k {
				at = append(at, i)
			}
		}
	}
	return at
}

// drop takes the parts of some kinds away and answers how many there were.
func (d *Draft) drop(kinds ...Kind) int {
	at := d.index(kinds...)
	for i := len(at) - 1; i >= 0; i-- {
		d.Parts = append(d.Parts[:at[i]:at[i]], d.Parts[at[i]+1:]...)
	}
	return len(at)
}

func one[T any](r *rand.Rand, of ...T) T { return of[r.IntN(len(of))] }
