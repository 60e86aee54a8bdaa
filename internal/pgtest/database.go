package pgtest

import (
	"context"
	"crypto/rand"
	"errors"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"nsdi/internal/pg"
)

// EnvURL is the environment variable that names the test server.
const EnvURL = "NSDI_TEST_DATABASE_URL"

// cleanupTime bounds the dropping of a database when the test's context has ended.
const cleanupTime = 5 * time.Minute

// New returns a pool on a fresh database with nsdi's schema. Pool and database
// are gone when the test has ended.
func New(t testing.TB) *pgxpool.Pool {
	t.Helper()
	return open(t, URL(t))
}

// Application returns a pool on the same database that works as the server does: as the role
// that owns nothing, in the scope that is given.
func Application(t testing.TB, operator *pgxpool.Pool, s pg.Scope) *pgxpool.Pool {
	t.Helper()
	pool, err := pg.ConnectApplication(t.Context(), operator.Config().ConnString(), s)
	if err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	t.Cleanup(pool.Close)
	return pool
}

// URL returns the address of a fresh database with nsdi's schema, for tests
// that start a program. The database is dropped when the test has ended, with
// whatever is still connected to it.
func URL(t testing.TB) string {
	t.Helper()
	server := serverURL(t)
	template, err := ensureTemplate(t.Context(), server)
	if err != nil {
		t.Fatalf("pgtest: making the template database: %v", err)
	}
	return create(t, server, cloneOf(template))
}

// EmptyURL is URL without nsdi's schema: for tests of the migrations, and of
// programs that begin with an empty database.
func EmptyURL(t testing.TB) string {
	t.Helper()
	return create(t, serverURL(t), "")
}

// Empty is New without nsdi's schema.
func Empty(t testing.TB) *pgxpool.Pool {
	t.Helper()
	return open(t, EmptyURL(t))
}

func serverURL(t testing.TB) string {
	t.Helper()
	server := os.Getenv(EnvURL)
	if server == "" {
		t.Fatalf("pgtest: %s is not set; run the tests with `make test`, or with"+
			" `go run ./internal/pgtest/withcluster -- go test ./...`", EnvURL)
	}
	return server
}

func open(t testing.TB, url string) *pgxpool.Pool {
	t.Helper()
	pool, err := pg.Connect(t.Context(), url)
	if err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	// Registered after the database's cleanup, so it runs before it.
	t.Cleanup(pool.Close)
	return pool
}

// cloneOf is how a clone of a database is made: its files are copied, which takes half of what PostgreSQL's own way takes, by the log.
func cloneOf(template string) string {
	return " strategy file_copy template " + pgx.Identifier{template}.Sanitize()
}

// create makes a database with options of the statement and has it dropped at the end.
func create(t testing.TB, server, options string) string {
	t.Helper()
	name := "nsdi_test_" + strings.ToLower(rand.Text()[:16])
	if err := onServer(t.Context(), server, `create database `+pgx.Identifier{name}.Sanitize()+options); err != nil {
		t.Fatalf("pgtest: creating a database: %v", err)
	}
	t.Cleanup(func() {
		if err := drop(server, name); err != nil {
			t.Errorf("pgtest: dropping the database: %v", err)
		}
	})
	address, err := withDatabase(server, name)
	if err != nil {
		t.Fatalf("pgtest: %s: %v", EnvURL, err)
	}
	return address
}

// drop waits for autovacuum: its process belongs to the superuser, whom the tests' role may not end.
func drop(server, name string) error {
	ctx, cancel := context.WithTimeout(context.Background(), cleanupTime)
	defer cancel()
	for {
		err := onServer(ctx, server, `drop database if exists `+pgx.Identifier{name}.Sanitize()+` with (force)`)
		var refused *pgconn.PgError
		if !errors.As(err, &refused) || refused.Code != "42501" && refused.Code != "55006" {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(200 * time.Millisecond):
		}
	}
}

func onServer(ctx context.Context, server, sql string) error {
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, sql)
	return err
}

// withDatabase returns the server's address with another database in it.
func withDatabase(server, name string) (string, error) {
	u, err := url.Parse(server)
	if err != nil {
		return "", err
	}
	u.Path = "/" + name
	return u.String(), nil
}
