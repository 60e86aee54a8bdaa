package progress

import (
	"math"
	"slices"
	"time"
)

// Point is how much was done on a day.
type Point struct {
	Day     time.Time // midnight UTC
	Percent float64
}

// Forecast says when all will be done if it goes on as of late. It is a straight line and no promise.
type Forecast struct {
	State    string   `json:"state" enum:"none,completed,standing-still,distant,dated" doc:"none: fewer than four snapshots since the last break; standing-still: no growth; distant: more than a hundred years"`
	Points   int      `json:"points" doc:"How many snapshots it is from"`
	From     *string  `json:"from" format:"date"`
	PerDay   *float64 `json:"percent_per_day" doc:"Median of the slopes between all pairs of snapshots"`
	SlowDay  *float64 `json:"percent_per_day_slow" doc:"A quarter of the slopes are below"`
	FastDay  *float64 `json:"percent_per_day_fast" doc:"A quarter of the slopes are above"`
	Date     *string  `json:"date" format:"date"`
	Jalali   *string  `json:"date_jalali"`
	Earliest *string  `json:"earliest" format:"date" doc:"At the fast slope"`
	Latest   *string  `json:"latest" format:"date" doc:"At the slow slope; null: it has no end"`
}

const (
	// window is how far back the slope looks.
	window = 90
	// fewest snapshots that a line is drawn through.
	fewest = 4
	// horizon is the longest time that is told as a date, in days.
	horizon = 36525
)

// forecast looks at the last 90 days before the newest point, or at the last four where those are fewer. The points are of one rule set and one denominator, in the
// order of time, one a day at most. The median of all slopes (Theil-Sen) is not led astray by one delivery that was large.
func forecast(all []Point) Forecast {
	if n := len(all); n > 0 && all[n-1].Percent >= 100 {
		first := n - 1
		for first > 0 && all[first-1].Percent >= 100 {
			first--
		}
		day := all[first].Day
		return Forecast{State: "completed", Points: n, Date: iso(day), Jalali: shown(day)}
	}
	if len(all) < fewest {
		return Forecast{State: "none", Points: len(all)}
	}
	last := all[len(all)-1]
	start := len(all) - fewest
	for start > 0 && days(all[start-1].Day, last.Day) <= window {
		start--
	}
	points := all[start:]
	var slopes []float64
	for i, a := range points {
		for _, b := range points[i+1:] {
			slopes = append(slopes, (b.Percent-a.Percent)/float64(days(a.Day, b.Day)))
		}
	}
	slices.Sort(slopes)
	slow, median, fast := quantile(slopes, 0.25), quantile(slopes, 0.5), quantile(slopes, 0.75)
	f := Forecast{State: "standing-still", Points: len(points), From: iso(points[0].Day), PerDay: &median, SlowDay: &slow, FastDay: &fast}
	left := 100 - last.Percent
	if median <= 0 {
		return f
	}
	date := reached(last.Day, left, median)
	if date == nil {
		f.State = "distant"
		return f
	}
	f.State, f.Date, f.Jalali = "dated", iso(*date), shown(*date)
	f.Earliest = iso(*reached(last.Day, left, fast)) // not later than the date
	if late := reached(last.Day, left, slow); late != nil {
		f.Latest = iso(*late)
	}
	return f
}

// reached is the day on which what is left is done; nil beyond the horizon.
func reached(from time.Time, left, perDay float64) *time.Time {
	if perDay <= 0 {
		return nil
	}
	n := math.Ceil(left/perDay - 1e-9) // but for the last digit of a division
	if n > horizon {
		return nil
	}
	t := from.AddDate(0, 0, int(n))
	return &t
}

// quantile of sorted values, between the two that it lies between.
func quantile(sorted []float64, q float64) float64 {
	at := q * float64(len(sorted)-1)
	i := int(at)
	if i+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	return sorted[i] + (sorted[i+1]-sorted[i])*(at-float64(i))
}

func iso(t time.Time) *string {
	s := t.Format(time.DateOnly)
	return &s
}

func shown(t time.Time) *string {
	s := jalali(t)
	return &s
}
