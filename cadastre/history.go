package cadastre

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/errs"
	"nsdi/layers"
)

// Succession is one line of lineage: a parcel that came of another.
type Succession struct {
	Parent    *int64    `json:"parent" doc:"Id of the parcel before; null where the deliverer named one that is not known here"`
	ParentKey string    `json:"parent_key"`
	Child     int64     `json:"child" doc:"Id of the parcel after"`
	ChildKey  string    `json:"child_key"`
	Kind      string    `json:"kind" enum:"split,merge,boundary,replacement,rearrangement"`
	KindTitle errs.Text `json:"kind_title"`
	Derived   bool      `json:"derived" doc:"Found by how the areas lie in each other; false: as delivered"`
	Overlap   *float64  `json:"overlap_m2" doc:"Of what was derived: how much of the child lies in the parent, m²"`
	Version   int       `json:"version" doc:"Of the dataset, which brought the child"`
	At        time.Time `json:"at" doc:"When that was published"`
}

// maxLineage bounds the lines of one answer.
const maxLineage = 1000

// Lineage answers all lines that lead to a parcel and from it, oldest first.
func Lineage(ctx context.Context, q layers.Querier, id int64) ([]Succession, error) {
	rows, err := q.Query(ctx, lineageOfSQL, id, maxLineage)
	if err != nil {
		return nil, fmt.Errorf("lineage of parcel %d: %w", id, err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (Succession, error) {
		var s Succession
		err := row.Scan(&s.Parent, &s.ParentKey, &s.Child, &s.ChildKey, &s.Kind, &s.Derived, &s.Overlap, &s.Version, &s.At)
		s.KindTitle = lineageTitle(s.Kind)
		return s, err
	})
	if err != nil {
		return nil, fmt.Errorf("lineage of parcel %d: %w", id, err)
	}
	return list, nil
}

// Ancestors and descendants are followed apart: a sibling is neither.
const lineageOfSQL = `
with recursive up as (
  select l.id, l.parent_id from cadastre.lineage l where l.child_id = $1 and l.undone_by is null
  union
  select l.id, l.parent_id from up join cadastre.lineage l on l.child_id = up.parent_id and l.undone_by is null
),
down as (
  select l.id, l.child_id from cadastre.lineage l where l.parent_id = $1 and l.undone_by is null
  union
  select l.id, l.child_id from down join cadastre.lineage l on l.parent_id = down.child_id and l.undone_by is null
)
select l.parent_id, l.parent_key, l.child_id, l.child_key, l.kind, l.derived, l.overlap_m2, v.seq, v.published_at
from cadastre.lineage l
join layers.version v on v.id = l.version_id
where l.id in (select id from up union select id from down)
order by l.id
limit $2`
