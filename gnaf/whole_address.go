package gnaf

import (
	"strconv"
	"strings"

	"nsdi/gnaf/persian"
	"nsdi/layers"
)

// wholeAddress is the attribute that holds an address as it is written on an envelope.
const wholeAddress = "full_address"

// split takes an address apart that stands in one column. It is not kept: its parts are.
func split() *layers.Split {
	return &layers.Split{Attribute: wholeAddress, Rule: "address-unread", Parts: addressParts}
}

// addressParts answers what the words of an address tell, and those that say nothing certain.
func addressParts(text string) (values map[string]string, left string) {
	a := persian.Parse(text, nil)
	std := a.Standard()
	values = map[string]string{
		"province": std.Province, "county": std.County, "district": std.District, "rural_district": a.RuralDistrict, "city": std.Settlement, "neighbourhood": std.Neighbourhood,
		"street_before": std.StreetBefore, "street": std.Street, "building": std.Building, "block": a.Block, "entrance": a.Entrance, "unit": std.Unit, "postal_code": a.PostalCode,
	}
	switch {
	case a.City != "":
		values["locality_type"] = "city"
	case a.Village != "":
		values["locality_type"] = "village"
	}
	if n := std.Number; n != nil {
		values["number"], values["number_suffix"] = strconv.Itoa(n.Value), n.Suffix
		if n.To > n.Value {
			values["number_to"] = strconv.Itoa(n.To)
		}
	}
	if std.Floor != nil {
		values["floor"] = strconv.Itoa(*std.Floor)
	}
	for name, value := range values {
		if value == "" {
			delete(values, name)
		}
	}
	rest := a.Unplaced
	for _, n := range a.Names {
		rest = append(rest, n.Text)
	}
	return values, strings.Join(rest, "، ")
}
