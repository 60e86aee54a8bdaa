package progress_test

import (
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/internal/errs"
	"nsdi/internal/fixture"
	"nsdi/progress"
)

// clock is a time that a test moves.
type clock struct{ now time.Time }

func (c *clock) snapshots(pool *pgxpool.Pool) *progress.Snapshots {
	return &progress.Snapshots{Pool: pool, Now: func() time.Time { return c.now }, RuleSet: 10}
}

// follow calculates what changed.
func follow(t *testing.T, pool *pgxpool.Pool) {
	t.Helper()
	f := &progress.Follower{Pool: pool}
	_, err := f.Step(t.Context())
	require.NoError(t, err)
}

// Snapshots are frozen, chained, and come out the same when they are calculated again from history, however much was published since.
func TestSnapshots(t *testing.T) {
	t.Parallel()
	pool := coast(t)
	c := &clock{time.Date(2026, 11, 21, 21, 0, 0, 0, time.UTC)} // half past midnight of Sunday in Tehran
	s := c.snapshots(pool)
	_, err := s.Take(t.Context(), "operator", "")
	require.Equal(t, "no-figures", errs.Code(err))
	due, err := s.Due(t.Context())
	require.NoError(t, err)
	require.Empty(t, due, "nothing has been calculated")

	follow(t, pool)
	due, err = s.Due(t.Context())
	require.NoError(t, err)
	require.Equal(t, []string{"2026-11-21"}, due, "the Saturday before")
	require.NoError(t, s.TakeWeekly(t.Context()))
	require.NoError(t, s.TakeWeekly(t.Context()))
	due, err = s.Due(t.Context())
	require.NoError(t, err)
	require.Empty(t, due)

	// The parcel of the range and forest grows; a parcel of the city moves into the other province.
	fixture.Publish(t, pool, "cadastre-range-forest", "registry", nil, place("c1", lot(52.2, 35.2, 52.5, 35.7)))
	fixture.Publish(t, pool, "cadastre-urban", "registry", nil, place("p1", lot(52.0, 35.5, 52.1, 35.6)))
	follow(t, pool)
	c.now = c.now.AddDate(0, 0, 3)
	second, err := s.Take(t.Context(), "Sara", "for the meeting")
	require.NoError(t, err)
	// And what 100 per cent is, and a province's outline, which are gone from the figures of now but not from history.
	fixture.Outline(t, pool, "IR-30", "province", "البرز", "IR", box(52, 35, 53, 36.5))
	fixture.Publish(t, pool, "range-forest", "forests", nil, place("f1", box(52.2, 35.2, 53, 35.6)))
	follow(t, pool)

	list, err := s.List(t.Context(), 10)
	require.NoError(t, err)
	require.Len(t, list, 2)
	assert.Equal(t, *second, list[0])
	assert.Equal(t, []any{"2026-11-25", "۴ آذر ۱۴۰۵", "Sara", "for the meeting", 10}, []any{list[0].Day, list[0].Jalali, list[0].TakenBy, list[0].Note, list[0].RuleSet})
	assert.Nil(t, list[0].Week)
	assert.Equal(t, "2026-11-21", *list[1].Week)
	assert.Greater(t, list[0].Change, list[1].Change)

	for i := range list {
		v, err := s.Verify(t.Context(), []string{"2026-11-25", "1"}[i])
		require.NoError(t, err)
		assert.True(t, v.Intact)
		assert.Empty(t, v.Differ)
		assert.Equal(t, list[i].ID, v.Snapshot.ID)
		assert.GreaterOrEqual(t, v.Compared, 5*3*7, "five figures of seven obligations in the country and two provinces at least")
		assert.Empty(t, v.Apart)
	}
	// Verifying left everything as it was.
	o := obligation(t, report(t, pool, "IR-30"), "A25-RANGE-FOREST")
	assert.InDelta(t, area(t, pool, 0.01, `select st_intersection(f.geom, u.geom) from f, u where f.theme = 'range-forest' and u.code = 'IR-30'`), *o.Denominator, 1)

	// Nobody changes one, the owner neither.
	for _, table := range []string{"snapshot", "snapshot_row", "basis"} {
		for _, sql := range []string{`delete from progress.` + table, `truncate progress.` + table + ` cascade`} {
			_, err := pool.Exec(t.Context(), sql)
			require.ErrorContains(t, err, "written once", sql)
		}
	}
	_, err = pool.Exec(t.Context(), `update progress.snapshot_row set value = value`)
	require.ErrorContains(t, err, "written once")

	// Whoever takes the guard away and changes a figure is found out, by digest and by calculation.
	_, err = pool.Exec(t.Context(), `
		alter table progress.snapshot_row disable trigger written_once;
		update progress.snapshot_row r
		set value = (select array_agg(case when b.obligation = 'A25-RANGE-FOREST' and (v.n - 1) % 5 = 3 then v.x + 1e6 else v.x end order by v.n)
			from unnest(r.value) with ordinality v (x, n)
			join progress.basis b on b.id = r.basis[(v.n - 1) / 5 + 1])
		where admin_code = 'IR-30'
		  and snapshot_id = (select max(id) from progress.snapshot)`)
	require.NoError(t, err)
	v, err := s.Verify(t.Context(), "2026-11-25")
	require.NoError(t, err)
	assert.False(t, v.Intact)
	assert.False(t, v.OK())
	require.Len(t, v.Differ, 1)
	assert.Equal(t, []string{"IR-30", "A25-RANGE-FOREST", "headline", "published"}, []string{v.Differ[0].Unit, v.Differ[0].Obligation, v.Differ[0].Measure, v.Differ[0].What})
	first, err := s.Verify(t.Context(), "2026-11-24")
	require.NoError(t, err)
	assert.True(t, first.OK(), "the one before it is as it was")

	for _, name := range []string{"99", "2020-01-01", "yesterday", "-1", "99999999999999999999"} {
		_, err := s.Verify(t.Context(), name)
		assert.Equal(t, "snapshot-unknown", errs.Code(err), name)
	}
}

func TestWeeksBeginOnSaturday(t *testing.T) {
	t.Parallel()
	pool := coast(t)
	follow(t, pool)
	c := &clock{time.Date(2026, 11, 20, 20, 0, 0, 0, time.UTC)} // Friday evening in Tehran
	for hours, want := range map[int]string{0: "2026-11-14", 1: "2026-11-21", 24*7 - 1: "2026-11-21"} {
		at := &clock{c.now.Add(time.Duration(hours) * time.Hour)}
		due, err := at.snapshots(pool).Due(t.Context())
		require.NoError(t, err)
		require.Equal(t, []string{want}, due, "%d hours later", hours)
	}
}
