package progress

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// name gives the items of a page the names by which people know units, agencies and themes, and tells how many findings of its delivery a feature still has.
func (t *Trace) name(ctx context.Context, tx pgx.Tx) error {
	var units, agencies, themes, keys []string
	var datasets []int64
	var versions []int
	for _, i := range t.Items {
		units, agencies, themes = append(units, i.Unit), append(agencies, i.Agency), append(themes, i.Theme)
		datasets, versions, keys = append(datasets, i.Dataset), append(versions, i.Version), append(keys, i.Key)
	}
	names := map[string]*Text{}
	rows, err := tx.Query(ctx, `
		select 'unit ' || code, name_fa, coalesce(name_en, '')
		from layers.admin_unit
		where code = any($1)
		union all
		select 'agency ' || code, name_fa, name_en
		from access.agency
		where code = any($2)
		union all
		select 'theme ' || code, title_fa, title_en
		from layers.theme
		where code = any($3)`, units, agencies, themes)
	if err != nil {
		return fmt.Errorf("naming: %w", err)
	}
	var what string
	var n Text
	if _, err := pgx.ForEachRow(rows, []any{&what, &n.FA, &n.EN}, func() error {
		name := n
		names[what] = &name
		return nil
	}); err != nil {
		return fmt.Errorf("naming: %w", err)
	}
	type feature struct {
		dataset int64
		version int
		key     string
	}
	findings := map[feature]int{}
	rows, err = tx.Query(ctx, `
		select v.dataset_id, v.seq, f.feature_key, count(*)
		from (select distinct * from unnest($1::bigint[], $2::int[], $3::text[])) i (dataset_id, seq, key)
		join layers.version v on v.dataset_id = i.dataset_id and v.seq = i.seq
		join layers.finding f on f.submission_id = v.submission_id and f.feature_key = i.key and f.state <> 'fixed'
		where i.key <> ''
		group by v.dataset_id, v.seq, f.feature_key`, datasets, versions, keys)
	if err != nil {
		return fmt.Errorf("counting findings: %w", err)
	}
	var f feature
	var count int
	if _, err := pgx.ForEachRow(rows, []any{&f.dataset, &f.version, &f.key, &count}, func() error {
		findings[f] = count
		return nil
	}); err != nil {
		return fmt.Errorf("counting findings: %w", err)
	}
	for n := range t.Items {
		i := &t.Items[n]
		i.UnitName, i.AgencyName, i.ThemeTitle = names["unit "+i.Unit], names["agency "+i.Agency], names["theme "+i.Theme]
		i.Findings = findings[feature{i.Dataset, i.Version, i.Key}]
	}
	return nil
}
