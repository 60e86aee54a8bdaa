package server_test

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// opened verifies a JWS by the published keys alone, and answers what it says.
func (q *quarter) opened(t *testing.T, jws string) (said struct {
	Iat         int64
	Req         string
	Answer      map[string]any
	headerNamed string
},
) {
	t.Helper()
	parts := strings.Split(jws, ".")
	require.Len(t, parts, 3)
	raw := func(s string) []byte {
		b, err := base64.RawURLEncoding.DecodeString(s)
		require.NoError(t, err)
		return b
	}
	var header struct{ Alg, Kid string }
	require.NoError(t, json.Unmarshal(raw(parts[0]), &header))
	require.Equal(t, "EdDSA", header.Alg)
	for _, k := range q.json(t, "/v1/verification-keys")["keys"].([]any) {
		if k := k.(map[string]any); k["kid"] == header.Kid {
			require.True(t, ed25519.Verify(raw(k["x"].(string)), []byte(parts[0]+"."+parts[1]), raw(parts[2])))
			require.NoError(t, json.Unmarshal(raw(parts[1]), &said))
			said.headerNamed = header.Kid
		}
	}
	require.NotEmpty(t, said.headerNamed, "the key is published")
	return said
}

// An answer is signed on demand: what the JWS says is the answer, bound to its request. Nobody who does not ask gets one.
func TestSignedAnswers(t *testing.T) {
	t.Parallel()
	q := newQuarter(t)
	id, parcel := q.address(t, "u1"), int64(0)
	require.NoError(t, q.pool.QueryRow(t.Context(), `select id from cadastre.parcel`).Scan(&parcel))
	for _, path := range []string{"/v1/postal-codes/" + firstUnit, "/v1/postal-codes/" + firstUnit + "/position", "/v1/postal-codes/validate?code=1", fmt.Sprintf("/v1/addresses/%d/units", id), fmt.Sprintf("/v1/parcels/%d", parcel), fmt.Sprintf("/v1/parcels/%d/history", parcel)} {
		path, code, _ := strings.Cut(path, "?code=")
		query := []string{}
		if code != "" {
			query = []string{"code", code}
		}
		status, v := q.ask(t, path, q.post, query...)
		require.Equal(t, 200, status, v)
		require.NotContains(t, v, "signed", path)
		status, v = q.ask(t, path, q.post, append(query, "signed", "true")...)
		require.Equal(t, 200, status, v)
		said := q.opened(t, v["signed"].(string))
		delete(v, "signed")
		require.Equal(t, v, said.Answer, path)
		require.Equal(t, fmt.Sprintf("q-%d", q.n), said.Req)
	}
	status, v := q.inquire(t, "/v1/postal-codes/inquiries?signed=true", `"codes":["`+firstUnit+`","1"]`, q.post...)
	require.Equal(t, 200, status, v)
	require.Len(t, q.opened(t, v["signed"].(string)).Answer["answers"], 2)
	status, v = q.ask(t, "/v1/postal-codes/1311133799", nil, "signed", "true")
	require.Equal(t, 404, status)
	require.NotContains(t, v, "signed", "a problem is no answer")
}
