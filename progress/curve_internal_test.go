package progress

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func date(t testing.TB, s string) time.Time {
	t.Helper()
	d, err := time.Parse(time.DateOnly, s)
	require.NoError(t, err)
	return d
}

func of[T any](v T) *T { return &v }

// Annex C's halves are the first milestones and the legal deadline the last: 1393-06-31, 1393-12-29 (no leap year), 1395-06-16.
func TestLegalCurve(t *testing.T) {
	t.Parallel()
	c := legalCurve(of(2), of(30), of(20))
	require.Equal(t, Curve{{date(t, "2014-09-07"), 0}, {date(t, "2014-09-22"), 30}, {date(t, "2015-03-20"), 50}, {date(t, "2016-09-06"), 100}}, c)
	require.Equal(t, "2016-09-06", c.End().Format(time.DateOnly))

	require.Equal(t, Curve{{date(t, "2014-09-07"), 0}, {date(t, "2017-09-07"), 100}}, legalCurve(of(3), nil, nil), "the rest of the country is in no row of Annex C")
	standing := legalCurve(nil, of(40), of(30))
	require.Nil(t, standing.End(), "it stands for good")
	require.InDelta(t, 70, *standing.At(date(t, "2026-01-01")), 0)
	require.Nil(t, legalCurve(nil, nil, nil))
}

func TestPlannedOnADay(t *testing.T) {
	t.Parallel()
	c := Curve{{date(t, "2020-01-01"), 10}, {date(t, "2020-01-11"), 60}, {date(t, "2020-02-01"), 100}}
	for _, one := range []struct {
		day  string
		want *float64
	}{
		{"2019-12-31", nil},
		{"2020-01-01", of(10.0)},
		{"2020-01-06", of(35.0)},
		{"2020-01-11", of(60.0)},
		{"2020-02-01", of(100.0)},
		{"2030-01-01", of(100.0)},
	} {
		require.Equal(t, one.want, c.At(date(t, one.day)), one.day)
	}
	require.Nil(t, Curve{}.At(date(t, "2020-01-01")))
	single := Curve{{date(t, "2020-01-01"), 100}}
	require.Nil(t, single.At(date(t, "2019-01-01")), "a target alone plans nothing before its day")
}

// Whatever the milestones: what is planned never goes down, and lies between the first and the last.
func TestPlanNeverGoesDown(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := curves().Draw(t, "curve")
		a := time.Date(2010, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, rapid.IntRange(0, 9000).Draw(t, "a"))
		b := a.AddDate(0, 0, rapid.IntRange(0, 3000).Draw(t, "b"))
		x, y := c.At(a), c.At(b)
		if x == nil {
			require.True(t, a.Before(c[0].Due))
			return
		}
		require.NotNil(t, y)
		require.LessOrEqual(t, *x, *y+1e-9)
		require.GreaterOrEqual(t, *x, c[0].Percent-1e-9)
		require.LessOrEqual(t, *y, c[len(c)-1].Percent+1e-9)
	})
}

func curves() *rapid.Generator[Curve] {
	return rapid.Custom(func(t *rapid.T) Curve {
		var c Curve
		day, share := time.Date(2014, 9, 7, 0, 0, 0, 0, time.UTC), 0.0
		for range rapid.IntRange(1, 8).Draw(t, "milestones") {
			day = day.AddDate(0, 0, rapid.IntRange(1, 900).Draw(t, "days"))
			share += rapid.Float64Range(0, 100-share).Draw(t, "share")
			c = append(c, Milestone{day, share})
		}
		return c
	})
}

func TestStanding(t *testing.T) {
	t.Parallel()
	c := Curve{{date(t, "2020-01-01"), 0}, {date(t, "2020-01-11"), 100}}
	for _, one := range []struct {
		day     string
		done    *float64
		planned *float64
		spi     *float64
		pace    Pace
		late    int
		left    int
	}{
		{"2019-12-01", of(3.0), nil, nil, NoPace, 0, 41},
		{"2020-01-01", of(3.0), of(0.0), nil, NoPace, 0, 10},
		{"2020-01-06", of(50.0), of(50.0), of(1.0), OnTrack, 0, 5},
		{"2020-01-06", of(47.5), of(50.0), of(0.95), OnTrack, 0, 5},
		{"2020-01-06", of(47.4), of(50.0), of(0.948), Behind, 0, 5},
		{"2020-01-06", of(40.0), of(50.0), of(0.8), Behind, 0, 5},
		{"2020-01-06", of(0.0), of(50.0), of(0.0), FarBack, 0, 5},
		{"2020-01-06", nil, of(50.0), nil, NoPace, 0, 5},
		{"2020-01-21", of(99.99), of(100.0), of(1.0), OnTrack, 10, 0},
		{"2020-01-21", of(100.0), of(100.0), of(1.0), Finished, 0, 0},
		{"2020-01-21", nil, of(100.0), nil, NoPace, 10, 0},
	} {
		s := stands(c, one.done, date(t, one.day))
		assert.Equal(t, []any{one.planned, one.spi, one.pace, one.late, one.left}, []any{s.Planned, s.SPI, s.Pace, *s.DaysOverdue, *s.DaysLeft}, "%s %v", one.day, one.done)
	}
	open := stands(Curve{{date(t, "2020-01-01"), 70}}, of(35.0), date(t, "2026-01-01"))
	require.Nil(t, open.Deadline)
	require.Nil(t, open.DaysOverdue)
	require.Equal(t, FarBack, open.Pace)
}

// The day of a moment is that of Iran: half past eight in the evening in Greenwich is midnight there.
func TestDayInIran(t *testing.T) {
	t.Parallel()
	require.Equal(t, date(t, "2026-11-22"), dayOf(time.Date(2026, 11, 21, 20, 30, 0, 0, time.UTC)))
	require.Equal(t, date(t, "2026-11-21"), dayOf(time.Date(2026, 11, 21, 20, 29, 59, 0, time.UTC)))
	require.Equal(t, date(t, "2021-03-20"), halfEnd(1399, 2), "1399 is a leap year")
}
