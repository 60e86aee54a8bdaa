package layers

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"nsdi/internal/pg"
	"nsdi/internal/pgtest"
)

// A delivery of one agency goes all its way to published while another one's is held: in its check, by a rule that does not answer; and in its publication, by a
// row that somebody else has locked. Two jobs are done at once, as the server does.
func TestOneDeliveryDoesNotWaitForAnother(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.exec(`insert into access.agency_territory select id, case code when 'post' then 'IR-23' else 'IR-02' end from access.agency where code in ('post', 'statistics')`)
	reached, goOn := make(chan struct{}), make(chan struct{})
	store := FeatureStore()
	store.Check = func(attributes map[string]any) []Breach {
		if attributes["name_fa"] == "نگه‌داشته" {
			close(reached)
			<-goOn
		}
		return nil
	}
	d.im.Stores = []Store{store}
	d.im.Pool, d.im.Dir, d.im.Now = pgtest.Application(t, d.pool, pg.Everything), t.TempDir(), time.Now
	jobs, err := NewJobs(d.im, nil, 2, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- jobs.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		require.ErrorIs(t, <-ended, context.Canceled)
	})
	deliver := func(agency string, rows int, name func(int) string) int64 {
		s, err := d.im.Receive(t.Context(), Request{
			Theme: "place", Agency: agency, Files: []string{d.file("places.csv", placesText(rows, name))}, Through: Published, AllowRemovals: true,
		})
		require.NoError(t, err)
		return s.ID
	}
	state := func(id int64) string { return d.text(`select state from layers.submission where id = $1`, id) }
	published := func(id int64) {
		t.Helper()
		require.Eventually(t, func() bool { return state(id) == "published" }, time.Minute, 10*time.Millisecond, "the first one must not hold it")
	}
	all := func(name string) func(int) string { return func(int) string { return name } }

	// The first one is being checked.
	first := deliver("post", 9000, func(i int) string { // the last rows, when others have gone to the database
		if i == 8999 {
			return "نگه‌داشته"
		}
		return ""
	})
	<-reached
	second := deliver("post", 9000, all("دوم")) // waits for its agency's turn, and takes nobody else's
	published(deliver("statistics", 10, nil))
	published(deliver("statistics", 10, all("دیگر")))
	require.Equal(t, []string{"confirmed", "confirmed"}, []string{state(first), state(second)})
	close(goOn)
	published(first)
	published(second)

	// It is being published: of its rows, one is locked.
	require.NoError(t, pgx.BeginFunc(t.Context(), d.pool, func(tx pgx.Tx) error {
		_, err := tx.Exec(t.Context(), `select from layers.feature where key = 'p8999' for update`)
		require.NoError(t, err)
		first = deliver("post", 9000, all("نو"))
		waiting := `select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and state = 'active'`
		require.Eventually(t, func() bool { return d.count(waiting) == 1 }, time.Minute, 10*time.Millisecond)
		published(deliver("statistics", 12, nil))
		require.Equal(t, "approved", state(first))
		require.Equal(t, 1, d.count(waiting), "only the first one waits")
		return nil
	}))
	published(first)
	require.Equal(t, 9012, d.count(`select count(*) from layers.feature`))
	require.Equal(t, 9000, d.count(`select count(*) from layers.feature where attributes->>'name_fa' = 'نو'`))
}

// What waits for the place of a publication is checked again, because its report compares with what is no longer published. What waits for another place is not.
func TestOnlyWhatWaitsForTheSamePlaceIsCheckedAgain(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.im.Dir = t.TempDir()
	d.exec(`insert into access.agency_territory select id, case code when 'statistics' then 'IR-02' else 'IR-23' end from access.agency where code in ('post', 'statistics', 'ncc')`)
	deliver := func(agency string) *Submission {
		return d.checked(Request{Theme: "place", Agency: agency, Files: []string{d.file("places.csv", placesText(3, nil))}})
	}
	same, elsewhere, own := deliver("post"), deliver("statistics"), deliver("ncc")
	d.published(deliver("ncc"))
	state := func(s *Submission) string { return d.text(`select state from layers.submission where id = $1`, s.ID) }
	require.Equal(t, []string{"confirmed", "validated", "confirmed"}, []string{state(same), state(elsewhere), state(own)})
}
