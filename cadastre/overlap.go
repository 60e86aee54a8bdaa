package cadastre

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"nsdi/cadastre/coverage"
	"nsdi/layers"
)

// overlap is ground that two parcels share.
type overlap struct {
	a, b        *coverage.Shape
	area, width float64 // m², m on average
	share       float64 // of the larger of the two
	place       []byte  // EWKB in EPSG:4326
}

// measuredAtOnce bounds what is sent in one question.
const measuredAtOnce = 2000

// measure has PostGIS calculate what pairs share. Pairs that share nothing, or a line, are left out.
func measure(ctx context.Context, q layers.Querier, pairs [][2]*coverage.Shape) (found []overlap, err error) {
	for len(pairs) > 0 {
		n := min(len(pairs), measuredAtOnce)
		if found, err = measureSome(ctx, q, pairs[:n], found); err != nil {
			return nil, fmt.Errorf("overlaps: %w", err)
		}
		pairs = pairs[n:]
	}
	return found, nil
}

func measureSome(ctx context.Context, q layers.Querier, pairs [][2]*coverage.Shape, found []overlap) ([]overlap, error) {
	var first, second [][]byte
	for _, p := range pairs {
		first, second = append(first, p[0].EWKB()), append(second, p[1].EWKB())
	}
	rows, err := q.Query(ctx, `
		select n, area, 2 * area / nullif(public.st_perimeter(common), 0), area / greatest(public.st_area(a), public.st_area(b)), public.st_asewkb(public.st_transform(common, 4326))
		from (
			select n, public.st_geomfromewkb(a) a, public.st_geomfromewkb(b) b
			from unnest($1::bytea[], $2::bytea[]) with ordinality as pair(a, b, n)
		) t,
		lateral (select layers.common_area(a, b)) c(common),
		lateral (select public.st_area(common)) m(area)
		where area > 0
		order by n`, first, second)
	if err != nil {
		return nil, err
	}
	var n int
	var o overlap
	_, err = pgx.ForEachRow(rows, []any{&n, &o.area, &o.width, &o.share, &o.place}, func() error {
		o.a, o.b = pairs[n-1][0], pairs[n-1][1]
		found = append(found, o)
		o.place = nil
		return nil
	})
	return found, err
}
