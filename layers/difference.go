package layers

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/jackc/pgx/v5"
)

// compare lists what publishing the accepted rows would change, by the mode of the delivery, in a table beside theirs: id, ord, staged, op, key, box. Added rows have no id,
// removed ones no ord; staged is where the row stands in its table, which nothing alters any more. A refused row keeps what is published under its key. One whose key could
// not be read may be of any feature: then nothing is removed, unless removals are confirmed. It answers the version that it compared with, 0 for none.
func (s *staging) compare(ctx context.Context, tx pgx.Tx, d *dataset, allowRemovals bool, r *Report) (based int64, err error) {
	published := `(select id, key, hash from ` + ident(s.store.Table) + ` where theme = '` + s.theme.Code + `' and dataset_id = ` + fmt.Sprint(d.id) + `)`
	staged := `(select ord, ctid as staged, key, hash, public.st_envelope(geom) as box from ` + s.tables.staged + ` where not refused)`
	which := `
		select c.id, s.ord, s.staged, case when c.id is null then '+' when s.ord is null then '-' else '~' end as op, coalesce(s.key, c.key) collate "C" as key, s.box
		from ` + staged + ` s
		full join ` + published + ` c on c.key = s.key
		where c.hash is distinct from s.hash
			and (s.ord is not null or not exists (select from ` + s.tables.staged + ` k where k.key = c.key and k.refused)
				and (` + strconv.FormatBool(allowRemovals) + ` or not exists (select from ` + s.tables.staged + ` k where k.key is null and k.refused)))`
	switch s.mode {
	case Append, Upsert:
		which = `
		select c.id, s.ord, s.staged, case when c.id is null then '+' else '~' end as op, s.key, s.box
		from ` + staged + ` s
		left join ` + published + ` c on c.key = s.key
		where c.hash is distinct from s.hash`
	case Delete:
		which = `
		select c.id, null::bigint as ord, null::tid as staged, '-' as op, c.key, null::public.geometry as box
		from ` + published + ` c
		where exists (select from ` + staged + ` s where s.key = c.key)`
	}
	if _, err := tx.Exec(ctx, `drop table if exists `+s.tables.difference+`; create unlogged table `+s.tables.difference+` as `+which); err != nil {
		return 0, fmt.Errorf("difference: %w", err)
	}
	accepted := `(select count(*) from ` + s.tables.staged + ` where not refused)`
	if s.mode != Replace && s.mode != "" {
		accepted = `0`
	}
	var before, named int64
	err = tx.QueryRow(ctx, `
		select count(*) filter (where op = '+'), count(*) filter (where op = '~'), count(*) filter (where op = '-'), `+accepted+`
		from `+s.tables.difference).Scan(&r.Added, &r.Altered, &r.Removed, &named)
	if err != nil {
		return 0, fmt.Errorf("difference: %w", err)
	}
	if based, before, err = newest(ctx, tx, d); err != nil {
		return 0, err
	}
	r.Kept = 0                             // what a delivery of another mode does not name is unchanged
	if s.mode == Replace || s.mode == "" { // what is neither among the accepted rows nor removed; no key is twice among them
		r.Kept = before - (named - r.Added) - r.Removed
	}
	r.Unchanged = before - r.Altered - r.Removed - r.Kept
	return based, nil
}

// newest answers the dataset's newest version and how many features it has; 0 before the first.
func newest(ctx context.Context, q Querier, d *dataset) (version, features int64, err error) {
	err = q.QueryRow(ctx, `
		select id, features
		from layers.version
		where dataset_id = $1
		order by seq desc
		limit 1`, d.id).Scan(&version, &features)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return 0, 0, fmt.Errorf("newest version: %w", err)
	}
	return version, features, nil
}
