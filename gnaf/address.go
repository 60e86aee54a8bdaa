package gnaf

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"nsdi/gnaf/persian"
	"nsdi/internal/errs"
)

// address is one row of the store, or a street's part when it has no id.
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
}

const addressColumns = `a.id, coalesce(a.province, ''), coalesce(a.county, ''), a.city, coalesce(a.neighbourhood, ''),
		  coalesce(a.street_before, ''), a.street, a.number, coalesce(a.number_suffix, ''), coalesce(a.building, ''),
		  coalesce(a.unit, ''), coalesce(a.postal_code, ''), st_x(st_centroid(a.geom)), st_y(st_centroid(a.geom))`

func (a *address) targets() []any {
	return []any{
		&a.id, &a.province, &a.county, &a.city, &a.neighbourhood, &a.streetBefore, &a.street, &a.number, &a.suffix,
		&a.building, &a.unit, &a.postalCode, &a.lon, &a.lat,
	}
}

// takeNames marks the tokens that the names around the address answer.
func (a *address) takeNames(q *query, used []bool) {
	before := q.wordsOf(a.streetBefore)
	if !q.take(before, used) && len(before) > 1 && persian.IsWayType(before[0]) && !isNumeric(before[1:]) {
		q.take(before[1:], used)
	}
	takeNamed(q, used, a.city, "شهر", "روستای", "روستا")
	takeNamed(q, used, a.neighbourhood, "محله", "محدوده")
	takeNamed(q, used, a.county, "شهرستان")
	takeNamed(q, used, a.province, "استان")
	takeNamed(q, used, a.building, "ساختمان", "برج", "مجتمع")
}

// takeNamed marks a name and the word of its kind in front of it.
func takeNamed(q *query, used []bool, name string, kinds ...string) {
	words := q.wordsOf(name)
	i := q.span(words, used)
	if i < 0 {
		return
	}
	mark(used, i, len(words))
	if i > 0 && !used[i-1] && isOneOf(q.tokens[i-1], kinds...) {
		used[i-1] = true
	}
}

func (a *address) place(kind string) Place {
	id := "address/" + strconv.FormatInt(a.id, 10)
	return Place{
		PlaceID: id, Type: kind, Label: a.label(), HouseNumber: houseNumber(a.number, a.suffix), Unit: a.unit,
		Street: a.street, Locality: a.neighbourhood, City: a.city, County: a.county, State: a.province, Postcode: a.postalCode,
	}
}

// findPostal answers the units that bear the postal code of the query.
func findPostal(ctx context.Context, tx pgx.Tx, q *query, limit int) ([]Feature, error) {
	if !q.postal.code.Valid() && q.postal.code.Swapped == "" {
		return nil, nil
	}
	code := q.postal.code.Digits
	if !q.postal.code.Valid() {
		code = q.postal.code.Swapped
	}
	rows, err := tx.Query(ctx, `
		select `+addressColumns+`
		from gnaf.address a
		where a.postal_code = $1
		order by a.id
		limit $2`, code, limit)
	if err != nil {
		return nil, fmt.Errorf("looking for a postal code: %w", err)
	}
	found, err := collectAddresses(rows)
	if err != nil {
		return nil, fmt.Errorf("looking for a postal code: %w", err)
	}
	var features []Feature
	for _, a := range found {
		used := make([]bool, len(q.tokens))
		mark(used, q.postal.first, q.postal.last-q.postal.first+1)
		if !q.take(q.wordsOf(a.street), used) {
			if words := q.wordsOf(a.street); len(words) > 1 && persian.IsWayType(words[0]) {
				q.take(words[1:], used)
			}
		}
		a.takeNames(q, used)
		a.takeLocators(q, used)
		f := newFeature(a.lon, a.lat, a.place("postcode"), "unit")
		f.explained = count(used)
		f.Properties.Match.Unmatched = q.unmatched(used)
		f.Properties.Match.Reasons.add(errs.Tf("کد پستی %s در داده منتشرشده هست.", "The postal code %s is in the published data.", code))
		if !q.postal.code.Valid() {
			f.Properties.Match.Confidence = 0.6
			f.Properties.Match.Reasons.add(errs.T("دو نیمه کد جابه‌جا نوشته شده بود.", "The halves of the code were written the wrong way round."))
		}
		features = append(features, f)
	}
	return features, nil
}

// takeLocators marks number, unit and suffix where they are those of the address, and answers whether the number is.
func (a *address) takeLocators(q *query, used []bool) (site, unit bool) {
	if a.number != nil {
		for _, n := range q.numbers(used) {
			if n.value != *a.number {
				continue
			}
			words, wanted := q.wordsOf(a.suffix), q.suffixAfter(n, used)
			switch {
			case len(words) == 0 && wanted == "", n.suffix != "" && n.suffix == strings.Join(words, ""):
				site = true
			case len(words) > 0 && n.suffix == "" && q.follows(n.at+1, words, used):
				mark(used, n.at+1, len(words))
				site = true
			}
			if site {
				mark(used, n.first, n.at-n.first+1)
				break
			}
		}
	}
	if q.unit != nil && a.unit != "" && persian.Fold(a.unit) == q.unit.value {
		mark(used, q.unit.first, q.unit.at-q.unit.first+1)
		unit = true
	}
	return site, unit
}

// follows reports whether the words stand free at place i of the query.
func (q *query) follows(i int, words []string, used []bool) bool {
	if i+len(words) > len(q.tokens) {
		return false
	}
	for j, word := range words {
		if q.tokens[i+j] != word || used[i+j] || q.reserved[i+j] {
			return false
		}
	}
	return true
}

func collectAddresses(rows pgx.Rows) ([]address, error) {
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (address, error) {
		var a address
		err := row.Scan(a.targets()...)
		return a, err
	})
}
