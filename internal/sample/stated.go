package sample

import (
	"context"
	"encoding/csv"
	"strconv"
)

// statedCount is what 100 % of something that is counted means: a number a settlement, and the sums for its county, its province and the country, because a count is looked up
// for a unit and never added up. Provinces without settlements have none: nobody has counted there.
type statedCount struct {
	order []string
	count map[string]int
}

func (c *statedCount) add(s *settlement, n int) {
	if c.count == nil {
		c.count = map[string]int{}
	}
	for _, code := range []string{"IR", s.county.province.code, s.county.code, s.code} {
		if _, known := c.count[code]; !known {
			c.order = append(c.order, code)
		}
		c.count[code] += n
	}
}

// state writes the numbers as a delivery.
func (w *writer) state(c *statedCount, theme, agency, source string) error {
	var rows [][]string
	for _, code := range c.order {
		rows = append(rows, []string{code, strconv.Itoa(c.count[code])})
	}
	return w.rows(theme, agency, []string{"admin_code", "count"}, source, rows)
}

// expectedAddresses states how many addresses the statistics office counts.
func (w *writer) expectedAddresses(context.Context) error {
	var c statedCount
	for _, s := range w.plan.places() {
		c.add(s, max(1, s.expected))
	}
	return w.state(&c, "expected-addresses", "statistics", "سرشماری ساختگی")
}

// registeredPlates states how many plates the registry's books have; of the dirty town nobody knows.
func (w *writer) registeredPlates(context.Context) error {
	return w.state(&w.plates, "expected-plates", "registry", "دفتر املاک ساختگی")
}

// registeredPlates is how many plates the i-th settlement of a county has: in every third one most of them have no parcel, as flats have none; in the others a few have none.
func registeredPlates(i, lots int) int {
	if i%3 == 0 {
		return 3 * lots
	}
	return lots + lots/10
}

// scales are those that a settlement needs base maps at: a city both, a town the smaller.
func (s *settlement) scales() []int {
	switch s.kind {
	case kindCity:
		return []int{500, 2000}
	case kindTown:
		return []int{2000}
	}
	return nil
}

// requiredScales states them; of the dirty town nobody knows.
func (w *writer) requiredScales(context.Context) error {
	var rows [][]string
	for _, c := range w.plan.counties {
		for _, s := range c.settlements {
			for _, scale := range s.scales() {
				rows = append(rows, []string{s.code, strconv.Itoa(scale)})
			}
		}
	}
	return w.rows("required-scale", "ncc", []string{"admin_code", "scale"}, "شیوه‌نامه ساختگی", rows)
}

// requiredThemes states what municipalities of each kind must deliver; there are none of villages.
func (w *writer) requiredThemes(context.Context) error {
	var rows [][]string
	for _, l := range municipalLayers() {
		rows = append(rows, []string{"city", l.theme})
	}
	for _, theme := range []string{"road", "building", "alley"} {
		rows = append(rows, []string{"village", theme})
	}
	return w.rows("required-theme", "interior", []string{"kind", "theme"}, "شیوه‌نامه ساختگی", rows)
}

// rows writes a delivery of rows that have a source.
func (w *writer) rows(theme, agency string, columns []string, source string, rows [][]string) error {
	file := agency + "/" + theme + ".csv"
	f, err := create(w.path(file))
	if err != nil {
		return err
	}
	defer f.Close()
	out := csv.NewWriter(f)
	out.Write(append(columns, "source", "date"))
	for _, row := range rows {
		out.Write(append(row, source, fileDate))
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return err
	}
	w.deliver(delivery{Theme: theme, Agency: agency, Files: []string{file}})
	return f.Close()
}
