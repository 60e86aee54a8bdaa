package main

import (
	"context"
	"errors"
	"fmt"

	"nsdi/internal/errs"
	"nsdi/internal/ogr"
	"nsdi/internal/pg"
)

// doctorCommand is “nsdi doctor”.
type doctorCommand struct{}

// Run checks the database and the sandbox, tells what is well and what is missing, and fails when anything is.
func (doctorCommand) Run(ctx context.Context, c *cli, t terminal) error {
	var failed []error
	check := func(name string, f func() (string, error)) {
		said, err := f()
		if err != nil {
			fmt.Fprintf(t.out, "✗ %s\n", name)
			errs.Print(t.out, err)
			failed = append(failed, err)
			return
		}
		fmt.Fprintf(t.out, "✓ %s: %s\n", name, said)
	}
	check("reading deliveries", func() (string, error) {
		s, err := ogr.NewSandbox(ctx, ogr.Limits{})
		if err != nil {
			return "", err
		}
		return s.Version + ", sandboxed", nil
	})
	check("database", func() (_ string, err error) {
		db, err := openDatabase(ctx, c, false, t.err)
		if err != nil {
			return "", err
		}
		defer func() { err = errors.Join(err, db.close()) }()
		var version string
		if err := db.pool.QueryRow(ctx, `select split_part(version(), ' ', 2) || ', PostGIS ' || public.postgis_lib_version()`).Scan(&version); err != nil {
			return "", err
		}
		state, err := pg.MigrationState(ctx, db.pool)
		if err != nil {
			return "", err
		}
		return fmt.Sprintf("PostgreSQL %s, schema %d of %d", version, state.Current, state.Want), nil
	})
	if len(failed) > 0 {
		return errors.New("something is missing; see above")
	}
	return nil
}
