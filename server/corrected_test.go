package server_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The corrected file is for those for whom the submission is, as long as that waits; each that was handed out is on record.
func TestCorrectedFile(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	id := d.deliver("places.csv", "code,name_fa,lon,lat\na,علي,51.1,35.1\nb,,51.2,35.2\n", `,"theme":"place","confirm":true`)
	d.waits(id, "validated")
	status, v := d.decide(id, "fixes", `{"rules":["text-arabic-letters"]}`, d.uploader)
	require.Equal(t, 200, status, v)
	d.waits(id, "validated")
	at := "/v1/submissions/" + id
	for path, kind := range map[string]string{"/corrected.gpkg": "geopackage", "/corrected.csv": "text/csv", "/corrected.geojson": "geo+json"} {
		for _, who := range [][]string{d.uploader, d.reviewer} {
			r, body := d.do(t, "GET", at+path, who...)
			require.Equal(t, 200, r.StatusCode, "%s: %s", path, body)
			require.Contains(t, r.Header.Get("Content-Type"), kind)
			require.Contains(t, r.Header.Get("Content-Disposition"), id+"-corrected.")
			require.Equal(t, "no-store", r.Header.Get("Cache-Control"))
			require.Contains(t, string(body), "علی")
			require.NotContains(t, string(body), "nsdi_refused")
		}
		for want, who := range map[int][]string{404: d.stranger, 401: nil} {
			r, _ := d.do(t, "GET", at+path, who...)
			require.Equal(t, want, r.StatusCode, path)
		}
	}
	r, body := d.do(t, "GET", at+"/corrected.csv?rows=all", d.uploader...)
	require.Equal(t, 200, r.StatusCode)
	require.Equal(t, 3, strings.Count(string(body), "\n"), "the head, and both rows")
	r, body = d.do(t, "GET", at+"/corrected.csv?rows=some", d.uploader...)
	require.Equal(t, 422, r.StatusCode, string(body))
	r, _ = d.do(t, "GET", "/v1/submissions/NSDI-1405-0000-0000-0/corrected.csv", d.uploader...)
	require.Equal(t, 404, r.StatusCode)
	var recorded int
	require.NoError(t, d.pool.QueryRow(t.Context(), `select count(*) from access.audit where event = 'export' and detail like 'corrected.%'`).Scan(&recorded))
	require.Equal(t, 7, recorded)
	status, _ = d.decide(id, "withdraw", `{}`, d.uploader)
	require.Equal(t, 200, status)
	r, body = d.do(t, "GET", at+"/corrected.csv", d.uploader...)
	require.Equal(t, 409, r.StatusCode)
	require.Contains(t, string(body), "rows-not-there")
}
