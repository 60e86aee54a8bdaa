package progress

import (
	"sort"
	"time"
)

// Milestone is how much is to be done by the end of a day.
type Milestone struct {
	Due     time.Time // a day: midnight UTC
	Percent float64   // 0 to 100, of the whole and not of the step
}

// Curve is what is planned: straight between its milestones, which are in the order of time and never go down.
type Curve []Milestone

// At answers the share that is planned for a day. Before the first milestone nothing is planned, which is not the same as 0 per cent; after the last one, that one stands.
func (c Curve) At(day time.Time) *float64 {
	i := sort.Search(len(c), func(i int) bool { return !c[i].Due.Before(day) })
	switch {
	case len(c) == 0 || i == 0 && day.Before(c[0].Due):
		return nil
	case i == len(c):
		return &c[i-1].Percent
	case i == 0 || c[i].Due.Equal(day):
		return &c[i].Percent
	}
	a, b := c[i-1], c[i]
	p := a.Percent + (b.Percent-a.Percent)*float64(day.Sub(a.Due))/float64(b.Due.Sub(a.Due))
	return &p
}

// End answers the day on which all is to be done; nil where the curve does not go that far.
func (c Curve) End() *time.Time {
	for i := range c {
		if c[i].Percent >= 100 {
			return &c[i].Due
		}
	}
	return nil
}

// legalCurve is what the law and its Annex C plan for an obligation: nothing done at the notification, Annex C's shares at the ends of the halves of 1393, and all
// at the deadline, where there is one. An obligation that stands for good has no end.
func legalCurve(years, first, second *int) Curve {
	c := Curve{{deadline(0), 0}}
	sum := 0.0
	for i, share := range []*int{first, second} {
		if share != nil {
			sum += float64(*share)
			c = append(c, Milestone{halfEnd(notificationYear, i+1), sum})
		}
	}
	if years != nil {
		c = append(c, Milestone{deadline(*years), 100})
	}
	if len(c) == 1 {
		return nil
	}
	return c
}

// dayOf is the day in Iran on which a moment lies.
func dayOf(t time.Time) time.Time {
	y, m, d := t.In(tehran()).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}
