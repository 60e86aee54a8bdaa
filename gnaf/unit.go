package gnaf

import (
	"cmp"
	"slices"
	"strconv"
)

// Unit is one unit of a site with what each custodian says of it.
type Unit struct {
	Floor  *int    `json:"floor"`
	Unit   string  `json:"unit,omitempty"`
	Claims []Claim `json:"claims"`
}

// UnitsOf brings the claims about one site together by unit, in the order of floors.
func UnitsOf(list []Claim) []Unit {
	out := []Unit{}
	at := map[string]int{}
	for _, c := range list {
		key := c.unit()
		i, known := at[key]
		if !known {
			i = len(out)
			at[key] = i
			out = append(out, Unit{Floor: c.Floor, Unit: c.Unit})
		}
		out[i].Claims = append(out[i].Claims, c)
	}
	slices.SortStableFunc(out, func(a, b Unit) int { return cmp.Or(compareFloor(a.Floor, b.Floor), compareUnit(a.Unit, b.Unit)) })
	return out
}

func compareFloor(a, b *int) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return -1
	case b == nil:
		return 1
	}
	return cmp.Compare(*a, *b)
}

// compareUnit puts 2 before 10.
func compareUnit(a, b string) int {
	if x, err := strconv.Atoi(a); err == nil {
		if y, err := strconv.Atoi(b); err == nil {
			return cmp.Compare(x, y)
		}
	}
	return cmp.Compare(a, b)
}
