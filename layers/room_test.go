package layers

import (
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

// full has the database say that its disk is full when the table is written.
func (d *desk) full(what, table string) (room func()) {
	d.t.Helper()
	d.exec(`create or replace function layers.no_room() returns trigger language plpgsql as $$ begin raise exception 'no space left' using errcode = '53100'; end $$`)
	d.exec(`create trigger no_room before ` + what + ` on ` + table + ` for each statement execute function layers.no_room()`)
	return func() { d.exec(`drop trigger no_room on ` + table) }
}

// A disk that is full is told as such, ends nothing that may go on, and leaves nothing half published. With room, the work goes on where it was.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.places(placesText(10, nil))
	// stands requires that the submission waits in its state, and says for what; and that what is published is what was.
	stands := func(id int64, state State) {
		t.Helper()
		_, err := d.im.Advance(t.Context(), id, nil)
		require.Error(t, err)
		s, err := submissionByID(t.Context(), d.pool, id)
		require.NoError(t, err)
		require.Equal(t, state, s.State)
		require.NotNil(t, s.Problem)
		require.Equal(t, "storage-full", s.Problem.Code)
		require.NotEmpty(t, s.Problem.Next.FA)
		require.NotEmpty(t, s.Problem.Next.EN)
		require.Equal(t, []int{10, 1}, []int{d.count(`select count(*) from layers.feature`), d.count(`select count(*) from layers.version`)})
	}
	s, err := d.im.Receive(t.Context(), Request{Theme: "place", Agency: "ncc", Files: []string{d.file("more.csv", placesText(12, nil))}, Through: Submitted})
	require.NoError(t, err)
	room := d.full("delete", "layers.finding") // of an earlier attempt, as the rows are staged
	stands(s.ID, Confirmed)
	room()
	s, err = d.im.Advance(t.Context(), s.ID, nil)
	require.NoError(t, err)
	require.Equal(t, Submitted, s.State)
	require.Nil(t, s.Problem)

	require.NoError(t, pgx.BeginFunc(t.Context(), d.pool, func(tx pgx.Tx) error { return d.im.Publish(t.Context(), tx, s, Actor{}, "") }))
	room = d.full("insert", "layers.feature")
	stands(s.ID, Approved)
	// The last attempt gives it back instead of refusing what was reviewed.
	_, err = d.im.advance(t.Context(), s.ID, nil, true)
	require.Error(t, err)
	s, err = submissionByID(t.Context(), d.pool, s.ID)
	require.NoError(t, err)
	require.Equal(t, Validated, s.State)
	require.Equal(t, "storage-full", s.Problem.Code)
	room()
	require.NoError(t, pgx.BeginFunc(t.Context(), d.pool, func(tx pgx.Tx) error {
		if err := d.im.Submit(t.Context(), tx, s, false, false); err != nil {
			return err
		}
		return d.im.Publish(t.Context(), tx, s, Actor{}, "")
	}))
	s, err = d.im.Advance(t.Context(), s.ID, nil)
	require.NoError(t, err)
	require.Equal(t, Published, s.State)
	require.Equal(t, 12, d.count(`select count(*) from layers.feature`))
	require.Zero(t, d.count(`select count(*) from pg_tables where schemaname = 'staging'`))
}
