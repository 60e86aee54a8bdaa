package layers

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// A delivery of a restricted theme is published in its own store, and nothing of it in the common one.
func TestRestrictedStore(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.im.Stores = append(d.im.Stores, RestrictedStore())
	line := func(id, more string) string {
		return feature(`{"type":"LineString","coordinates":[[51,35],[51.1,35.1]]}`, `"id":"`+id+`"`+more)
	}
	deliver := func(features ...string) *Report {
		report, err := d.deliver(Request{Theme: "electricity", Agency: "energy", Files: []string{d.file("lines.geojson", collection(features...))}, AllowRemovals: true})
		require.NoError(t, err)
		return report
	}
	first := deliver(line("a", `,"voltage":63,"type":"overhead","operator":"الف"`), line("b", ""), line("c", `,"type":"flying"`))
	require.Equal(t, []int64{2, 1}, []int64{first.Accepted, first.Refused}, "a kind that is none")
	second := deliver(line("a", `,"voltage":132`), line("d", ""))
	require.Equal(t, []int64{1, 1, 1}, []int64{second.Added, second.Altered, second.Removed})
	require.Equal(t, "a:132 d:∅", d.text(`select string_agg(key || ':' || coalesce(attributes ->> 'voltage_kv', '∅'), ' ' order by key) from layers.restricted_feature`))
	require.Equal(t, "a:63 b:∅", d.text(`select string_agg(key || ':' || coalesce(attributes ->> 'voltage_kv', '∅'), ' ' order by key) from layers.restricted_feature_history`))
	require.Zero(t, d.count(`select count(*) from layers.feature`))
	require.Zero(t, d.count(`select count(*) from pg_tables where tablename = 'feature_electricity'`))
	_, err := d.pool.Exec(t.Context(), `update layers.theme set restricted = true where code = 'place'`)
	require.Error(t, err, "what is restricted is in the restricted store")
	_, err = d.pool.Exec(t.Context(), `update layers.theme set restricted = false where code = 'electricity'`)
	require.Error(t, err)
}
