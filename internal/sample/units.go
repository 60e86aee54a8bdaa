package sample

import (
	"context"
	"encoding/csv"
)

// adminUnits writes the tree of units with geometry, and the same tree as the official list without geometry.
func (w *writer) adminUnits(context.Context) error {
	const file, list = "interior/admin-units.geojson", "interior/admin-division.csv"
	g, err := newGeoJSON(w.path(file), "admin_units")
	if err != nil {
		return err
	}
	f, err := create(w.path(list))
	if err != nil {
		return err
	}
	defer f.Close()
	c := csv.NewWriter(f)
	c.Write([]string{"code", "level", "name_fa", "name_en", "parent_code"})
	unit := func(ring []xy, code, level, fa, en, parent string) {
		if err != nil {
			return
		}
		attrs := []attr{{"code", code}, {"level", level}, {"name_fa", fa}, {"name_en", en}}
		if parent != "" {
			attrs = append(attrs, attr{"parent_code", parent})
		}
		err = g.polygon(ring, attrs...)
		c.Write([]string{code, level, fa, en, parent})
	}
	unit(w.plan.border, "IR", "country", "ایران", "Iran", "")
	for _, p := range w.plan.provinces {
		unit(p.ring, p.code, "province", p.nameFA, p.nameEN, "IR")
	}
	for _, c := range w.plan.counties {
		unit(c.ring, c.code, "county", c.nameFA, c.nameEN, c.province.code)
	}
	for _, s := range w.plan.places() {
		level := "city"
		if s.village() {
			level = "village"
		}
		unit(s.limits(), s.code, level, s.nameFA, s.nameEN, s.county.code)
	}
	c.Flush()
	if err == nil {
		err = c.Error()
	}
	if err == nil {
		err = f.Close()
	}
	if closeErr := g.close(); err == nil {
		err = closeErr
	}
	w.deliver(delivery{Theme: "admin-unit", Agency: "interior", Files: []string{file}})
	w.deliver(delivery{Theme: "admin-division", Agency: "interior", Files: []string{list}})
	return err
}

// places lists all settlements, the dirty town last.
func (p *plan) places() []*settlement {
	var out []*settlement
	for _, c := range p.counties {
		out = append(out, c.settlements...)
	}
	return append(out, p.dirty)
}

// settlementLayers writes urban boundaries, villages and named places.
func (w *writer) settlementLayers(context.Context) error {
	files := map[string]*geojson{}
	for _, theme := range []string{"urban-boundary", "village", "place"} {
		file := "interior/" + theme + ".geojson"
		g, err := newGeoJSON(w.path(file), theme)
		if err != nil {
			return err
		}
		files[theme] = g
		w.deliver(delivery{Theme: theme, Agency: "interior", Files: []string{file}})
	}
	write := func(s *settlement) error {
		ring, name := s.boundary(), []attr{{"code", s.code}, {"name_fa", s.nameFA}, {"name_en", s.nameEN}}
		err := files["place"].point(round7(s.frame.lonlat(s.centre())), append(name, attr{"kind", s.kind})...)
		if err != nil {
			return err
		}
		if s.village() {
			w.summary.Villages++
			return files["village"].polygon(ring, attr{"code", s.code}, attr{"name_fa", s.nameFA}, attr{"households", s.expected})
		}
		w.summary.Cities++
		return files["urban-boundary"].polygon(ring, append(name,
			attr{"population", s.expected * 3}, attr{"admin_code", s.code})...)
	}
	var err error
	for _, s := range w.plan.places() {
		if err == nil {
			err = write(s)
		}
	}
	for _, p := range w.plan.provinces {
		if err == nil {
			err = files["place"].point(p.capital, attr{"code", p.code + "-CAP"}, attr{"name_fa", "مرکز استان " + p.nameFA},
				attr{"name_en", "Capital of " + p.nameEN}, attr{"kind", "province-capital"})
		}
	}
	for _, g := range files {
		if closeErr := g.close(); err == nil {
			err = closeErr
		}
	}
	return err
}

// centre is the middle of the settlement in local metres.
func (s *settlement) centre() xy {
	return xy{(s.xs[0] + s.xs[s.cols()]) / 2, (s.ys[0] + s.ys[s.rows()]) / 2}
}
