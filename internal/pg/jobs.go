package pg

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
)

// JobSchema is where the job queue has its tables.
const JobSchema = "river"

// migrateJobs brings the job queue's own tables to the version of its library.
func migrateJobs(ctx context.Context, pool *pgxpool.Pool) error {
	migrator, err := rivermigrate.New(riverpgxv5.New(pool), &rivermigrate.Config{Schema: JobSchema})
	if err != nil {
		return fmt.Errorf("pg.Migrate: job queue: %w", err)
	}
	done, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil)
	if err != nil {
		return fmt.Errorf("pg.Migrate: job queue: %w", err)
	}
	if len(done.Versions) == 0 {
		return nil
	}
	role, schema := pgx.Identifier{ApplicationRole}.Sanitize(), pgx.Identifier{JobSchema}.Sanitize()
	for _, sql := range []string{
		`grant select, insert, update, delete on all tables in schema ` + schema + ` to ` + role,
		`grant usage on all sequences in schema ` + schema + ` to ` + role,
	} {
		if _, err := pool.Exec(ctx, sql); err != nil {
			return fmt.Errorf("pg.Migrate: job queue: %w", err)
		}
	}
	return nil
}
