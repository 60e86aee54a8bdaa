package server_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Two deliveries for one territory are approved at the same moment, again and again: one is published, the other one is checked against it and reviewed again, and
// what is there in the end is what one of the two orders makes.
func TestTwoPublicationsOfOneTerritoryAtOnce(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	version := 0
	for round := range 3 {
		var ids [2]string
		for i, who := range []string{"a", "b"} {
			ids[i] = d.deliver(fmt.Sprintf("%s%d.csv", who, round), placesOf(200, func(n int) string { return fmt.Sprintf("%s %d %s", who, round, named(n)) }),
				`,"theme":"place","allow_removals":true,"confirm":true,"submit":true`)
		}
		for _, id := range ids {
			d.waits(id, "submitted")
		}
		var statuses [2]int
		var together sync.WaitGroup
		for i, id := range ids {
			together.Go(func() { statuses[i], _ = d.decide(id, "review", `{"decision":"publish"}`, d.publisher) })
		}
		together.Wait()
		for _, status := range statuses { // one may have been sent back to be checked before it was approved
			require.Contains(t, []int{200, 409}, status)
		}
		var first, second string
		d.read(`select tracking from layers.submission where state = 'published' and tracking = any($1)`, ids[:], &first)
		d.read(`select tracking from layers.submission where state = 'submitted' and tracking = any($1)`, ids[:], &second)
		d.until(second, `report->>'features_altered' = '200'`) // it was compared with what the other one has published
		status, v := d.decide(second, "review", `{"decision":"publish"}`, d.publisher)
		require.Equal(t, 200, status, v)
		d.waits(second, "published")
		last := "a"
		if second == ids[1] {
			last = "b"
		}
		var features, whole, versions int
		require.NoError(t, d.pool.QueryRow(t.Context(), `
			select count(*), count(*) filter (where attributes->>'name_fa' like $1), (select max(v.seq) from layers.version v join layers.dataset d on d.id = v.dataset_id where d.theme = 'place')
			from layers.feature
			where theme = 'place'`, fmt.Sprintf("%s %d %%", last, round)).Scan(&features, &whole, &versions))
		version += 2
		require.Equal(t, []int{200, 200, version}, []int{features, whole, versions})
		var order []string
		rows, err := d.pool.Query(t.Context(), `
			select s.tracking
			from layers.version v
			join layers.submission s on s.id = v.submission_id
			where s.theme = 'place'
			order by v.seq desc
			limit 2`)
		require.NoError(t, err)
		for rows.Next() {
			var id string
			require.NoError(t, rows.Scan(&id))
			order = append(order, id)
		}
		require.Equal(t, []string{second, first}, order)
	}
	// A publication is told before its tables are removed.
	require.Eventually(t, func() bool {
		var left int
		require.NoError(t, d.pool.QueryRow(t.Context(), `select count(*) from pg_tables where schemaname = 'staging'`).Scan(&left))
		return left == 0
	}, time.Minute, 10*time.Millisecond)
	var failed *string
	require.NoError(t, d.pool.QueryRow(t.Context(), `select string_agg(errors::text, ', ') from river.river_job where errors is not null`).Scan(&failed))
	require.Nil(t, failed, "no attempt may fail, such as by a deadlock")
}

// read waits for the one row of a query.
func (d *desk) read(sql string, ids []string, into *string) {
	d.t.Helper()
	require.Eventually(d.t, func() bool {
		rows, err := d.pool.Query(d.t.Context(), sql, ids)
		require.NoError(d.t, err)
		found := 0
		for rows.Next() {
			found++
			require.NoError(d.t, rows.Scan(into))
		}
		return found == 1
	}, 60*time.Second, 50*time.Millisecond)
}
