package access_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/access"
	"nsdi/internal/errs"
	"nsdi/internal/pgtest"
)

// The whole matrix, written by hand from what each role is for. Four marks a cell: own agency inside the territory, own outside, another agency inside, another
// outside. Three agencies: a municipality in IR-23 that delivers roads, the committee of that province, and the steering committee, for which no place of the
// country is outside. The committees deliver no roads.
const expected = `
municipality      read read-restricted upload submit review publish rollback inquire export administer audit steer
uploader          yyyy y---            y---   y---   ----   ----    ----     ----    ----   ----       ----  ----
reviewer          yyyy y---            ----   ----   y---   ----    ----     ----    y---   ----       ----  ----
publisher         yyyy y---            ----   ----   ----   y---    y---     ----    y---   ----       ----  ----
inquirer          yyyy ----            ----   ----   ----   ----    ----     y-y-    ----   ----       ----  ----
committee-member  yyyy ----            ----   ----   ----   ----    ----     ----    ----   ----       ----  ----
administrator     yyyy y---            ----   ----   ----   ----    ----     ----    ----   y---       ----  ----
auditor           yyyy y---            ----   ----   ----   ----    ----     ----    ----   ----       y---  ----

province          read read-restricted upload submit review publish rollback inquire export administer audit steer
uploader          yyyy y---            ----   ----   ----   ----    ----     ----    ----   ----       ----  ----
reviewer          yyyy y---            ----   ----   ----   ----    ----     ----    y---   ----       ----  ----
publisher         yyyy y---            ----   ----   ----   ----    ----     ----    y---   ----       ----  ----
inquirer          yyyy ----            ----   ----   ----   ----    ----     y-y-    ----   ----       ----  ----
committee-member  yyyy y-y-            ----   ----   ----   ----    ----     ----    ----   ----       ----  y-y-
administrator     yyyy y---            ----   ----   ----   ----    ----     ----    ----   y---       ----  ----
auditor           yyyy y---            ----   ----   ----   ----    ----     ----    ----   ----       y---  ----

committee         read read-restricted upload submit review publish rollback inquire export administer audit steer
uploader          yyyy yy--            ----   ----   ----   ----    ----     ----    ----   ----       ----  ----
reviewer          yyyy yy--            ----   ----   ----   ----    ----     ----    yy--   ----       ----  ----
publisher         yyyy yy--            ----   ----   ----   ----    ----     ----    yy--   ----       ----  ----
inquirer          yyyy ----            ----   ----   ----   ----    ----     yyyy    ----   ----       ----  ----
committee-member  yyyy yyyy            ----   ----   ----   ----    ----     ----    ----   ----       ----  yyyy
administrator     yyyy yy--            ----   ----   ----   ----    ----     ----    ----   yyyy       ----  ----
auditor           yyyy yyyy            ----   ----   ----   ----    ----     ----    ----   ----       yyyy  ----
`

// land is a country with a town in IR-23, one in IR-30, and agencies.
type land struct {
	pool  *pgxpool.Pool
	can   *access.Permissions
	given *access.Delegations
	now   time.Time
	sara  int64 // who uploaded
}

const (
	inside  = "town-23" // in IR-23, one level below a county
	outside = "town-30"
)

func newLand(t *testing.T) *land {
	t.Helper()
	l := &land{pool: pgtest.New(t), now: time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)}
	clock := func() time.Time { return l.now }
	l.can, l.given = &access.Permissions{Pool: l.pool, Now: clock}, &access.Delegations{Pool: l.pool, Now: clock}
	_, err := l.pool.Exec(t.Context(), `
		insert into layers.admin_unit (code, level, name_fa, name_key, parent_code)
		values ('county-23', 'county', 'الف', 'الف', 'IR-23'), ('town-23', 'city', 'ب', 'ب', 'county-23'), ('other-23', 'city', 'ت', 'ت', 'county-23'),
		  ('town-30', 'city', 'پ', 'پ', 'IR-30')`)
	require.NoError(t, err)
	for _, a := range []access.Agency{
		{Code: "municipality", Kind: "municipality", Territories: []string{"IR-23"}},
		{Code: "neighbour", Kind: "municipality", Territories: []string{"IR-23", "IR-30"}},
		{Code: "province", Kind: "provincial-committee", Parent: "committee", Territories: []string{"IR-23"}},
		{Code: "surveyor", Kind: "contractor"},
	} {
		a.NameFA, a.NameEN = a.Code, a.Code
		require.NoError(t, access.EnsureAgency(t.Context(), l.pool, a))
	}
	require.NoError(t, l.pool.QueryRow(t.Context(), `
		insert into access.person (login, password_hash)
		values ('sara', '-')
		returning id`).Scan(&l.sara))
	return l
}

// submission makes a submission that sara uploaded.
func (l *land) submission(t *testing.T, theme, agency, territory string) int64 {
	t.Helper()
	var id int64
	require.NoError(t, l.pool.QueryRow(t.Context(), `
		with d as (
			insert into layers.dataset (theme, agency_id, territory)
			select $1, id, nullif($3, '')
			from access.agency
			where code = $2
			on conflict (theme, agency_id, territory) do update set theme = excluded.theme
			returning id
		)
		insert into layers.submission (dataset_id, agency_id, state, files, uploaded_by_person)
		select d.id, a.id, 'validated', '[]', $4
		from d, access.agency a
		where a.code = $2
		returning layers.submission.id`, theme, agency, territory, l.sara).Scan(&id))
	return id
}

// person is somebody other than sara.
func (l *land) person(t *testing.T, agency string, roles ...access.Role) access.Subject {
	t.Helper()
	m := access.Membership{Agency: agency, Roles: roles}
	require.NoError(t, l.pool.QueryRow(t.Context(), `select id from access.agency where code = $1`, agency).Scan(&m.AgencyID))
	return access.Subject{PersonID: l.sara + 1000, Name: "reza", Memberships: []access.Membership{m}}
}

func (l *land) allows(t *testing.T, s access.Subject, a access.Action, r access.Resource, territory string) bool {
	t.Helper()
	err := l.can.Can(t.Context(), s, a, r, territory)
	if err == nil {
		return true
	}
	want, status := "not-permitted", http.StatusForbidden
	if s.Public() {
		want, status = "sign-in-needed", http.StatusUnauthorized
	}
	require.Equal(t, want, errs.Code(err), "%v", err)
	require.Equal(t, status, errs.Status(err))
	return false
}

func TestMatrix(t *testing.T) {
	t.Parallel()
	l := newLand(t)
	submissions := map[[2]string]int64{}
	for _, agency := range []string{"municipality", "province", "committee", "neighbour"} {
		for _, place := range []string{inside, outside} {
			submissions[[2]string{agency, place}] = l.submission(t, "road", agency, place)
		}
	}
	cells := 0
	for block := range strings.SplitSeq(strings.TrimSpace(expected), "\n\n") {
		lines := strings.Split(block, "\n")
		header := strings.Fields(lines[0])
		agency, actions := header[0], header[1:]
		require.Len(t, actions, len(access.Actions()))
		require.Len(t, lines[1:], len(access.Roles()))
		for _, line := range lines[1:] {
			fields := strings.Fields(line)
			role := access.Role(fields[0])
			require.Contains(t, access.Roles(), role)
			who := l.person(t, agency, role)
			for i, marks := range fields[1:] {
				action := access.Action(actions[i])
				require.Contains(t, access.Actions(), action)
				require.Len(t, marks, 4)
				for j, mark := range marks {
					whose, place := agency, inside
					if j >= 2 {
						whose = "neighbour"
					}
					if j%2 == 1 {
						place = outside
					}
					cells++
					want := mark == 'y'
					got := l.allows(t, who, action, access.Resource{SubmissionID: submissions[[2]string{whose, place}]}, "")
					assert.Equal(t, want, got, "%s of %s: %s of %s in %s", role, agency, action, whose, place)
					// The same by name; judging needs a submission, whose uploader is known.
					want = want && action != access.Review && action != access.Publish
					got = l.allows(t, who, action, access.Resource{Theme: "road", Agency: whose}, place)
					assert.Equal(t, want, got, "by name: %s of %s: %s of %s in %s", role, agency, action, whose, place)
				}
			}
		}
	}
	assert.Equal(t, 3*7*12*4, cells)
}

func TestNobodyInParticular(t *testing.T) {
	t.Parallel()
	l := newLand(t)
	member := l.person(t, "municipality", access.Roles()...)
	foreign := member.Memberships[0]
	foreign.Agency = "neighbour" // the number of one agency with the code of another
	for _, a := range access.Actions() {
		r := access.Resource{SubmissionID: l.submission(t, "road", "municipality", inside)}
		want := a == access.Read
		assert.Equal(t, want, l.allows(t, access.Subject{}, a, r, ""), "the public: %s", a)
		assert.Equal(t, want, l.allows(t, access.Subject{Memberships: member.Memberships}, a, r, ""), "memberships without anybody: %s", a)
		assert.Equal(t, want, l.allows(t, access.Subject{PersonID: 7}, a, r, ""), "no membership: %s", a)
		assert.Equal(t, want, l.allows(t, l.person(t, "municipality", "owner"), a, r, ""), "a role that does not exist: %s", a)
		assert.Equal(t, want, l.allows(t, access.Subject{PersonID: 7, Memberships: []access.Membership{foreign}}, a, r, ""), "mixed up membership: %s", a)
	}
	assert.False(t, l.allows(t, member, "destroy", access.Resource{Theme: "road", Agency: "municipality"}, inside), "an action that does not exist")
}
