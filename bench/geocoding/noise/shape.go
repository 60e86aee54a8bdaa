package noise

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"nsdi/bench/geocoding/country"
)

// permute has the parts from small to large, or the area parts behind, or each pair of neighbours in another order.
func permute(r *rand.Rand, d *Draft) (string, bool) {
	switch r.IntN(3) {
	case 0:
		slices.Reverse(d.Parts)
		return "small to large", true
	case 1: // the street first, the city behind it
		at := d.index(Province, County, City, Area)
		areas := make([]Part, 0, len(at))
		for _, i := range at {
			areas = append(areas, d.Parts[i])
		}
		d.drop(Province, County, City, Area)
		d.Parts = append(d.Parts, areas...)
		return "areas behind", true
	}
	// Parts that belong together stay so: number, block, floor and unit behind their way.
	first := slices.IndexFunc(d.Parts, func(p Part) bool { return p.Kind >= Way })
	if first < 2 {
		slices.Reverse(d.Parts)
		return "small to large", true
	}
	r.Shuffle(first, func(i, j int) { d.Parts[i], d.Parts[j] = d.Parts[j], d.Parts[i] })
	return "areas shuffled", true
}

// dropParts leaves province and county out; or the city too, and says where the asker is.
func dropParts(r *rand.Rand, d *Draft) (string, bool) {
	if r.IntN(2) == 0 {
		return "province, county, area", d.drop(Province, County, Area) > 0
	}
	return d.standInCity(r), true
}

// standInCity leaves the city out, and says where the asker is: within some two kilometres.
func (d *Draft) standInCity(r *rand.Rand) string {
	d.drop(Province, County, City)
	away := func() float64 { return (r.Float64() - 0.5) * 0.03 }
	d.Focus = &country.Corner{Lon: d.Row.Lon + away(), Lat: d.Row.Lat + away()}
	return "province, county, city; focus"
}

// otherName writes the former or the colloquial name of the way.
func otherName(_ *rand.Rand, d *Draft) (string, bool) {
	other := d.Row.Formerly
	if other == "" {
		other = d.Row.Colloquially
	}
	at := d.index(Way)
	if other == "" || len(at) == 0 {
		return "", false
	}
	d.Parts[at[len(at)-1]] = wayPart(other)
	return other, true
}

// relate asks for the corner of two ways instead of a number, or writes a landmark into the address.
func relate(r *rand.Rand, d *Draft) (string, bool) {
	if d.Row.Before != "" && d.Row.Main == "" && r.IntN(3) > 0 {
		word := one(r, "نبش", "تقاطع", "سر", "بعد از", "نرسیده به", "بالاتر از", "قبل از")
		d.drop(Number, Block, Floor, Unit)
		last := &d.Parts[d.index(Way)[1]]
		*last = Part{Kind: Relation, Type: word, Name: last.text()}
		d.Want, d.At, d.Within = PlaceLevel, d.Row.Corner, 150
		return word, true
	}
	at := d.index(Way)
	extra := Part{Kind: Extra, Type: one(r, nearness()...), Name: one(r, landmarks()...)}
	d.Parts = slices.Insert(d.Parts, at[len(at)-1]+1, extra)
	return extra.text(), true
}

func addChatter(r *rand.Rand, d *Draft) (string, bool) {
	extra := Part{Kind: Extra, Name: one(r, chatter()...)}
	d.Parts = slices.Insert(d.Parts, one(r, 0, len(d.Parts)), extra)
	return extra.Name, true
}

// wrongNumber asks for a house that is not there. The way is the right answer, and it must say so.
func wrongNumber(r *rand.Rand, d *Draft) (string, bool) {
	at := d.index(Number)
	if len(at) == 0 || d.known == nil {
		return "", false
	}
	row := d.Row
	row.Suffix, row.Block = "", ""
	for range 20 {
		row.Number = d.Row.Number + 1 + r.IntN(400)
		if !d.known(row) {
			d.drop(Block, Building, Floor, Unit)
			p := &d.Parts[d.index(Number)[0]]
			p.Name, p.Suffix = strconv.Itoa(row.Number), ""
			d.Want = WayLevel
			return p.Name, true
		}
	}
	return "", false
}

// wrongCode adds a postal code with one digit wrong.
func wrongCode(r *rand.Rand, d *Draft) (string, bool) {
	if d.Row.Code == "" {
		return "", false
	}
	code := []byte(d.Row.Code)
	i := 5 + r.IntN(5)
	code[i] = '0' + (code[i]-'0'+1+byte(r.IntN(9)))%10
	d.Parts = append(d.Parts, Part{Kind: Code, Type: "کد پستی", Name: string(code)})
	return fmt.Sprintf("digit %d", i+1), true
}

// swappedCode is what becomes of "12345-67890" where right-to-left text is laid out wrongly.
func swappedCode(_ *rand.Rand, d *Draft) (string, bool) {
	if d.Row.Code == "" {
		return "", false
	}
	d.Parts = []Part{{Kind: Code, Type: "کد پستی", Name: d.Row.Code[5:] + "-" + d.Row.Code[:5]}}
	return "", true
}

// Distance in metres, on a sphere.
func Distance(a, b country.Corner) float64 {
	const radius = 6_371_008.8
	rad := math.Pi / 180
	dLat, dLon := (b.Lat-a.Lat)*rad/2, (b.Lon-a.Lon)*rad/2
	h := math.Pow(math.Sin(dLat), 2) + math.Cos(a.Lat*rad)*math.Cos(b.Lat*rad)*math.Pow(math.Sin(dLon), 2)
	return 2 * radius * math.Asin(math.Sqrt(min(1, h)))
}

// Same compares names as loosely as people do, by rules of the bench's own.
func Same(a, b string) bool { return plain(a) == plain(b) }

func plain(s string) string {
	s = strings.NewReplacer("\u200c", "", " ", "", "ي", "ی", "ك", "ک", "آ", "ا", "أ", "ا", "ـ", "").Replace(asciiDigits(s))
	return strings.ToLower(s)
}
