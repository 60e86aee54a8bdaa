package server_test

import (
	"encoding/csv"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/access"
	"nsdi/server"
)

// keyed starts a site that knows API keys.
func keyed(t *testing.T) *site {
	t.Helper()
	return start(t, func(d *server.Deps) { d.Keys = &access.Keys{Pool: d.System} })
}

// key makes an API key of an agency.
func (s *site) key(t *testing.T, agency string, roles ...access.Role) string {
	t.Helper()
	_, presented, err := (&access.Keys{Pool: s.pool}).Add(t.Context(), access.Key{
		Name: agency + "'s program", Agency: agency, Roles: roles, Scopes: []string{"*"}, ExpiresAt: time.Now().Add(time.Hour),
	})
	require.NoError(t, err)
	return presented
}

func TestTrack(t *testing.T) {
	t.Parallel()
	s := keyed(t)
	tr := &access.Tracking{Now: func() time.Time { return time.Date(2026, 11, 21, 20, 30, 0, 0, time.UTC) }}
	var id access.Identifier
	require.NoError(t, pgx.BeginFunc(t.Context(), s.pool, func(tx pgx.Tx) (err error) {
		step := access.Step{State: "received", ResponsiblePerson: "Sara"}
		step.Note.EN = "only for the owner"
		if id, err = tr.Open(t.Context(), tx, "submission", "post", step); err != nil {
			return err
		}
		return tr.Move(t.Context(), tx, id, access.Step{State: "published"})
	}))
	owner, other := s.key(t, "post", access.Uploader), s.key(t, "ncc", access.Uploader)
	typed := url.PathEscape(strings.ToLower(strings.ReplaceAll(string(id), "-", " ")))
	for name, c := range map[string]struct {
		header []string
		inside bool
	}{
		"public":      {nil, false},
		"other":       {[]string{"x-api-key", other}, false},
		"owner":       {[]string{"x-api-key", owner}, true},
		"as bearer":   {[]string{"Authorization", "Bearer " + owner}, true},
		"as Api-Key":  {[]string{"Api-Key", owner}, true},
		"other again": {[]string{"Api-Key", other}, false},
	} {
		r, body := s.do(t, "GET", "/v1/track/"+typed, c.header...)
		require.Equal(t, 200, r.StatusCode, "%s: %s", name, body)
		text := string(body)
		assert.Equal(t, c.inside, strings.Contains(text, "only for the owner"), "%s: %s", name, text)
		assert.Equal(t, c.inside, strings.Contains(text, "Sara"), name)
		for _, public := range []string{string(id), `"state":"published"`, `"1405-09-01"`, "2026-11-21T20:30:00Z", "National Post Company", "شرکت ملی پست", "منتشر شد"} {
			assert.Contains(t, text, public, name)
		}
	}
	// What is no identifier answers as one that is not there does, to the byte.
	_, want := s.do(t, "GET", "/v1/track/"+string(access.NewIdentifier(time.Now())))
	for _, wrong := range []string{"x", "NSDI-1405-2222-2222-3", "%27%3B--", "%00", strings.Repeat("A", 1000), "NSDI-1300-2222-2222-2"} {
		r, body := s.do(t, "GET", "/v1/track/"+wrong)
		assert.Equal(t, 404, r.StatusCode, wrong)
		assert.Equal(t, string(want), string(body), wrong)
	}
}

func TestAuditIsForAuditors(t *testing.T) {
	t.Parallel()
	s := keyed(t)
	auditor, uploader := s.key(t, "committee", access.Auditor), s.key(t, "post", access.Uploader)
	agencys := s.key(t, "post", access.Auditor)
	for _, path := range []string{"/v1/audit", "/v1/audit.csv"} {
		r, _ := s.do(t, "GET", path)
		assert.Equal(t, 401, r.StatusCode)
		r, _ = s.do(t, "GET", path, "x-api-key", uploader)
		assert.Equal(t, 403, r.StatusCode)
		r, _ = s.do(t, "GET", path+"?agency=post", "x-api-key", uploader)
		assert.Equal(t, 403, r.StatusCode)
		r, _ = s.do(t, "GET", path, "x-api-key", agencys)
		assert.Equal(t, 403, r.StatusCode, "an agency's auditor does not see the others")
		r, _ = s.do(t, "GET", path+"?agency=ncc", "x-api-key", agencys)
		assert.Equal(t, 403, r.StatusCode)
		r, _ = s.do(t, "GET", path+"?agency=ncc&agency=post", "x-api-key", agencys)
		assert.Equal(t, 403, r.StatusCode)
		r, body := s.do(t, "GET", path+"?agency=post", "x-api-key", agencys)
		assert.Equal(t, 200, r.StatusCode)
		assert.NotContains(t, string(body), "committee's")
		r, _ = s.do(t, "GET", path, "x-api-key", "nsdi_aaaaaaaa_"+strings.Repeat("a", 52))
		assert.Equal(t, 401, r.StatusCode)
	}
	require.NoError(t, (&access.AuditTrail{}).Record(t.Context(), s.pool, access.Entry{Event: "sign-in", Name: `=HYPERLINK("http://evil.example")`, Detail: "+1", Resource: "@x", Territory: "-2"}))
	r, body := s.do(t, "GET", "/v1/audit?event=sign-in", "x-api-key", auditor)
	require.Equal(t, 200, r.StatusCode, "%s", body)
	var page struct {
		Entries []struct {
			Seq   int64
			Event string
			Name  string
		}
		Next *int64
	}
	require.NoError(t, json.Unmarshal(body, &page))
	require.Len(t, page.Entries, 1)
	assert.Equal(t, `=HYPERLINK("http://evil.example")`, page.Entries[0].Name)
	assert.Nil(t, page.Next)

	r, body = s.do(t, "GET", "/v1/audit?limit=2", "x-api-key", auditor)
	require.Equal(t, 200, r.StatusCode)
	require.NoError(t, json.Unmarshal(body, &page))
	require.Len(t, page.Entries, 2)
	require.NotNil(t, page.Next)
	assert.Equal(t, page.Entries[1].Seq, *page.Next)

	r, body = s.do(t, "GET", "/v1/audit.csv?event=sign-in", "x-api-key", auditor)
	require.Equal(t, 200, r.StatusCode)
	assert.Contains(t, r.Header.Get("Content-Disposition"), "attachment")
	rows, err := csv.NewReader(strings.NewReader(string(body))).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 2)
	assert.Equal(t, []string{`'=HYPERLINK("http://evil.example")`, "'@x", "'-2", "'+1"}, []string{rows[1][7], rows[1][10], rows[1][11], rows[1][14]})

	// The refusals above and the sheets that were taken are in the trail, with who it was.
	_, body = s.do(t, "GET", "/v1/audit?event=refusal&outcome=refused&person="+url.QueryEscape("post's program"), "x-api-key", auditor)
	assert.Contains(t, string(body), "GET /v1/audit.csv")
	_, body = s.do(t, "GET", "/v1/audit?event=refusal&outcome=refused", "x-api-key", auditor)
	assert.Contains(t, string(body), "key-refused")
	_, body = s.do(t, "GET", "/v1/audit?event=export", "x-api-key", auditor)
	assert.Contains(t, string(body), "committee's program")
	for _, wrong := range []string{"/v1/audit?from=yesterday", "/v1/audit?tracking=x", "/v1/audit.csv?from=yesterday", "/v1/audit.csv?before=-1", "/v1/audit.csv?tracking=x"} {
		r, _ = s.do(t, "GET", wrong, "x-api-key", auditor)
		assert.Equal(t, 422, r.StatusCode, wrong)
	}
	_, _, err = access.VerifyAudit(t.Context(), s.pool)
	require.NoError(t, err)
}

func TestQuotaOfAKey(t *testing.T) {
	t.Parallel()
	now := time.Now()
	s := start(t, func(d *server.Deps) {
		d.Keys = &access.Keys{Pool: d.System}
		d.Now = func() time.Time { return now }
	})
	key, other := s.key(t, "post", access.Inquirer), s.key(t, "post", access.Inquirer)
	for i := range 20 {
		r, _ := s.do(t, "GET", "/v1/admin-units?limit=1", "x-api-key", key)
		require.Equal(t, 200, r.StatusCode, i)
		if i == 0 {
			assert.Equal(t, []string{"20", "19", "1", "20;w=4, 20000;w=86400"}, []string{
				r.Header.Get("RateLimit-Limit"), r.Header.Get("RateLimit-Remaining"), r.Header.Get("RateLimit-Reset"), r.Header.Get("RateLimit-Policy"),
			})
		}
	}
	r, body := s.do(t, "GET", "/v1/admin-units?limit=1", "x-api-key", key)
	require.Equal(t, http.StatusTooManyRequests, r.StatusCode)
	assert.Equal(t, "application/problem+json", r.Header.Get("Content-Type"))
	assert.Equal(t, []string{"1", "0", "4"}, []string{r.Header.Get("Retry-After"), r.Header.Get("RateLimit-Remaining"), r.Header.Get("RateLimit-Reset")})
	assert.Contains(t, string(body), `"code":"quota-exceeded"`)
	for path, header := range map[string][]string{
		"/v1/reverse?lat=35.3&lon=51.3": {"x-api-key", key},   // another class
		"/v1/admin-units?limit=1":       {"x-api-key", other}, // another key
		"/v1/admin-units?limit=2":       nil,                  // the public
	} {
		r, body := s.do(t, "GET", path, header...)
		assert.Equal(t, 200, r.StatusCode, "%s: %s", path, body)
		assert.Equal(t, header != nil, r.Header.Get("RateLimit-Limit") != "", path)
	}
}
