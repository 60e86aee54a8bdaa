package progress

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// The table of mandate/README.md.
func TestDeadlines(t *testing.T) {
	t.Parallel()
	for years, want := range map[int]string{0: "2014-09-07", 2: "2016-09-06", 3: "2017-09-07", 4: "2018-09-07"} {
		assert.Equal(t, want, deadline(years).Format(time.DateOnly), "%d years", years)
	}
	assert.Equal(t, "۱۶ شهریور ۱۳۹۵", jalali(deadline(2)))
}

func TestJalaliDayBeginsInTehran(t *testing.T) {
	t.Parallel()
	evening := time.Date(2026, 11, 21, 20, 29, 0, 0, time.UTC)
	assert.Equal(t, "۳۰ آبان ۱۴۰۵", jalali(evening.In(tehran())))
	assert.Equal(t, "۱ آذر ۱۴۰۵", jalali(evening.Add(time.Minute).In(tehran())))
	// The last day of a leap year, and the first of the next.
	assert.Equal(t, "۳۰ اسفند ۱۳۹۹", jalali(time.Date(2021, 3, 20, 12, 0, 0, 0, tehran())))
	assert.Equal(t, "۱ فروردین ۱۴۰۰", jalali(time.Date(2021, 3, 21, 12, 0, 0, 0, tehran())))
}

func TestDaysAfter(t *testing.T) {
	t.Parallel()
	due := deadline(2)
	assert.Equal(t, 0, daysAfter(due, time.Date(2010, 1, 1, 0, 0, 0, 0, time.UTC)))
	assert.Equal(t, 0, daysAfter(due, time.Date(2016, 9, 6, 12, 0, 0, 0, tehran())))
	assert.Equal(t, 1, daysAfter(due, time.Date(2016, 9, 7, 0, 0, 0, 0, tehran())))
	assert.Equal(t, 3728, daysAfter(due, time.Date(2026, 11, 21, 12, 0, 0, 0, tehran())))
}

func TestPercent(t *testing.T) {
	t.Parallel()
	p := func(n, d float64) *float64 { return percent(&n, &d) }
	assert.Nil(t, percent(nil, nil))
	assert.Nil(t, p(1, 0))
	assert.InDelta(t, 33.33, *p(1, 3), 1e-9)
	assert.InDelta(t, 100, *p(150, 100), 1e-9)
	assert.InDelta(t, 99.99, *p(99.9999, 100), 1e-9, "nearly done is not done")
	assert.InDelta(t, 100, *p(276310.640, 276310.647), 1e-9, "a hundredth of a square metre is how the ground was measured")
	assert.InDelta(t, 99.99, *p(1e12-1, 1e12), 1e-9, "a square metre is missing")
	assert.InDelta(t, 99.99, *p(48e6-1, 48e6), 1e-9, "and so is an address")
	assert.InDelta(t, 0, *p(0, 5), 1e-9)
}
