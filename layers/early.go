package layers

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// Compute computes the store's early columns of the rows whose place is sound, so that the publication, for which others wait, need not. Rows that have none of
// them then, have them computed as every other column.
func (e *Examination) Compute(ctx context.Context) error {
	s := e.staging
	values := []string{"s.ord"}
	for _, c := range s.store.Columns {
		if c.Early {
			values = append(values, c.Expr+" as "+pgx.Identifier{c.Name}.Sanitize())
		}
	}
	if len(values) == 1 {
		return nil
	}
	_, err := s.conn.Exec(ctx, `
		create unlogged table `+s.tables.computed+` as
		select `+strings.Join(values, ", ")+`
		from `+s.tables.staged+` s
		where geom is not null
		  and `+s.sound("s"))
	if err != nil {
		return fmt.Errorf("early columns: %w", err)
	}
	return nil
}

// earlyColumns are SQL that takes what is computed to what a publication writes.
type earlyColumns struct {
	names          []string // of those that are computed: the first of them is early0
	joined         string   // to the difference d
	columns, taken string   // behind those of d
}

func (p *publication) early(ctx context.Context) (c earlyColumns, err error) {
	for _, column := range p.store.Columns {
		if !column.Early {
			continue
		}
		name := pgx.Identifier{column.Name}.Sanitize()
		c.columns += fmt.Sprintf(`, early.%s as early%d`, name, len(c.names))
		c.taken += fmt.Sprintf(`, d.early%d`, len(c.names))
		c.names = append(c.names, name)
	}
	if len(c.names) == 0 {
		return c, nil
	}
	c.joined = ` left join ` + p.tables.computed + ` early on early.ord = d.ord`
	var computed bool
	if err := p.tx.QueryRow(ctx, `select to_regclass($1) is not null`, p.tables.computed).Scan(&computed); err != nil || !computed {
		return earlyColumns{}, err
	}
	return c, nil
}
