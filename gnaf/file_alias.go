package gnaf

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"nsdi/layers"
)

// Tables of other names of streets and of settlements, and of other addresses of sites.
const (
	streetAlias   = "STREET_LOCALITY_ALIAS"
	localityAlias = "LOCALITY_ALIAS"
	addressAlias  = "ADDRESS_ALIAS"
)

// aliasCode is G-NAF's type of an alias: a former name is an alternative, and every other one stands for the present name.
func aliasCode(kind string) string {
	if kind == "former" {
		return "ALT"
	}
	return "SYN"
}

// writtenStreet is a row of STREET_LOCALITY as it is in the file.
type writtenStreet struct {
	pid string
	in  locality
}

// writeAliases writes the other names that the ways of the file had when the addresses were published. One that is told of a province, or of a county, is written where
// the settlement lies there. A name that several agencies have delivered is written once.
func writeAliases(ctx context.Context, m *layers.Making, f *psv, ways map[int64][]writtenStreet) error {
	q, at := m.Beside()
	rows, err := q.Query(ctx, `
		select distinct on (of_id, way_id, province, county) of_id, way_id, name, coalesce(kind, ''), province, county, valid_from
		from (
			select of_id, way_id, name, kind, coalesce(attributes ->> 'province', '') as province, coalesce(attributes ->> 'county', '') as county, valid_from, id
			from gnaf.name
			where theme = 'gnaf-way-alias'
			union all
			select of_id, way_id, name, kind, coalesce(attributes ->> 'province', ''), coalesce(attributes ->> 'county', ''), valid_from, id
			from gnaf.name_history
			where theme = 'gnaf-way-alias'
			  and valid_to > $2
		) n
		where of_id = any($1)
		  and way_id <> of_id
		  and valid_from <= $2
		order by of_id, way_id, province, county, valid_from, id`, slices.Collect(maps.Keys(ways)), at)
	if err != nil {
		return fmt.Errorf("other names of ways: %w", err)
	}
	var of, way int64
	var name, code, province, county string
	var from time.Time
	done := map[string]bool{}
	_, err = pgx.ForEachRow(rows, []any{&of, &way, &name, &code, &province, &county, &from}, func() error {
		kind, core := splitWay(name)
		in := localityOf(province, county)
		for _, street := range ways[of] {
			id := pid("alias", street.pid, strconv.FormatInt(way, 10))
			if !in.agrees(street.in) || done[id] {
				continue
			}
			done[id] = true
			err := f.line(f.cells(TableRow{
				"STREET_LOCALITY_ALIAS_PID": id, "DATE_CREATED": from.UTC().Format(time.DateOnly), "STREET_LOCALITY_PID": street.pid,
				"STREET_NAME": core, "STREET_TYPE_CODE": kind, "ALIAS_TYPE_CODE": aliasCode(code),
			}))
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("other names of ways: %w", err)
	}
	return nil
}

// writeAliasCodes writes the code lists of types of aliases.
func writeAliasCodes(m *layers.Making) error {
	names := [][]string{{"ALT", "ALTERNATIVE", "former"}, {"SYN", "SYNONYM", "official, colloquial, latin, misspelling"}}
	return errors.Join(
		writeCodeList(m, streetAlias+"_TYPE_AUT", names), writeCodeList(m, localityAlias+"_TYPE_AUT", names),
		writeCodeList(m, addressAlias+"_TYPE_AUT", [][]string{{"ALT", "ALTERNATIVE", "former"}, {"SYN", "SYNONYM", "corner, colloquial, and whatever else"}}),
	)
}

func writeCodeList(m *layers.Making, name string, rows [][]string) error {
	out, err := m.Table("Authority_Code_" + name + "_psv.psv")
	if err != nil {
		return err
	}
	f := &psv{out: out}
	err = f.line([]string{"CODE", "NAME", "DESCRIPTION"})
	for _, row := range rows {
		err = errors.Join(err, f.line(row))
	}
	return errors.Join(err, out.Close())
}
