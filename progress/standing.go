package progress

import (
	"math"
	"time"
)

// Pace says how what is done compares with what is planned. It comes with a word and a sign wherever it is shown, never as a colour alone.
type Pace string

// The paces.
const (
	OnTrack  Pace = "on-track"  // SPI of 0.95 and above
	Behind   Pace = "behind"    // 0.8 to 0.95
	FarBack  Pace = "far-back"  // less
	NoPace   Pace = "unknown"   // nothing is planned yet, or how much is done is not known
	Finished Pace = "completed" // all is done
)

// Standing is how an obligation stands against one plan on one day.
type Standing struct {
	Planned        *float64 `json:"planned_percent" doc:"What the plan has for the day; null before its first milestone"`
	SPI            *float64 `json:"spi" doc:"Schedule performance index: done / planned; null where one of them is not known or nothing is planned"`
	Pace           Pace     `json:"pace" enum:"on-track,behind,far-back,unknown,completed" doc:"completed; on-track: SPI >= 0.95; behind: >= 0.8; far-back: less"`
	Deadline       *string  `json:"deadline" format:"date" doc:"Day by which all is to be done; null where the plan has no end"`
	DeadlineJalali *string  `json:"deadline_jalali"`
	DaysOverdue    *int     `json:"days_overdue" doc:"Whole days since the deadline; 0 before it and once all is done"`
	DaysLeft       *int     `json:"days_left" doc:"Whole days to the deadline; 0 after it"`
}

// stands compares what is done on a day with a plan.
func stands(c Curve, done *float64, day time.Time) Standing {
	s := Standing{Planned: c.At(day), Pace: NoPace}
	if s.Planned != nil {
		p := hundredths(*s.Planned)
		s.Planned = &p
	}
	if s.Planned != nil && done != nil && *s.Planned > 0 {
		spi := math.Round(*done / *s.Planned * 1000) / 1000
		s.SPI = &spi
	}
	switch {
	case done != nil && *done >= 100:
		s.Pace = Finished
	case s.SPI == nil:
	case *s.SPI >= 0.95:
		s.Pace = OnTrack
	case *s.SPI >= 0.8:
		s.Pace = Behind
	default:
		s.Pace = FarBack
	}
	if end := c.End(); end != nil {
		iso, shown := end.Format(time.DateOnly), jalali(*end)
		late, left := max(0, days(*end, day)), max(0, days(day, *end))
		if done != nil && *done >= 100 {
			late = 0
		}
		s.Deadline, s.DeadlineJalali, s.DaysOverdue, s.DaysLeft = &iso, &shown, &late, &left
	}
	return s
}

// days counts from one day to another.
func days(from, to time.Time) int { return int(math.Round(to.Sub(from).Hours() / 24)) }

func hundredths(x float64) float64 { return math.Round(x*100) / 100 }
