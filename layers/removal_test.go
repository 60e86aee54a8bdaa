package layers

import (
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

// A delivery that takes nearly everything away is not published because somebody ticked a box: a reviewer has to grant an exception, with a reason.
func TestRemovalOfNearlyEverything(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.exec(`insert into access.person (login) values ('un')`)
	var person int64
	require.NoError(t, d.pool.QueryRow(t.Context(), `select id from access.person where login = 'un'`).Scan(&person))
	d.places(placesText(100, nil))
	s := d.checked(Request{Theme: "place", Person: person, Files: []string{d.file("p.csv", placesText(5, nil))}})
	require.Equal(t, Validated, s.State)
	require.Equal(t, "E", s.Report.rule("mass-removal-extreme").Severity)
	s = d.published(s)
	require.Equal(t, Validated, s.State, "sent back to its uploader")
	require.Equal(t, "mass-removal-extreme", s.Problem.Code)
	require.Equal(t, 100, d.count(`select count(*) from layers.feature`))

	err := pgx.BeginFunc(t.Context(), d.im.Pool, func(tx pgx.Tx) error {
		return d.im.Except(t.Context(), tx, s, Actor{}, Excepted{Rule: "mass-removal-extreme", Reason: "the register was closed"})
	})
	require.NoError(t, err)
	s = d.advanced(s.ID)
	require.Equal(t, "exception", d.text(`select state from layers.finding where rule = 'mass-removal-extreme' and submission_id = $1`, s.ID))
	s = d.published(s)
	require.Equal(t, Published, s.State, "%+v", s.Problem)
	require.Equal(t, 5, d.count(`select count(*) from layers.feature`))
}
