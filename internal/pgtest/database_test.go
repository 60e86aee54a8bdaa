package pgtest_test

import (
	"sync"
	"testing"

	"go.uber.org/goleak"

	"nsdi/internal/pg"
	"nsdi/internal/pgtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestEachTestHasItsOwnMigratedDatabase(t *testing.T) {
	t.Parallel()
	a, b := pgtest.New(t), pgtest.New(t)
	if _, err := a.Exec(t.Context(), `create schema only_in_a`); err != nil {
		t.Fatal(err)
	}
	var found bool
	err := b.QueryRow(t.Context(), `select exists (select from pg_namespace where nspname = 'only_in_a')`).Scan(&found)
	if err != nil || found {
		t.Errorf("the other database sees the schema: %v, %v", found, err)
	}
	state, err := pg.MigrationState(t.Context(), b)
	if err != nil || !state.Ready() || state.Current == 0 {
		t.Errorf("state %+v, %v; want all migrations run", state, err)
	}
}

func TestEmptyHasNoSchema(t *testing.T) {
	t.Parallel()
	state, err := pg.MigrationState(t.Context(), pgtest.Empty(t))
	if err != nil || state.Current != 0 || state.Want == 0 {
		t.Errorf("state %+v, %v; want none of the migrations run", state, err)
	}
}

func TestDatabaseIsDroppedThoughConnected(t *testing.T) {
	t.Parallel()
	var name string
	t.Run("inner", func(t *testing.T) {
		url := pgtest.URL(t)
		// A pool that nobody closes before the drop, as of a program under test.
		pool, err := pg.Connect(t.Context(), url)
		if err != nil {
			t.Fatal(err)
		}
		if err := pool.QueryRow(t.Context(), `select current_database()`).Scan(&name); err != nil {
			t.Fatal(err)
		}
		var once sync.Once
		t.Cleanup(func() { once.Do(pool.Close) })
	})
	var found bool
	err := pgtest.Empty(t).QueryRow(t.Context(), `select exists (select from pg_database where datname = $1)`, name).Scan(&found)
	if err != nil || found || name == "" {
		t.Errorf("database %q is still there: %v, %v", name, found, err)
	}
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		pgtest.URL(b)
	}
}
