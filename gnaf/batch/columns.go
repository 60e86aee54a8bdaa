package batch

import (
	"net/http"
	"slices"
	"strings"

	"nsdi/gnaf/persian"
	"nsdi/internal/errs"
)

// Role is what a column says of an address.
type Role string

// Roles. Address is a text; the others are its parts, its code, and where it is, or where whoever asks is.
const (
	Address       Role = "address"
	Province      Role = "province"
	County        Role = "county"
	City          Role = "city"
	Neighbourhood Role = "neighbourhood"
	StreetBefore  Role = "street_before"
	Street        Role = "street"
	Number        Role = "number"
	Unit          Role = "unit"
	PostalCode    Role = "postal_code"
	Lon           Role = "lon"
	Lat           Role = "lat"
)

// Roles are all of them.
func Roles() []Role {
	return []Role{Address, Province, County, City, Neighbourhood, StreetBefore, Street, Number, Unit, PostalCode, Lon, Lat}
}

// known are the names by which columns are told, the usual first. They are compared folded, without spaces and underscores.
func known() map[Role][]string {
	return map[Role][]string{
		Address:       {"نشانی", "آدرس", "نشانی کامل", "آدرس کامل", "نشانی پستی", "متن نشانی", "address", "full address", "addr", "postal address", "q", "query", "text"},
		Province:      {"استان", "نام استان", "province", "state", "statename", "ostan"},
		County:        {"شهرستان", "نام شهرستان", "county", "townname", "shahrestan"},
		City:          {"شهر", "نام شهر", "شهر یا روستا", "آبادی", "روستا", "city", "locality", "locationname", "town", "village"},
		Neighbourhood: {"محله", "نام محله", "ناحیه", "neighbourhood", "neighborhood", "parish", "suburb"},
		StreetBefore:  {"معبر ماقبل آخر", "خیابان اصلی", "معبر اصلی", "street before", "preaven", "main street"},
		Street:        {"معبر", "معبر آخر", "خیابان", "کوچه", "نام معبر", "street", "street name", "avenue", "road"},
		Number:        {"پلاک", "شماره پلاک", "شماره", "number", "house number", "housenumber", "plate no", "no"},
		Unit:          {"واحد", "شماره واحد", "unit", "apartment", "flat"},
		PostalCode:    {"کد پستی", "کدپستی", "کد ده رقمی", "postal code", "postcode", "zip", "zip code"},
		Lon:           {"طول جغرافیایی", "طول", "lon", "lng", "long", "longitude", "x"},
		Lat:           {"عرض جغرافیایی", "عرض", "lat", "latitude", "y"},
	}
}

// columns finds roles by names.
type columns struct {
	byName map[string]Role // folded
	chosen map[string]Role // as written, by the caller
	taken  map[Role]string // roles that the caller gave, with the name; without one, no column is it
}

// newColumns takes what the caller says ("address" is the column "نشانی مشتری"); the rest is told by names. A role that the caller gives is no other column's.
func newColumns(chosen map[Role]string) (*columns, error) {
	c := &columns{byName: map[string]Role{}, chosen: map[string]Role{}, taken: map[Role]string{}}
	for role, names := range known() {
		for _, name := range names {
			c.byName[nameKey(name)] = role
		}
	}
	for role, name := range chosen {
		if _, is := known()[role]; !is {
			return nil, unknownRole(role)
		}
		if c.taken[role] = name; name != "" {
			c.chosen[name] = role
		}
	}
	return c, nil
}

// Check refuses what was said about columns before there is a file.
func (o *Options) Check() error {
	_, err := newColumns(o.Columns)
	return err
}

func nameKey(name string) string {
	return strings.ReplaceAll(persian.Joined(strings.ReplaceAll(name, "_", " ")), "_", "")
}

// role answers what a column is; nothing where it is something else.
func (c *columns) role(name string) Role {
	if role, ok := c.chosen[name]; ok {
		return role
	}
	role := c.byName[nameKey(name)]
	if _, said := c.taken[role]; said {
		return ""
	}
	return role
}

// of answers the columns of a header by role: the first of each. At least one has to say where something is.
func (c *columns) of(header []string) (map[Role]int, error) {
	found := map[Role]int{}
	for i, name := range header {
		if role := c.role(strings.TrimSpace(name)); role != "" {
			if _, twice := found[role]; !twice {
				found[role] = i
			}
		}
	}
	for role, name := range c.taken {
		if _, ok := found[role]; !ok && name != "" {
			return nil, noColumn(role, name, header)
		}
	}
	if !enough(func(r Role) bool { _, ok := found[r]; return ok }) {
		return nil, noAddress(header)
	}
	return found, nil
}

// enough reports whether roles can say where something is.
func enough(has func(Role) bool) bool {
	return slices.ContainsFunc([]Role{Address, City, Street, PostalCode, Neighbourhood, County, Province}, has) || has(Lon) && has(Lat)
}

func noAddress(header []string) error {
	return &errs.Error{
		Code: "no-address-column", Status: http.StatusUnprocessableEntity, Op: "batch", Location: "body", Value: clip(strings.Join(header, ", ")),
		Title:  errs.T("ستون نشانی پیدا نشد", "No column with addresses was found"),
		Detail: errs.Tf("هیچ‌یک از ستون‌ها (%s) نشانی، جزئی از آن، کد پستی یا مختصات نیست.", "None of the columns (%s) is an address, a part of one, a postal code or coordinates.", clip(strings.Join(header, "، "))),
		Next:   errs.T("نام ستون را address یا «نشانی» بگذارید، یا بگویید کدام است: ‎?address=نام ستون‎ (در پایانه ‎--column address=نام ستون‎).", "Call the column “address” or «نشانی», or say which it is: ?address=name of the column (at a terminal --column address=name)."),
	}
}

func noColumn(role Role, name string, header []string) error {
	return &errs.Error{
		Code: "column-unknown", Status: http.StatusUnprocessableEntity, Op: "batch", Location: "query." + string(role), Value: clip(name),
		Title:  errs.T("چنین ستونی در پرونده نیست", "The file has no such column"),
		Detail: errs.Tf("ستون «%s» میان ستون‌های پرونده نیست: %s", "The column “%s” is not among those of the file: %s", clip(name), clip(strings.Join(header, ", "))),
		Next:   errs.T("نام را چنان‌که در سطر نخست است بنویسید.", "Write the name as the first line has it."),
	}
}

func unknownRole(role Role) error {
	return &errs.Error{
		Code: "role-unknown", Status: http.StatusUnprocessableEntity, Op: "batch", Location: "query", Value: clip(string(role)),
		Title: errs.T("چنین نقشی برای ستون نیست", "A column has no such role"),
		Next:  errs.T("یکی از این‌هاست: address, province, county, city, neighbourhood, street_before, street, number, unit, postal_code, lon, lat", "It is one of: address, province, county, city, neighbourhood, street_before, street, number, unit, postal_code, lon, lat"),
	}
}

// clip keeps what is said of the caller's text short.
func clip(s string) string {
	if r := []rune(strings.ToValidUTF8(s, "\uFFFD")); len(r) > 120 {
		return string(r[:120]) + "…"
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}
