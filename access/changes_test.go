package access_test

import (
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/access"
	"nsdi/internal/errs"
	"nsdi/internal/pgtest"
)

// lines answers the trail from its beginning: who, which agency, event, what, detail.
func lines(t *testing.T, pool *pgxpool.Pool) [][5]string {
	t.Helper()
	entries, err := access.Entries(t.Context(), pool, access.AuditFilter{Limit: 1000})
	require.NoError(t, err)
	found := make([][5]string, len(entries))
	for i, e := range entries {
		found[len(entries)-1-i] = [5]string{e.Name, e.Agency, e.Event, e.Resource, e.Detail}
	}
	_, _, err = access.VerifyAudit(t.Context(), pool)
	require.NoError(t, err)
	return found
}

func TestChangesOfAccountsAreRecorded(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ctx := t.Context()
	_, err := access.Create(ctx, d.pool, access.Account{Login: "ali", Agency: "ncc", Role: access.Reviewer, Issuer: "https://id.example", Identity: "7"})
	require.NoError(t, err)
	_, err = access.Create(ctx, d.pool, access.Account{Login: "ali", Agency: "ncc", Role: access.Reviewer, Password: rightPassword})
	require.Equal(t, "login-taken", errs.Code(err))
	for range 2 { // the second time nothing changes
		require.NoError(t, access.Disable(ctx, d.pool, "ali", true))
	}
	for range 2 {
		require.NoError(t, access.Disable(ctx, d.pool, "ali", false))
	}
	password, err := access.ResetPassword(ctx, d.pool, "sara")
	require.NoError(t, err)

	from := access.WithAddress(ctx, "192.0.2.10")
	sara := d.person()
	_, err = d.ChangePassword(from, sara, password, "short")
	require.Equal(t, "password-length", errs.Code(err))
	token, err := d.ChangePassword(from, sara, password, "four unrelated words here")
	require.NoError(t, err)
	require.NoError(t, d.End(from, sara, token))
	require.NoError(t, d.End(from, sara, token), "signed out already")
	d.begin(t, "")
	require.NoError(t, d.EndAll(from, sara))
	require.NoError(t, d.EndAll(from, sara), "signed out already")

	assert.Equal(t, [][5]string{
		{"operator", "post", "permission", "person:sara", "account made, role given: uploader"},
		{"operator", "ncc", "permission", "person:ali", `account made, role given: reviewer, linked with "7" at https://id.example`},
		{"operator", "", "permission", "person:ali", "account closed; its sessions ended"},
		{"operator", "", "permission", "person:ali", "account opened again"},
		{"operator", "", "password", "person:sara", "reset; its sessions ended"},
		{"sara", "post", "password", "person:sara", "changed by the person"},
		{"sara", "post", "sign-out", "session", "this browser"},
		{"sara", "post", "sign-out", "session", "everywhere"},
	}, lines(t, d.pool))
	entries, err := access.Entries(ctx, d.pool, access.AuditFilter{Person: "sara", Limit: 10})
	require.NoError(t, err)
	for _, e := range entries {
		assert.Equal(t, d.sara, e.PersonID, e.Event)
		assert.Equal(t, "192.0.2.10", e.Address, e.Event)
	}
	var all string
	require.NoError(t, d.pool.QueryRow(ctx, `select string_agg(a::text, '') from access.audit a`).Scan(&all))
	assert.NotContains(t, all, password)
}

// A change by somebody who signed in has that person's name, and an entry that cannot be made takes the change back.
func TestChangesBelongToTheirEntries(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	boss := access.WithSubject(t.Context(), access.Subject{PersonID: 7, Name: "boss", Memberships: []access.Membership{{Agency: "committee"}}})
	_, err := access.Create(boss, pool, access.Account{Login: "sara", Agency: "post", Role: access.Uploader, Password: rightPassword})
	require.NoError(t, err)
	assert.Equal(t, [][5]string{{"boss", "post", "permission", "person:sara", "account made, role given: uploader"}}, lines(t, pool))

	_, err = pool.Exec(t.Context(), `alter table access.audit add check (event = 'nothing') not valid`)
	require.NoError(t, err)
	_, err = access.Create(boss, pool, access.Account{Login: "ali", Agency: "post", Role: access.Uploader, Password: rightPassword})
	require.Error(t, err)
	require.Error(t, access.Disable(boss, pool, "sara", true))
	require.Error(t, access.EnsureAgency(boss, pool, access.Agency{Code: "roads", Kind: "ministry", NameFA: "راه", NameEN: "Roads"}))
	_, err = access.ResetPassword(boss, pool, "sara")
	require.Error(t, err)
	people, err := access.People(t.Context(), pool)
	require.NoError(t, err)
	require.Len(t, people, 1)
	assert.Nil(t, people[0].DisabledAt)
	_, err = access.Authenticate(t.Context(), pool, "sara", rightPassword)
	require.NoError(t, err, "the password is the one before")
	agencies, err := access.Agencies(t.Context(), pool)
	require.NoError(t, err)
	for _, a := range agencies {
		assert.NotEqual(t, "roads", a.Code)
	}
}

func TestChangesOfAgenciesAreRecorded(t *testing.T) {
	t.Parallel()
	l := newLand(t)
	ctx := t.Context()
	before := len(lines(t, l.pool))
	a := access.Agency{Code: "roads", Kind: "ministry", NameFA: "راه", NameEN: "Roads", Parent: "planning", Territories: []string{"IR-23"}, Themes: []string{"road", "place"}}
	for range 2 { // the second time nothing changes
		require.NoError(t, access.EnsureAgency(ctx, l.pool, a))
	}
	a.Parent, a.Territories, a.Themes = "interior", []string{"IR-30"}, []string{"road"}
	require.NoError(t, access.EnsureAgency(ctx, l.pool, a))
	a.Territories, a.Themes, a.NameEN = []string{}, nil, "Roads and towns"
	require.NoError(t, access.EnsureAgency(ctx, l.pool, a))
	a.Territories = []string{"nowhere"}
	require.Equal(t, "territory-unknown", errs.Code(access.EnsureAgency(ctx, l.pool, a)))
	line := func(detail string) [5]string {
		return [5]string{"operator", "roads", "permission", "agency:roads", detail}
	}
	assert.Equal(t, [][5]string{
		line(`agency made: kind "ministry", name "راه / Roads", parent "planning", territories "IR-23", themes "place road"`),
		line(`agency changed: parent "planning" → "interior", territories "IR-23" → "IR-30", themes "place road" → "road"`),
		line(`agency changed: name "راه / Roads" → "راه / Roads and towns", territories "IR-30" → ""`),
	}, lines(t, l.pool)[before:])
}
