package pgtest

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"go.uber.org/goleak"

	"nsdi/internal/pg"
)

// Filled is a database that several tests of a package begin with. It is filled with the first of them, and each has a clone of it.
// The package's TestMain is Main, which drops it.
type Filled struct {
	Fill func(t testing.TB, pool *pgxpool.Pool)

	mutex sync.Mutex
	name  string // "" until it is filled
}

// New is pgtest.New with what is filled in.
func (f *Filled) New(t testing.TB) *pgxpool.Pool {
	t.Helper()
	return open(t, create(t, serverURL(t), cloneOf(f.made(t))))
}

// filled are the databases that Main drops.
var filled struct {
	sync.Mutex
	names []string
}

func (f *Filled) made(t testing.TB) string {
	t.Helper()
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if f.name != "" {
		return f.name
	}
	server := serverURL(t)
	template, err := ensureTemplate(t.Context(), server)
	if err != nil {
		t.Fatalf("pgtest: making the template database: %v", err)
	}
	name := "nsdi_filled_" + strings.ToLower(rand.Text()[:16])
	if err := onServer(t.Context(), server, `create database `+pgx.Identifier{name}.Sanitize()+cloneOf(template)); err != nil {
		t.Fatalf("pgtest: creating a database to fill: %v", err)
	}
	filled.Lock()
	filled.names = append(filled.names, name)
	filled.Unlock()
	address, err := withDatabase(server, name)
	if err != nil {
		t.Fatalf("pgtest: %s: %v", EnvURL, err)
	}
	pool, err := pg.Connect(t.Context(), address)
	if err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	defer pool.Close() // where it cannot be filled
	f.Fill(t, pool)
	pool.Close()
	if err := left(t.Context(), server, name); err != nil {
		t.Fatalf("pgtest: waiting for the connections to end: %v", err)
	}
	f.name = name
	return name
}

// left waits until nobody is connected to a database: PostgreSQL waits five seconds for that, and then clones nothing.
func left(ctx context.Context, server, name string) error {
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	for {
		var used bool
		if err := conn.QueryRow(ctx, `select exists (select from pg_stat_activity where datname = $1 and backend_type = 'client backend')`, name).Scan(&used); err != nil || !used {
			return err
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// Main runs the tests of a package, looks for goroutines that they left, and drops what was filled for them.
func Main(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		for _, name := range filled.names {
			if err := drop(os.Getenv(EnvURL), name); err != nil {
				fmt.Fprintf(os.Stderr, "pgtest: dropping what was filled: %v\n", err)
				code = max(code, 1)
			}
		}
		os.Exit(code)
	}))
}
