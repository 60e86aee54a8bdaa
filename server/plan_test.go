package server_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/access"
)

// signed makes a person of an agency and answers the headers of a browser in which he or she is signed in.
func (s *site) signed(t *testing.T, login, agency string, role access.Role) []string {
	t.Helper()
	person, err := access.Create(t.Context(), s.pool, access.Account{Login: login, Agency: agency, Role: role, Password: "correct horse battery 9"})
	require.NoError(t, err)
	token, err := (&access.Sessions{Pool: s.pool, Now: time.Now}).Begin(t.Context(), person, "password", "")
	require.NoError(t, err)
	return []string{"Cookie", "nsdi-session=" + token, "Sec-Fetch-Site", "same-origin"}
}

// A revised target stands beside the legal one, is versioned, and only a committee sets it, for its own territory.
func TestPlans(t *testing.T) {
	t.Parallel()
	s := keyed(t)
	require.NoError(t, access.EnsureAgency(t.Context(), s.pool, access.Agency{Code: "tehran-committee", Kind: "provincial-committee", NameFA: "کمیته تهران", NameEN: "Tehran's committee", Territories: []string{"IR-23"}, Parent: "committee"}))
	member, local := s.signed(t, "member", "committee", access.CommitteeMember), s.signed(t, "local", "tehran-committee", access.CommitteeMember)
	decision := func(unit, number string) string {
		return `{"obligation":"A25-URBAN","unit":"` + unit + `","decision":"` + number + `","decided_on":"2026-03-01","body":{"fa":"کمیته راهبری","en":"Steering committee"},
			"milestones":[{"due":"2026-03-21","percent":20},{"due":"2027-03-20","percent":60},{"due":"2028-03-19","percent":100}]}`
	}
	for name, c := range map[string]struct {
		header       []string
		unit         string
		status, next int
	}{
		"the public": {nil, "IR", 401, 0}, "a key of the committee": {[]string{"x-api-key", s.key(t, "committee", access.CommitteeMember)}, "IR", 403, 0},
		"an administrator": {s.signed(t, "admin2", "committee", access.Administrator), "IR", 403, 0}, "the Registry": {s.signed(t, "registrar", "registry", access.Publisher), "IR", 403, 0},
		"a province for the country": {local, "IR", 403, 0}, "a province for another": {local, "IR-30", 403, 0},
	} {
		status, v := s.post(t, "/v1/progress/plans", decision(c.unit, "1"), c.header...)
		assert.Equal(t, c.status, status, "%s: %v", name, v)
	}
	status, first := s.post(t, "/v1/progress/plans", decision("IR", "7/1404"), member...)
	require.Equal(t, http.StatusOK, status, first)
	require.InDelta(t, 1, first["version"], 0)
	status, second := s.post(t, "/v1/progress/plans", decision("IR", "9/1404"), member...)
	require.Equal(t, http.StatusOK, status, second)
	require.InDelta(t, 2, second["version"], 0)
	status, own := s.post(t, "/v1/progress/plans", decision("IR-23", "ت/۱"), local...)
	require.Equal(t, http.StatusOK, status, own)

	kinds := func(unit string) (found []string) {
		for _, p := range s.json(t, "/v1/progress/plans?unit="+unit)["plans"].([]any) {
			if p := p.(map[string]any); p["obligation"] == "A25-URBAN" {
				found = append(found, p["kind"].(string)+" "+p["decision"].(string))
			}
		}
		return found
	}
	require.Equal(t, []string{"legal 1392-12-20", "revised 9/1404", "revised 7/1404"}, kinds("IR"))
	require.Equal(t, []string{"legal 1392-12-20", "revised 9/1404", "revised 7/1404", "revised ت/۱"}, kinds("IR-23"))
	legal := s.json(t, "/v1/progress/plans")["plans"].([]any)
	require.Len(t, legal, 12+2, "twelve obligations: each has a deadline or rows in Annex C")

	var audited string
	require.NoError(t, s.pool.QueryRow(t.Context(), `select name || ': ' || detail from access.audit where event = 'plan' order by seq limit 1`).Scan(&audited))
	require.Equal(t, "member: version 1 by decision 7/1404 of 2026-03-01, complete by 2028-03-19", audited)
	for _, sql := range []string{`update progress.plan set decision = 'x'`, `delete from progress.plan`, `truncate progress.plan`} {
		_, err := s.pool.Exec(t.Context(), sql)
		require.ErrorContains(t, err, "written once", "%s: not even for the owner", sql)
	}
}

// Each wrong decision is told with its place, and nothing is kept of it.
func TestWrongPlans(t *testing.T) {
	t.Parallel()
	s := keyed(t)
	member := s.signed(t, "member", "committee", access.CommitteeMember)
	tomorrow := time.Now().AddDate(0, 0, 2).Format(time.DateOnly)
	body := func(obligation, unit, decided, milestones string) string {
		return `{"obligation":"` + obligation + `","unit":"` + unit + `","decision":"1","decided_on":"` + decided + `","body":{"fa":"ک","en":"C"},"milestones":` + milestones + `}`
	}
	whole := `[{"due":"2028-03-19","percent":100}]`
	for at, c := range map[string]struct {
		body string
		code string
	}{
		"body.obligation": {body("A99", "IR", "2026-03-01", whole), "plan-invalid"},
		"query.unit":      {body("A24-URBAN", "IR-99", "2026-03-01", whole), "not-permitted"},
		"body.decided_on": {body("A24-URBAN", "IR", tomorrow, whole), "plan-invalid"},
		"law":             {body("A24-URBAN", "IR", "2013-01-01", whole), "plan-invalid"},
		"end":             {body("A24-URBAN", "IR", "2026-03-01", `[{"due":"2028-03-19","percent":99}]`), "plan-invalid"},
		"order":           {body("A24-URBAN", "IR", "2026-03-01", `[{"due":"2028-03-19","percent":50},{"due":"2028-03-19","percent":100}]`), "plan-invalid"},
		"down":            {body("A24-URBAN", "IR", "2026-03-01", `[{"due":"2027-03-19","percent":50},{"due":"2027-04-19","percent":40},{"due":"2028-03-19","percent":100}]`), "plan-invalid"},
		"day":             {body("A24-URBAN", "IR", "2026-03-01", `[{"due":"2028-02-30","percent":100}]`), "request-invalid"},
		"far":             {body("A24-URBAN", "IR", "2026-03-01", `[{"due":"9999-12-31","percent":100}]`), "plan-invalid"},
		"above":           {body("A24-URBAN", "IR", "2026-03-01", `[{"due":"2028-02-20","percent":101}]`), "request-invalid"},
		"none":            {body("A24-URBAN", "IR", "2026-03-01", `[]`), "request-invalid"},
		"zero":            {`{"obligation":"A24-URBAN","decision":"\u0000","decided_on":"2026-03-01","body":{"fa":"ک","en":"C"},"milestones":` + whole + `}`, "plan-invalid"},
	} {
		status, v := s.post(t, "/v1/progress/plans", c.body, member...)
		assert.Contains(t, []int{403, 422}, status, "%s: %v", at, v)
		assert.Equal(t, c.code, v["code"], "%s: %v", at, v)
	}
	var kept int
	require.NoError(t, s.pool.QueryRow(t.Context(), `select count(*) from progress.plan`).Scan(&kept))
	require.Zero(t, kept)
}
