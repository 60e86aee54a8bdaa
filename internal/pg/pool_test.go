package pg_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"nsdi/internal/errs"
	"nsdi/internal/pg"
	"nsdi/internal/pgtest"
)

func TestSessionSettings(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	for name, want := range map[string]string{
		"search_path": "pg_catalog, public", "application_name": "nsdi", "TimeZone": "UTC",
	} {
		var got string
		if err := pool.QueryRow(t.Context(), `select current_setting($1)`, name).Scan(&got); err != nil || got != want {
			t.Errorf("%s is %q, %v; want %q", name, got, err, want)
		}
	}
}

func TestUnqualifiedNamesFailButPostGISResolves(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	var area float64
	err := pool.QueryRow(t.Context(), `select st_area('POLYGON((0 0,0 2,2 2,2 0,0 0))'::geometry)`).Scan(&area)
	if err != nil || area != 4 {
		t.Errorf("area %v, %v", area, err)
	}
	if _, err := pool.Exec(t.Context(), `create table stray (i int)`); err == nil {
		t.Error("an unqualified table was made")
	}
	_, err = pool.Exec(t.Context(), `select * from theme`)
	var refused *pgconn.PgError
	if !errors.As(err, &refused) || refused.Code != "42P01" {
		t.Errorf("an unqualified read: %v; want undefined_table", err)
	}
}

func TestUnreachableServer(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	const secret = "very-secret"
	_, err := pg.Connect(ctx, "postgres://someone:"+secret+"@127.0.0.1:1/nowhere")
	e, ok := errs.As(err)
	if !ok || e.Code != "database-unreachable" || e.Status != 503 {
		t.Fatalf("error %v", err)
	}
	if !strings.Contains(e.Detail.EN, "nowhere on 127.0.0.1 port 1 as user someone") {
		t.Errorf("detail %q", e.Detail.EN)
	}
	if strings.Contains(err.Error(), secret) {
		t.Errorf("the password is in the message: %v", err)
	}
}

func TestInvalidURL(t *testing.T) {
	t.Parallel()
	_, err := pg.Connect(t.Context(), "postgres://u:very-secret@host:port/x")
	if errs.Code(err) != "database-url-invalid" || strings.Contains(err.Error(), "very-secret") {
		t.Errorf("error %v", err)
	}
}
