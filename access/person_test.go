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
	_, err := access.Create(t.Context(), pool, access.Person{Login: "sara", Agency: "post", Role: "uploader"}, "a long password")
	require.NoError(t, err)
	p, err := access.Authenticate(t.Context(), pool, "sara", "a long password")
	require.NoError(t, err)
	assert.Equal(t, "post", p.Agency)
	assert.Equal(t, "uploader", p.Role)
	assert.False(t, p.MustChangePassword)
	var refused []string
	for _, c := range [][2]string{{"sara", "a wrong password"}, {"nobody", "a long password"}, {"", ""}, {"sara\xff", "x"}, {"sa\x00ra", "x"}, {"sara", "a long password\x00" + string(make([]byte, 5000))}} {
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
		_, err := access.Create(t.Context(), pool, access.Person{Login: login, Agency: agency, Role: "uploader"}, password)
		return errs.Code(err)
	}
	assert.Equal(t, "password-length", create("sara", "post", "short"))
	assert.Equal(t, "agency-unknown", create("sara", "nobody", "a long password"))
	assert.Empty(t, create("sara", "post", "a long password"))
	assert.Equal(t, "login-taken", create("sara", "post", "a long password"))
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
				assert.Equal(t, "administrator", p.Role)
				assert.Equal(t, "committee", p.Agency)
				assert.True(t, p.MustChangePassword)
			}
		})
	}
	wg.Wait()
	assert.Equal(t, 1, made)
}
