package pg_test

import (
	"context"
	"crypto/rand"
	"net/url"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/pg"
	"nsdi/internal/pgtest"
)

// checkDatabaseWith runs pg.Check on a database made with these options.
func checkDatabaseWith(t *testing.T, options string) error {
	t.Helper()
	server := pgtest.EmptyURL(t)
	admin, err := pgx.Connect(t.Context(), server)
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close(context.Background())
	name := "nsdi_test_" + strings.ToLower(rand.Text()[:16])
	if _, err := admin.Exec(t.Context(), `create database `+pgx.Identifier{name}.Sanitize()+` `+options); err != nil {
		t.Fatal(err)
	}
	defer admin.Exec(context.Background(), `drop database `+pgx.Identifier{name}.Sanitize()+` with (force)`)
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	pool, err := pg.Connect(t.Context(), u.String())
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	return pg.Check(t.Context(), pool)
}

func contains(s, part string) bool { return strings.Contains(s, part) }
