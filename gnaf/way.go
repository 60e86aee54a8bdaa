package gnaf

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"nsdi/gnaf/persian"
	"nsdi/internal/errs"
)

// way is a street of a settlement that the query may name, with the tokens that it answers.
type way struct {
	id        int64
	streetKey string
	cityKey   string
	used      []bool
	noType    bool // the query leaves out the word of its kind
	inCity    bool // the query names the city
}

// findWays lists ways all of whose words are in the query, the best first.
//
// The index is asked for the telling words only: words like خیابان are in a third of all ways. The test that
// every word is there must not use the index for the same reason, hence the concatenation with nothing.
func findWays(ctx context.Context, tx pgx.Tx, q *query) ([]way, error) {
	var telling []string
	for i, token := range q.tokens {
		if !q.reserved[i] && !persian.IsWayType(token) {
			telling = append(telling, token)
		}
	}
	if len(telling) == 0 {
		telling = q.tokens
	}
	const candidates = `
		select id, street_key, city_key
		from gnaf.way
		where tokens && $1
		  and (tokens || '{}'::text[]) <@ $2
		order by (string_to_array(city_key, ' ') <@ $3) desc, cardinality(tokens) desc, id
		limit 400`
	rows, err := tx.Query(ctx, candidates, telling, append(persian.WayTypes(), q.tokens...), q.tokens)
	if err != nil {
		return nil, fmt.Errorf("looking for ways: %w", err)
	}
	found, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (way, error) {
		var w way
		err := row.Scan(&w.id, &w.streetKey, &w.cityKey)
		return w, err
	})
	if err != nil {
		return nil, fmt.Errorf("looking for ways: %w", err)
	}
	ways := found[:0]
	for _, w := range found {
		if w.match(q) {
			ways = append(ways, w)
		}
	}
	slices.SortStableFunc(ways, func(a, b way) int { return count(b.used) - count(a.used) })
	// Once a way is found in the city that the query names, the same name elsewhere is no answer.
	inCity := 0
	for _, w := range ways {
		if w.inCity {
			inCity = max(inCity, count(w.used))
		}
	}
	ways = slices.DeleteFunc(ways, func(w way) bool { return count(w.used) < inCity })
	return ways[:min(len(ways), maxWays)], nil
}

// match marks the tokens that the way's street and city answer, and tells whether the street is in the query.
func (w *way) match(q *query) bool {
	w.used = make([]bool, len(q.tokens))
	words := strings.Fields(w.streetKey)
	if !q.take(words, w.used) {
		if len(words) < 2 || !persian.IsWayType(words[0]) || isNumeric(words[1:]) || !q.take(words[1:], w.used) {
			return false
		}
		w.noType = true
	}
	w.inCity = q.take(strings.Fields(w.cityKey), w.used)
	return true
}

// isNumeric: without the word of its kind, "کوچه 12" is just a number and must not match one.
func isNumeric(words []string) bool {
	for _, word := range words {
		if strings.Trim(word, "0123456789") != "" {
			return false
		}
	}
	return true
}

// tellDoubts lowers the confidence by what the query leaves open about the way.
func (w *way) tellDoubts(match *Match) {
	if w.noType {
		match.Confidence *= 0.95
		match.Reasons.add(errs.T("نوع معبر در پرسش نیامده است.", "The query leaves out the kind of the way."))
	}
	if !w.inCity {
		match.Confidence *= 0.9
		match.Reasons.add(errs.T("پرسش نام شهر یا روستا را ندارد.", "The query does not name the city or village."))
	}
}
