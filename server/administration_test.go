package server_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/access"
)

// told reads a JSON answer as somebody.
func (s *site) told(t *testing.T, path string, header []string) (int, map[string]any) {
	t.Helper()
	r, body := s.do(t, http.MethodGet, path, header...)
	var v map[string]any
	require.NoError(t, json.Unmarshal(body, &v), "%s", body)
	return r.StatusCode, v
}

// The steering committee's administrator keeps everything, an agency's its own, nobody else anything; what is done is in the audit trail.
func TestAdministration(t *testing.T) {
	t.Parallel()
	s := keyed(t)
	chief, local := s.signed(t, "chief", "committee", access.Administrator), s.signed(t, "local", "post", access.Administrator)
	publisher, auditor := s.signed(t, "publisher", "post", access.Publisher), s.signed(t, "auditor", "committee", access.Auditor)
	const at = "/v1/administration"
	do := func(path, body string, who []string) (int, map[string]any) { return s.post(t, at+path, body, who...) }

	for _, path := range []string{"/agencies", "/people", "/keys", "/delegations"} {
		for status, who := range map[int][]string{401: nil, 403: publisher, 200: local} {
			got, _ := s.told(t, at+path, who)
			assert.Equal(t, status, got, path)
		}
	}
	const sari = `{"code":"municipality-sari","kind":"municipality","name_fa":"شهرداری ساری","name_en":"Municipality of Sari","territories":["IR-23"]}`
	status, _ := do("/agencies", sari, local)
	assert.Equal(t, 403, status, "an agency's administrator makes no agencies")
	status, agency := do("/agencies", sari, chief)
	require.Equal(t, 200, status, agency)
	assert.Contains(t, agency["themes"], "road", "what every municipality delivers")
	status, refused := do("/agencies", strings.Replace(sari, "IR-23", "XX", 1), chief)
	assert.Equal(t, 422, status)
	assert.Equal(t, "territory-unknown", refused["code"])

	const mina = `{"login":"mina","name":"مینا","agency":"municipality-sari","role":"uploader"}`
	status, _ = do("/people", mina, local)
	assert.Equal(t, 403, status)
	status, made := do("/people", mina, chief)
	require.Equal(t, 200, status, made)
	assert.GreaterOrEqual(t, len(made["password"].(string)), 20)
	status, again := do("/people", mina, chief)
	assert.Equal(t, 409, status, again)
	status, _ = do("/people/mina/roles", `{"agency":"post","role":"uploader"}`, local)
	assert.Equal(t, 200, status, "into one's own agency")
	for _, act := range [][2]string{{"/people/mina/password", ""}, {"/people/mina/state", `{"closed":true}`}, {"/people/mina/roles", `{"agency":"municipality-sari","role":"reviewer"}`}} {
		status, _ = do(act[0], act[1], local)
		assert.Equal(t, 403, status, "%s: she is somebody's else too", act[0])
	}
	_, people := s.told(t, at+"/people", local)
	for _, p := range people["people"].([]any) {
		p := p.(map[string]any)
		assert.Equal(t, p["login"] == "mina", p["elsewhere"])
		require.Len(t, p["memberships"], 1, "of other agencies nothing is told")
	}
	status, reset := do("/people/mina/password", "", chief)
	require.Equal(t, 200, status)
	assert.NotEqual(t, made["password"], reset["password"])
	status, _ = do("/people/mina/state", `{"closed":true}`, chief)
	require.Equal(t, 200, status)
	status, last := do("/people/chief/roles", `{"agency":"committee","role":"administrator","remove":true}`, chief)
	assert.Equal(t, 409, status)
	assert.Equal(t, "last-administrator", last["code"])
	status, _ = do("/people/nobody/password", "", chief)
	assert.Equal(t, 404, status)

	const key = `{"name":"delivery","agency":"post","roles":["uploader"],"scopes":["upload:gnaf-address"],"networks":["192.0.2.0/24"],"days":30}`
	status, _ = do("/keys", strings.Replace(key, `"post"`, `"registry"`, 1), local)
	assert.Equal(t, 403, status)
	for _, wrong := range [][2]string{{"192.0.2.0/24", "192.0.2.7/24"}, {"upload:gnaf-address", "fly:*"}, {"uploader", "administrator"}} {
		status, _ = do("/keys", strings.Replace(key, wrong[0], wrong[1], 1), local)
		assert.Equal(t, 422, status, wrong[1])
	}
	status, added := do("/keys", key, local)
	require.Equal(t, 200, status, added)
	presented, prefix := added["key"].(string), added["prefix"].(string)
	assert.Contains(t, presented, "nsdi_"+prefix+"_")
	_, keys := s.told(t, at+"/keys", local)
	require.Len(t, keys["keys"], 1)
	assert.NotContains(t, keys["keys"].([]any)[0], "key")
	status, _ = do("/keys/"+prefix+"/revoke", "", s.signed(t, "other", "registry", access.Administrator))
	assert.Equal(t, 403, status)
	status, _ = do("/keys/"+prefix+"/revoke", "", local)
	require.Equal(t, 200, status)
	status, _ = do("/keys/"+prefix+"/revoke", "", local)
	assert.Equal(t, 404, status, "once is enough")

	const until = `{"agency":"post","contractor":"municipality-sari","theme":"gnaf-address","until":"2099-03-21T00:00:00Z"}`
	status, _ = do("/delegations", strings.Replace(until, `"agency":"post"`, `"agency":"ncc"`, 1), local)
	assert.Equal(t, 403, status)
	status, lent := do("/delegations", until, local)
	require.Equal(t, 200, status, lent)
	_, list := s.told(t, at+"/delegations", local)
	require.Len(t, list["delegations"], 1)
	assert.Equal(t, true, list["delegations"].([]any)[0].(map[string]any)["in_force"])
	status, _ = do("/delegations/1/revoke", "", local)
	require.Equal(t, 200, status)
	status, _ = do("/delegations/99/revoke", "", chief)
	assert.Equal(t, 404, status)

	// Who did what is in the trail, by what it was about; passwords and keys are not.
	for resource, wanted := range map[string]int{"agency:municipality-sari": 1, "person:mina": 4, "key:" + prefix: 2, "delegation:": 2} {
		status, trail := s.told(t, "/v1/audit?limit=100&resource="+resource, auditor)
		require.Equal(t, 200, status)
		assert.Len(t, trail["entries"], wanted, resource)
		for _, e := range trail["entries"].([]any) {
			e := e.(map[string]any)
			assert.Contains(t, []any{"chief", "local"}, e["name"], resource)
			assert.NotContains(t, e["detail"], made["password"])
			assert.NotContains(t, e["detail"], presented)
			assert.Regexp(t, "[\u0600-\u06ff]", e["told"].(map[string]any)["fa"], "%v is told in Persian", e["detail"])
		}
	}
	// A key administers nothing, whoever made it.
	status, _ = s.told(t, at+"/keys", []string{"x-api-key", s.key(t, "committee", access.CommitteeMember)})
	assert.Equal(t, 403, status)
}
