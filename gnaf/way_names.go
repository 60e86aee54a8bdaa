package gnaf

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"nsdi/layers"
)

// oneWayNames is a way of a settlement under all of its names. Claims that use any of them are about the same way.
type oneWayNames struct {
	id  int64 // of the name that the others are other names of
	ids []int64
}

// maxNames bounds the names of a way.
const maxNames = 200

// oneWay brings the names together that the published other names make those of one way. A name that is another one of two ways is left alone.
func oneWay(ctx context.Context, q layers.Querier, id int64) (*oneWayNames, error) {
	w := &oneWayNames{id: id}
	of, err := ways(ctx, q, `select distinct of_id from gnaf.name where way_id = $1 and theme = '`+aliasTheme+`' and of_id <> $1 limit 2`, id)
	if err != nil {
		return nil, err
	}
	if len(of) == 1 {
		w.id = of[0]
	}
	// Only what is another name of this way alone is one of its names.
	w.ids, err = ways(ctx, q, `
		select distinct n.way_id
		from gnaf.name n
		where n.of_id = $1
		  and n.way_id <> $1
		  and not exists (
			select
			from gnaf.name o
			where o.way_id = n.way_id
			  and o.theme = '`+aliasTheme+`'
			  and o.of_id not in (n.of_id, n.way_id))
		order by 1
		limit $2`, w.id, maxNames)
	w.ids = append([]int64{w.id}, w.ids...)
	return w, err
}

func ways(ctx context.Context, q layers.Querier, sql string, args ...any) ([]int64, error) {
	rows, err := q.Query(ctx, sql, args...)
	if err != nil {
		return nil, fmt.Errorf("names of a way: %w", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return nil, fmt.Errorf("names of a way: %w", err)
	}
	return list, nil
}
