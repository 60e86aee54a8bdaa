package progress

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// weekly are snapshots of one a week from a day on.
func weekly(from time.Time, percents ...float64) []Point {
	var p []Point
	for i, x := range percents {
		p = append(p, Point{from.AddDate(0, 0, 7*i), x})
	}
	return p
}

func TestForecast(t *testing.T) {
	t.Parallel()
	from := date(t, "2026-01-01")
	require.Equal(t, Forecast{State: "none", Points: 3}, forecast(weekly(from, 1, 2, 3)), "fewer than four")
	require.Equal(t, "none", forecast(nil).State)

	straight := forecast(weekly(from, 10, 17, 24, 31))
	require.Equal(t, "dated", straight.State)
	require.InDelta(t, 1, *straight.PerDay, 1e-12)
	// 31 % on 2026-01-22 and one per cent a day: 69 days later, without a band.
	require.Equal(t, []string{"2026-04-01", "2026-04-01", "2026-04-01"}, []string{*straight.Date, *straight.Earliest, *straight.Latest})

	// One large delivery does not make a trend: slopes of pairs are 0 or through the jump.
	jump := forecast(weekly(from, 10, 10, 10, 10, 10, 10, 10, 60))
	require.Equal(t, "standing-still", jump.State)
	require.Nil(t, jump.Date)
	require.Equal(t, "standing-still", forecast(weekly(from, 9, 8, 7, 6)).State, "it may go down")
	require.Equal(t, "distant", forecast(weekly(from, 1, 1.001, 1.002, 1.003)).State, "99 % at 0.001 % a week")

	wavering := forecast(weekly(from, 10, 9, 14, 13, 21, 18))
	require.Equal(t, "dated", wavering.State)
	require.Less(t, *wavering.Earliest, *wavering.Date)
	require.Greater(t, *wavering.Latest, *wavering.Date)

	stalling := forecast(weekly(from, 10, 10, 10, 12, 12, 14))
	require.Equal(t, "dated", stalling.State)
	open := forecast(weekly(from, 10, 10, 10, 20, 20))
	require.Nil(t, open.Latest, "a quarter of the slopes are zero: it has no end")

	done := forecast(weekly(from, 90, 95, 100, 100))
	require.Equal(t, []string{"completed", "2026-01-15"}, []string{done.State, *done.Date})
	again := forecast(weekly(from, 100, 90, 100))
	require.Equal(t, "2026-01-15", *again.Date, "since it was complete the last time")

	// What was long ago does not count: the last 90 days have thirteen weeks.
	long := forecast(append(weekly(date(t, "2020-01-01"), 0, 0, 0, 0), weekly(from, 10, 17, 24, 31, 38)...))
	require.Equal(t, 5, long.Points)
	require.InDelta(t, 1, *long.PerDay, 1e-12)
	monthly := forecast([]Point{{date(t, "2026-01-01"), 10}, {date(t, "2026-03-01"), 20}, {date(t, "2026-05-01"), 30}, {date(t, "2026-07-01"), 40}, {date(t, "2026-09-01"), 50}})
	require.Equal(t, 4, monthly.Points, "the last four, where ninety days have fewer")
}

// The band holds the date, and moving all days moves the forecast by as many.
func TestForecastMovesWithItsPoints(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		day := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		var points, later []Point
		shift := rapid.IntRange(0, 2000).Draw(t, "shift")
		for range rapid.IntRange(4, 20).Draw(t, "points") {
			day = day.AddDate(0, 0, rapid.IntRange(1, 20).Draw(t, "days"))
			p := rapid.Float64Range(0, 99).Draw(t, "percent")
			points, later = append(points, Point{day, p}), append(later, Point{day.AddDate(0, 0, shift), p})
		}
		f, g := forecast(points), forecast(later)
		require.Equal(t, f.State, g.State)
		require.LessOrEqual(t, *f.SlowDay, *f.PerDay)
		require.LessOrEqual(t, *f.PerDay, *f.FastDay)
		if f.State != "dated" {
			require.Nil(t, f.Date)
			return
		}
		require.LessOrEqual(t, *f.Earliest, *f.Date)
		require.Greater(t, *f.Date, points[len(points)-1].Day.Format(time.DateOnly), "something is left to do")
		if f.Latest != nil {
			require.GreaterOrEqual(t, *f.Latest, *f.Date)
		}
		a, _ := time.Parse(time.DateOnly, *f.Date)
		b, _ := time.Parse(time.DateOnly, *g.Date)
		require.Equal(t, shift, days(a, b))
	})
}
