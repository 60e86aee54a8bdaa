package progress

import (
	"strconv"
	"time"

	ptime "github.com/yaa110/go-persian-calendar"

	"nsdi/internal/errs"
)

// notification is the Jalali date from which the deadlines of the law count: 1393-06-16, which is 2014-09-07.
const (
	notificationYear  = 1393
	notificationMonth = ptime.Shahrivar
	notificationDay   = 16
)

// deadline is the end of a year after the notification: the same Jalali day that many years later.
func deadline(years int) time.Time {
	t := ptime.Date(notificationYear+years, notificationMonth, notificationDay, 0, 0, 0, 0, time.UTC)
	return t.Time()
}

// jalali writes a date as people do: "۱۶ شهریور ۱۳۹۵".
func jalali(t time.Time) string {
	p := ptime.New(t)
	return errs.Digits(strconv.Itoa(p.Day())) + " " + p.Month().String() + " " + errs.Digits(strconv.Itoa(p.Year()))
}

// tehran is the clock by which a day begins in Iran, which has had no summer time since 2022.
func tehran() *time.Location { return time.FixedZone("+0330", 3*60*60+30*60) }

// daysAfter counts whole days from a date to a moment; 0 before it.
func daysAfter(date, now time.Time) int {
	y, m, d := now.In(tehran()).Date()
	today := time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	return max(0, int(today.Sub(date).Hours()/24))
}

// halfEnd is the last day of the first or the second half of a Jalali year. The second half is a day longer in a leap year.
func halfEnd(year, half int) time.Time {
	if half == 1 {
		t := ptime.Date(year, ptime.Shahrivar, 31, 0, 0, 0, 0, time.UTC)
		return t.Time()
	}
	t := ptime.Date(year+1, ptime.Farvardin, 1, 0, 0, 0, 0, time.UTC)
	return t.Time().AddDate(0, 0, -1)
}
