package search

import (
	"time"

	"nsdi/internal/errs"
)

// Query is a question. Text is free; Parts are said one by one; one of both is needed.
type Query struct {
	Text  string
	Parts Parts
	// Prefix takes the last word as the beginning of one: search as somebody types.
	Prefix bool
	// Focus prefers what is near, among what is equally right, and stands for a city that is not said.
	Focus *Point
	// Box, Province and City are conditions: what is outside, or of another province or city, is no answer.
	Box            *Box
	Province, City string
	// Least is the least level of answers: LevelSite leaves ways and cities out.
	Least Level
	Limit int // 0: DefaultLimit
	// Time is how long it may take before it is answered with what is found by then; 0: as long as the engine's questions.
	Time time.Duration
}

// Parts are the parts of an address that is not one text.
type Parts struct {
	Province, County, City, Neighbourhood, StreetBefore, Street, Number, Unit, PostalCode string
}

// Point is a position in degrees (EPSG:4326).
type Point struct{ Lon, Lat float64 }

// Box is a rectangle in degrees.
type Box struct{ West, South, East, North float64 }

// where is the point around which settlements are looked into first; nil: nowhere.
func (q *Query) where() *Point {
	if q.Focus == nil && q.Box != nil {
		return &Point{(q.Box.West + q.Box.East) / 2, (q.Box.South + q.Box.North) / 2}
	}
	return q.Focus
}

// Limits of a question.
const (
	DefaultLimit = 10
	MaxLimit     = 50
)

// Level says what an answer is: how far down the address was found.
type Level int8

// Levels. Below LevelSite the text asked for more than was found, or for no more.
const (
	LevelNone Level = iota
	LevelProvince
	LevelCounty
	LevelCity // or village
	LevelNeighbourhood
	LevelWay
	LevelAlley        // a way with the way before it
	LevelInterpolated // a number that is not in the data, between two that are
	LevelSite         // the very number
	LevelUnit         // a unit, or the holder of a postal code
	LevelParcel
	LevelIntersection
	LevelLandmark // a place that is described by what it lies beside
)

// Code is the level as answers write it: 0 to 9, P, X and L.
func (l Level) Code() string { return "0123456789PXL"[l : l+1] }

// Name is the level in a word.
func (l Level) Name() string {
	return [...]string{
		"none", "province", "county", "city", "neighbourhood", "way", "alley", "interpolated", "site", "unit", "parcel", "intersection", "landmark",
	}[l]
}

// Answer is what a question finds, the likeliest first.
type Answer struct {
	Results []Result
	// Nothing says why there are none.
	Nothing *Nothing
	// Truncated tells that a bound of work was reached: there may be better answers.
	Truncated bool
	// Position is how much of the change log the answer has seen.
	Position int64
	// Work counts what the question cost, which is bounded whatever is asked.
	Work Work
}

// Work counts the units of work of one question.
type Work struct{ Terms, Postings, Candidates, Sites int }

// Result is one answer.
type Result struct {
	ID         string // address/…, way/…, admin-unit/…, feature/… or city/…
	Level      Level
	Confidence float64 // the probability that this is what was meant
	Label      string
	LabelEN    string
	Lon, Lat   float64
	Radius     float64 // metres within which the place lies, where it is no point
	Reasons    []errs.Text
	Corrected  []Correction
	Unmatched  []string // words that matched nothing, folded
	Components Components
	// Metres is the distance from the point that was asked for, in reverse.
	Metres float64
	Kind   string // of an area: its level as it was delivered
	// AliasOf is the address/… that the answer is another address of, as of the second door of a corner building; none: it is none.
	AliasOf string

	key string // of an area
}

// Correction is a word that was taken for another one.
type Correction struct{ From, To string }

// Components are the parts of what was found. Names stand as they were delivered.
type Components struct {
	Province, County, City, Neighbourhood, StreetBefore, Street string
	Number, Building, Unit, PostalCode                          string
	// Way is the identifier of the street, 0 where there is none: what has the same way, number, suffix and unit is one address, whatever its identifier.
	Way int64
}
