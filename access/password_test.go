package access_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/access"
)

func TestHashAndVerify(t *testing.T) {
	t.Parallel()
	hash := access.Hash("رمز عبور ۱۲۳")
	assert.Regexp(t, `^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$`, hash)
	assert.NotEqual(t, hash, access.Hash("رمز عبور ۱۲۳"), "each hash has its own salt")
	for password, want := range map[string]bool{"رمز عبور ۱۲۳": true, "رمز عبور ۱۲۴": false, "": false} {
		ok, err := access.Verify(password, hash)
		require.NoError(t, err)
		assert.Equal(t, want, ok, password)
	}
}

// A vector of another implementation (the reference argon2, "password" with salt "somesalt").
func TestVerifyKnowsTheReference(t *testing.T) {
	t.Parallel()
	ok, err := access.Verify("password", "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc")
	require.NoError(t, err)
	assert.True(t, ok)
}

func TestVerifyRefusesOddHashes(t *testing.T) {
	t.Parallel()
	good := access.Hash("x")
	for _, hash := range []string{
		"", "plain", strings.Replace(good, "argon2id", "argon2i", 1), strings.Replace(good, "v=19", "v=16", 1),
		strings.Replace(good, "m=19456", "m=99999999", 1), strings.Replace(good, "t=2", "t=0", 1), strings.Replace(good, "p=1", "p=0", 1), good[:len(good)-30], good + "$",
	} {
		ok, err := access.Verify("x", hash)
		assert.Error(t, err, hash)
		assert.False(t, ok, hash)
	}
}
