package cadastre

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"nsdi/layers"
)

// joinGaps says anew which rows are one gap, in the datasets on either side of those that came or went: rows within a centimetre of each other are. Gaps that are too
// small to be told go.
func joinGaps(ctx context.Context, tx pgx.Tx, p layers.Publication, gone []int64) error {
	_, err := tx.Exec(ctx, `
		with sides as (
			select distinct f.dataset_id
			from cadastre.open_finding f
			where f.rule = 'gap'
			  and (f.version_id = $1 or f.dataset_id = any($2))
		), clusters as (
			select id, dataset_id, gap, public.st_clusterdbscan(geom, 1e-7, 1) over (partition by dataset_id) as cluster
			from cadastre.open_finding
			where rule = 'gap'
			  and dataset_id in (select dataset_id from sides)
		), gaps as (
			select id, gap, min(id) over (partition by dataset_id, cluster) as first
			from clusters
		)
		update cadastre.open_finding f
		set gap = g.first
		from gaps g
		where g.id = f.id
		  and g.gap is distinct from g.first`, p.VersionID, gone)
	if err != nil {
		return fmt.Errorf("open gaps: %w", err)
	}
	_, err = tx.Exec(ctx, `
		delete from cadastre.open_finding f
		using (
			select gap
			from cadastre.open_finding
			where gap in (select gap from cadastre.open_finding where version_id = $1)
			group by gap
			having sum(measure) <= $2 or sum(measure / width) < $3
		) small
		where f.gap = small.gap`, p.VersionID, standard("gap", "area"), standard("gap", "length"))
	if err != nil {
		return fmt.Errorf("open gaps: %w", err)
	}
	return nil
}
