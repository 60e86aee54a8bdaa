package server_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"nsdi/layers"
)

// Who keeps the deliveries waiting is counted, and what nobody will clear away.
func TestWhatWaits(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.waits(d.deliver("a.csv", placesOf(3, named), `,"theme":"place"`), "inspected")
	id := d.deliver("b.csv", placesOf(3, named), `,"theme":"place","confirm":true,"submit":true`)
	d.waits(id, "submitted")
	w, err := layers.Waiting(t.Context(), d.pool)
	require.NoError(t, err)
	require.Equal(t, layers.Waits{Uploader: 1, Reviewer: 1}, w)
	status, _ := d.decide(id, "review", `{"decision":"accept"}`, d.reviewer)
	require.Equal(t, 200, status)
	_, err = d.pool.Exec(t.Context(), `create table staging.s987654321 (); update river.river_job set state = 'discarded', finalized_at = now()`)
	require.NoError(t, err)
	var jobs int64
	require.NoError(t, d.pool.QueryRow(t.Context(), `select count(*) from river.river_job`).Scan(&jobs))
	require.Positive(t, jobs)
	w, err = layers.Waiting(t.Context(), d.pool)
	require.NoError(t, err)
	require.Equal(t, layers.Waits{Uploader: 1, Publisher: 1, FailedJobs: jobs, LeftTables: 1}, w)
}
