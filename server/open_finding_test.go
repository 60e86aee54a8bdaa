package server_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"nsdi/access"
	"nsdi/internal/fixture"
)

// What does not fit between published parcels is read by the agency whose dataset it is, page by page, and by nobody else.
func TestOpenFindingsOverHTTP(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	place := fixture.Feature{Key: "a", WKT: "POLYGON((51.4 35.7,51.401 35.7,51.401 35.701,51.4 35.7))"}
	version := fixture.Publish(t, d.pool, "cadastre-urban", "registry", nil, place)
	fixture.Publish(t, d.pool, "cadastre-urban", "post", nil, place)
	var mine, theirs int64
	require.NoError(t, d.pool.QueryRow(t.Context(), `select dataset_id, (select max(id) from layers.dataset) from layers.version where id = $1`, version).Scan(&mine, &theirs))
	_, err := d.pool.Exec(t.Context(), `
		insert into cadastre.open_finding
		  (rule, severity, theme, dataset_id, feature_id, key, other_dataset_id, other_feature_id, other_key, measure, unit, width, geom, version_id, found_at)
		select 'overlap-published', 'E', 'cadastre-urban', $1, 1, 'a', $2, 2, 'b' || n, n, 'm²', 0.25, 'SRID=4326;POLYGON((51 35,51.1 35,51.1 35.1,51 35))', $3, now()
		from generate_series(1, 3) n`, mine, theirs, version)
	require.NoError(t, err)

	registry := []string{"x-api-key", d.key(t, "registry", access.Uploader)}
	v := d.json(t, fmt.Sprintf("/v1/datasets/%d/open-findings?limit=2", mine), registry...)
	found := v["findings"].([]any)
	require.Len(t, found, 2)
	first := found[0].(map[string]any)
	require.Equal(t, "CAD-T02", first["alias"])
	require.Equal(t, []any{"a", "b1", 1.0, "m²"}, []any{first["key"], first["other_key"], first["measure"], first["unit"]})
	require.Equal(t, "Polygon", first["place"].(map[string]any)["type"])
	require.Contains(t, first["message"].(map[string]any)["en"], "overlaps the published “b1” of another delivery by 1 m² (mean width 0.250 m)")
	v = d.json(t, fmt.Sprintf("/v1/datasets/%d/open-findings?after=%.0f", mine, v["next"].(float64)), registry...)
	require.Len(t, v["findings"], 1)
	require.Nil(t, v["next"])

	post := []string{"x-api-key", d.key(t, "post", access.Uploader)}
	for _, c := range []struct {
		dataset int64
		header  []string
		status  int
		code    string
	}{{mine, post, 403, "dataset-of-another-agency"}, {mine, nil, 401, ""}, {mine + 1000, registry, 404, ""}} {
		r, body := d.do(t, "GET", fmt.Sprintf("/v1/datasets/%d/open-findings", c.dataset), c.header...)
		require.Equal(t, c.status, r.StatusCode, string(body))
		require.Contains(t, string(body), c.code)
		require.Contains(t, string(body), "next_step_fa")
	}
	require.Empty(t, d.json(t, fmt.Sprintf("/v1/datasets/%d/open-findings", theirs), post...)["findings"])
}
