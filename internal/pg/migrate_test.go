package pg_test

import (
	"errors"
	"sync"
	"testing"

	"nsdi/internal/errs"
	"nsdi/internal/pg"
	"nsdi/internal/pgtest"
)

func TestMigrateFromManyProcessesAtOnce(t *testing.T) {
	t.Parallel()
	url := pgtest.EmptyURL(t)
	var wait sync.WaitGroup
	failed := make([]error, 4)
	for i := range failed {
		wait.Go(func() {
			pool, err := pg.Connect(t.Context(), url)
			if err == nil {
				defer pool.Close()
				err = pg.Migrate(t.Context(), pool)
			}
			failed[i] = err
		})
	}
	wait.Wait()
	if err := errors.Join(failed...); err != nil {
		t.Fatal(err)
	}
	pool, err := pg.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	state, err := pg.MigrationState(t.Context(), pool)
	if err != nil || !state.Ready() || state.Current < 1 {
		t.Errorf("state %+v, %v", state, err)
	}
	var held int
	err = pool.QueryRow(t.Context(), `
		select count(*)
		  from pg_locks
		 where locktype = 'advisory'
		   and database = (select oid from pg_database where datname = current_database())`).Scan(&held)
	if err != nil || held != 0 {
		t.Errorf("%d advisory locks are still held, %v", held, err)
	}
}

func TestNewerDatabaseIsRefused(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	if _, err := pool.Exec(t.Context(), `update nsdi.schema_version set version = 9999`); err != nil {
		t.Fatal(err)
	}
	err := pg.Migrate(t.Context(), pool)
	e, ok := errs.As(err)
	if !ok || e.Code != "database-newer" || e.Next.FA == "" {
		t.Errorf("error %v", err)
	}
	state, err := pg.MigrationState(t.Context(), pool)
	if err != nil || state.Ready() {
		t.Errorf("state %+v, %v; want not ready", state, err)
	}
}

func TestCheckOfARealServer(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	if err := pg.Check(t.Context(), pool); err != nil {
		t.Fatal(err)
	}
}

func TestCheckSeesLocaleWithoutPersianLetters(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, options, want string }{
		{"locale C", `template template0 encoding 'UTF8' lc_collate 'C' lc_ctype 'C'`, "LC_CTYPE=C"},
		{"another encoding", `template template0 encoding 'SQL_ASCII' lc_collate 'C' lc_ctype 'C'`, "SQL_ASCII"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			err := checkDatabaseWith(t, tc.options)
			if errs.Code(err) != "database-unfit" {
				t.Fatalf("error %v", err)
			}
			if e, _ := errs.As(err); !contains(e.Detail.EN, tc.want) || !contains(e.Detail.EN, "PostGIS is not created") {
				t.Errorf("detail %q", e.Detail.EN)
			}
		})
	}
}
