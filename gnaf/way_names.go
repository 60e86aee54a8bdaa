package gnaf

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"nsdi/layers"
)

// wayNames are published other names of ways, by the way that a name would be by itself.
type wayNames map[int64][]wayName

// wayName says of which way a name is another one, and where: settlements of one name share their ways' identifiers.
type wayName struct {
	of   int64
	name string // of that way
	in   locality
}

// maxNames bounds the ways that names connect with one.
const maxNames = 200

// otherNames is the table of other names of ways as it is, or was at the time $1.
func otherNames(on time.Time) string {
	const columns = `way_id, of_id, coalesce(attributes ->> 'way', '') as way, coalesce(attributes ->> 'province', '') as province, coalesce(attributes ->> 'county', '') as county`
	const such = `theme = '` + aliasTheme + `' and of_id <> way_id`
	if on.IsZero() {
		return `(select ` + columns + ` from gnaf.name where ` + such + ` and $1::timestamptz is null)`
	}
	return `(
		select ` + columns + ` from gnaf.name where ` + such + ` and valid_from <= $1
		union all
		select ` + columns + ` from gnaf.name_history where ` + such + ` and valid_from <= $1 and valid_to > $1)`
}

// namesAround reads the names that connect a way with others, and answers all of these ways.
func namesAround(ctx context.Context, q layers.Querier, way int64, on time.Time) (wayNames, []int64, error) {
	names, err := readWayNames(ctx, q, `
		with recursive around (id) as (
			select $2::bigint
			union
			select case when n.way_id = around.id then n.of_id else n.way_id end
			from around
			join `+otherNames(on)+` n on around.id in (n.way_id, n.of_id)
		)
		select n.*
		from (select id from around limit $3) w
		join `+otherNames(on)+` n on n.way_id = w.id`, moment(on), way, maxNames)
	return names, names.around(way), err
}

// allWayNames reads all other names at a time.
func allWayNames(ctx context.Context, q layers.Querier, on time.Time) (wayNames, error) {
	return readWayNames(ctx, q, `select n.* from `+otherNames(on)+` n`, moment(on))
}

func readWayNames(ctx context.Context, q layers.Querier, sql string, args ...any) (wayNames, error) {
	names := wayNames{}
	rows, err := q.Query(ctx, sql, args...)
	if err != nil {
		return nil, fmt.Errorf("names of ways: %w", err)
	}
	var way int64
	var n wayName
	var province, county string
	_, err = pgx.ForEachRow(rows, []any{&way, &n.of, &n.name, &province, &county}, func() error {
		n.in = localityOf(province, county)
		if !slices.Contains(names[way], n) { // several agencies deliver it
			names[way] = append(names[way], n)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("names of ways: %w", err)
	}
	return names, nil
}

// around answers a way, and those that names connect with it wherever they hold, the way first.
func (names wayNames) around(way int64) []int64 {
	list := []int64{way}
	for i := 0; i < len(list); i++ {
		for bears, all := range names {
			for _, n := range all {
				if bears == list[i] && !slices.Contains(list, n.of) {
					list = append(list, n.of)
				}
				if n.of == list[i] && !slices.Contains(list, bears) {
					list = append(list, bears)
				}
			}
		}
	}
	return list
}

// firsts answers for each way that names connect with others one of these, the same for all of them.
func (names wayNames) firsts() map[int64]int64 {
	first := map[int64]int64{}
	find := func(way int64) int64 {
		for {
			up, known := first[way]
			if !known || up == way {
				return way
			}
			way = up
		}
	}
	for way, all := range names {
		for _, n := range all {
			a, b := find(way), find(n.of)
			first[max(a, b)] = min(a, b)
		}
	}
	for way := range first {
		first[way] = find(way)
	}
	return first
}

// principal answers the way that a name means in a locality, as that one is called where it is called by another name. What is another name of two ways there is
// neither.
func (names wayNames) principal(way int64, in locality) (id int64, called string) {
	id = way
	for passed := []int64{way}; ; passed = append(passed, id) {
		next, name := int64(0), ""
		for _, n := range names[id] {
			if !n.in.agrees(in) {
				continue
			}
			if name != "" && n.of != next {
				return id, called
			}
			next, name = n.of, n.name
		}
		if name == "" {
			return id, called
		}
		if at := slices.Index(passed, next); at >= 0 { // they call each other so
			id = slices.Min(passed[at:])
			if id == way {
				called = ""
			}
			return id, called
		}
		id, called = next, name
	}
}
