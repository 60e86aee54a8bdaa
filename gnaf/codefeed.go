package gnaf

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"nsdi/layers"
)

// CodeChange is what a publication did to a postal code. One that went from one unit to another is removed from the one and added to the other.
type CodeChange struct {
	ID          int64     `json:"id" doc:"Of the line of the change log; a unit whose code became another has two with one id"`
	Code        string    `json:"postal_code"`
	Op          string    `json:"op" enum:"added,altered,removed" doc:"altered: the unit keeps the code, and something else of its address changed"`
	Feature     int64     `json:"feature" doc:"Id of the address"`
	Dataset     int64     `json:"dataset"`
	Version     int       `json:"version" doc:"Of the dataset"`
	PublishedAt time.Time `json:"published_at"`
}

// CodeChanges answers what happened to codes after line since of the change log, in its order, from so many lines; how far that goes; and whether more follows. Lines
// of addresses without a code have nothing to say, so a part may be empty, and the next one not.
func CodeChanges(ctx context.Context, q layers.Querier, since int64, limit int) (list []CodeChange, next int64, more bool, err error) {
	rows, err := q.Query(ctx, `
		select p.id, p.feature_id, p.dataset_id, v.seq, v.published_at, coalesce(b.postal_code, ''), coalesce(a.postal_code, '')
		from (
			select * from layers.changes_of('gnaf-address', 0, $1, $2)
		) p
		join layers.version v on v.id = p.version_id
		left join lateral (
			select postal_code
			from gnaf.address
			where id = p.feature_id
			  and version_id = p.version_id
			  and p.op <> '-'
			union all
			select postal_code
			from gnaf.address_history
			where id = p.feature_id
			  and version_id = p.version_id
			  and p.op <> '-'
			limit 1
		) a on true
		left join lateral (
			select postal_code
			from gnaf.address_history
			where id = p.feature_id
			  and ended_by = p.version_id
			  and p.op <> '+'
			limit 1
		) b on true
		order by p.id`, since, limit+1)
	if err != nil {
		return nil, 0, false, fmt.Errorf("changes of codes: %w", err)
	}
	list, next = []CodeChange{}, since
	var c CodeChange
	var before, after string
	lines := 0
	_, err = pgx.ForEachRow(rows, []any{&c.ID, &c.Feature, &c.Dataset, &c.Version, &c.PublishedAt, &before, &after}, func() error {
		if lines++; lines > limit {
			more = true
			return nil
		}
		next = c.ID
		add := func(op, code string) {
			c.Op, c.Code = op, code
			list = append(list, c)
		}
		switch {
		case before == after && after != "":
			add("altered", after)
		case before != after:
			if before != "" {
				add("removed", before)
			}
			if after != "" {
				add("added", after)
			}
		}
		return nil
	})
	if err != nil {
		return nil, 0, false, fmt.Errorf("changes of codes: %w", err)
	}
	if lines == 0 {
		err = layers.NotAhead(ctx, q, since)
	}
	return list, next, more, err
}
