package access_test

import (
	"crypto/sha256"
	"encoding/base64"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/access"
	"nsdi/internal/errs"
)

func (d *desk) begin(t *testing.T, before string) string {
	t.Helper()
	token, err := d.Begin(t.Context(), d.sara, access.ByPassword, before)
	require.NoError(t, err)
	return token
}

func (d *desk) lives(t *testing.T, token string) bool {
	t.Helper()
	s, err := d.Find(t.Context(), token)
	require.NoError(t, err)
	if s == nil {
		return false
	}
	assert.Equal(t, d.sara, s.Person.ID)
	assert.Equal(t, "post", s.Person.Memberships[0].Agency)
	return true
}

func (d *desk) person() *access.Person {
	return &access.Person{ID: d.sara, Login: "sara", Memberships: []access.Membership{{Agency: "post", Roles: []access.Role{access.Uploader}}}}
}

func TestSessionTokenIsKeptAsHash(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	token := d.begin(t, "")
	raw, err := base64.RawURLEncoding.DecodeString(token)
	require.NoError(t, err)
	require.Len(t, raw, 32, "256 bits")
	var kept []byte
	require.NoError(t, d.pool.QueryRow(t.Context(), `select token_hash from access.session`).Scan(&kept))
	sum := sha256.Sum256(raw)
	assert.Equal(t, sum[:], kept)
	require.True(t, d.lives(t, token))
	for _, forged := range []string{"", "x", token + "A", token[:42], base64.RawURLEncoding.EncodeToString(kept), token[:42] + "!", "'; drop table access.session; --"} {
		assert.False(t, d.lives(t, forged), forged)
	}
}

func TestSessionEnds(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	idle := d.begin(t, "")
	d.now = d.now.Add(access.SessionIdle - time.Second)
	require.True(t, d.lives(t, idle))
	d.now = d.now.Add(access.SessionIdle - time.Second)
	require.True(t, d.lives(t, idle), "using it keeps it")
	d.now = d.now.Add(access.SessionIdle)
	require.False(t, d.lives(t, idle), "not used for too long")

	used, began := d.begin(t, ""), d.now
	for d.now.Before(began.Add(access.SessionLife - 30*time.Minute)) {
		require.True(t, d.lives(t, used))
		d.now = d.now.Add(30 * time.Minute)
	}
	require.True(t, d.lives(t, used))
	d.now = began.Add(access.SessionLife)
	require.False(t, d.lives(t, used), "however much it is used")

	before := d.begin(t, "")
	after := d.begin(t, before)
	require.False(t, d.lives(t, before), "rotated at sign-in")
	require.True(t, d.lives(t, after))
	other := d.begin(t, "")
	require.NoError(t, d.End(t.Context(), d.person(), after))
	require.False(t, d.lives(t, after))
	require.True(t, d.lives(t, other))
	require.NoError(t, d.EndAll(t.Context(), d.person()))
	require.False(t, d.lives(t, other))

	closed := d.begin(t, "")
	require.NoError(t, access.Disable(t.Context(), d.pool, "sara", true))
	require.False(t, d.lives(t, closed))
	require.NoError(t, access.Disable(t.Context(), d.pool, "sara", false))
	require.False(t, d.lives(t, closed), "opening the account does not bring its sessions back")
	require.True(t, d.lives(t, d.begin(t, "")))
}

func TestChangePassword(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	present, err := access.ResetPassword(t.Context(), d.pool, "sara")
	require.NoError(t, err)
	token := d.begin(t, "")
	s, err := d.Find(t.Context(), token)
	require.NoError(t, err)
	require.True(t, s.Pending())
	for chosen, code := range map[string]string{"short": "password-length", present: "password-unchanged", string(make([]byte, 2000)): "password-length"} {
		_, err := d.ChangePassword(t.Context(), &s.Person, present, chosen)
		require.Equal(t, code, errs.Code(err))
	}
	require.True(t, d.lives(t, token), "a refused change changes nothing")
	after, err := d.ChangePassword(t.Context(), &s.Person, present, "four unrelated words here")
	require.NoError(t, err)
	require.False(t, d.lives(t, token), "rotated")
	s, err = d.Find(t.Context(), after)
	require.NoError(t, err)
	require.False(t, s.Pending())
	require.Equal(t, "sign-in-refused", d.try(t, access.Attempt{Login: "sara", Password: present, Remote: office}))
	require.Empty(t, d.try(t, access.Attempt{Login: "sara", Password: "four unrelated words here", Remote: office}))
}

func TestMembershipsHoldAtOnce(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	token := d.begin(t, "")
	roles := func() map[string][]access.Role {
		s, err := d.Find(t.Context(), token)
		require.NoError(t, err)
		found := map[string][]access.Role{}
		for _, m := range s.Person.Subject().Memberships {
			assert.NotZero(t, m.AgencyID)
			found[m.Agency] = m.Roles
		}
		return found
	}
	ctx := t.Context()
	require.NoError(t, access.Grant(ctx, d.pool, "sara", "post", access.Reviewer))
	require.NoError(t, access.Grant(ctx, d.pool, "sara", "committee", access.Auditor))
	require.NoError(t, access.Grant(ctx, d.pool, "sara", "committee", access.Auditor), "held already")
	assert.Equal(t, map[string][]access.Role{"post": {access.Reviewer, access.Uploader}, "committee": {access.Auditor}}, roles())
	require.NoError(t, access.Withdraw(ctx, d.pool, "sara", "post", access.Uploader))
	require.NoError(t, access.Withdraw(ctx, d.pool, "sara", "committee", access.Auditor))
	assert.Equal(t, map[string][]access.Role{"post": {access.Reviewer}}, roles())
	assert.Equal(t, "login-unknown", errs.Code(access.Grant(ctx, d.pool, "nobody", "post", access.Reviewer)))
	assert.Equal(t, "agency-unknown", errs.Code(access.Grant(ctx, d.pool, "sara", "nowhere", access.Reviewer)))
	assert.Equal(t, "role-unknown", errs.Code(access.Grant(ctx, d.pool, "sara", "post", "king")))
	people, err := access.People(ctx, d.pool)
	require.NoError(t, err)
	require.Len(t, people, 1)
	assert.Equal(t, "sara", people[0].Login)
}
