package cluster_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/cluster"
)

func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.Background()) })
	return conn
}

func exec1(t *testing.T, url, sql string) {
	t.Helper()
	conn := connect(t, url)
	if _, err := conn.Exec(t.Context(), sql); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	conn.Close(t.Context())
}

func queryText(t *testing.T, url, sql string) string {
	t.Helper()
	conn := connect(t, url)
	var s string
	if err := conn.QueryRow(t.Context(), sql).Scan(&s); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	conn.Close(t.Context())
	return s
}

func TestStartStopStartKeepsData(t *testing.T) {
	t.Parallel()
	o := options(t)
	o.Durable = true
	c := start(t, o)
	exec1(t, c.URL(), `create schema s; create table s.t as select 'سلام'::text as word`)
	if got := queryText(t, c.URL(), `show listen_addresses`); got != "" {
		t.Errorf("listens on %q, want nothing but the socket", got)
	}
	if got := queryText(t, c.URL(), `select postgis_version()`); !strings.HasPrefix(got, "3.") {
		t.Errorf("PostGIS %q", got)
	}
	if got := queryText(t, c.URL(), `select rolsuper::text from pg_roles where rolname = current_user`); got != "false" {
		t.Error("nsdi's role is a superuser")
	}
	if err := c.Stop(); err != nil {
		t.Fatal(err)
	}
	if err := c.Stop(); err != nil {
		t.Errorf("second Stop: %v", err)
	}
	select {
	case <-c.Done():
	default:
		t.Error("Done is not closed after Stop")
	}

	c = start(t, o)
	if got := queryText(t, c.URL(), `select word from s.t`); got != "سلام" {
		t.Errorf("after the second start: %q", got)
	}
}

func TestPublicSchemaIsClosed(t *testing.T) {
	t.Parallel()
	c := start(t, options(t))
	conn := connect(t, c.URL())
	if _, err := conn.Exec(t.Context(), `create table public.stray (i int)`); err == nil {
		t.Error("a table could be made in schema public")
	}
	conn.Close(t.Context())
}

func TestSecondProcessIsRefusedOrAttaches(t *testing.T) {
	t.Parallel()
	o := options(t)
	c := start(t, o)

	_, err := cluster.Start(t.Context(), o)
	e := wantCode(t, err, "cluster-running")
	if !strings.Contains(e.Detail.EN, "pid") {
		t.Errorf("the message names no process: %s", e.Detail.EN)
	}

	a, err := cluster.Attach(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if a.Own() || a.URL() != c.URL() {
		t.Errorf("attached: own %v, URL %s; want the other's %s", a.Own(), a.URL(), c.URL())
	}
	if err := a.Stop(); err != nil {
		t.Fatal(err)
	}
	if got := queryText(t, c.URL(), `select 'still here'`); got != "still here" {
		t.Error("Stop of the attached one has ended the cluster")
	}
}

func TestAttachStartsWhenNoneRuns(t *testing.T) {
	t.Parallel()
	a, err := cluster.Attach(t.Context(), options(t))
	if err != nil {
		t.Fatal(err)
	}
	defer a.Stop()
	if !a.Own() {
		t.Error("the cluster is not this process's own")
	}
}

func TestTwoSideBySide(t *testing.T) {
	t.Parallel()
	a, b := start(t, options(t)), start(t, options(t))
	exec1(t, a.URL(), `create schema only_in_a`)
	if got := queryText(t, b.URL(), `select count(*)::text from pg_namespace where nspname = 'only_in_a'`); got != "0" {
		t.Error("both URLs lead to one cluster")
	}
}

func TestLongPathWithOddCharacters(t *testing.T) {
	t.Parallel()
	o := options(t)
	base := o.Dir
	o.Dir = filepath.Join(base, "it's a", "داده", strings.Repeat("long", 40))
	if err := os.MkdirAll(o.Dir, 0o755); err != nil {
		t.Fatal(err)
	}
	start(t, optionsIn(t, o.Dir))
}

func TestHalfMadeClusterIsMadeAnew(t *testing.T) {
	t.Parallel()
	o := options(t)
	// What a run leaves that was killed during initdb.
	if err := os.MkdirAll(filepath.Join(o.Dir, "postgres", "data.new", "base"), 0o755); err != nil {
		t.Fatal(err)
	}
	if os.Geteuid() == 0 {
		if err := os.Chmod(filepath.Join(o.Dir, "postgres"), 0o711); err != nil {
			t.Fatal(err)
		}
	}
	start(t, o)
}

func TestFolderThatPostgresMayNotEnter(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("only root has the case: an ordinary user runs PostgreSQL itself")
	}
	dir := filepath.Join(t.TempDir(), "var")
	if err := os.Chmod(filepath.Dir(dir), 0o700); err != nil {
		t.Fatal(err)
	}
	o := optionsIn(t, dir)
	c := start(t, o)
	target, err := os.Readlink(filepath.Join(dir, "postgres"))
	if err != nil || target != c.Home() {
		t.Fatalf("the data folder does not say where the cluster is: %q, %v", target, err)
	}
	exec1(t, c.URL(), `create schema kept`)
	if err := c.Stop(); err != nil {
		t.Fatal(err)
	}
	c = start(t, o)
	if got := queryText(t, c.URL(), `select count(*)::text from pg_namespace where nspname = 'kept'`); got != "1" {
		t.Error("the second start has not found the data")
	}
	if err := c.Stop(); err != nil {
		t.Fatal(err)
	}
	if err := cluster.Remove(dir); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(target); !os.IsNotExist(err) {
		t.Errorf("Remove has left %s: %v", target, err)
	}
}

func TestNoOtherUserGetsIn(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("needs root to become another user")
	}
	c := start(t, options(t))
	psql, err := filepath.Glob("/usr/lib/postgresql/*/bin/psql")
	if err != nil || len(psql) == 0 {
		t.Skip("psql is not installed")
	}
	cmd := exec.Command("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", psql[0], c.URL(), "-c", "select 1")
	cmd.Dir = "/"
	out, err := cmd.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "Permission denied") {
		t.Errorf("the user nobody: %v\n%s", err, out)
	}
}

func TestMissingPostgresSaysNextStep(t *testing.T) {
	t.Parallel()
	o := options(t)
	o.System = cluster.System{Programs: filepath.Join(o.Dir, "none"), Shared: filepath.Join(o.Dir, "none")}
	_, err := cluster.Start(t.Context(), o)
	e := wantCode(t, err, "cluster-postgres-missing")
	if !strings.Contains(e.Next.EN, "install-debian.sh") {
		t.Errorf("next step: %s", e.Next.EN)
	}
}

func TestMissingPostGISNamesThePackage(t *testing.T) {
	t.Parallel()
	o := options(t)
	o.System = cluster.System{Programs: filepath.Join(o.Dir, "lib"), Shared: filepath.Join(o.Dir, "share")}
	bin := filepath.Join(o.System.Programs, "16", "bin")
	if err := os.MkdirAll(bin, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"postgres", "initdb"} {
		if err := os.WriteFile(filepath.Join(bin, name), nil, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	_, err := cluster.Start(t.Context(), o)
	e := wantCode(t, err, "cluster-postgres-missing")
	if !strings.Contains(e.Next.EN, "postgresql-16-postgis-3") {
		t.Errorf("next step: %s", e.Next.EN)
	}
}

func TestFolderOfAnotherVersion(t *testing.T) {
	t.Parallel()
	o := options(t)
	data := filepath.Join(o.Dir, "postgres", "data")
	if err := os.MkdirAll(data, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(data, "PG_VERSION"), []byte("9\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	_, err := cluster.Start(t.Context(), o)
	e := wantCode(t, err, "cluster-version-missing")
	if !strings.Contains(e.Next.EN, "postgresql-9-postgis-3") {
		t.Errorf("next step: %s", e.Next.EN)
	}
}
