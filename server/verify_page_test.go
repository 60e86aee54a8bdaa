package server_test

import (
	"fmt"
	"html"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// asBrowser is what telephones say that they take.
var asBrowser = []string{"Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}

// Whoever scans the code of an extract gets a page that says at its top what the document has to say; a program gets JSON from the same address.
func TestVerifyPage(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	r, body := e.do(t, "GET", fmt.Sprintf("/v1/parcels/%d/extract.pdf?purpose=permit&request=x-1", e.id(t, "p1")))
	require.Equal(t, 200, r.StatusCode, "%s", body)
	number := strings.TrimSuffix(strings.TrimPrefix(r.Header.Get("Content-Disposition"), `inline; filename="`), `.pdf"`)
	page := func(path string, status int) (verdict, text string) {
		t.Helper()
		r, body := e.do(t, "GET", path, asBrowser...)
		require.Equal(t, status, r.StatusCode, "%s", body)
		require.Equal(t, "text/html; charset=utf-8", r.Header.Get("Content-Type"))
		require.Contains(t, r.Header.Values("Vary"), "Accept")
		require.Contains(t, r.Header.Get("Content-Security-Policy"), "default-src 'self'")
		require.NotContains(t, string(body), "<script")
		found := regexp.MustCompile(`(?s)<div class="verdict (\w+)" role="status"><h1>(.*?)</h1>`).FindSubmatch(body)
		require.NotNil(t, found, "%s", body)
		return string(found[1]) + ": " + string(found[2]), html.UnescapeString(string(body))
	}

	verdict, text := page("/v1/verify/"+strings.ToLower(number), 200)
	require.Equal(t, "good: این سند معتبر است", verdict)
	require.Contains(t, text, `<html lang="fa" dir="rtl">`)
	require.Contains(t, text, "\u2067۱۶۱۷ فرعی از ۷۲ اصلی\u2069")
	require.Contains(t, text, number)
	require.NotContains(t, text, "98/123", "the deed is not for everybody")
	verdict, text = page("/v1/verify/"+number+"?lang=en", 200)
	require.Equal(t, "good: The document is valid", verdict)
	require.Contains(t, text, `<html lang="en" dir="ltr">`)
	require.Contains(t, text, "\u2066sub 1617 of main 72\u2069")

	_, err := e.pool.Exec(t.Context(), `
		with was as (delete from cadastre.parcel where parcel_id = 'p1' returning *)
		insert into cadastre.parcel_history select was.*, now(), version_id from was`)
	require.NoError(t, err)
	verdict, _ = page("/v1/verify/"+number, 200)
	require.Equal(t, "old: سند درست است، ولی قطعه پس از آن دگرگون شده است", verdict)

	verdict, text = page("/v1/verify/"+url.PathEscape(`"><b>`), 404)
	require.Equal(t, "bad: چنین سندی داده نشده است", verdict)
	require.NotContains(t, strings.ReplaceAll(text, `><b>`, ""), "<b>")
	r, body = e.do(t, "GET", "/v1/verify/x", asBrowser...)
	require.NotContains(t, string(body), "SHA-256")
	require.Equal(t, 404, r.StatusCode)

	for _, accept := range []string{"application/json", "*/*", ""} {
		r, body = e.do(t, "GET", "/v1/verify/"+number, "Accept", accept)
		require.Equal(t, []any{200, "application/json"}, []any{r.StatusCode, r.Header.Get("Content-Type")}, "%s", body)
	}
	r, body = e.do(t, "GET", "/v1/verify/x", "Accept", "application/json")
	require.Equal(t, 404, r.StatusCode)
	require.Contains(t, string(body), "extract-unknown")
}
