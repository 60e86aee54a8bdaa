package access

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/internal/errs"
	"nsdi/internal/pgtest"
)

// What takes time is one hash of the present cost over no more than the longest password, whatever is wrong with an attempt, and when nothing is.
func TestEveryAttemptIsOneHash(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	const right = "a long password"
	for _, a := range []Account{
		{Login: "sara", Agency: "post", Role: Uploader, Password: right},
		{Login: "closed", Agency: "post", Role: Uploader, Password: right},
		{Login: "elsewhere", Agency: "post", Role: Uploader, Issuer: "https://id.example", Identity: "1"},
	} {
		_, err := Create(t.Context(), pool, a)
		require.NoError(t, err)
	}
	require.NoError(t, Disable(t.Context(), pool, "closed", true))
	cost := func(hash string) string {
		parts := strings.Split(hash, "$")
		require.Len(t, parts, 6)
		return strings.Join(parts[:4], "$")
	}
	want := cost(Hash("x"))
	for _, c := range []struct{ name, login, password, code string }{
		{"right", "sara", right, ""},
		{"wrong password", "sara", "a wrong password", "sign-in-refused"},
		{"no password", "sara", "", "sign-in-refused"},
		{"huge password", "sara", strings.Repeat("x", 1<<16), "sign-in-refused"},
		{"unknown login", "nobody", right, "sign-in-refused"},
		{"no login", "", right, "sign-in-refused"},
		{"login that is no text", "sa\x00ra\xff", right, "sign-in-refused"},
		{"closed account", "closed", right, "sign-in-refused"},
		{"account without a password", "elsewhere", right, "sign-in-refused"},
	} {
		hashes := 0
		_, err := authenticate(t.Context(), pool, c.login, c.password, func(password, hash string) (bool, error) {
			hashes++
			assert.Equal(t, want, cost(hash), c.name)
			assert.LessOrEqual(t, len(password), maxPassword, c.name)
			return Verify(password, hash)
		})
		assert.Equal(t, c.code, errs.Code(err), c.name)
		assert.Equal(t, 1, hashes, c.name)
	}
}
