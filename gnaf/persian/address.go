package persian

import "slices"

// Address is an address taken apart, as far as its words tell. Texts are as they were written, cleaned by Display; an
// empty field was not found. Whatever could not be placed is in Names and Unplaced, and whatever can be read otherwise is in
// Doubts: nothing is decided by guessing.
//
// The parts are those of the national standard address (province, county, district, settlement, neighbourhood, ways,
// number, building, floor, unit) with those that people write besides; in INSPIRE's terms, landmarks and relations are
// descriptive locators, kilometres are kilometre points.
type Address struct {
	Province      string
	County        string
	District      string
	RuralDistrict string
	City          string
	Village       string
	// Zone is the municipal district (منطقه), SubZone its part (ناحیه).
	Zone, SubZone string
	Neighbourhood string
	Township      string // شهرک
	Phase         string
	// Ways are in the order of the text.
	Ways []Way
	// Number is of the last way, OldNumber the one that it had before. NumberAfterWays tells how many ways stand before it in the text.
	Number, OldNumber *HouseNumber
	NumberAfterWays   int
	Plate             *RegistrationPlate
	// Building has the word of its kind in front: برج آسمان.
	Building, Block, Entrance, Lot string
	Floors                         []float64 // 0 is the ground floor, −1 the one below, 0.5 a half floor
	Unit                           string
	PostalCode                     string // as written
	POBox                          string
	Kilometre                      string // along the way that follows it
	Landmarks                      []string
	Relations                      []Relation
	// Names are plain names, without a word that says what they name: a neighbourhood, a village, a way.
	Names []Name
	// Unplaced is what is left.
	Unplaced []string
	Doubts   []Doubt
}

// Way is one way of the chain.
type Way struct {
	Kind string // خیابان; empty where a name stands for a way by what it has: "امام خمینی 3"
	Name string // without the kind
	// Also is another name in brackets behind it.
	Also string
}

// Full is kind and name.
func (w Way) Full() string {
	switch {
	case w.Kind == "" || w.Kind == "متری":
		return w.Name
	case w.Name == "":
		return w.Kind
	}
	return w.Kind + " " + w.Name
}

// IsNode reports whether it is a place, not a line: a square, a crossing, a bridge.
func (w Way) IsNode() bool {
	return slices.ContainsFunc(Words().Readings(Fold(w.Kind)), func(r Reading) bool { return r.Class == ClassWay && r.Node })
}

// Name is a plain name, in its place among the parts.
type Name struct {
	Text string
	// AfterWays tells how many ways stand before it: 0 for what is likely an area.
	AfterWays int
	// AfterNumber tells that the house number stands before it.
	AfterNumber bool
	// LikeWay marks names that end as those of ways do, in a direction or a number: سهروردی شمالی.
	LikeWay bool
}

// Relation says how the place lies to something else.
type Relation struct {
	Kind string // the sense of its word in the lexicon: corner, facing, before
	Word string
	// Side is a point of the compass: "ضلع شرقی".
	Side string
	// Of are the things that it refers to, two of them for "between" and for crossings.
	Of []string
	// Crossing tells that it refers to where the two meet: "بعد از تقاطع سرو و دریا".
	Crossing bool
	// Also is another name, in brackets, of the last of them.
	Also string
	// AfterWays tells how many ways stand before it; the last of them is the one that it speaks of.
	AfterWays int
}

// Codes of doubts.
const (
	DoubtSeveralReadings = "several-readings" // the word has other readings than the one that its place suggests
	DoubtNoKind          = "no-kind"          // a name without a word that says what it names
	DoubtNoName          = "no-name"          // a kind of way without a name
	DoubtBareNumber      = "bare-number"      // a number without a word in front, taken for the house number
	DoubtNumber          = "odd-number"       // a house number that is none: zero, or with a fraction
	DoubtPlateOrder      = "plate-order"      // a plate with a slash: which of its numbers is the main one is not said
	DoubtSecond          = "second"           // a part that was there already
	DoubtSplit           = "split"            // a name was divided behind a known place without a comma
	DoubtKeyboard        = "keyboard"         // the text makes sense on the other keyboard layout only
)

// Doubt is something that can be read otherwise.
type Doubt struct {
	Code string
	Text string
}

// Whole reports whether every word was placed and none of the names is of an unknown kind.
func (a *Address) Whole() bool { return len(a.Names) == 0 && len(a.Unplaced) == 0 }
