package main

import (
	"bufio"
	"context"
	"encoding/csv"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/internal/pgtest"
)

// workday is a server on a database, and the commands of whoever runs it.
type workday struct {
	t        *testing.T
	database string
	site     string
}

func newWorkday(t *testing.T) *workday {
	t.Helper()
	d := &workday{t: t, database: pgtest.URL(t)}
	ctx, cancel := context.WithCancel(t.Context())
	said, out := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := run(ctx, []string{"--database-url", d.database, "serve", "--listen", "127.0.0.1:0"}, out, io.Discard)
		out.CloseWithError(err)
		ended <- err
	}()
	t.Cleanup(func() {
		cancel()
		assert.NoError(t, <-ended)
	})
	for lines := bufio.NewScanner(said); d.site == "" && lines.Scan(); {
		if m := servesOn.FindStringSubmatch(lines.Text()); m != nil {
			d.site = m[1]
		}
	}
	require.NotEmpty(t, d.site, "the server ended before it served")
	go io.Copy(io.Discard, said) //nolint:errcheck // nothing more is said
	return d
}

// nsdi runs a command, and answers what a pattern finds in what it says.
func (d *workday) nsdi(find string, args ...string) string {
	d.t.Helper()
	var out, errOut strings.Builder
	err := run(d.t.Context(), append([]string{"--database-url", d.database}, args...), &out, &errOut)
	require.NoError(d.t, err, "%s%s", out.String(), errOut.String())
	found := regexp.MustCompile(find).FindStringSubmatch(out.String())
	require.NotEmpty(d.t, found, "%s in %s", find, out.String())
	return found[len(found)-1]
}

// client is a browser, or a program with a key.
type client struct {
	*workday
	http.Client
	key string
}

func (d *workday) client(key string) *client {
	jar, err := cookiejar.New(nil)
	require.NoError(d.t, err)
	return &client{d, http.Client{
		Jar: jar, Transport: &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}, key}
}

// ask sends a form, or without one reads, and answers the body of the status that is expected.
func (c *client) ask(status int, path string, form url.Values) string {
	c.t.Helper()
	method := http.MethodGet
	if form != nil {
		method = http.MethodPost
	}
	r, err := http.NewRequestWithContext(c.t.Context(), method, c.site+path, strings.NewReader(form.Encode()))
	require.NoError(c.t, err)
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	if c.key != "" {
		r.Header.Set("Authorization", "Bearer "+c.key)
	}
	answer, err := c.Do(r)
	require.NoError(c.t, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	require.NoError(c.t, err)
	require.Equal(c.t, status, answer.StatusCode, "%s %s: %s", method, path, body)
	return string(body)
}

// One day's use, and what the auditor reads of it in the evening.
func TestAuditOfADay(t *testing.T) {
	t.Parallel()
	d := newWorkday(t)
	d.nsdi(`municipality-sari`, "agency", "add", "municipality-sari", "--kind", "municipality", "--name-fa", "شهرداری ساری", "--name-en", "Municipality of Sari", "--territory", "IR-02")
	generated := d.nsdi(`password\s+(\S+)`, "user", "add", "sara", "--name", "سارا", "--agency", "municipality-sari", "--role", "auditor")

	sara := d.client("")
	sara.ask(401, "/sign-in", url.Values{"login": {"sara"}, "password": {"a wrong password"}})
	sara.ask(401, "/sign-in", url.Values{"login": {"nobody"}, "password": {generated}})
	sara.ask(303, "/sign-in", url.Values{"login": {"sara"}, "password": {generated}})
	sara.ask(403, "/v1/audit", nil) // the password has to be changed first
	const chosen = "four unrelated words here"
	sara.ask(303, "/password", url.Values{"present": {generated}, "new": {chosen}, "again": {chosen}})
	sara.ask(403, "/v1/audit?agency=post", nil)
	sara.ask(200, "/v1/audit.csv?agency=municipality-sari", nil)

	key := d.nsdi(`nsdi_[a-z2-7]{8}_[a-z2-7]{52}`, "key", "add", "report", "--agency", "municipality-sari", "--role", "auditor", "--scope", "audit")
	program := d.client(key)
	program.ask(200, "/v1/audit.csv?agency=municipality-sari", nil)
	program.ask(403, "/v1/audit.csv", nil)
	d.nsdi(`.*`, "key", "revoke", strings.Split(key, "_")[1])
	program.ask(401, "/v1/audit.csv?agency=municipality-sari", nil)

	places := filepath.Join(t.TempDir(), "places.csv")
	require.NoError(t, os.WriteFile(places, []byte("code,name_fa,lon,lat\na,روستا,51.3,35.3\n"), 0o600))
	tracking := d.nsdi(`NSDI-\d{4}-\w{4}-\w{4}-\w`, "import", "--theme", "place", "--agency", "ncc", places)
	delegation := d.nsdi(`(?s).*`, "agency", "delegate", "municipality-sari", "ncc", "--theme", "road", "--until", "2999-03-21")
	d.nsdi(`.*`, "agency", "revoke", strings.TrimSpace(delegation))
	d.nsdi(`.*`, "user", "role", "sara", "--agency", "committee", "--role", "auditor")
	sara.ask(303, "/sign-out", url.Values{"everywhere": {"yes"}})
	sara.ask(401, "/v1/audit", nil) // the public is asked to sign in: no refusal
	sara.ask(303, "/sign-in", url.Values{"login": {"sara"}, "password": {chosen}})
	sheet := sara.ask(200, "/v1/audit.csv", nil)
	sara.ask(303, "/sign-out", url.Values{})
	d.nsdi(`.*`, "user", "disable", "sara")
	d.nsdi(`(?s)✓ audit trail: 23 entries, chain whole.*✓ index of addresses: \d+ units at \d+ sites`, "doctor")

	rows, err := csv.NewReader(strings.NewReader(sheet)).ReadAll()
	require.NoError(t, err)
	at := map[string]int{}
	for i, name := range rows[0] {
		at[name] = i
	}
	var told []string
	last := ""
	for i := len(rows) - 1; i > 0; i-- { // newest first
		r := rows[i]
		assert.Less(t, last, r[at["at"]], "in order")
		last = r[at["at"]]
		person := r[at["person_id"]] != "0"
		assert.Equal(t, person, r[at["name"]] == "سارا", "%v", r)
		assert.Equal(t, r[at["name"]] == "report", r[at["key_id"]] != "0", "%v", r)
		assert.Equal(t, r[at["name"]] == "operator", r[at["address"]] == "", "%v", r)
		assert.Regexp(t, `^1[45]\d\d-\d\d-\d\d`, r[at["at_jalali"]])
		before, _, _ := strings.Cut(r[at["detail"]], ", until 202") // a year from today
		told = append(told, strings.Join([]string{r[at["event"]], r[at["outcome"]], r[at["name"]], r[at["agency"]], r[at["resource"]], r[at["tracking"]], before}, " | "))
	}
	const in = "municipality-sari"
	prefix := strings.Split(key, "_")[1]
	assert.Equal(t, []string{
		"permission | done | operator | committee | person:admin |  | account made, role given: administrator",
		"permission | done | operator | " + in + " | agency:" + in + ` |  | agency made: kind "municipality", name "شهرداری ساری / Municipality of Sari", territories "IR-02"`,
		"permission | done | operator | " + in + " | person:sara |  | account made, role given: auditor",
		"refusal | refused |  |  | POST /sign-in |  | sign-in-refused",
		"refusal | refused |  |  | POST /sign-in |  | sign-in-refused",
		"sign-in | done | سارا | " + in + " | session |  | password",
		"password | done | سارا | " + in + " | person:sara |  | changed by the person",
		"refusal | refused | سارا | " + in + " | GET /v1/audit |  | not-permitted",
		"export | done | سارا | " + in + " | audit |  | 5 entries, agency=" + in,
		"permission | done | operator | " + in + " | key:" + prefix + " |  | key added: roles [auditor], scopes [audit], networks []",
		"export | done | report | " + in + " | audit |  | 7 entries, agency=" + in,
		"refusal | refused | report | " + in + " | GET /v1/audit.csv |  | not-permitted",
		"permission | done | operator | " + in + " | key:" + prefix + " |  | key revoked",
		"refusal | refused |  |  | GET /v1/audit.csv |  | key-revoked",
		"publication | done | operator | ncc | theme:place submission:1 | " + tracking + " | Version 1: 1 added, 0 altered, 0 removed.",
		"permission | done | operator | " + in + ` | delegation:1 |  | road delegated to ncc, territory "", until 2999-03-20T20:30:00Z`,
		"permission | done | operator | " + in + " | delegation:1 |  | delegation revoked",
		"permission | done | operator | committee | person:sara |  | role given: auditor",
		"sign-out | done | سارا | committee | session |  | everywhere",
		"sign-in | done | سارا | committee | session |  | password",
	}, told)
	for _, secret := range []string{generated, chosen, strings.Split(key, "_")[2]} {
		assert.NotContains(t, sheet, secret)
	}
}
