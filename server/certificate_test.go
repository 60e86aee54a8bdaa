package server_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"nsdi/access"
	"nsdi/server"
)

// A certificate is issued once for an inquiry, its file is the same to the byte, and whoever has its number learns whether it counts, and nothing of the address.
func TestCertificates(t *testing.T) {
	t.Parallel()
	clock := time.Now().UTC().Add(time.Minute) // after the session of the custodian has begun
	q := newQuarter(t, func(d *server.Deps) {
		d.Now = func() time.Time { return clock }
		d.PublicURL, d.CertificateDays = "http://nsdi.example/", 30
	})
	const ask = `{"purpose":"p","request":"k-1","codes":[%s]}`
	codes := fmt.Sprintf(`"13111-33717","1311133799","1",%q`, nextDoor)
	path := "/v1/postal-codes/certificates"
	status, v := q.post2(t, path, fmt.Sprintf(ask, codes))
	require.Equal(t, []any{401, "sign-in-needed"}, []any{status, v["code"]})
	status, v = q.post2(t, path, fmt.Sprintf(ask, codes), q.firm...)
	require.Equal(t, []any{403, "grant-needed"}, []any{status, v["code"]})
	q.grant(t, access.PostalCertificate, "")
	status, v = q.post2(t, path, fmt.Sprintf(ask, codes), q.firm...)
	require.Equal(t, 200, status, v)
	require.Equal(t, []any{"issued", "unknown", "invalid", "issued"}, field(v, "certificates", "status"))
	first, last := v["certificates"].([]any)[0].(map[string]any), v["certificates"].([]any)[3].(map[string]any)
	number := first["number"].(string)
	require.NotEqual(t, number, last["number"])
	_, again := q.post2(t, path, fmt.Sprintf(ask, codes), q.firm...)
	require.Equal(t, v["certificates"], again["certificates"], "asked again it is the same")
	status, p := q.post2(t, path, fmt.Sprintf(ask, `"1"`), q.firm...)
	require.Equal(t, []any{409, "request-identifier-used"}, []any{status, p["code"]})

	// The file: for the agency that asked, and for the Post.
	file := first["file"].(string)
	r, body := q.do(t, "GET", file, q.firm...)
	require.Equal(t, 200, r.StatusCode, "%s %s", body, q.log)
	require.True(t, bytes.HasPrefix(body, []byte("%PDF-1.7")))
	require.Equal(t, first["sha256"], fmt.Sprintf("%x", sha256.Sum256(body)))
	if to := os.Getenv("NSDI_TEST_PDF"); to != "" { // to be looked at
		require.NoError(t, os.WriteFile(to, body, 0o600))
	}
	r, _ = q.do(t, "GET", file, q.post...)
	require.Equal(t, 200, r.StatusCode)
	require.NoError(t, access.EnsureAgency(t.Context(), q.pool, access.Agency{Code: "other", Kind: "consumer", NameFA: "دیگری", NameEN: "Other"}))
	other := []string{"x-api-key", q.key(t, "other", access.Inquirer)}
	r, body = q.do(t, "GET", file, other...)
	require.Equal(t, 404, r.StatusCode)
	require.Contains(t, string(body), "certificate-unknown")
	r, _ = q.do(t, "GET", file)
	require.Equal(t, 401, r.StatusCode)
	status, p = q.post2(t, path+"/"+number+"/revoke", `{"reason":"x"}`, other...)
	require.Equal(t, []any{404, "certificate-unknown"}, []any{status, p["code"]})

	// Verified by number, by number and code, and by what the QR code holds.
	verify := "/v1/verify/" + strings.ToLower(number)
	c := q.json(t, verify)
	require.Equal(t, []any{"postal-certificate", "valid", true, first["sha256"], nil, nil}, []any{c["kind"], c["state"], c["current"], c["sha256"], c["code_matches"], c["signature_valid"]})
	require.NotContains(t, fmt.Sprint(c), firstUnit)
	require.NotContains(t, fmt.Sprint(c), "بهار")
	require.Equal(t, true, q.json(t, verify+"?code="+firstUnit)["code_matches"])
	require.Equal(t, false, q.json(t, verify+"?code="+secondUnit)["code_matches"])
	signed := first["signed"].(string)
	require.Equal(t, true, q.json(t, verify+"?signed="+signed)["signature_valid"])
	turned := strings.Replace(signed, ".", ".A", 1)
	for _, wrong := range []string{last["signed"].(string), turned, "x", "a.b.c", signed[:len(signed)-4] + "AAAA"} {
		require.Equal(t, false, q.json(t, verify+"?signed="+wrong)["signature_valid"], wrong)
	}
	keys := q.json(t, "/v1/verification-keys")["keys"].([]any)
	require.Len(t, keys, 1)
	require.Equal(t, "Ed25519", keys[0].(map[string]any)["crv"])
	require.NotContains(t, fmt.Sprint(keys), "secret")

	// One is revoked, by whom and why is on record, and its tracking says so.
	status, p = q.post2(t, path+"/"+last["number"].(string)+"/revoke", `{"reason":"نشانی عوض شد"}`, q.custodian...)
	require.Equal(t, []any{200, "revoked"}, []any{status, p["state"]}, p)
	status, p = q.post2(t, path+"/"+last["number"].(string)+"/revoke", `{"reason":"again"}`, q.firm...)
	require.Equal(t, []any{200, "revoked"}, []any{status, p["state"]}, p)
	c = q.json(t, "/v1/verify/"+last["number"].(string))
	require.Equal(t, []any{"revoked", false}, []any{c["state"], c["current"]})
	require.NotEmpty(t, c["revoked"])
	r, body = q.do(t, "GET", last["file"].(string), q.firm...)
	require.Equal(t, 410, r.StatusCode, "%s", body)
	require.Contains(t, string(body), "certificate-revoked")
	_, again = q.post2(t, path, fmt.Sprintf(ask, codes), q.firm...)
	require.Equal(t, []any{"issued", "unknown", "invalid", "revoked"}, field(again, "certificates", "status"))
	require.NotContains(t, again["certificates"].([]any)[3], "file")
	require.Equal(t, "revoked", q.json(t, "/v1/track/"+last["number"].(string))["state"])
	var reason string
	require.NoError(t, q.pool.QueryRow(t.Context(), `select reason from gnaf.certificate_revocation where person_id <> 0`).Scan(&reason))
	require.Equal(t, "نشانی عوض شد", reason)
	for _, sql := range []string{`update gnaf.certificate set agency_id = 1`, `delete from gnaf.certificate_revocation`} {
		tag, err := q.pool.Exec(t.Context(), sql)
		require.NoError(t, err)
		require.Zero(t, tag.RowsAffected(), "no policy lets anybody: %s", sql)
	}
	for _, body := range []string{`{"reason":""}`, `{"reason":"  "}`} {
		status, _ = q.post2(t, path+"/"+number+"/revoke", body, q.post...)
		require.Equal(t, 422, status)
	}
	clock = clock.AddDate(0, 0, 30)
	require.Equal(t, "expired", q.json(t, verify)["state"])
}

// Outside the territory of a grant nothing is certified.
func TestCertificatesWithinATerritory(t *testing.T) {
	t.Parallel()
	q := newQuarter(t)
	q.outline(t, "IR-23-1", "51.35 35.65,51.45 35.65,51.45 35.75,51.35 35.75,51.35 35.65")
	q.grant(t, access.PostalCertificate, "IR-23-1")
	status, v := q.inquire(t, "/v1/postal-codes/certificates", fmt.Sprintf(`"codes":[%q,%q]`, firstUnit, farAway), q.firm...)
	require.Equal(t, 200, status, v)
	require.Equal(t, []any{"issued", "outside"}, field(v, "certificates", "status"))
}
