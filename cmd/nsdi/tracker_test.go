package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"nsdi/access"
	"nsdi/internal/errs"
	"nsdi/internal/pg"
	"nsdi/internal/pgtest"
	"nsdi/layers"
)

// A delivery gets an identifier, which the report prints; each state is an event; the doctor finds the chains whole, and tells when one is not.
func TestDeliveriesAreTracked(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	pool, err := pg.Connect(t.Context(), url)
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	nsdi := func(args ...string) (string, error) {
		var out, errOut strings.Builder
		err := run(t.Context(), append([]string{"--database-url", url}, args...), &out, &errOut)
		return out.String(), err
	}
	file := func(name, text string) string {
		path := filepath.Join(t.TempDir(), name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	good := file("places.csv", "code,name_fa,lon,lat\na,روستا,51.3,35.3\n")
	wrong := file("wrong.csv", "code,name_fa,lon,lat\na,روستا,,\n")
	for _, c := range []struct {
		file   string
		states []string
	}{
		{good, []string{"received", "validated", "published"}},
		{good, []string{"received", "validated", "unchanged"}},
		{wrong, []string{"received", "refused"}},
	} {
		out, err := nsdi("import", "--theme", "place", "--agency", "ncc", c.file)
		require.Equal(t, c.states[len(c.states)-1] == "refused", err != nil, "%v\n%s", err, out)
		id := regexp.MustCompile(`NSDI-\d{4}-\w{4}-\w{4}-\w`).FindString(out)
		d, err := access.Find(t.Context(), pool, id)
		require.NoError(t, err, out)
		require.Equal(t, "ncc", d.Agency)
		var states []string
		for _, e := range d.Events {
			states = append(states, e.To)
			require.NotEmpty(t, e.Note.FA)
			require.Equal(t, "National Cartographic Center", e.Unit.EN)
		}
		require.Equal(t, c.states, states)
		var state string
		require.NoError(t, pool.QueryRow(t.Context(), `select state from layers.submission where tracking = $1`, id).Scan(&state))
		require.Equal(t, d.State, state)
	}
	entries, err := access.Entries(t.Context(), pool, access.AuditFilter{Event: "publication", Limit: 10})
	require.NoError(t, err)
	require.Len(t, entries, 1)
	require.Equal(t, "theme:place submission:1", entries[0].Resource)

	out, err := nsdi("doctor")
	require.NoError(t, err, out)
	require.Contains(t, out, "3 with 8 events")
	require.Contains(t, out, "1 entries")
	for _, sql := range []string{
		`alter table access.tracking_event disable trigger user`,
		`update access.tracking_event set note_en = 'another reason' where tracking = (select tracking from layers.submission where id = 3) and seq = 2`,
	} {
		_, err = pool.Exec(t.Context(), sql)
		require.NoError(t, err)
	}
	var id string
	require.NoError(t, pool.QueryRow(t.Context(), `select tracking from layers.submission where id = 3`).Scan(&id))
	out, err = nsdi("doctor")
	require.Error(t, err)
	require.Contains(t, out, id)
	require.Contains(t, out, "event 2")
}

func TestKeyCommands(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	nsdi := func(args ...string) (string, error) {
		var out, errOut strings.Builder
		err := run(t.Context(), append([]string{"--database-url", url}, args...), &out, &errOut)
		return out.String(), err
	}
	out, err := nsdi("key", "add", "delivery", "--agency", "post", "--role", "uploader", "--scope", "upload:gnaf-address", "--network", "192.0.2.0/24", "--days", "30")
	require.NoError(t, err)
	key := regexp.MustCompile(`nsdi_([a-z2-7]{8})_[a-z2-7]{52}`).FindStringSubmatch(out)
	require.Len(t, key, 2, out)
	out, err = nsdi("key", "list")
	require.NoError(t, err)
	require.Contains(t, out, key[1])
	require.Contains(t, out, "in force")
	require.NotContains(t, out, key[0])
	_, err = nsdi("key", "revoke", key[1])
	require.NoError(t, err)
	out, err = nsdi("key", "list", "--agency", "post")
	require.NoError(t, err)
	require.Contains(t, out, "revoked")
	_, err = nsdi("key", "revoke", key[1])
	require.Error(t, err)
	_, err = nsdi("key", "add", "x", "--agency", "post", "--role", "uploader", "--scope", "*", "--network", "192.0.2.7/24")
	require.ErrorContains(t, err, "not a network")
	_, err = nsdi("key", "add", "x", "--agency", "post", "--role", "administrator", "--scope", "*")
	require.Error(t, err)
}

// What a job publishes is entered under whoever decided it.
func TestAJobPublishesInTheNameOfThePublisher(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	person, err := access.Create(t.Context(), pool, access.Account{Login: "sara", Agency: "post", Role: access.Publisher, Password: "a long enough password"})
	require.NoError(t, err)
	var id string
	require.NoError(t, pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) (err error) {
		if id, err = (tracker{}).Received(t.Context(), tx, "post", errs.T("x", "x")); err != nil {
			return err
		}
		return tracker{}.Moved(t.Context(), tx, id, layers.Moved{Submission: 1, State: "published", Agency: "post", Publisher: person, Note: errs.T("x", "x")})
	}))
	var name, actor string
	var by int64
	require.NoError(t, pool.QueryRow(t.Context(), `select name, person_id from access.audit where event = 'publication'`).Scan(&name, &by))
	require.NoError(t, pool.QueryRow(t.Context(), `select actor from access.tracking_event where tracking = $1 and seq = 2`, id).Scan(&actor))
	require.Equal(t, []any{"sara", person, "sara"}, []any{name, by, actor})
}

// A second agency that publishes the same theme in the same place is told so, and so is the first, once.
func TestASecondPublisherIsTold(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	pool, err := pg.Connect(t.Context(), url)
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	data := t.TempDir()
	publish := func(agency, name string) string {
		file := filepath.Join(t.TempDir(), "places.csv")
		require.NoError(t, os.WriteFile(file, []byte("code,name_fa,lon,lat\na,"+name+",51.3,35.3\n"), 0o600))
		var out, errOut strings.Builder
		require.NoError(t, run(t.Context(), []string{"--database-url", url, "--data", data, "import", "--theme", "place", "--agency", agency, file}, &out, &errOut), errOut.String())
		return out.String()
	}
	first := publish("ncc", "یک")
	require.NotContains(t, first, "publishes this theme")
	require.Contains(t, publish("interior", "دو"), "“National Cartographic Center” publishes this theme in this territory too")
	publish("interior", "سه")
	identifier := regexp.MustCompile(`NSDI-[0-9A-Z-]+`).FindString(first)
	var notes int
	require.NoError(t, pool.QueryRow(t.Context(), `
		select count(*)
		from access.tracking_event
		where tracking = $1
		  and state_from = 'published'
		  and state_to = 'published'
		  and note_en like '%has published this theme in your territory too.'`, identifier).Scan(&notes))
	require.Equal(t, 1, notes)
}
