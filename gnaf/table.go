package gnaf

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"

	"nsdi/gnaf/persian"
	"nsdi/gnaf/search"
)

// Table is one table of G-NAF with the columns that it has there, in their order. What nsdi does not know of an address is empty.
type Table struct {
	Name    string
	Columns []string
	// Shared rows are about something that several sites have in common, so that several sites give the same one.
	Shared bool
}

// Tables are those of G-NAF that the register fills.
func Tables() []Table {
	const dates = "DATE_CREATED DATE_RETIRED "
	table := func(name, columns string, shared bool) Table { return Table{name, strings.Fields(columns), shared} }
	return []Table{
		table("STATE", "STATE_PID "+dates+"STATE_NAME STATE_ABBREVIATION", true),
		table("LOCALITY", "LOCALITY_PID "+dates+"LOCALITY_NAME PRIMARY_POSTCODE LOCALITY_CLASS_CODE STATE_PID GNAF_LOCALITY_PID GNAF_RELIABILITY_CODE", true),
		table("STREET_LOCALITY", "STREET_LOCALITY_PID "+dates+"STREET_CLASS_CODE STREET_NAME STREET_TYPE_CODE STREET_SUFFIX_CODE LOCALITY_PID GNAF_STREET_PID GNAF_STREET_CONFIDENCE GNAF_RELIABILITY_CODE", true),
		table(streetAlias, "STREET_LOCALITY_ALIAS_PID "+dates+"STREET_LOCALITY_PID STREET_NAME STREET_TYPE_CODE STREET_SUFFIX_CODE ALIAS_TYPE_CODE", false),
		table(localityAlias, "LOCALITY_ALIAS_PID "+dates+"LOCALITY_PID NAME POSTCODE ALIAS_TYPE_CODE STATE_PID", false),
		table("ADDRESS_SITE", "ADDRESS_SITE_PID "+dates+"ADDRESS_TYPE ADDRESS_SITE_NAME", false),
		table("ADDRESS_SITE_GEOCODE", "ADDRESS_SITE_GEOCODE_PID "+dates+"ADDRESS_SITE_PID GEOCODE_SITE_NAME GEOCODE_SITE_DESCRIPTION GEOCODE_TYPE_CODE RELIABILITY_CODE BOUNDARY_EXTENT PLANIMETRIC_ACCURACY ELEVATION LONGITUDE LATITUDE", false),
		table("ADDRESS_DETAIL", "ADDRESS_DETAIL_PID DATE_CREATED DATE_LAST_MODIFIED DATE_RETIRED BUILDING_NAME LOT_NUMBER_PREFIX LOT_NUMBER LOT_NUMBER_SUFFIX FLAT_TYPE_CODE FLAT_NUMBER_PREFIX FLAT_NUMBER FLAT_NUMBER_SUFFIX LEVEL_TYPE_CODE LEVEL_NUMBER_PREFIX LEVEL_NUMBER LEVEL_NUMBER_SUFFIX NUMBER_FIRST_PREFIX NUMBER_FIRST NUMBER_FIRST_SUFFIX NUMBER_LAST_PREFIX NUMBER_LAST NUMBER_LAST_SUFFIX STREET_LOCALITY_PID LOCATION_DESCRIPTION LOCALITY_PID ALIAS_PRINCIPAL POSTCODE PRIVATE_STREET LEGAL_PARCEL_ID CONFIDENCE ADDRESS_SITE_PID LEVEL_GEOCODED_CODE PROPERTY_PID GNAF_PROPERTY_PID PRIMARY_SECONDARY", false),
		table("ADDRESS_DEFAULT_GEOCODE", "ADDRESS_DEFAULT_GEOCODE_PID "+dates+"ADDRESS_DETAIL_PID GEOCODE_TYPE_CODE LONGITUDE LATITUDE", false),
		table(addressAlias, "ADDRESS_ALIAS_PID "+dates+"PRINCIPAL_PID ALIAS_PID ALIAS_TYPE_CODE ALIAS_COMMENT", false),
		table("PRIMARY_SECONDARY", "PRIMARY_SECONDARY_PID PRIMARY_PID SECONDARY_PID "+dates+"PS_JOIN_TYPE_CODE PS_JOIN_COMMENT", false),
	}
}

// TableRow is one row: its values by column. What is left out is empty.
type TableRow map[string]string

// geocodeCode is G-NAF's code of what a position is of.
func geocodeCode(kind string) string {
	codes := map[string]string{
		"access": "PAPS", "frontage": "FCS", "building": "BC", "entrance": "BAP", "unit": "UC", "parcel": "PC", "gap": "GG", "street": "STL", "locality": "LOC",
	}
	return codes[kind]
}

// TableRows gives the rows of a site: what is shared with others first. Its units are in it when ShowUnits was called.
func (s *Site) TableRows(yield func(table string, row TableRow) error) error {
	state, locality, street := "", s.in.pid(s.City), s.in.way(s.way, s.City)
	if s.Province != "" {
		state = statePID(s.Province)
		if err := yield("STATE", TableRow{"STATE_PID": state, "STATE_NAME": s.Province}); err != nil {
			return err
		}
	}
	kind, name := splitWay(s.called)
	first, last := s.lifespan()
	rows := []struct {
		table string
		row   TableRow
	}{
		{"LOCALITY", TableRow{"LOCALITY_PID": locality, "LOCALITY_NAME": s.City, "STATE_PID": state, "GNAF_RELIABILITY_CODE": "5"}},
		{"STREET_LOCALITY", TableRow{
			"STREET_LOCALITY_PID": street, "STREET_CLASS_CODE": "C", "STREET_NAME": name, "STREET_TYPE_CODE": kind, "LOCALITY_PID": locality, "GNAF_RELIABILITY_CODE": "4",
		}},
		{"ADDRESS_SITE", TableRow{"ADDRESS_SITE_PID": s.ID, "DATE_CREATED": first, "ADDRESS_SITE_NAME": s.Building}},
	}
	for i, g := range s.Geocodes {
		row := TableRow{
			"ADDRESS_SITE_GEOCODE_PID": s.ID + "-" + strconv.Itoa(i+1), "DATE_CREATED": g.At.UTC().Format("2006-01-02"), "ADDRESS_SITE_PID": s.ID, "GEOCODE_SITE_DESCRIPTION": g.Agency,
			"GEOCODE_TYPE_CODE": geocodeCode(g.Type), "RELIABILITY_CODE": strconv.Itoa(g.Reliability), "LONGITUDE": degrees(g.Lon), "LATITUDE": degrees(g.Lat),
		}
		if g.Accuracy != nil {
			row["PLANIMETRIC_ACCURACY"] = strconv.FormatFloat(*g.Accuracy, 'f', -1, 64)
		}
		rows = append(rows, struct {
			table string
			row   TableRow
		}{"ADDRESS_SITE_GEOCODE", row})
	}
	detail := func(id string) TableRow {
		row := TableRow{
			"ADDRESS_DETAIL_PID": id, "DATE_CREATED": first, "DATE_LAST_MODIFIED": last, "BUILDING_NAME": cmp.Or(s.Building, s.Block), "NUMBER_FIRST_SUFFIX": s.NumberSuffix,
			"STREET_LOCALITY_PID": street, "LOCATION_DESCRIPTION": joined(s.Neighbourhood, s.StreetBefore), "LOCALITY_PID": locality, "ALIAS_PRINCIPAL": "P",
			"CONFIDENCE": strconv.Itoa(s.Confidence), "ADDRESS_SITE_PID": s.ID, "LEVEL_GEOCODED_CODE": "7", "PRIMARY_SECONDARY": "P",
		}
		if s.onlyAliases() {
			row["ALIAS_PRINCIPAL"] = "A"
		}
		if s.Number != nil {
			row["NUMBER_FIRST"] = strconv.Itoa(*s.Number)
		}
		for _, c := range s.list {
			if c.NumberTo != nil {
				row["NUMBER_LAST"] = strconv.Itoa(*c.NumberTo)
			}
			row["LEGAL_PARCEL_ID"] = cmp.Or(row["LEGAL_PARCEL_ID"], c.Parcel)
		}
		return row
	}
	for _, r := range rows {
		if err := yield(r.table, r.row); err != nil {
			return err
		}
	}
	if err := yield("ADDRESS_DETAIL", detail(s.ID)); err != nil {
		return err
	}
	if len(s.Geocodes) > 0 {
		g := s.Geocodes[0]
		err := yield("ADDRESS_DEFAULT_GEOCODE", TableRow{
			"ADDRESS_DEFAULT_GEOCODE_PID": s.ID, "DATE_CREATED": g.At.UTC().Format("2006-01-02"), "ADDRESS_DETAIL_PID": s.ID, "GEOCODE_TYPE_CODE": geocodeCode(g.Type),
			"LONGITUDE": degrees(g.Lon), "LATITUDE": degrees(g.Lat),
		})
		if err != nil {
			return err
		}
	}
	for _, u := range s.Units {
		if u.Floor == nil && u.Unit == "" { // claims about the site as a whole: it is the primary address itself
			continue
		}
		row := detail(s.ID + "-" + pid(u.Claims[0].unit()))
		row["PRIMARY_SECONDARY"], row["FLAT_NUMBER"] = "S", u.Unit
		if u.Floor != nil {
			row["LEVEL_NUMBER"] = strconv.Itoa(*u.Floor)
		}
		for _, c := range u.Claims {
			row["POSTCODE"] = cmp.Or(row["POSTCODE"], c.PostalCode)
		}
		if err := yield("ADDRESS_DETAIL", row); err != nil {
			return err
		}
		join := TableRow{"PRIMARY_SECONDARY_PID": row["ADDRESS_DETAIL_PID"], "PRIMARY_PID": s.ID, "SECONDARY_PID": row["ADDRESS_DETAIL_PID"], "DATE_CREATED": first, "PS_JOIN_TYPE_CODE": "1"}
		if err := yield("PRIMARY_SECONDARY", join); err != nil {
			return err
		}
	}
	return nil
}

// lifespan are the days of the oldest and the newest state of the site's claims.
func (s *Site) lifespan() (first, last string) {
	for _, c := range s.list {
		day := c.ValidFrom.UTC().Format("2006-01-02")
		if first == "" || day < first {
			first = day
		}
		last = max(last, day)
	}
	return first, last
}

// splitWay divides the name of a way into the word of its kind and the rest: خیابان and آزادی.
func splitWay(street string) (kind, name string) {
	words := strings.Fields(street)
	if tokens := persian.WayTokens(street); len(words) > 1 && len(tokens) > 1 && persian.IsWayType(tokens[0]) {
		return words[0], strings.Join(words[1:], " ")
	}
	return "", street
}

func statePID(province string) string { return search.StateID(province) }

// pid is a lasting identifier of what is made of some texts.
func pid(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x1e")))
	return hex.EncodeToString(sum[:8])
}

func degrees(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

func joined(parts ...string) string {
	var given []string
	for _, p := range parts {
		if p != "" {
			given = append(given, p)
		}
	}
	return strings.Join(given, "، ")
}
