package gnaf

import (
	"cmp"
	"slices"
	"strconv"
	"time"
)

// Profile is a site in the names of a standard: of G-NAF as rows by table, of INSPIRE Addresses and ISO 19160-1 as objects by class.
type Profile map[string][]map[string]any

// Profiles are the standards whose names a site can be told in.
func Profiles() []string { return []string{"gnaf", "inspire", "iso19160-1"} }

// In tells the site in the names of a standard. Its units are in it when ShowUnits was called.
func (s *Site) In(standard string) Profile {
	switch standard {
	case "gnaf":
		return s.gnaf()
	case "inspire":
		return s.inspire()
	case "iso19160-1":
		return s.iso19160()
	}
	return nil
}

func (s *Site) gnaf() Profile {
	p := Profile{}
	_ = s.TableRows(func(table string, row TableRow) error { // no error but that of what is given here
		said := map[string]any{}
		for column, value := range row {
			if value != "" {
				said[column] = value
			}
		}
		p[table] = append(p[table], said)
		return nil
	})
	return p
}

// part is one component of an address in all three tongues; what the site lacks has no text.
type part struct {
	text    string
	inspire string // class, or type of designator
	order   string // of an administrative unit, in INSPIRE's hierarchy
	iso     string
}

func (s *Site) areas() []part {
	return []part{
		{s.Province, "AdminUnitName", "2ndOrder", "administrativeArea"},
		{s.County, "AdminUnitName", "3rdOrder", "administrativeArea"},
		{s.City, "AddressAreaName", "", "locality"},
		{s.Neighbourhood, "AddressAreaName", "", "locality"},
		{s.StreetBefore, "ThoroughfareName", "", "thoroughfareName"},
		{s.Street, "ThoroughfareName", "", "thoroughfareName"},
	}
}

func (s *Site) designators() []part {
	number := ""
	if s.Number != nil {
		number = strconv.Itoa(*s.Number)
	}
	return []part{
		{number, "addressNumber", "", "addressNumber"},
		{s.NumberSuffix, "addressNumberExtension", "", "addressNumberExtension"},
		{s.Block, "buildingIdentifier", "", "buildingIdentifier"},
		{s.Entrance, "entranceDoorIdentifier", "", "entranceIdentifier"},
	}
}

func (u *Unit) designators() []part {
	floor := ""
	if u.Floor != nil {
		floor = strconv.Itoa(*u.Floor)
	}
	return []part{{floor, "floorIdentifier", "", "floorIdentifier"}, {u.Unit, "unitIdentifier", "", "unitIdentifier"}}
}

func (u *Unit) code() (code string) {
	for _, c := range u.Claims {
		code = cmp.Or(code, c.PostalCode)
	}
	return code
}

func given(parts []part) []part {
	return slices.DeleteFunc(parts, func(p part) bool { return p.text == "" })
}

// inspire is an Address of the site, and one of each unit, with the site's as parent.
func (s *Site) inspire() Profile {
	var components []map[string]any
	for _, a := range given(s.areas()) {
		c := map[string]any{"type": a.inspire, "name": a.text}
		if a.order != "" {
			c["level"] = a.order
		}
		components = append(components, c)
	}
	var positions []map[string]any
	for _, g := range s.Geocodes {
		specification := map[string]string{"access": "entrance", "frontage": "segment", "gap": "segment", "unit": "postalDelivery", "street": "segment", "locality": "addressArea"}[g.Type]
		method := "byAdministrator"
		if g.Method == "derived" {
			method = "fromFeature"
		} else if g.Custodian == Other {
			method = "byOtherParty"
		}
		positions = append(positions, map[string]any{
			"geometry": map[string]any{"type": "Point", "coordinates": []float64{g.Lon, g.Lat}}, "specification": cmp.Or(specification, g.Type), "method": method, "default": g.Default,
		})
	}
	one := func(id, level string, designators []part, more []map[string]any) map[string]any {
		var list []map[string]any
		for _, d := range given(designators) {
			list = append(list, map[string]any{"designator": d.text, "type": d.inspire})
		}
		locator := map[string]any{"level": level, "designator": list}
		if s.Building != "" {
			locator["name"] = []map[string]any{{"name": s.Building, "type": "buildingName"}}
		}
		a := map[string]any{
			"inspireId": map[string]any{"localId": id, "namespace": "nsdi.address"}, "status": s.stage(), "locator": []any{locator},
			"component": slices.Concat(components, more), "position": positions,
		}
		if first, _ := s.lifespan(); first != "" {
			a["beginLifespanVersion"] = first
		}
		return a
	}
	p := Profile{"Address": {one(s.ID, "siteLevel", s.designators(), nil)}}
	for _, u := range s.Units {
		if u.Floor == nil && u.Unit == "" {
			continue
		}
		var post []map[string]any
		if code := u.code(); code != "" {
			post = []map[string]any{{"type": "PostalDescriptor", "postCode": code}}
		}
		a := one(s.ID+"-"+pid(u.Claims[0].unit()), "unitLevel", append(s.designators(), u.designators()...), post)
		a["parentAddress"] = s.ID
		p["Address"] = append(p["Address"], a)
	}
	return p
}

// iso19160 is the addressable object with its Address, and a child of each for each unit.
func (s *Site) iso19160() Profile {
	var positions []map[string]any
	for _, g := range s.Geocodes {
		positions = append(positions, map[string]any{
			"geometry": map[string]any{"type": "Point", "coordinates": []float64{g.Lon, g.Lat}}, "type": g.Type, "isDefault": g.Default, "provenance": g.Agency,
		})
	}
	var provenance []map[string]any
	for _, c := range s.Claims {
		provenance = append(provenance, map[string]any{"owner": c.Agency, "validFrom": c.ValidFrom.UTC().Format(time.RFC3339)})
	}
	one := func(id string, more ...part) map[string]any {
		var components []map[string]any
		for _, c := range given(slices.Concat(s.areas(), s.designators(), []part{{s.Building, "", "", "addressedObjectIdentifier"}}, more)) {
			components = append(components, map[string]any{"type": c.iso, "value": c.text})
		}
		a := map[string]any{"id": id, "addressComponent": components, "addressPosition": positions, "provenance": provenance, "status": s.stage(), "addressableObject": id}
		if first, last := s.lifespan(); first != "" {
			a["lifespan"] = map[string]any{"beginLifespanVersion": first, "lastModified": last}
		}
		return a
	}
	p := Profile{"Address": {one(s.ID)}, "AddressableObject": {{"id": s.ID, "type": "site"}}}
	for _, u := range s.Units {
		if u.Floor == nil && u.Unit == "" {
			continue
		}
		id := s.ID + "-" + pid(u.Claims[0].unit())
		a := one(id, append(u.designators(), part{u.code(), "", "", "postcode"})...)
		a["parentAddress"] = s.ID
		p["Address"] = append(p["Address"], a)
		p["AddressableObject"] = append(p["AddressableObject"], map[string]any{"id": id, "type": "unit", "parent": s.ID})
	}
	return p
}

// stage is the status of the site in the codes of INSPIRE, which ISO 19160-1 takes for its life cycle: what its claims say, or retired where nobody claims it.
func (s *Site) stage() string {
	if len(s.list) == 0 {
		return "retired"
	}
	for _, c := range s.list {
		if c.Status != "" {
			return c.Status
		}
	}
	return "current"
}
