package access_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/access"
	"nsdi/internal/errs"
	"nsdi/internal/pgtest"
)

func TestAuthenticate(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	_, err := access.Create(t.Context(), pool, access.Account{Login: "sara", Agency: "post", Role: access.Uploader, Password: "a long password"})
	require.NoError(t, err)
	p, err := access.Authenticate(t.Context(), pool, "sara", "a long password")
	require.NoError(t, err)
	require.Len(t, p.Memberships, 1)
	assert.Equal(t, "post", p.Memberships[0].Agency)
	assert.Equal(t, []access.Role{access.Uploader}, p.Memberships[0].Roles)
	assert.False(t, p.MustChangePassword)
	var refused []string
	for _, c := range [][2]string{{"sara", "a wrong password"}, {"nobody", "a long password"}, {"", ""}, {"sara\x00", "a long password"}, {"sa\x00ra", "x"}, {"\xff", "a long password"}, {"sara", "a long password\x00" + string(make([]byte, 5000))}} {
		_, err := access.Authenticate(t.Context(), pool, c[0], c[1])
		require.Equal(t, "sign-in-refused", errs.Code(err))
		refused = append(refused, err.Error())
	}
	for _, text := range refused {
		assert.Equal(t, refused[0], text, "a refusal must not tell which logins exist")
	}
}

func TestCreateRefuses(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	create := func(login, agency, password string) string {
		_, err := access.Create(t.Context(), pool, access.Account{Login: login, Agency: agency, Role: access.Uploader, Password: password})
		return errs.Code(err)
	}
	assert.Equal(t, "password-length", create("sara", "post", "short"))
	assert.Equal(t, "password-length", create("sara", "post", "گذرواژه"), "14 bytes, but 7 characters")
	assert.Equal(t, "agency-unknown", create("sara", "nobody", "a long password"))
	assert.Empty(t, create("sara", "post", "a long password"))
	assert.Equal(t, "login-taken", create("sara", "post", "a long password"))
	assert.Equal(t, "account-invalid", create("Sara!", "post", "a long password"))
	assert.Equal(t, "password-is-login", create("sara.the.uploader", "post", "sara.the.uploader"))
}

func TestOneAdministratorHoweverManyStart(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	var wg sync.WaitGroup
	var mu sync.Mutex
	made := 0
	for range 5 {
		wg.Go(func() {
			login, password, created, err := access.CreateAdministrator(t.Context(), pool)
			if !assert.NoError(t, err) || !created {
				return
			}
			mu.Lock()
			defer mu.Unlock()
			made++
			p, err := access.Authenticate(t.Context(), pool, login, password)
			if assert.NoError(t, err) {
				assert.True(t, p.Subject().Has(access.Administrator))
				assert.Equal(t, "committee", p.Memberships[0].Agency)
				assert.True(t, p.MustChangePassword)
			}
		})
	}
	wg.Wait()
	assert.Equal(t, 1, made)
}
