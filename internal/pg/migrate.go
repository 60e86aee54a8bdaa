package pg

import (
	"context"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/tern/v2/migrate"

	"nsdi/internal/errs"
	"nsdi/migrations"
)

const (
	// versionTable keeps the number of the last migration that ran.
	versionTable = "nsdi.schema_version"
	// migrateLock is an arbitrary number that means "migrating nsdi". It covers
	// the check and the extension too, which the migrations' own lock does not.
	migrateLock = int64(0x6e736469_0001)
)

// State says how far a database's schema is.
type State struct {
	// Current is the number of the last migration that ran; 0 for an empty database.
	Current int32
	// Want is the number of the last migration that this program knows.
	Want int32
}

// Ready reports whether the schema is the one that this program was built for.
func (s State) Ready() bool { return s.Current == s.Want }

// MigrationState reads how far the database's schema is.
func MigrationState(ctx context.Context, q Querier) (State, error) {
	names, err := migrate.FindMigrations(migrations.FS)
	if err != nil {
		return State{}, fmt.Errorf("pg.MigrationState: listing migrations: %w", err)
	}
	s := State{Want: int32(len(names))}
	var exists bool
	err = q.QueryRow(ctx, `select to_regclass($1) is not null`, versionTable).Scan(&exists)
	if err == nil && exists {
		err = q.QueryRow(ctx, `select version from `+versionTable).Scan(&s.Current)
	}
	if err != nil {
		return State{}, fmt.Errorf("pg.MigrationState: %w", err)
	}
	return s, nil
}

// Migrate checks the database, creates PostGIS where it is absent, and runs the
// migrations that have not run yet, each in its own transaction. It is safe in
// several processes at once: the later ones wait and find nothing to do.
func Migrate(ctx context.Context, pool *pgxpool.Pool) error {
	return migrateFS(ctx, pool, migrations.FS, migrateJobs)
}

// migrateFS runs also what comes after the migrations, under the same lock.
func migrateFS(ctx context.Context, pool *pgxpool.Pool, files fs.FS, also func(context.Context, *pgxpool.Pool) error) error {
	return pool.AcquireFunc(ctx, func(c *pgxpool.Conn) error {
		conn := c.Conn()
		if _, err := conn.Exec(ctx, `select pg_advisory_lock($1)`, migrateLock); err != nil {
			return fmt.Errorf("pg.Migrate: waiting for the lock: %w", err)
		}
		// When ctx has ended the connection is closed and PostgreSQL frees the lock.
		defer conn.Exec(ctx, `select pg_advisory_unlock($1)`, migrateLock)
		if err := Check(ctx, conn); err != nil {
			return err
		}
		if err := ensureRole(ctx, conn); err != nil {
			return err
		}
		// What an owner does not see under row-level security, a migration would leave as it was.
		if _, err := conn.Exec(ctx, `select set_config($1, $2, false)`, ScopeSetting, string(Everything)); err != nil {
			return fmt.Errorf("pg.Migrate: %w", err)
		}
		if err := run(ctx, conn, files); err != nil || also == nil {
			return err
		}
		return also(ctx, pool)
	})
}

func run(ctx context.Context, conn *pgx.Conn, files fs.FS) error {
	for _, sql := range []string{
		`create extension if not exists postgis with schema public`,
		`create schema if not exists nsdi`,
	} {
		if _, err := conn.Exec(ctx, sql); err != nil {
			return fmt.Errorf("pg.Migrate: %s: %w", sql, err)
		}
	}
	m, err := migrate.NewMigrator(ctx, conn, versionTable)
	if err != nil {
		return fmt.Errorf("pg.Migrate: preparing %s: %w", versionTable, err)
	}
	if err := m.LoadMigrations(files); err != nil {
		return fmt.Errorf("pg.Migrate: reading the migrations: %w", err)
	}
	current, err := m.GetCurrentVersion(ctx)
	if err != nil {
		return fmt.Errorf("pg.Migrate: reading %s: %w", versionTable, err)
	}
	if want := int32(len(m.Migrations)); current > want {
		return newerDatabase(current, want)
	}
	if err := m.Migrate(ctx); err != nil {
		return fmt.Errorf("pg.Migrate: %w", err)
	}
	return nil
}

func newerDatabase(current, want int32) error {
	return &errs.Error{
		Code:   "database-newer",
		Status: 503,
		Op:     "pg.Migrate",
		Title:  errs.T("پایگاه داده از این برنامه تازه‌تر است", "The database is newer than this program"),
		Detail: errs.Tf("پایگاه در گام %[1]d است و این برنامه تا گام %[2]d را می‌شناسد.",
			"The database is at migration %[1]d and this program knows up to %[2]d.", current, want),
		Next: errs.T("نسخه تازه‌تر nsdi را اجرا کنید، یا پشتیبان هم‌زمان با این نسخه را برگردانید.",
			"Run the newer nsdi, or restore a backup made with this version."),
	}
}
