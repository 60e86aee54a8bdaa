package gnaf

import (
	"nsdi/gnaf/search"
)

// address is one row of the store.
type address struct {
	id            int64
	province      string
	county        string
	city          string
	neighbourhood string
	streetBefore  string
	street        string
	number        *int
	suffix        string
	building      string
	unit          string
	postalCode    string
	lon, lat      float64
	of            int64 // the principal address that it is another address of; 0: none
}

const addressColumns = `a.id, coalesce(a.province, ''), coalesce(a.county, ''), a.city, coalesce(a.neighbourhood, ''),
		  coalesce(a.street_before, ''), a.street, a.number, coalesce(a.number_suffix, ''), coalesce(a.building, ''),
		  coalesce(a.unit, ''), coalesce(a.postal_code, ''), st_x(st_centroid(a.geom)), st_y(st_centroid(a.geom)), ` + search.PrincipalColumn

func (a *address) targets() []any {
	return []any{
		&a.id, &a.province, &a.county, &a.city, &a.neighbourhood, &a.streetBefore, &a.street, &a.number, &a.suffix,
		&a.building, &a.unit, &a.postalCode, &a.lon, &a.lat, &a.of,
	}
}

// houseNumber writes number and suffix as people do: "12 الف", "22A", "7 1/2".
func houseNumber(number *int, suffix string) string {
	if number == nil {
		return ""
	}
	return search.HouseNumber(*number, suffix)
}

// label writes the address in one line.
func (a *address) label() string {
	c := search.Components{
		Province: a.province, City: a.city, Neighbourhood: a.neighbourhood, StreetBefore: a.streetBefore, Street: a.street, Number: houseNumber(a.number, a.suffix), Unit: a.unit,
	}
	return c.Label()
}

func (a *address) place(kind string) Place {
	of := ""
	if a.of != 0 {
		of = search.AddressID(a.of)
	}
	return Place{
		PlaceID: search.AddressID(a.id), AliasOf: of, Type: kind, Label: a.label(), HouseNumber: houseNumber(a.number, a.suffix), Unit: a.unit,
		Street: a.street, Locality: a.neighbourhood, City: a.city, County: a.county, State: a.province, Postcode: a.postalCode,
	}
}
