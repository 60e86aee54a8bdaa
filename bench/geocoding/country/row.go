package country

import (
	"strconv"
	"strings"
)

// Row is one address as a custodian delivers it. Numbers of doors are in ASCII digits.
type Row struct {
	Key                             string
	Province, County, City, Area    string
	Before, Street                  string // the last two ways, as the Post keeps them
	Main                            string // the street that the last two branch off, where there are three
	Number                          int    // 0: none
	Suffix, Block, Building, Unit   string
	Floor                           *int
	Code                            string // ten digits
	Lon, Lat                        float64
	Size                            Size
	Corner                          Corner // where Street leaves Before, or Before leaves Main
	Dup                             bool   // delivered before by another row, some metres away
	Formerly, Colloquially, Spatial string // other names of Street; Spatial is a square at its end
}

// Corner is where two ways meet.
type Corner struct{ Lon, Lat float64 }

// Size of a settlement.
type Size string

// Sizes.
const (
	Metropolis Size = "metropolis"
	Town       Size = "town"
	Village    Size = "village"
)

// WayType is the first word of the last way.
func (r *Row) WayType() string {
	kind, _, _ := strings.Cut(r.Street, " ")
	return kind
}

// Stratum is what samples are drawn evenly of.
func (r *Row) Stratum() string {
	unit := "house"
	if r.Unit != "" {
		unit = "unit"
	}
	return strings.Join([]string{r.Province, string(r.Size), r.WayType(), unit}, "|")
}

// Site and Address tell rows apart that are different places: what is delivered twice is one address.
func (r *Row) Site() string {
	return strings.Join([]string{r.Province, r.County, r.City, r.Before, r.Street, strconv.Itoa(r.Number), r.Suffix, r.Block}, "\x1f")
}

// Address is the site with floor and unit.
func (r *Row) Address() string {
	floor := ""
	if r.Floor != nil {
		floor = strconv.Itoa(*r.Floor)
	}
	return strings.Join([]string{r.Site(), floor, r.Unit}, "\x1f")
}
