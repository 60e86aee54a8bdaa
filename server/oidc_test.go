package server_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/zitadel/oidc/v3/example/server/exampleop"
	"github.com/zitadel/oidc/v3/example/server/storage"

	"nsdi/access"
	"nsdi/server"
)

// identityProvider is another project's OpenID Connect provider on loopback, with its own pages; and the site that is its client.
type identityProvider struct {
	*site
	issuer *httptest.Server
	link   *access.Provider
}

func withProvider(t *testing.T) *identityProvider {
	t.Helper()
	p := &identityProvider{issuer: httptest.NewUnstartedServer(nil)}
	issuer := "http://" + p.issuer.Listener.Addr().String()
	p.link = &access.Provider{Issuer: issuer, ClientID: "nsdi", ClientSecret: "the client's secret"}
	p.site = start(t, func(d *server.Deps) { d.Provider = p.link })
	p.link.PublicURL = p.URL
	clients := map[string]*storage.Client{"nsdi": storage.WebClient("nsdi", "the client's secret", p.URL+access.CallbackPath)}
	p.issuer.Config.Handler = exampleop.SetupServer(issuer, storage.NewStorageWithClients(storage.NewUserStore(issuer), clients), nil, false)
	p.issuer.Start()
	t.Cleanup(p.issuer.Close)
	return p
}

var hiddenID = regexp.MustCompile(`name="id" value="([^"]+)"`)

// toCallback goes through the provider's pages as the user id1, up to the address that the browser is sent back to.
func (p *identityProvider) toCallback(t *testing.T, b *browser) string {
	t.Helper()
	page := b.get(t, "/sign-in?lang=en&next=%2F%3Funit%3DIR-23")
	require.Contains(t, page.body, `href="/sign-in/provider?lang=en&amp;next=%2F%3Funit%3DIR-23"`)
	r := b.get(t, "/sign-in/provider?lang=en&next=%2F%3Funit%3DIR-23")
	require.Equal(t, 303, r.StatusCode, r.body)
	asked, err := url.Parse(r.Header.Get("Location"))
	require.NoError(t, err)
	query := asked.Query()
	require.Equal(t, "S256", query.Get("code_challenge_method"))
	require.Len(t, query.Get("code_challenge"), 43)
	require.Equal(t, "code", query.Get("response_type"))
	for _, name := range []string{"state", "nonce"} {
		require.GreaterOrEqual(t, len(query.Get(name)), 26, "%s of 128 bits and more", name)
	}
	at := asked.String()
	for range 3 {
		r = b.get(t, at)
		if r.StatusCode == http.StatusOK {
			break
		}
		require.Equal(t, 302, r.StatusCode, r.body)
		at = p.absolute(t, r.Header.Get("Location"))
	}
	form := hiddenID.FindStringSubmatch(r.body)
	require.NotNil(t, form, r.body)
	r = b.send(t, "POST", p.issuer.URL+"/login/username", url.Values{"id": {form[1]}, "username": {"test-user@127.0.0.1"}, "password": {"verysecure"}})
	require.Equal(t, 302, r.StatusCode, r.body)
	r = b.get(t, p.absolute(t, r.Header.Get("Location")))
	require.Equal(t, 302, r.StatusCode, r.body)
	back := r.Header.Get("Location")
	require.True(t, strings.HasPrefix(back, p.URL+access.CallbackPath+"?"), back)
	return back
}

func (p *identityProvider) absolute(t *testing.T, location string) string {
	t.Helper()
	u, err := url.Parse(p.issuer.URL)
	require.NoError(t, err)
	u, err = u.Parse(location)
	require.NoError(t, err)
	return u.String()
}

// flow changes what the browser keeps of the sign-in that is under way.
func (p *identityProvider) flow(t *testing.T, b *browser, change func(*access.Flow)) {
	t.Helper()
	u, err := url.Parse(p.URL)
	require.NoError(t, err)
	for _, c := range b.Jar.Cookies(u) {
		if c.Name != "nsdi-flow" {
			continue
		}
		kept, err := base64.RawURLEncoding.DecodeString(c.Value)
		require.NoError(t, err)
		var f access.Flow
		require.NoError(t, json.Unmarshal(kept, &f))
		change(&f)
		kept, err = json.Marshal(f)
		require.NoError(t, err)
		b.Jar.SetCookies(u, []*http.Cookie{{Name: c.Name, Value: base64.RawURLEncoding.EncodeToString(kept), Path: "/"}})
		return
	}
	t.Fatal("the browser keeps nothing")
}

func (p *identityProvider) join(t *testing.T) {
	t.Helper()
	_, err := access.Create(t.Context(), p.pool, access.Account{Login: "sara", Agency: "post", Role: access.Inquirer, Issuer: p.link.Issuer, Identity: "id1"})
	require.NoError(t, err)
}

// One provider for all parts, which follow each other: the example keeps its endpoints in a variable of its package.
func TestOpenIDConnect(t *testing.T) {
	t.Parallel()
	p := withProvider(t)
	t.Run("sign-in", p.testSignIn)
	t.Run("answers that do not fit", p.testMisfits)
	t.Run("provider that is away", p.testAway)
}

func (p *identityProvider) testSignIn(t *testing.T) { //nolint:paralleltest // one provider
	b := newBrowser(t, p.URL)
	stranger := b.get(t, p.toCallback(t, b))
	require.Equal(t, 403, stranger.StatusCode, stranger.body)
	assert.Contains(t, stranger.body, "id1")
	assert.Contains(t, stranger.body, "the administrator of this system", "says whom to ask, in the language in which it began")
	assert.Contains(t, stranger.body, `href="/sign-in?lang=fa&amp;next=%2F%3Funit%3DIR-23"`)
	assert.Empty(t, b.session(t))

	p.join(t)
	in := b.get(t, p.toCallback(t, b))
	require.Equal(t, 303, in.StatusCode, in.body)
	assert.Equal(t, "/?unit=IR-23", in.Header.Get("Location"))
	me := b.get(t, "/v1/me")
	require.Equal(t, 200, me.StatusCode)
	// The provider calls this user an administrator; here he is what the database says.
	assert.JSONEq(t, `{"login":"sara","name":"sara","by":"provider","memberships":[{"agency":"post","roles":["inquirer"]}],"must_change_password":false}`, me.body)
	assert.Contains(t, b.get(t, "/password?lang=en").body, "change your password there")

	require.NoError(t, access.Disable(t.Context(), p.pool, "sara", true))
	assert.Equal(t, 401, b.get(t, "/v1/me").StatusCode)
	again := b.get(t, p.toCallback(t, b))
	assert.Equal(t, 403, again.StatusCode, "the account is closed")

	program := b.send(t, "GET", p.toCallback(t, b), nil, "Accept", "application/json")
	assert.Equal(t, "application/problem+json", program.Header.Get("Content-Type"))
	assert.Contains(t, program.body, `"code":"person-unknown"`)
	require.NoError(t, access.Disable(t.Context(), p.pool, "sara", false))
}

func (p *identityProvider) testMisfits(t *testing.T) { //nolint:paralleltest // one provider
	b := newBrowser(t, p.URL)
	refused := func(r reply, why string) {
		t.Helper()
		assert.Equal(t, 401, r.StatusCode, why)
		assert.Regexp(t, "ورود را از نو آغاز کنید|Begin the sign-in again", r.body, why)
		assert.Empty(t, b.session(t), why)
	}
	refused(newBrowser(t, p.URL).get(t, p.toCallback(t, b)), "the code in another browser")

	back := p.toCallback(t, b)
	refused(b.get(t, strings.Replace(back, "state=", "state=x", 1)), "another state")
	refused(b.get(t, back), "and the sign-in is over with the first answer")

	back = p.toCallback(t, b)
	p.flow(t, b, func(f *access.Flow) { f.Verifier = strings.Repeat("v", 43) })
	refused(b.get(t, back), "another PKCE verifier")

	back = p.toCallback(t, b)
	p.flow(t, b, func(f *access.Flow) { f.Nonce = "another" })
	refused(b.get(t, back), "another nonce")

	p.toCallback(t, b)
	refused(b.get(t, access.CallbackPath+"?error=access_denied"), "a refusal that is nobody's")
	refused(b.get(t, access.CallbackPath), "nothing at all")

	for problem, want := range map[string]struct {
		status int
		code   string
	}{
		"access_denied": {403, "provider-sign-in-denied"}, "login_required": {403, "provider-sign-in-denied"}, "<script>": {403, "provider-sign-in-denied"},
		"temporarily_unavailable": {503, "provider-unavailable"}, "server_error": {503, "provider-unavailable"},
	} {
		back, err := url.Parse(p.toCallback(t, b))
		require.NoError(t, err)
		answer := back.Path + "?" + url.Values{"state": {back.Query().Get("state")}, "code": {back.Query().Get("code")}, "error": {problem}}.Encode()
		r := b.send(t, "GET", answer, nil, "Accept", "application/json")
		assert.Equal(t, want.status, r.StatusCode, problem)
		assert.Contains(t, r.body, `"code":"`+want.code+`"`, problem)
		assert.Contains(t, r.body, `"next_step"`, problem)
		assert.Empty(t, b.session(t), problem)
	}

	back = p.toCallback(t, b)
	p.flow(t, b, func(f *access.Flow) { f.Next = "//evil.example" })
	require.Equal(t, "/", b.get(t, back).Header.Get("Location"))
	b.send(t, "POST", "/sign-out", url.Values{})
	refused(b.get(t, back), "a replayed code")
}

func (p *identityProvider) testAway(t *testing.T) { //nolint:paralleltest // one provider
	p.issuer.Close()
	away := &access.Provider{Issuer: p.link.Issuer, ClientID: "nsdi", PublicURL: "http://127.0.0.1"}
	site := start(t, func(d *server.Deps) { d.Provider = away })
	b := newBrowser(t, site.URL)
	r := b.get(t, "/sign-in/provider?lang=en")
	assert.Equal(t, 503, r.StatusCode)
	assert.Contains(t, r.body, "does not answer")
	assert.Contains(t, r.body, `name="password"`, "local accounts go on working")
	local := start(t, nil)
	assert.Equal(t, 404, newBrowser(t, local.URL).get(t, "/sign-in/provider").StatusCode)
}
