package pg_test

import (
	"testing"

	"github.com/jackc/tern/v2/migrate"

	"nsdi/internal/pg"
	"nsdi/internal/pgtest"
	"nsdi/migrations"
)

// Before migration 14 a person had one role in one agency; that one stays, there and back.
func TestMigrationKeepsTheAdministrator(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	pool := pgtest.New(t)
	conn, err := pool.Acquire(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Release()
	m, err := migrate.NewMigrator(ctx, conn.Conn(), "nsdi.schema_version")
	if err != nil {
		t.Fatal(err)
	}
	if err := m.LoadMigrations(migrations.FS); err != nil {
		t.Fatal(err)
	}
	if err := m.MigrateTo(ctx, 13); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(ctx, `
		insert into access.person (login, agency_id, role, password_hash)
		select 'admin', id, 'administrator', 'hash'
		from access.agency
		where code = 'committee'`); err != nil {
		t.Fatal(err)
	}
	if err := m.MigrateTo(ctx, 14); err != nil {
		t.Fatal(err)
	}
	var found string
	err = conn.QueryRow(ctx, `
		select p.login || ' ' || a.code || ' ' || m.role || ' ' || p.password_hash || ' ' || p.must_change_password
		from access.membership m
		join access.person p on p.id = m.person_id
		join access.agency a on a.id = m.agency_id`).Scan(&found)
	if want := "admin committee administrator hash true"; err != nil || found != want {
		t.Errorf("%q, %v; want %q", found, err, want)
	}
	if err := m.MigrateTo(ctx, 13); err != nil {
		t.Fatal(err)
	}
	err = conn.QueryRow(ctx, `select login || ' ' || role || ' ' || a.code from access.person p join access.agency a on a.id = p.agency_id`).Scan(&found)
	if want := "admin administrator committee"; err != nil || found != want {
		t.Errorf("%q, %v; want %q", found, err, want)
	}
	if err := m.Migrate(ctx); err != nil {
		t.Fatal(err)
	}
	if state, err := pg.MigrationState(ctx, pool); err != nil || !state.Ready() {
		t.Errorf("state %+v, %v; want ready", state, err)
	}
}
