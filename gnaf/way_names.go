package gnaf

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"nsdi/layers"
)

// oneWayNames is a way of a settlement under all of its names. Claims that use any of them are about the same way.
type oneWayNames struct {
	key, city string // folded: of the name that the others are other names of
	keys      []string
}

// maxNames bounds the names of a way.
const maxNames = 200

// oneWay brings the names together that the published other names make those of one way. A name that is another one of two ways is left alone.
func oneWay(ctx context.Context, q layers.Querier, street, city string) (*oneWayNames, error) {
	w := &oneWayNames{key: street, city: city}
	of, err := names(ctx, q, `select distinct of_key from gnaf.name where theme = '`+aliasTheme+`' and street_key = $1 and city_key = $2 and of_key <> $1 limit 2`, street, city)
	if err != nil {
		return nil, err
	}
	if len(of) == 1 {
		w.key = of[0]
	}
	// Only what is another name of this way alone is one of its names.
	w.keys, err = names(ctx, q, `
		select distinct n.street_key
		from gnaf.name n
		where n.of_key = $1
		  and n.city_key = $2
		  and n.street_key <> $1
		  and not exists (
			select
			from gnaf.name o
			where o.theme = '`+aliasTheme+`'
			  and o.street_key = n.street_key
			  and o.city_key = n.city_key
			  and o.of_key not in (n.of_key, n.street_key))
		order by 1
		limit $3`, w.key, city, maxNames)
	w.keys = append([]string{w.key}, w.keys...)
	return w, err
}

// ids are those of the ways, as addresses that use the names have them.
func (w *oneWayNames) ids() []int64 {
	ids := make([]int64, len(w.keys))
	for i, key := range w.keys {
		ids[i] = wayID(key, w.city)
	}
	return ids
}

func names(ctx context.Context, q layers.Querier, sql string, args ...any) ([]string, error) {
	rows, err := q.Query(ctx, sql, args...)
	if err != nil {
		return nil, fmt.Errorf("names of a way: %w", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("names of a way: %w", err)
	}
	return list, nil
}
