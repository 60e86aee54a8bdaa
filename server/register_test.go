package server_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"nsdi/access"
	"nsdi/internal/fixture"
)

// The register is read over HTTP: sites and ways by everybody, conflicts by the agency whose they are, and what helps to assign codes by the Post.
func TestRegisterOverHTTP(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	address := func(key, street, number, code string, lon float64) fixture.Feature {
		values := map[string]any{"city": "تهران", "street": street, "number": json.Number(number), "street_key": street, "city_key": "تهران"}
		if code != "" {
			values["postal_code"] = code
		}
		return fixture.Feature{Key: key, WKT: fmt.Sprintf("POINT(%v 35.7)", lon), Attributes: values}
	}
	fixture.Publish(t, d.pool, "gnaf-address", "post", nil,
		address("1", "ازادی", "1", "1391110001", 51.4), address("2", "ازادی", "2", "1391110002", 51.4), address("3", "ازادی", "3", "", 51.6))
	fixture.Publish(t, d.pool, "gnaf-address", "registry", nil, address("a", "ازادی", "1", "1391110001", 51.4), address("b", "سرو", "9", "1391110002", 51.4))
	var id, dataset, way, version int64
	require.NoError(t, d.pool.QueryRow(t.Context(), `select id, dataset_id, way_id, version_id from gnaf.address where key = '1'`).Scan(&id, &dataset, &way, &version))
	_, err := d.pool.Exec(t.Context(), `
		insert into gnaf.way (id, street_key, city_key, tokens, version_id) values ($1, 'ازادی', 'تهران', '{ازادی}', $2), (7, 'سرو', 'تهران', '{سرو}', $2)`, way, version)
	require.NoError(t, err)

	site := d.json(t, fmt.Sprintf("/v1/addresses/%d", id))["site"].(map[string]any)
	require.InDelta(t, 1, site["confidence"], 0, "two custodians, minus one")
	require.Len(t, site["claims"], 2)
	require.Len(t, site["history"], 2)
	require.Regexp(t, `^[0-9a-f]{16}$`, site["id"])
	require.NotContains(t, site, "units")
	body, err := json.Marshal(site)
	require.NoError(t, err)
	require.NotContains(t, string(body), "1391110001", "codes of units are not for everybody")
	require.Equal(t, true, site["geocodes"].([]any)[0].(map[string]any)["default"])

	w := d.json(t, fmt.Sprintf("/v1/ways/%d", way))["way"].(map[string]any)
	require.Equal(t, fmt.Sprint(way), w["id"], "as text: larger than a number of JSON")
	require.InDelta(t, 4, w["names"].([]any)[0].(map[string]any)["addresses"], 0)
	made := d.json(t, fmt.Sprintf("/v1/ways?version=%d&limit=1", version))
	require.Len(t, made["ways"], 1)
	made = d.json(t, fmt.Sprintf("/v1/ways?version=%d&limit=1&after=%s", version, made["next"]))
	require.Len(t, made["ways"], 1)
	require.Nil(t, made["next"])

	post, registry := []string{"x-api-key", d.key(t, "post", access.Uploader)}, []string{"x-api-key", d.key(t, "registry", access.Uploader)}
	conflicts := d.json(t, fmt.Sprintf("/v1/datasets/%d/conflicts", dataset), post...)["conflicts"].([]any)
	require.Len(t, conflicts, 1)
	require.Equal(t, []any{"code", "2", "b", "registry"}, []any{conflicts[0].(map[string]any)["kind"], conflicts[0].(map[string]any)["key"], conflicts[0].(map[string]any)["other_key"], conflicts[0].(map[string]any)["other_agency"]})

	missing := d.json(t, "/v1/code-assignment/missing?bbox=51.5,35,52,36", post...)
	require.Equal(t, "3", missing["units"].([]any)[0].(map[string]any)["key"])
	shared := d.json(t, "/v1/code-assignment/shared?unit=", post...)["codes"].([]any)
	require.Len(t, shared, 1)
	require.Equal(t, "1391110002", shared[0].(map[string]any)["postal_code"])
	free := d.json(t, "/v1/code-assignment/free?block=139111&limit=1", post...)
	require.InDelta(t, 9998, free["free"], 0)
	require.Equal(t, "1391110000", free["next"])

	for _, c := range []struct {
		path   string
		header []string
		status int
		code   string
	}{
		{"/v1/addresses/999999999", nil, 404, "address-unknown"},
		{"/v1/addresses/0", nil, 422, "request-invalid"},
		{"/v1/addresses/x", nil, 422, "request-invalid"},
		{fmt.Sprintf("/v1/addresses/%d?date=1999-01-01", id), nil, 404, "address-unknown"},
		{fmt.Sprintf("/v1/addresses/%d?date=yesterday", id), nil, 422, "request-invalid"},
		{"/v1/ways/5", nil, 404, "way-unknown"},
		{"/v1/ways/x", nil, 422, "request-invalid"},
		{"/v1/ways", nil, 422, "request-invalid"},
		{"/v1/ways?version=1&after=x", nil, 422, "request-invalid"},
		{fmt.Sprintf("/v1/datasets/%d/conflicts", dataset), nil, 401, ""},
		{fmt.Sprintf("/v1/datasets/%d/conflicts", dataset), registry, 403, "dataset-of-another-agency"},
		{"/v1/datasets/999999/conflicts", post, 404, ""},
		{"/v1/code-assignment/missing", nil, 401, ""},
		{"/v1/code-assignment/missing", registry, 403, "post-only"},
		{"/v1/code-assignment/shared", registry, 403, "post-only"},
		{"/v1/code-assignment/free?block=139111", registry, 403, "post-only"},
		{"/v1/code-assignment/missing?unit=nowhere", post, 404, "unit-unknown"},
		{"/v1/code-assignment/missing?unit=IR-07", post, 404, "unit-without-outline"},
		{"/v1/code-assignment/shared?bbox=1", post, 422, "request-invalid"},
		{"/v1/code-assignment/shared?after=x", post, 422, "request-invalid"},
		{"/v1/code-assignment/free?block=1", post, 422, "block-invalid"},
		{"/v1/code-assignment/free", post, 422, "request-invalid"},
	} {
		r, body := d.do(t, "GET", c.path, c.header...)
		require.Equal(t, c.status, r.StatusCode, "%s: %s", c.path, body)
		require.Contains(t, string(body), c.code, c.path)
		require.Contains(t, string(body), "next_step_fa", c.path)
	}
}
