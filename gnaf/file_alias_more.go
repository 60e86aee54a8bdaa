package gnaf

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"nsdi/gnaf/persian"
	"nsdi/layers"
)

// writtenLocality is a row of LOCALITY as it is in the file.
type writtenLocality struct{ pid, state string }

// writeLocalityAliases writes the other names that the settlements of the file had when the addresses were published. One that is told of a province is written where
// the settlement lies there.
func writeLocalityAliases(ctx context.Context, m *layers.Making, f *psv, written map[int64][]writtenLocality) error {
	q, at := m.Beside()
	rows, err := q.Query(ctx, `
		select distinct on (of_id, way_id, province) of_id, way_id, name, coalesce(kind, ''), province, valid_from
		from (
			select of_id, way_id, name, kind, coalesce(attributes ->> 'province', '') as province, valid_from, id
			from gnaf.name
			where theme = '`+localityAliasTheme+`'
			union all
			select of_id, way_id, name, kind, coalesce(attributes ->> 'province', ''), valid_from, id
			from gnaf.name_history
			where theme = '`+localityAliasTheme+`'
			  and valid_to > $2
		) n
		where of_id = any($1)
		  and way_id <> of_id
		  and valid_from <= $2
		order by of_id, way_id, province, valid_from, id`, slices.Collect(maps.Keys(written)), at)
	if err != nil {
		return fmt.Errorf("other names of settlements: %w", err)
	}
	var of, other int64
	var name, kind, province string
	var from time.Time
	done := map[string]bool{}
	_, err = pgx.ForEachRow(rows, []any{&of, &other, &name, &kind, &province, &from}, func() error {
		for _, l := range written[of] {
			id := pid("locality alias", l.pid, persian.Fold(name))
			if province != "" && l.state != "" && l.state != statePID(province) || done[id] {
				continue
			}
			done[id] = true
			err := f.line(f.cells(TableRow{
				"LOCALITY_ALIAS_PID": id, "DATE_CREATED": from.UTC().Format(time.DateOnly), "LOCALITY_PID": l.pid, "NAME": name, "ALIAS_TYPE_CODE": aliasCode(kind), "STATE_PID": l.state,
			}))
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("other names of settlements: %w", err)
	}
	return nil
}

// writtenAlias is a site of the file that a row calls another address of the place that a key stands for.
type writtenAlias struct {
	site string
	of   principal
	kind string
	from time.Time
}

// aliasesOf are what the claims of a site call it another address of.
func aliasesOf(s *Site) (list []writtenAlias) {
	for i := range s.list {
		if c := &s.list[i]; c.alias.Of != "" {
			list = append(list, writtenAlias{s.ID, principal{c.Dataset, c.alias.Of}, c.alias.Kind, c.ValidFrom})
		}
	}
	return list
}

// writeAddressAliases writes which sites of the file are other addresses of which. One whose principal is not in it is left out.
func writeAddressAliases(f *psv, list []writtenAlias, sites map[principal]string) error {
	written := map[string]bool{}
	for _, a := range list {
		of := sites[a.of]
		id := pid("address alias", of, a.site)
		if of == "" || of == a.site || written[id] {
			continue
		}
		written[id] = true
		err := f.line(f.cells(TableRow{
			"ADDRESS_ALIAS_PID": id, "DATE_CREATED": a.from.UTC().Format(time.DateOnly), "PRINCIPAL_PID": of, "ALIAS_PID": a.site, "ALIAS_TYPE_CODE": aliasCode(a.kind),
			"ALIAS_COMMENT": cmp.Or(a.kind, "other"),
		}))
		if err != nil {
			return err
		}
	}
	return nil
}
