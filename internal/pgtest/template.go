package pgtest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/pg"
	"nsdi/layers/catalogue"
	"nsdi/migrations"
)

// templateLock is an arbitrary number that means "making nsdi's test template".
const templateLock = int64(0x6e736469_0002)

// ensureTemplate returns the name of a database in which the migrations have
// run and the theme catalogue is loaded, and makes it when it is absent.
func ensureTemplate(ctx context.Context, server string) (string, error) {
	hash, err := hashFiles(migrations.FS)
	if err != nil {
		return "", err
	}
	themes, err := catalogue.Digest()
	if err != nil {
		return "", err
	}
	name := "nsdi_template_" + hash + "_" + themes[:16]
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		return "", err
	}
	defer conn.Close(ctx)
	if ok, err := exists(ctx, conn, name); ok || err != nil {
		return name, err
	}
	// Held until the connection closes.
	if _, err := conn.Exec(ctx, `select pg_advisory_lock($1)`, templateLock); err != nil {
		return "", err
	}
	if ok, err := exists(ctx, conn, name); ok || err != nil {
		return name, err
	}
	return name, makeTemplate(ctx, conn, server, name)
}

// makeTemplate gives the database its name only when it is whole, so that a run
// which is killed here leaves no template that looks ready.
func makeTemplate(ctx context.Context, conn *pgx.Conn, server, name string) error {
	half := name + "_half"
	quoted := pgx.Identifier{half}.Sanitize()
	for _, sql := range []string{
		`drop database if exists ` + quoted + ` with (force)`,
		`create database ` + quoted,
	} {
		if _, err := conn.Exec(ctx, sql); err != nil {
			return fmt.Errorf("%s: %w", sql, err)
		}
	}
	address, err := withDatabase(server, half)
	if err != nil {
		return err
	}
	if err := migrateDatabase(ctx, address); err != nil {
		return err
	}
	if err := left(ctx, server, half); err != nil {
		return err
	}
	_, err = conn.Exec(ctx, `alter database `+quoted+` rename to `+pgx.Identifier{name}.Sanitize())
	return err
}

func migrateDatabase(ctx context.Context, address string) error {
	pool, err := pg.Connect(ctx, address)
	if err != nil {
		return err
	}
	defer pool.Close()
	if err := pg.Migrate(ctx, pool); err != nil {
		return err
	}
	return catalogue.Apply(ctx, pool)
}

func exists(ctx context.Context, conn *pgx.Conn, name string) (bool, error) {
	var ok bool
	err := conn.QueryRow(ctx, `select exists (select from pg_database where datname = $1)`, name).Scan(&ok)
	return ok, err
}

// hashFiles names the content of all files: another content, another template.
func hashFiles(files fs.FS) (string, error) {
	h := sha256.New()
	err := fs.WalkDir(files, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(files, path)
		fmt.Fprintf(h, "%s %d\n", path, len(b))
		h.Write(b)
		return err
	})
	return hex.EncodeToString(h.Sum(nil))[:16], err
}
