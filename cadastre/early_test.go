package cadastre_test

import (
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"nsdi/layers"
)

// The area on the ellipsoid is computed with the report, for the publication to take; a row that it was not computed for has it computed then, and nothing is left.
func TestAreaIsComputedWithTheReport(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	squares := func(width float64) string {
		var all []string
		for i, key := range []string{"a", "b", "c"} {
			x := 100 * float64(i)
			all = append(all, land(key, plot([][2]float64{{x, 0}, {x + width, 0}, {x + width, 20}, {x, 20}})))
		}
		return lands(all...)
	}
	publish := func(s *layers.Submission) string {
		require.NoError(t, pgx.BeginFunc(t.Context(), d.im.Pool, func(tx pgx.Tx) error { return d.im.Submit(t.Context(), tx, s, true, true) }))
		require.NoError(t, pgx.BeginFunc(t.Context(), d.im.Pool, func(tx pgx.Tx) error { return d.im.Publish(t.Context(), tx, s, layers.Actor{}, "") }))
		s, err := d.im.Advance(t.Context(), s.ID, nil)
		require.NoError(t, err)
		require.Equal(t, layers.Published, s.State)
		require.EqualValues(t, 0, d.row(`select count(*) n from pg_tables where schemaname = 'staging'`)["n"])
		return d.row(`select string_agg(key || case when area_m2 = public.st_area(geom::public.geography) then ' its own' else ' ' || area_m2 end, ', ' order by key) a from cadastre.parcel`)["a"].(string)
	}
	for _, width := range []float64{20, 30} { // added, and then altered
		s := d.checked(layers.Request{Files: []string{d.file(squares(width))}})
		computed := fmt.Sprintf("staging.c%d", s.ID)
		require.EqualValues(t, 3, d.row(`select count(*) n from ` + computed)["n"])
		staged := fmt.Sprintf("staging.s%d", s.ID)
		d.exec(`update ` + computed + ` set area_m2 = 7 where ord = (select ord from ` + staged + ` where key = 'a')`)
		d.exec(`delete from ` + computed + ` where ord = (select ord from ` + staged + ` where key = 'b')`)
		require.Equal(t, "a 7, b its own, c its own", publish(s))
	}
	s := d.checked(layers.Request{Files: []string{d.file(squares(40))}})
	require.Equal(t, "a its own, b its own, c its own", publish(s))
}
