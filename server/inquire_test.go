package server_test

import (
	"fmt"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"nsdi/access"
)

// Purpose and identifier may come in header fields, as clients of other registers send them; an agency's end user is kept as a hash.
func TestInquiryInHeaderFields(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	header := []string{"X-Purpose", "صدور پروانه", "X-Request-Id", "5b0c4b3e-0000-4000-8000-1234567890ab", "X-End-User", "0012345678", "x-api-key", e.key(t, "post", access.Inquirer)}
	v := e.json(t, "/v1/parcels/at?lon=51.5105&lat=35.5005", header...)
	require.Equal(t, "5b0c4b3e-0000-4000-8000-1234567890ab", v["inquiry"].(map[string]any)["request"])
	require.Equal(t, true, e.json(t, "/v1/parcels/at?lon=51.5105&lat=35.5005", header...)["inquiry"].(map[string]any)["repeated"])
	r, body := e.do(t, "GET", "/v1/parcels/at?lon=51.5105&lat=35.5006", header...)
	require.Equal(t, 409, r.StatusCode, "%s", body)
	var row string
	require.NoError(t, e.pool.QueryRow(t.Context(), `select row_to_json(i)::text from access.inquiry i where purpose = 'صدور پروانه' and end_user is not null`).Scan(&row))
	require.NotContains(t, row, "0012345678")

	status, p := e.post(t, "/v1/parcels/inquiries", `{"questions":[{"identifier":"p1"}]}`, "x-api-key", e.key(t, "registry", access.Inquirer), "X-Purpose", "p", "X-Request-Id", "h-1")
	require.Equal(t, 200, status, p)
	for location, header := range map[string][]string{
		"header.X-Purpose": {"X-Purpose", "a\xffb", "X-Request-Id", "x"}, "header.X-Request-Id": {"X-Purpose", "a", "X-Request-Id", "x y"}, "query.purpose": {"X-Request-Id", "x"},
	} {
		r, body := e.do(t, "GET", "/v1/parcels/at?lon=51.5105&lat=35.5005", header...)
		require.Equal(t, 422, r.StatusCode)
		require.Contains(t, string(body), "inquiry-incomplete")
		require.Contains(t, string(body), location)
	}
}

// Whoever tries plate after plate is turned away for a while, with the time after which that ends; others go on.
func TestInquiriesThatTry(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	for i := range 31 {
		status, v := e.ask(t, "/v1/parcels/by-plate", "section", "3", "main", fmt.Sprint(5000+i))
		require.Equal(t, 200, status, v)
	}
	r, body := e.do(t, "GET", "/v1/parcels/by-plate?section=3&main=72&sub=1617&purpose=p&request=z")
	require.Equal(t, 429, r.StatusCode, "%s", body)
	require.Contains(t, string(body), "codes-tried")
	wait, err := strconv.Atoi(r.Header.Get("Retry-After"))
	require.NoError(t, err)
	require.Positive(t, wait)
	require.Equal(t, "p3", e.found(t, "/v1/parcels/at", "lon", "51.5105", "lat", "35.5005"), "what is asked without a name goes on")
	key := e.key(t, "post", access.Inquirer)
	require.Len(t, e.json(t, "/v1/parcels/by-plate?section=3&main=72&sub=1617&purpose=p&request=z", "x-api-key", key)["parcels"], 1)
}
