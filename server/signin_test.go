package server_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/access"
	"nsdi/server"
)

// browser is an HTTP client with cookies that says where its requests come from, as browsers do.
type browser struct {
	*http.Client
	site string
}

func newBrowser(t *testing.T, site string) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	b := &browser{site: site}
	b.Client = &http.Client{
		Jar: jar, Transport: &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return b
}

type reply struct {
	*http.Response
	body string
}

func (b *browser) send(t *testing.T, method, path string, form url.Values, header ...string) reply {
	t.Helper()
	address := path
	if strings.HasPrefix(path, "/") {
		address = b.site + path
	}
	r, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(form.Encode()))
	require.NoError(t, err)
	r.Header.Set("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", b.site)
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	for i := 0; i < len(header); i += 2 {
		if header[i+1] == "" {
			r.Header.Del(header[i])
			continue
		}
		r.Header.Set(header[i], header[i+1])
	}
	answer, err := b.Do(r)
	require.NoError(t, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	return reply{answer, string(body)}
}

func (b *browser) get(t *testing.T, path string) reply {
	t.Helper()
	return b.send(t, "GET", path, nil)
}

func (b *browser) signIn(t *testing.T, login, password string) reply {
	t.Helper()
	return b.send(t, "POST", "/sign-in", url.Values{"login": {login}, "password": {password}, "next": {"/?unit=IR-23"}})
}

func (b *browser) session(t *testing.T) string {
	t.Helper()
	u, err := url.Parse(b.site)
	require.NoError(t, err)
	for _, c := range b.Jar.Cookies(u) {
		if c.Name == "nsdi-session" {
			return c.Value
		}
	}
	return ""
}

const sarasPassword = "four unrelated words here"

func staffed(t *testing.T, change func(*server.Deps)) *site {
	t.Helper()
	s := start(t, change)
	_, err := access.Create(t.Context(), s.pool, access.Account{Login: "sara", Name: "سارا", Agency: "post", Role: access.Uploader, Password: sarasPassword})
	require.NoError(t, err)
	return s
}

func TestSignInAndOut(t *testing.T) {
	t.Parallel()
	s := staffed(t, nil)
	b := newBrowser(t, s.URL)
	page := b.get(t, "/sign-in?next=%2F%3Funit%3DIR-23")
	require.Equal(t, 200, page.StatusCode)
	assert.Contains(t, page.body, `<html lang="fa" dir="rtl">`)
	assert.Contains(t, page.body, `name="next" value="/?unit=IR-23"`)
	assert.NotContains(t, page.body, "<script")
	assert.Equal(t, "no-store", page.Header.Get("Cache-Control"))
	assert.Contains(t, b.get(t, "/sign-in?lang=en").body, `<html lang="en" dir="ltr">`)
	assert.Equal(t, 401, b.get(t, "/v1/me").StatusCode)

	wrong := b.signIn(t, "sara", "<script>alert(1)</script>")
	assert.Equal(t, 401, wrong.StatusCode)
	assert.NotContains(t, wrong.Header.Get("WWW-Authenticate"), "Basic", "a browser would show a box of its own")
	assert.Contains(t, wrong.body, "نام کاربری یا گذرواژه درست نیست")
	assert.NotContains(t, wrong.body, "alert(1)")
	unknown := b.signIn(t, "nobody", "x")
	assert.Equal(t, strings.ReplaceAll(wrong.body, "sara", "nobody"), unknown.body)

	in := b.signIn(t, " Sara", sarasPassword)
	require.Equal(t, 303, in.StatusCode, in.body)
	assert.Equal(t, "/?unit=IR-23", in.Header.Get("Location"))
	for _, c := range in.Cookies() {
		assert.True(t, c.HttpOnly, c.Name)
		assert.Equal(t, http.SameSiteLaxMode, c.SameSite, c.Name)
		assert.False(t, c.Secure, "without TLS no browser would send it back")
	}
	first := b.session(t)
	require.Len(t, first, 43)
	me := b.get(t, "/v1/me")
	require.Equal(t, 200, me.StatusCode)
	assert.JSONEq(t, `{"login":"sara","name":"سارا","by":"password","memberships":[{"agency":"post","roles":["uploader"]}],"must_change_password":false}`, me.body)
	assert.Contains(t, b.get(t, "/sign-out").body, "سارا")

	b.signIn(t, "sara", sarasPassword)
	require.NotEqual(t, first, b.session(t), "rotated")
	assert.Equal(t, 401, newBrowser(t, s.URL).send(t, "GET", "/v1/me", nil, "Cookie", "nsdi-session="+first).StatusCode, "the one before is worth nothing")

	other := newBrowser(t, s.URL)
	other.signIn(t, "sara", sarasPassword)
	kept := b.session(t)
	out := b.send(t, "POST", "/sign-out", url.Values{})
	require.Equal(t, 303, out.StatusCode)
	assert.Empty(t, b.session(t))
	assert.Equal(t, 401, b.send(t, "GET", "/v1/me", nil, "Cookie", "nsdi-session="+kept).StatusCode, "a replayed cookie")
	assert.Equal(t, 200, other.get(t, "/v1/me").StatusCode)
	assert.NotContains(t, b.get(t, "/v1/session").body, "left", "the page after signing out saw to what was left in this browser")
	b.signIn(t, "sara", sarasPassword)
	b.send(t, "POST", "/sign-out", url.Values{"everywhere": {"yes"}})
	assert.Equal(t, 401, other.get(t, "/v1/me").StatusCode)
	assert.Contains(t, other.get(t, "/v1/session").body, `"left":true`)
	other.signIn(t, "sara", sarasPassword)
	assert.NotContains(t, other.get(t, "/v1/session").body, "left")
	_, err := s.pool.Exec(t.Context(), `update access.session set expires_at = now()`)
	require.NoError(t, err)
	assert.Contains(t, other.get(t, "/v1/session").body, `"person":null`)
	assert.NotContains(t, other.get(t, "/v1/session").body, "left", "a session that ended by itself")
}

// Whatever a prober sends as a cookie, the answer is that to the public, to the byte.
func TestForeignCookiesAreThePublic(t *testing.T) {
	t.Parallel()
	s := staffed(t, nil)
	b := newBrowser(t, s.URL)
	require.Equal(t, 303, b.signIn(t, "sara", sarasPassword).StatusCode)
	expired := b.session(t)
	_, err := s.pool.Exec(t.Context(), `update access.session set expires_at = now() - interval '1 minute'`)
	require.NoError(t, err)
	prober := newBrowser(t, s.URL)
	me, themes := prober.get(t, "/v1/me"), prober.get(t, "/v1/themes")
	require.Equal(t, 401, me.StatusCode)
	for name, cookie := range map[string]string{"expired": expired, "forged": strings.Repeat("A", 43), "odd": "'--", "long": strings.Repeat("x", 4000)} {
		for path, public := range map[string]reply{"/v1/me": me, "/v1/themes": themes} {
			got := prober.send(t, "GET", path, nil, "Cookie", "nsdi-session="+cookie)
			assert.Equal(t, public.StatusCode, got.StatusCode, name)
			assert.Equal(t, public.body, got.body, name)
			assert.Empty(t, got.Header.Values("Set-Cookie"), name)
		}
	}
}

func TestGeneratedPasswordHasToBeChanged(t *testing.T) {
	t.Parallel()
	s := start(t, nil)
	login, password, _, err := access.CreateAdministrator(t.Context(), s.pool)
	require.NoError(t, err)
	b := newBrowser(t, s.URL)
	in := b.signIn(t, login, password)
	require.Equal(t, 303, in.StatusCode)
	require.Contains(t, in.Header.Get("Location"), "/password?")
	for _, path := range []string{"/v1/themes", "/tiles/place.json", "/tiles/place/0/0/0", "/v1/geocode?q=x", "/openapi.json", "/nothing"} {
		r := b.get(t, path)
		assert.Equal(t, 403, r.StatusCode, path)
		assert.Contains(t, r.body, "password-change-needed", path)
	}
	assert.Equal(t, "/password?lang=fa", b.get(t, "/").Header.Get("Location"))
	assert.Contains(t, b.get(t, "/v1/me").body, `"must_change_password":true`)
	assert.Equal(t, 200, b.get(t, "/assets/index-abc.js").StatusCode)
	change := func(present, chosen, again string) reply {
		return b.send(t, "POST", "/password", url.Values{"present": {present}, "new": {chosen}, "again": {again}})
	}
	assert.Equal(t, 401, change("wrong", sarasPassword, sarasPassword).StatusCode)
	assert.Equal(t, 422, change(password, sarasPassword, "another").StatusCode)
	assert.Equal(t, 422, change(password, "short", "short").StatusCode)
	assert.Equal(t, 422, change(password, password, password).StatusCode)
	require.Equal(t, 403, b.get(t, "/v1/themes").StatusCode)
	before := b.session(t)
	require.Equal(t, 303, change(password, sarasPassword, sarasPassword).StatusCode)
	require.NotEqual(t, before, b.session(t), "rotated")
	assert.Equal(t, 200, b.get(t, "/v1/themes").StatusCode)
	assert.Equal(t, 401, newBrowser(t, s.URL).send(t, "GET", "/v1/me", nil, "Cookie", "nsdi-session="+before).StatusCode)
	assert.Equal(t, 303, newBrowser(t, s.URL).get(t, "/password").StatusCode, "without a session there is nothing to change")
}

func TestGuessingAtThePageWaits(t *testing.T) {
	t.Parallel()
	s := staffed(t, nil)
	b := newBrowser(t, s.URL)
	for range 5 {
		require.Equal(t, 401, b.signIn(t, "sara", "guess").StatusCode)
	}
	r := b.signIn(t, "sara", sarasPassword)
	assert.Equal(t, 429, r.StatusCode)
	assert.Regexp(t, `^(2\d|30)$`, r.Header.Get("Retry-After"))
	assert.Contains(t, r.body, `role="alert"`)
	basic, err := http.NewRequestWithContext(t.Context(), "GET", s.URL+"/v1/me", nil)
	require.NoError(t, err)
	basic.SetBasicAuth("sara", sarasPassword)
	answer, err := b.Do(basic)
	require.NoError(t, err)
	answer.Body.Close()
	assert.Equal(t, 429, answer.StatusCode, "no other door stands open")
}

func TestCrossOriginRequestsAreRefused(t *testing.T) {
	t.Parallel()
	s := staffed(t, func(d *server.Deps) { d.PublicURL = "http://nsdi.example" })
	b := newBrowser(t, s.URL)
	require.Equal(t, 303, b.signIn(t, "sara", sarasPassword).StatusCode)
	for name, header := range map[string][]string{
		"another site": {"Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"}, "same site, another host": {"Sec-Fetch-Site", "same-site"},
		"older browser": {"Sec-Fetch-Site", "", "Origin", "https://evil.example"}, "no origin": {"Sec-Fetch-Site", "", "Origin", "null"},
		"browser that says nothing": {"Sec-Fetch-Site", "", "Origin", ""},
	} {
		for _, path := range []string{"/sign-out", "/password", "/sign-in"} {
			r := b.send(t, "POST", path, url.Values{"everywhere": {"yes"}}, header...)
			assert.Equal(t, 403, r.StatusCode, "%s %s", name, path)
			assert.Contains(t, r.body, "cross-origin-refused", name)
		}
	}
	assert.Equal(t, 200, b.get(t, "/v1/me").StatusCode, "still signed in")
	assert.Equal(t, 405, b.send(t, "POST", "/v1/me", nil, "x-api-key", "k").StatusCode, "a program with a key is let through to the routes")
	assert.Equal(t, 303, b.send(t, "POST", "/sign-out", url.Values{}, "Sec-Fetch-Site", "", "Origin", "http://nsdi.example").StatusCode, "through a proxy")
}

func TestNextStaysHere(t *testing.T) {
	t.Parallel()
	s := staffed(t, nil)
	b := newBrowser(t, s.URL)
	for next, want := range map[string]string{
		"//evil.example": "/", "https://evil.example/": "/", `/\evil.example`: "/", "javascript:alert(1)": "/", "evil": "/", "/%09/evil": "/%09/evil", "/\t/evil.example": "/", "": "/", "/?unit=IR": "/?unit=IR",
	} {
		r := b.send(t, "POST", "/sign-in", url.Values{"login": {"sara"}, "password": {sarasPassword}, "next": {next}})
		require.Equal(t, 303, r.StatusCode)
		assert.Equal(t, want, r.Header.Get("Location"), next)
	}
	english := b.send(t, "POST", "/sign-in", url.Values{"login": {"sara"}, "password": {sarasPassword}, "lang": {"en"}})
	assert.Equal(t, "/?lang=en", english.Header.Get("Location"), "the language stays")
}

func TestFormsAreForms(t *testing.T) {
	t.Parallel()
	s := staffed(t, nil)
	b := newBrowser(t, s.URL)
	assert.Equal(t, 422, b.send(t, "POST", "/sign-in", url.Values{"login": {"sara"}}, "Content-Type", "application/json").StatusCode)
	assert.Equal(t, 422, b.send(t, "POST", "/sign-in", url.Values{"login": {strings.Repeat("x", 20000)}}).StatusCode)
	assert.Equal(t, 401, b.send(t, "POST", "/sign-in", url.Values{"login": {"sara\x00"}, "password": {"x"}}).StatusCode)
}

// An operator who says the address of the server has cookies for TLS only, and that address wherever the server names one.
func TestBehindTLS(t *testing.T) {
	t.Parallel()
	s := staffed(t, func(d *server.Deps) { d.PublicURL = "https://nsdi.example/" })
	_, described := s.do(t, "GET", "/openapi.json")
	require.Contains(t, string(described), `"servers":[{"url":"https://nsdi.example"}]`)
	require.Contains(t, s.json(t, "/tiles/urban-boundary.json")["tiles"].([]any)[0], "https://nsdi.example/tiles/urban-boundary/")
	_, style := s.do(t, "GET", "/styles/urban-boundary.json")
	require.Contains(t, string(style), "https://nsdi.example/tiles/urban-boundary")
	require.NotContains(t, string(style), s.URL)
	in := newBrowser(t, s.URL).signIn(t, "sara", sarasPassword)
	require.Equal(t, 303, in.StatusCode)
	require.Len(t, in.Cookies(), 2)
	for _, c := range in.Cookies() {
		assert.True(t, c.Secure)
		assert.True(t, strings.HasPrefix(c.Name, "__Host-nsdi-"), c.Name)
		assert.Equal(t, "/", c.Path)
	}
}

func TestSessionsGrowOld(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)
	s := staffed(t, func(d *server.Deps) { d.Now = func() time.Time { return now } })
	b := newBrowser(t, s.URL)
	require.Equal(t, 303, b.signIn(t, "sara", sarasPassword).StatusCode)
	now = now.Add(access.SessionIdle)
	assert.Equal(t, 401, b.get(t, "/v1/me").StatusCode)
}

// The styles of the sign-in pages are in place, which the policy allows; nothing else is.
func TestPagesKeepToThePolicy(t *testing.T) {
	t.Parallel()
	s := staffed(t, nil)
	b := newBrowser(t, s.URL)
	b.signIn(t, "sara", sarasPassword)
	inline := regexp.MustCompile(`<script|\son[a-z]+=|javascript:|(?:src|href|action)="(?:https?:)?//`)
	for _, path := range []string{"/sign-out", "/password", "/password?lang=en"} {
		r := b.get(t, path)
		require.Equal(t, 200, r.StatusCode, path)
		assert.NotRegexp(t, inline, r.body, path)
		assert.Contains(t, r.Header.Get("Content-Security-Policy"), "default-src 'self'")
	}
}
