package layers

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// tables are the names of a submission's staging tables.
type tables struct{ raw, staged, finding, computed, difference string }

func tablesOf(submission int64) tables {
	return tables{
		raw:        fmt.Sprintf("pg_temp.r%d", submission),
		staged:     fmt.Sprintf("staging.s%d", submission),
		finding:    fmt.Sprintf("staging.f%d", submission),
		computed:   fmt.Sprintf("staging.c%d", submission),
		difference: fmt.Sprintf("staging.d%d", submission),
	}
}

func (t tables) all() []string { return []string{t.raw, t.staged, t.finding, t.computed, t.difference} }

// drop removes the staging tables.
func (t tables) drop(ctx context.Context, conn *pgx.Conn) error {
	var all []error
	for _, name := range t.all() {
		_, err := conn.Exec(ctx, `drop table if exists `+name)
		all = append(all, err)
	}
	return errors.Join(all...)
}
