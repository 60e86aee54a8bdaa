package batch

import (
	"math"
	"strconv"
	"strings"
	"time"

	"nsdi/gnaf/persian"
	"nsdi/gnaf/search"
	"nsdi/internal/errs"
)

// rowTime is how long a row may take. Nobody waits for a single one, so a busy machine is no reason to leave it without its answer; the work is bounded as it is for any question.
const rowTime = 500 * time.Millisecond

// queryOf makes a question of a row. It answers false where the row says nothing.
func queryOf(value func(Role) string) (search.Query, bool) {
	get := func(r Role) string { return strings.TrimSpace(value(r)) }
	q := search.Query{Limit: 1, Time: rowTime, Focus: point(get(Lon), get(Lat))}
	if text := get(Address); text != "" {
		// The columns beside the text say what it leaves out, and nothing twice.
		folded := " " + persian.Fold(text) + " "
		for _, role := range []Role{Neighbourhood, City, County, Province} {
			if part := get(role); part != "" && !strings.Contains(folded, " "+persian.Fold(part)+" ") {
				text = part + "، " + text
			}
		}
		if code := get(PostalCode); code != "" && !strings.Contains(folded, persian.Fold(code)) {
			text += "، کد پستی " + code
		}
		q.Text = text
		return q, true
	}
	q.Parts = search.Parts{
		Province: get(Province), County: get(County), City: get(City), Neighbourhood: get(Neighbourhood), StreetBefore: get(StreetBefore), Street: get(Street),
		Number: get(Number), Unit: get(Unit), PostalCode: get(PostalCode),
	}
	if q.Parts != (search.Parts{}) {
		return q, true
	}
	if q.Focus == nil {
		return q, false
	}
	q.Text = strconv.FormatFloat(q.Focus.Lat, 'f', -1, 64) + ", " + strconv.FormatFloat(q.Focus.Lon, 'f', -1, 64)
	return q, true
}

func point(lon, lat string) *search.Point {
	x, errX := strconv.ParseFloat(ascii(lon), 64)
	y, errY := strconv.ParseFloat(ascii(lat), 64)
	if errX != nil || errY != nil || math.IsNaN(x+y) || math.Abs(x) > 180 || math.Abs(y) > 90 {
		return nil
	}
	return &search.Point{Lon: x, Lat: y}
}

// ascii writes digits and the decimal sign of Persian and Arabic as programs read them.
func ascii(s string) string {
	return strings.Map(func(c rune) rune {
		switch c {
		case '٫':
			return '.'
		case '−':
			return '-'
		}
		return errs.ASCIIDigit(c)
	}, s)
}
