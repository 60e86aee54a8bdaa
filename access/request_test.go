package access_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/access"
	"nsdi/internal/errs"
	"nsdi/internal/fixture"
	"nsdi/internal/pg"
	"nsdi/internal/pgtest"
)

// bureau is where access is asked for: the land with a published dataset of a restricted theme, and people on both sides.
type bureau struct {
	*land
	app       *pgxpool.Pool // as the server is connected: it sees nothing without a scope
	requests  *access.Requests
	grants    *access.Grants
	dataset   int64
	applicant access.Subject // inquirer of the municipality
	custodian access.Subject // publisher of the ministry
}

func newBureau(t *testing.T) *bureau {
	t.Helper()
	d := &bureau{land: newLand(t)}
	d.app = pgtest.Application(t, d.pool, pg.Nothing)
	clock := func() time.Time { return d.now }
	d.requests = &access.Requests{Pool: d.app, System: d.pool, Now: clock, InCharge: func(service string) (string, bool) {
		return "post", service == "address-by-postal-code"
	}}
	d.grants = &access.Grants{Pool: d.app, System: d.pool, Now: clock}
	fixture.Outline(t, d.pool, "town-23", "city", "ب", "county-23", "POLYGON((51 35,52 35,52 36,51 36,51 35))")
	fixture.Publish(t, d.pool, "electricity", "energy", nil,
		fixture.Feature{Key: "in", WKT: "LINESTRING(51.1 35.1,51.2 35.2)", Attributes: map[string]any{"line_id": "in", "voltage_kv": 63, "kind": "overhead"}},
		fixture.Feature{Key: "across", WKT: "LINESTRING(51.9 35.5,52.5 35.5)", Attributes: map[string]any{"line_id": "across", "voltage_kv": 230, "kind": "overhead"}},
		fixture.Feature{Key: "out", WKT: "LINESTRING(53.1 35.1,53.2 35.2)", Attributes: map[string]any{"line_id": "out", "voltage_kv": 400, "kind": "underground"}})
	require.NoError(t, d.pool.QueryRow(t.Context(), `select id from layers.dataset where theme = 'electricity'`).Scan(&d.dataset))
	d.applicant, d.custodian = d.named(t, "municipality", access.Inquirer), d.named(t, "energy", access.Publisher)
	return d
}

// named is somebody who has an account, as what is written down refers to it.
func (d *bureau) named(t *testing.T, agency string, roles ...access.Role) access.Subject {
	t.Helper()
	s := d.person(t, agency, roles...)
	require.NoError(t, d.pool.QueryRow(t.Context(), `
		insert into access.person (login, password_hash)
		values ('p' || substr(md5(random()::text), 1, 12), '-')
		returning id, login`).Scan(&s.PersonID, &s.Name))
	for _, r := range roles {
		_, err := d.pool.Exec(t.Context(), `insert into access.membership (person_id, agency_id, role) values ($1, $2, $3)`, s.PersonID, s.Memberships[0].AgencyID, r)
		require.NoError(t, err)
	}
	return s
}

// asked is what the applicant asks for.
func (d *bureau) asked() access.Request {
	return access.Request{DatasetID: d.dataset, Purpose: "planning of a substation", LegalGround: "Article 23 note 1", Until: d.now.Add(30 * 24 * time.Hour)}
}

func (d *bureau) submit(t *testing.T, q access.Request) *access.Request {
	t.Helper()
	got, err := d.requests.Submit(t.Context(), d.applicant, q)
	require.NoError(t, err)
	return got
}

// granted asks and grants.
func (d *bureau) granted(t *testing.T, q access.Request, decision access.Decision) *access.Request {
	t.Helper()
	decision.Grant = true
	got, err := d.requests.Decide(t.Context(), d.custodian, string(d.submit(t, q).Tracking), decision)
	require.NoError(t, err)
	require.Equal(t, "granted", got.State)
	require.NotNil(t, got.Grant)
	return got
}

func TestRequestFromBeginningToEnd(t *testing.T) {
	t.Parallel()
	d := newBureau(t)
	q := d.submit(t, d.asked())
	assert.Equal(t, []string{"requested", "municipality", "energy", d.applicant.Name}, []string{q.State, q.Applicant, q.Custodian, q.Name})
	assert.Nil(t, q.Grant)
	for _, who := range []access.Subject{d.applicant, d.custodian} {
		all, err := d.requests.List(t.Context(), who)
		require.NoError(t, err)
		require.Len(t, all, 1)
		assert.Equal(t, q.Tracking, all[0].Tracking)
	}
	d.now = d.now.Add(time.Hour)
	decided, err := d.requests.Decide(t.Context(), d.custodian, string(q.Tracking), access.Decision{Grant: true})
	require.NoError(t, err)
	assert.Equal(t, d.now, decided.DecidedAt.UTC())
	assert.True(t, decided.Grant.InForce(d.now))
	for _, who := range []access.Subject{d.applicant, d.custodian} {
		grants, err := d.grants.List(t.Context(), who)
		require.NoError(t, err)
		require.Len(t, grants, 1)
		assert.Equal(t, q.Tracking, grants[0].Tracking)
	}
	use, err := d.grants.Begin(t.Context(), decided.Grant.ID, d.applicant, access.Export, "dataset:1")
	require.NoError(t, err)
	require.NoError(t, d.grants.End(t.Context(), use, true, 3, 700))
	require.Error(t, d.grants.End(t.Context(), use, true, 4, 700), "a use is completed once")
	_, err = d.pool.Exec(t.Context(), `delete from access.grant_use`)
	require.Error(t, err)
	seen, err := d.requests.Find(t.Context(), d.custodian, string(q.Tracking))
	require.NoError(t, err)
	require.Len(t, seen.Uses, 1)
	assert.Equal(t, []any{d.applicant.Name, int64(3), int64(700), true}, []any{seen.Uses[0].Name, *seen.Uses[0].Rows, *seen.Uses[0].Bytes, *seen.Uses[0].Complete})
	assert.EqualValues(t, 1, seen.Grant.Uses)

	d.now = d.now.Add(time.Hour)
	revoked, err := d.requests.Revoke(t.Context(), d.custodian, string(q.Tracking), "the project ended")
	require.NoError(t, err)
	assert.Equal(t, []any{"revoked", "the project ended", false}, []any{revoked.State, revoked.Reason, revoked.Grant.InForce(d.now)})
	tracked, err := access.Find(t.Context(), d.pool, string(q.Tracking))
	require.NoError(t, err)
	var states, actors []string
	for _, e := range tracked.Events {
		states, actors = append(states, e.To), append(actors, e.Actor)
	}
	assert.Equal(t, []string{"requested", "granted", "revoked"}, states)
	assert.Equal(t, []string{d.applicant.Name, d.custodian.Name, d.custodian.Name}, actors)
	assert.Equal(t, "Ministry of Energy", tracked.Events[0].Unit.EN, "the custodian is responsible for the next step")
	entries, err := access.Entries(t.Context(), d.pool, access.AuditFilter{Tracking: q.Tracking, Limit: 10})
	require.NoError(t, err)
	assert.Len(t, entries, 2, "granted and revoked")
	_, _, err = access.VerifyAudit(t.Context(), d.pool)
	require.NoError(t, err)
}

// To everybody but the two sides a request is as one that is not there.
func TestRequestIsUnknownToOthers(t *testing.T) {
	t.Parallel()
	d := newBureau(t)
	q := d.submit(t, d.asked())
	stranger := d.named(t, "post", access.Roles()...)
	missing := string(access.NewIdentifier(d.now))
	_, want := d.requests.Find(t.Context(), d.applicant, missing)
	require.Equal(t, "tracking-unknown", errs.Code(want))
	for _, id := range []string{string(q.Tracking), missing, "x"} {
		_, err := d.requests.Find(t.Context(), stranger, id)
		assert.Equal(t, want, err)
		_, err = d.requests.Decide(t.Context(), stranger, id, access.Decision{Grant: true})
		assert.Equal(t, want, err)
		_, err = d.requests.Withdraw(t.Context(), stranger, id)
		assert.Equal(t, want, err)
		_, err = d.requests.Revoke(t.Context(), stranger, id, "x")
		assert.Equal(t, want, err)
		_, err = d.requests.Find(t.Context(), access.Subject{}, id)
		assert.Equal(t, want, err)
	}
	for _, who := range []access.Subject{stranger, {}} {
		all, err := d.requests.List(t.Context(), who)
		require.NoError(t, err)
		assert.Empty(t, all)
		grants, err := d.grants.List(t.Context(), who)
		require.NoError(t, err)
		assert.Empty(t, grants)
	}
}

func TestWhoMayAskAndDecide(t *testing.T) {
	t.Parallel()
	d := newBureau(t)
	for _, role := range access.Roles() {
		_, err := d.requests.Submit(t.Context(), d.named(t, "municipality", role), d.asked())
		if role == access.Inquirer || role == access.Administrator {
			assert.NoError(t, err, role)
		} else {
			assert.Equal(t, "not-permitted", errs.Code(err), role)
		}
		id := string(d.submit(t, d.asked()).Tracking)
		_, err = d.requests.Decide(t.Context(), d.named(t, "energy", role), id, access.Decision{Grant: true})
		if role == access.Publisher || role == access.Administrator {
			assert.NoError(t, err, role)
		} else {
			assert.Equal(t, "not-permitted", errs.Code(err), role)
		}
		_, err = d.requests.Decide(t.Context(), d.named(t, "municipality", role), id, access.Decision{Grant: true})
		assert.Error(t, err, "the applicant's own agency: %s", role)
	}
	_, err := d.requests.Submit(t.Context(), access.Subject{}, d.asked())
	assert.Equal(t, "sign-in-needed", errs.Code(err))
	_, err = d.requests.Submit(t.Context(), d.named(t, "energy", access.Inquirer), d.asked())
	assert.Equal(t, "access-request-invalid", errs.Code(err), "of one's own agency")
	// Whoever asked does not decide, as a member of both.
	id := string(d.submit(t, d.asked()).Tracking)
	both := d.applicant
	both.Memberships = append(both.Memberships, d.custodian.Memberships...)
	_, err = d.requests.Decide(t.Context(), both, id, access.Decision{Grant: true})
	assert.Equal(t, "not-permitted", errs.Code(err))
	_, err = d.requests.Submit(t.Context(), access.Subject{PersonID: both.PersonID, Name: "x", Memberships: []access.Membership{
		both.Memberships[0], {AgencyID: 1, Agency: "planning", Roles: []access.Role{access.Inquirer}},
	}}, d.asked())
	assert.Equal(t, "access-request-invalid", errs.Code(err), "for which agency?")
	// Programs ask within their scopes and decide nothing.
	key := d.custodian
	key.PersonID, key.KeyID, key.Scopes = 0, 1, []string{"*"}
	_, err = d.requests.Decide(t.Context(), key, id, access.Decision{Grant: true})
	assert.Equal(t, "not-permitted", errs.Code(err))
	program := d.applicant
	program.PersonID, program.KeyID, program.Scopes = 0, 1, []string{"inquire:road"}
	_, err = d.requests.Submit(t.Context(), program, d.asked())
	assert.Equal(t, "not-permitted", errs.Code(err))
}

func TestRequestsThatAreNotAccepted(t *testing.T) {
	t.Parallel()
	d := newBureau(t)
	var public int64
	fixture.Publish(t, d.pool, "place", "ncc", nil, fixture.Feature{Key: "a", WKT: "POINT(51 35)", Attributes: map[string]any{"code": "a"}})
	require.NoError(t, d.pool.QueryRow(t.Context(), `select id from layers.dataset where theme = 'place'`).Scan(&public))
	for name, change := range map[string]func(*access.Request){
		"nothing":               func(q *access.Request) { q.DatasetID = 0 },
		"two things":            func(q *access.Request) { q.Service = "address-by-postal-code" },
		"no such dataset":       func(q *access.Request) { q.DatasetID = 99999 },
		"public dataset":        func(q *access.Request) { q.DatasetID = public },
		"public theme":          func(q *access.Request) { q.DatasetID, q.Theme, q.Custodian = 0, "place", "ncc" },
		"theme of nobody":       func(q *access.Request) { q.DatasetID, q.Theme = 0, "electricity" },
		"theme of another":      func(q *access.Request) { q.DatasetID, q.Theme, q.Custodian = 0, "electricity", "post" },
		"no such theme":         func(q *access.Request) { q.DatasetID, q.Theme, q.Custodian = 0, "nothing", "energy" },
		"no such service":       func(q *access.Request) { q.DatasetID, q.Service = 0, "nothing" },
		"no purpose":            func(q *access.Request) { q.Purpose = "  " },
		"no legal ground":       func(q *access.Request) { q.LegalGround = "" },
		"a purpose like a book": func(q *access.Request) { q.Purpose = strings.Repeat("x", 2001) },
		"no text":               func(q *access.Request) { q.Purpose = "a\x00" },
		"past":                  func(q *access.Request) { q.Until = d.now },
		"for ever":              func(q *access.Request) { q.Until = d.now.Add(10 * 366 * 24 * time.Hour) },
	} {
		q := d.asked()
		change(&q)
		_, err := d.requests.Submit(t.Context(), d.applicant, q)
		assert.Equal(t, "access-request-invalid", errs.Code(err), "%s: %v", name, err)
	}
	q := d.asked()
	q.Territory = "nowhere"
	_, err := d.requests.Submit(t.Context(), d.applicant, q)
	assert.Equal(t, "territory-unknown", errs.Code(err))
	for _, q := range []access.Request{{Theme: "electricity", Custodian: "energy"}, {Service: "address-by-postal-code"}} {
		q.Purpose, q.LegalGround, q.Until = "p", "l", d.now.Add(time.Hour)
		got := d.submit(t, q)
		assert.Equal(t, map[bool]string{true: "post", false: "energy"}[q.Service != ""], got.Custodian)
	}
	// Decisions.
	asked := d.asked()
	asked.Territory = "county-23"
	id := string(d.submit(t, asked).Tracking)
	for name, decision := range map[string]access.Decision{
		"refused without reason":  {},
		"narrowed without reason": {Grant: true, Until: d.now.Add(time.Hour)},
		"longer":                  {Grant: true, Reason: "r", Until: asked.Until.Add(time.Second)},
		"past":                    {Grant: true, Reason: "r", Until: d.now},
		"wider":                   {Grant: true, Reason: "r", Territory: "IR-23"},
		"elsewhere":               {Grant: true, Reason: "r", Territory: outside},
		"no such attribute":       {Grant: true, Reason: "r", Attributes: []string{"line_id", "secret"}},
		"no attribute":            {Grant: true, Reason: "r", Attributes: []string{}},
	} {
		_, err := d.requests.Decide(t.Context(), d.custodian, id, decision)
		assert.Equal(t, "access-request-invalid", errs.Code(err), "%s: %v", name, err)
	}
	_, err = d.requests.Revoke(t.Context(), d.custodian, id, "not granted yet")
	assert.Equal(t, "access-request-decided", errs.Code(err))
	refused, err := d.requests.Decide(t.Context(), d.custodian, id, access.Decision{Reason: "no legal ground"})
	require.NoError(t, err)
	assert.Equal(t, []any{"refused", "no legal ground", true}, []any{refused.State, refused.Reason, refused.Grant == nil})
	for _, err := range []error{
		second(d.requests.Decide(t.Context(), d.custodian, id, access.Decision{Grant: true})),
		second(d.requests.Withdraw(t.Context(), d.applicant, id)),
		second(d.requests.Revoke(t.Context(), d.custodian, id, "x")),
	} {
		assert.Equal(t, "access-request-decided", errs.Code(err))
	}
	withdrawn, err := d.requests.Withdraw(t.Context(), d.applicant, string(d.submit(t, d.asked()).Tracking))
	require.NoError(t, err)
	assert.Equal(t, "withdrawn", withdrawn.State)
}

func second[T any](_ T, err error) error { return err }

// Of a decision and a withdrawal at once one counts.
func TestRequestIsDecidedOnce(t *testing.T) {
	t.Parallel()
	d := newBureau(t)
	for range 5 {
		id := string(d.submit(t, d.asked()).Tracking)
		var wg sync.WaitGroup
		problems := make([]error, 4)
		for i := range problems {
			wg.Go(func() {
				switch i {
				case 0:
					problems[i] = second(d.requests.Withdraw(t.Context(), d.applicant, id))
				case 1:
					problems[i] = second(d.requests.Decide(t.Context(), d.custodian, id, access.Decision{Reason: "no"}))
				default:
					problems[i] = second(d.requests.Decide(t.Context(), d.custodian, id, access.Decision{Grant: true}))
				}
			})
		}
		wg.Wait()
		done := 0
		for _, err := range problems {
			if err == nil {
				done++
			} else {
				assert.Equal(t, "access-request-decided", errs.Code(err), "%v", err)
			}
		}
		assert.Equal(t, 1, done)
	}
}
