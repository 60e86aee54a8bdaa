package gnaf

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"nsdi/layers"
)

// streetAlias is the table of other names of streets. LOCALITY_ALIAS and ADDRESS_ALIAS have nothing to be filled with: the register has other names of ways only.
const streetAlias = "STREET_LOCALITY_ALIAS"

// aliasCode is G-NAF's type of an alias: a former name is an alternative, and every other one stands for the present name.
func aliasCode(kind string) string {
	if kind == "former" {
		return "ALT"
	}
	return "SYN"
}

// writeAliases writes the other names that the ways of the file had when the addresses were published. A name that several agencies have delivered is written once.
func writeAliases(ctx context.Context, m *layers.Making, f *psv, ways []int64) error {
	q, at := m.Beside()
	rows, err := q.Query(ctx, `
		select distinct on (of_id, way_id) of_id, way_id, name, coalesce(kind, ''), valid_from
		from (
			select of_id, way_id, name, kind, valid_from, id
			from gnaf.name
			where theme = 'gnaf-way-alias'
			union all
			select of_id, way_id, name, kind, valid_from, id
			from gnaf.name_history
			where theme = 'gnaf-way-alias'
			  and valid_to > $2
		) n
		where of_id = any($1)
		  and way_id <> of_id
		  and valid_from <= $2
		order by of_id, way_id, valid_from, id`, ways, at)
	if err != nil {
		return fmt.Errorf("other names of ways: %w", err)
	}
	var of, way int64
	var name, code string
	var from time.Time
	_, err = pgx.ForEachRow(rows, []any{&of, &way, &name, &code, &from}, func() error {
		kind, core := splitWay(name)
		street := strconv.FormatInt(of, 10)
		return f.line(f.cells(TableRow{
			"STREET_LOCALITY_ALIAS_PID": pid("alias", street, strconv.FormatInt(way, 10)), "DATE_CREATED": from.UTC().Format(time.DateOnly), "STREET_LOCALITY_PID": street,
			"STREET_NAME": core, "STREET_TYPE_CODE": kind, "ALIAS_TYPE_CODE": aliasCode(code),
		}))
	})
	if err != nil {
		return fmt.Errorf("other names of ways: %w", err)
	}
	return nil
}

// writeAliasCodes writes the code list of types of aliases.
func writeAliasCodes(m *layers.Making) error {
	out, err := m.Table("Authority_Code_STREET_LOCALITY_ALIAS_TYPE_AUT_psv.psv")
	if err != nil {
		return err
	}
	f := &psv{out: out}
	err = f.line([]string{"CODE", "NAME", "DESCRIPTION"})
	for _, row := range [][]string{{"ALT", "ALTERNATIVE", "former"}, {"SYN", "SYNONYM", "official, colloquial, latin, misspelling"}} {
		err = errors.Join(err, f.line(row))
	}
	return errors.Join(err, out.Close())
}
