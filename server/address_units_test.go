package server_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"nsdi/access"
)

// Units of a site are for who may see those of a building, within the grant's territory; everybody else gets the site. Either in the names of the standards.
func TestUnitsOfASite(t *testing.T) {
	t.Parallel()
	q := newQuarter(t)
	var id, far int64
	require.NoError(t, q.pool.QueryRow(t.Context(), `select (select id from gnaf.address where key = 'u1'), (select id from gnaf.address where key = 'f')`).Scan(&id, &far))
	path := fmt.Sprintf("/v1/addresses/%d/units", id)
	text := func(v any) string {
		b, err := json.Marshal(v)
		require.NoError(t, err)
		return string(b)
	}

	for _, standard := range []string{"gnaf", "inspire", "iso19160-1"} {
		v := q.json(t, fmt.Sprintf("/v1/addresses/%d?profile=%s", id, standard))
		require.NotEmpty(t, v["profile"])
		require.NotContains(t, text(v), firstUnit, standard)
	}
	for name, header := range map[string][]string{"nobody": nil, "without a grant": q.firm} {
		status, v := q.ask(t, path, header)
		require.Equal(t, map[string]int{"nobody": 401, "without a grant": 403}[name], status, v)
	}
	r, _ := q.do(t, "GET", path, q.post...)
	require.Equal(t, 422, r.StatusCode, "without a purpose")
	status, v := q.ask(t, "/v1/addresses/999999999/units", q.post)
	require.Equal(t, 404, status, v)

	status, v = q.ask(t, path, q.post, "profile", "gnaf")
	require.Equal(t, 200, status, v)
	units := v["site"].(map[string]any)["units"].([]any)
	require.Len(t, units, 3)
	require.Equal(t, []any{0.0, 1.0, 2.0}, field(v["site"].(map[string]any), "units", "floor"))
	require.Contains(t, text(units[1]), secondUnit)
	tables := v["profile"].(map[string]any)
	require.Len(t, tables["ADDRESS_DETAIL"], 4, "the site and its three units")
	require.Equal(t, []any{"P", "S", "S", "S"}, field(tables, "ADDRESS_DETAIL", "PRIMARY_SECONDARY"))
	require.Equal(t, []any{nil, firstUnit, secondUnit, nil}, field(tables, "ADDRESS_DETAIL", "POSTCODE"))
	require.Len(t, tables["PRIMARY_SECONDARY"], 3)
	require.Equal(t, []any{"خیابان"}, field(tables, "STREET_LOCALITY", "STREET_TYPE_CODE"))
	require.Equal(t, []any{"بهار"}, field(tables, "STREET_LOCALITY", "STREET_NAME"))
	require.Equal(t, field(tables, "STREET_LOCALITY", "STREET_LOCALITY_PID")[0], field(tables, "ADDRESS_DETAIL", "STREET_LOCALITY_PID")[3])

	status, v = q.ask(t, path, q.post, "profile", "inspire")
	require.Equal(t, 200, status, v)
	all := v["profile"].(map[string]any)["Address"].([]any)
	require.Len(t, all, 4)
	for _, want := range []string{`"type":"floorIdentifier"`, `"level":"unitLevel"`, `"postCode":"` + secondUnit, `"type":"AdminUnitName"`} {
		require.Contains(t, text(all[2]), want)
	}
	status, v = q.ask(t, path, q.post, "profile", "iso19160-1")
	require.Equal(t, 200, status, v)
	require.Len(t, v["profile"].(map[string]any)["AddressableObject"], 4)
	require.Contains(t, text(v["profile"]), `{"type":"postcode","value":"`+secondUnit+`"}`)

	// A grant for somewhere else shows the site, and none of its units.
	q.outline(t, "IR-23-9", "51.8 35.6,52 35.6,52 35.8,51.8 35.8,51.8 35.6")
	tracking := q.grant(t, access.BuildingInquiry, "IR-23-9")
	status, v = q.ask(t, path, q.firm)
	require.Equal(t, 200, status, v)
	require.NotContains(t, text(v), firstUnit)
	require.Equal(t, []any{tracking}, v["grants"])
	status, v = q.ask(t, fmt.Sprintf("/v1/addresses/%d/units", far), q.firm)
	require.Equal(t, 200, status, v)
	require.Contains(t, text(v), farAway)
}
