package access_test

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/coreos/go-oidc/v3/oidc/oidctest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/access"
	"nsdi/internal/errs"
)

// forger is an identity provider that answers whatever ID token the test wants.
type forger struct {
	*access.Provider
	key   *rsa.PrivateKey
	token string // what the next exchange of a code answers
}

func newForger(t *testing.T) *forger {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	f := &forger{key: key}
	provider := &oidctest.Server{PublicKeys: []oidctest.PublicKey{{PublicKey: key.Public(), KeyID: "k", Algorithm: oidc.RS256}}}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/token" {
			provider.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]string{"access_token": "a", "token_type": "Bearer", "id_token": f.token})
	}))
	t.Cleanup(server.Close)
	provider.SetIssuer(server.URL)
	f.Provider = &access.Provider{Issuer: server.URL, ClientID: "nsdi", PublicURL: "https://nsdi.example"}
	return f
}

func (f *forger) sign(t *testing.T, key *rsa.PrivateKey, claims map[string]any) string {
	t.Helper()
	text, err := json.Marshal(claims)
	require.NoError(t, err)
	return oidctest.SignIDToken(key, "k", oidc.RS256, string(text))
}

// finish goes through a sign-in whose ID token forge makes of the claims of a right one.
func (f *forger) finish(t *testing.T, forge func(claims map[string]any) string) (access.Identity, error) {
	t.Helper()
	_, flow, err := f.Begin(t.Context(), "/")
	require.NoError(t, err)
	now := time.Now()
	f.token = forge(map[string]any{
		"iss": f.Issuer, "aud": "nsdi", "sub": "id1", "name": "Sara", "nonce": flow.Nonce, "iat": now.Unix(), "exp": now.Add(5 * time.Minute).Unix(),
	})
	return f.Finish(t.Context(), flow, access.Answer{State: flow.State, Code: "c"})
}

func TestIDTokens(t *testing.T) {
	t.Parallel()
	f := newForger(t)
	with := func(change map[string]any) func(map[string]any) string {
		return func(claims map[string]any) string {
			maps.Copy(claims, change)
			return f.sign(t, f.key, claims)
		}
	}
	in := func(d time.Duration) int64 { return time.Now().Add(d).Unix() }
	for name, forge := range map[string]func(map[string]any) string{
		"right":                         with(nil),
		"our clock is a little behind":  with(map[string]any{"iat": in(2 * time.Minute), "nbf": in(2 * time.Minute), "exp": in(7 * time.Minute)}),
		"our clock is a little forward": with(map[string]any{"iat": in(-4 * time.Minute), "exp": in(time.Minute)}),
	} {
		who, err := f.finish(t, forge)
		require.NoError(t, err, name)
		assert.Equal(t, access.Identity{Issuer: f.Issuer, Subject: "id1", Name: "Sara"}, who, name)
	}

	other, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	for name, forge := range map[string]func(map[string]any) string{
		"expired":                    with(map[string]any{"exp": in(-time.Minute)}),
		"our clock is far behind":    with(map[string]any{"nbf": in(time.Hour)}),
		"for another client":         with(map[string]any{"aud": "another"}),
		"of another issuer":          with(map[string]any{"iss": "https://evil.example"}),
		"of another sign-in":         with(map[string]any{"nonce": "another"}),
		"without the nonce":          with(map[string]any{"nonce": ""}),
		"signed with another key":    func(claims map[string]any) string { return f.sign(t, other, claims) },
		"nothing":                    func(map[string]any) string { return "" },
		"no token":                   func(map[string]any) string { return "x.y.z" },
		"somebody else's, same sign": func(claims map[string]any) string { return altered(t, f.sign(t, f.key, claims), "id1", "id2") },
		"signature left out": func(claims map[string]any) string {
			parts := strings.Split(f.sign(t, f.key, claims), ".")
			return base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`)) + "." + parts[1] + "."
		},
	} {
		who, err := f.finish(t, forge)
		require.Equal(t, "provider-sign-in-refused", errs.Code(err), name)
		assert.Equal(t, 401, errs.Status(err), name)
		e, _ := errs.As(err)
		assert.Equal(t, "Begin the sign-in again.", e.Next.EN, "whatever was wrong, the answer is one and the same")
		assert.Equal(t, access.Identity{}, who, name)
	}
}

// altered changes what a token says and leaves its signature.
func altered(t *testing.T, token, from, to string) string {
	t.Helper()
	parts := strings.Split(token, ".")
	claims, err := base64.RawURLEncoding.DecodeString(parts[1])
	require.NoError(t, err)
	require.Contains(t, string(claims), from)
	parts[1] = base64.RawURLEncoding.EncodeToString([]byte(strings.ReplaceAll(string(claims), from, to)))
	return strings.Join(parts, ".")
}
