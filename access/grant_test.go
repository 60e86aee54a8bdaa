package access_test

import (
	"io"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/access"
	"nsdi/internal/pg"
)

// What a grant adds to the matrix: for each role in the grantee's agency which of the actions it gives, and nothing to anybody else. Three marks a cell: the
// whole dataset, a place in it, another place.
const expectedOfGrants = `
whole              read-restricted export inquire
uploader           ---             ---    ---
reviewer           ---             ---    ---
publisher          ---             ---    ---
inquirer           yyy             yyy    ---
committee-member   ---             ---    ---
administrator      yyy             ---    ---
auditor            ---             ---    ---

narrowed           read-restricted export inquire
uploader           ---             ---    ---
reviewer           ---             ---    ---
publisher          ---             ---    ---
inquirer           -y-             -y-    ---
committee-member   ---             ---    ---
administrator      -y-             ---    ---
auditor            ---             ---    ---

none               read-restricted export inquire
uploader           ---             ---    ---
reviewer           ---             ---    ---
publisher          ---             ---    ---
inquirer           ---             ---    ---
committee-member   ---             ---    ---
administrator      ---             ---    ---
auditor            ---             ---    ---
`

func TestGrantsInTheMatrix(t *testing.T) {
	t.Parallel()
	d := newBureau(t)
	r := access.Resource{DatasetID: d.dataset}
	cells := 0
	check := func(block, name string, r access.Resource) {
		t.Helper()
		for _, line := range blockOf(t, expectedOfGrants, block) {
			for i, action := range []access.Action{access.ReadRestricted, access.Export, access.Inquire} {
				for j, place := range []string{"", inside, outside} {
					cells++
					// As inquirers ask services in their own territory without a grant, the last action is asked where that is not.
					if action == access.Inquire && place != outside {
						continue
					}
					want := line[1+i][j] == 'y'
					got := d.allows(t, d.person(t, "municipality", access.Role(line[0])), action, r, place)
					assert.Equal(t, want, got, "%s: %s: %s in %q", name, line[0], action, place)
					stranger := access.Role(line[0])
					if action == access.Inquire || stranger == access.CommitteeMember && place == inside {
						continue // may do so by role
					}
					assert.False(t, d.allows(t, d.person(t, "province", stranger), action, r, place), "%s: another agency's %s: %s in %q", name, stranger, action, place)
				}
			}
		}
	}
	check("none", "before", r)
	q := d.granted(t, d.asked(), access.Decision{})
	check("whole", "granted", r)
	check("none", "the theme is not granted", access.Resource{Theme: "electricity", Agency: "energy"})
	d.now = d.now.Add(-time.Second)
	check("none", "before it was granted", r)
	d.now = q.Grant.Until
	check("none", "expired", r)
	d.now = q.Grant.Until.Add(-time.Microsecond)
	check("whole", "in its last moment", r)
	_, err := d.requests.Revoke(t.Context(), d.custodian, string(q.Tracking), "r")
	require.NoError(t, err)
	check("none", "revoked", r)

	q = d.granted(t, d.asked(), access.Decision{Territory: "county-23", Reason: "only there"})
	check("narrowed", "narrowed", r)
	_, err = d.requests.Revoke(t.Context(), d.custodian, string(q.Tracking), "r")
	require.NoError(t, err)

	asked := d.asked()
	asked.DatasetID, asked.Theme, asked.Custodian = 0, "electricity", "energy"
	d.granted(t, asked, access.Decision{})
	check("whole", "the theme", r)
	check("whole", "the theme by name", access.Resource{Theme: "electricity", Agency: "energy"})
	check("none", "the theme of another agency", access.Resource{Theme: "electricity", Agency: "post"})
	assert.Equal(t, 11*7*3*3, cells)
}

// blockOf answers the lines of a block, each the role and its cells.
func blockOf(t *testing.T, table, name string) [][]string {
	t.Helper()
	var lines [][]string
	for _, line := range splitLines(table) {
		switch {
		case len(line) == 4 && line[1] == "read-restricted":
			lines = nil
			if line[0] == name {
				lines = [][]string{}
			}
		case lines != nil && len(line) == 4:
			lines = append(lines, line)
			if len(lines) == len(access.Roles()) {
				return lines
			}
		}
	}
	require.Fail(t, "no block "+name)
	return nil
}

// A grant opens data, never deliveries, and no other action.
func TestGrantOpensNothingElse(t *testing.T) {
	t.Parallel()
	d := newBureau(t)
	d.granted(t, d.asked(), access.Decision{})
	all := d.person(t, "municipality", access.Roles()...)
	require.True(t, d.allows(t, all, access.Export, access.Resource{DatasetID: d.dataset}, ""))
	for _, a := range access.Actions() {
		switch a {
		case access.Read, access.ReadRestricted, access.Export, access.Inquire:
			continue
		}
		assert.False(t, d.allows(t, all, a, access.Resource{DatasetID: d.dataset}, ""), a)
	}
	delivery := d.submission(t, "electricity", "energy", "")
	for _, a := range access.Actions() {
		if a != access.Read && a != access.Inquire {
			assert.False(t, d.allows(t, all, a, access.Resource{SubmissionID: delivery}, ""), "a delivery: %s", a)
		}
	}
	// The number of the grantee with the code of another agency, and the other way round.
	for _, m := range []access.Membership{
		{AgencyID: all.Memberships[0].AgencyID, Agency: "neighbour", Roles: access.Roles()},
		{AgencyID: d.person(t, "neighbour").Memberships[0].AgencyID, Agency: "municipality", Roles: access.Roles()},
	} {
		mixed := all
		mixed.Memberships = []access.Membership{m}
		assert.False(t, d.allows(t, mixed, access.Export, access.Resource{DatasetID: d.dataset}, ""))
	}
	// A key's scopes take away from a grant too.
	key := all
	key.PersonID, key.KeyID = 0, 3
	for scope, want := range map[string]bool{"export:electricity": true, "export": true, "*": true, "export:road": false, "read-restricted": false} {
		key.Scopes = []string{scope}
		assert.Equal(t, want, d.allows(t, key, access.Export, access.Resource{DatasetID: d.dataset}, ""), scope)
	}
}

// A service that was granted can be asked outside one's own territory.
func TestGrantOfAService(t *testing.T) {
	t.Parallel()
	d := newBureau(t)
	who := d.person(t, "municipality", access.Inquirer)
	r := access.Resource{Service: "address-by-postal-code"}
	require.True(t, d.allows(t, who, access.Inquire, r, inside))
	require.False(t, d.allows(t, who, access.Inquire, r, outside))
	asked := d.asked()
	asked.DatasetID, asked.Service, asked.Territory = 0, "address-by-postal-code", "IR-30"
	d.custodian = d.named(t, "post", access.Administrator)
	d.granted(t, asked, access.Decision{})
	assert.True(t, d.allows(t, who, access.Inquire, r, outside))
	assert.False(t, d.allows(t, who, access.Inquire, r, "IR-01"))
	assert.False(t, d.allows(t, who, access.Inquire, access.Resource{Service: "another"}, outside))
	assert.False(t, d.allows(t, who, access.Inquire, access.Resource{}, outside))
	assert.False(t, d.allows(t, who, access.Export, r, outside))
}

func splitLines(table string) [][]string {
	var lines [][]string
	for line := range strings.SplitSeq(table, "\n") {
		lines = append(lines, strings.Fields(line))
	}
	return lines
}

// The second wall by itself: what the server's role sees of restricted features in the scope of each agency.
func TestRowSecurityKnowsGrants(t *testing.T) {
	t.Parallel()
	d := newBureau(t)
	d.now = time.Now().UTC().Truncate(time.Second) // row security goes by the clock of the database
	sees := func(scope pg.Scope, table string) (n int) {
		t.Helper()
		require.NoError(t, pg.InScope(t.Context(), d.app, scope, pgx.TxOptions{}, func(tx pgx.Tx) error {
			return tx.QueryRow(t.Context(), `select count(*) from `+table).Scan(&n)
		}))
		return n
	}
	const features = "layers.restricted_feature"
	own, grantee := access.ScopeOf(d.custodian), access.ScopeOf(d.applicant)
	check := func(want int, when string) {
		t.Helper()
		assert.Equal(t, 3, sees(own, features), when)
		assert.Equal(t, 3, sees(pg.Everything, features), when)
		assert.Equal(t, want, sees(grantee, features), when)
		for _, scope := range []pg.Scope{pg.Nothing, pg.Public, access.ScopeOf(d.person(t, "post"))} {
			assert.Zero(t, sees(scope, features), "%s: %q", when, scope)
		}
	}
	check(0, "nothing granted")
	q := d.granted(t, d.asked(), access.Decision{})
	check(3, "granted")
	_, err := d.pool.Exec(t.Context(), `update access.grant set granted_at = now() - interval '2 days', until = now() - interval '1 second'`)
	require.NoError(t, err)
	check(0, "expired")
	_, err = d.pool.Exec(t.Context(), `update access.grant set until = now() + interval '1 day'`)
	require.NoError(t, err)
	check(3, "in force again")
	_, err = d.requests.Revoke(t.Context(), d.custodian, string(q.Tracking), "r")
	require.NoError(t, err)
	check(0, "revoked")
	asked := d.asked()
	asked.DatasetID, asked.Theme, asked.Custodian = 0, "electricity", "energy"
	d.granted(t, asked, access.Decision{})
	check(3, "the whole theme")
	// A grantee writes nothing into it, and nobody reads what downloads are signed with.
	err = pg.InScope(t.Context(), d.app, grantee, pgx.TxOptions{}, func(tx pgx.Tx) error {
		tag, err := tx.Exec(t.Context(), `update layers.restricted_feature set attributes = '{}'`)
		assert.Zero(t, tag.RowsAffected())
		return err
	})
	require.NoError(t, err)
	d.offer(t, d.custodian)
	for scope, want := range map[pg.Scope]int{pg.Nothing: 0, pg.Public: 0, own: 0, grantee: 0, pg.Everything: 1} {
		assert.Equal(t, want, sees(scope, "access.signing_key"), "%q", scope)
	}
	assert.Zero(t, sees(pg.Public, "layers.change where theme = 'electricity'"), "nor where there is something")
	assert.Equal(t, 3, sees(own, "layers.change where theme = 'electricity'"))
	// A download asked for without the right would come out empty.
	dl, err := d.downloads().Redeem(t.Context(), d.custodian, here(), d.offer(t, d.custodian))
	require.NoError(t, err)
	dl.Who = d.person(t, "post", access.Inquirer)
	rows, err := d.downloads().Write(t.Context(), dl, io.Discard, nil)
	require.NoError(t, err)
	assert.Zero(t, rows)
}
