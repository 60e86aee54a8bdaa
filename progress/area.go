package progress

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/errs"
)

// sumCells adds the pieces of an area obligation up to its figures, unit by unit.
func sumCells(ctx context.Context, tx pgx.Tx, t *tree, l *ledger, r rule, waiting []underWay) error {
	own, err := ownArea(ctx, tx, r)
	if err != nil {
		return err
	}
	if r.kind == "rest" {
		// With no urban boundary published in a province, what of it lies outside the cities is not known.
		urban, err := ownArea(ctx, tx, rule{kind: "urban"})
		if err != nil {
			return err
		}
		cities := t.roll(urban)
		for code := range own {
			if cities[t.province(code)] == nil {
				delete(own, code)
			}
		}
	}
	sums := t.roll(own)
	source, err := r.source(ctx, tx)
	if err != nil {
		return err
	}
	measuredBy, err := denominatorLayers(ctx, tx, groundTheme(r.kind))
	if err != nil {
		return err
	}
	var required *required
	if r.scales {
		if required, err = requiredOf(ctx, tx, t, own, measuredBy); err != nil {
			return err
		}
	}
	var sheets map[string]map[string]*sum
	var indexedBy []DenominatorLayer
	if r.sheets {
		if sheets, err = r.sheetsOf(ctx, tx, t, own); err != nil {
			return err
		}
		index, err := denominatorLayers(ctx, tx, sheetTheme)
		if err != nil {
			return err
		}
		indexedBy = slices.Concat(measuredBy, index)
	}
	var plates map[string]figure
	if r.plates {
		if plates, err = platesOf(ctx, tx, t, waiting); err != nil {
			return err
		}
	}
	var settled map[string]*villages
	if r.villages {
		if settled, err = villagesOf(ctx, tx, t); err != nil {
			return err
		}
	}
	with := 0
	for code := range sums {
		if t.units[code].Level == "province" {
			with++
		}
	}
	for _, code := range t.order {
		u := t.units[code].reportedUnit
		s := sums[code]
		if s == nil {
			if err := l.put(u, figure{}); err != nil {
				return err
			}
			continue
		}
		f := s.figure()
		f.source = source
		f.by(measuredBy)
		if code == country && t.outlines() {
			f.source = ofProvinces(source, with, t)
		}
		all := r.beside(f, s)
		switch {
		case r.plates:
			all = smaller(f, plates[code])
		case r.scales:
			all = required.beside(code, f, s)
		case r.villages:
			all = settled[code].beside(f)
		}
		for _, f := range append(all, sheetFigures(sheets, code, indexedBy)...) {
			if err := l.put(u, f); err != nil {
				return err
			}
		}
	}
	return nil
}

// beside is the headline with the measures that stand beside it.
func (r rule) beside(f figure, s *sum) []figure {
	all := []figure{f}
	if len(r.parts) == 0 {
		return all
	}
	all[0].details = captureYears(s)
	for _, scale := range mapScales() {
		of := atScale(s, scale).figure()
		of.measure, of.source, of.sources, of.approvedBy = scale, f.source, f.sources, f.approvedBy
		all = append(all, of)
	}
	return all
}

// captureYears is how much the maps of each year cover; where those of two years overlap it counts for both.
func captureYears(s *sum) map[string]any {
	years := map[string]float64{}
	for name, m2 := range s.parts {
		if year, is := strings.CutPrefix(name, "year-"); is {
			years[year] = m2
		}
	}
	return map[string]any{"capture_years_m2": years, "ground_m2": s.whole}
}

// ownArea is what lies in each unit and in none below it.
func ownArea(ctx context.Context, tx pgx.Tx, r rule) (map[string]*sum, error) {
	rows, err := tx.Query(ctx, `
		select t.admin_code, sum(t.m2 order by t.cell), coalesce(sum(c.delivered order by t.cell), 0), coalesce(sum(c.validated order by t.cell), 0),
		  coalesce(sum(c.published order by t.cell), 0), coalesce(sum(c.fresh order by t.cell), 0)
		from progress.territory t
		left join progress.coverage c on c.obligation = $1 and c.cell = t.cell and c.admin_code = t.admin_code
		where t.kind = $2
		group by t.admin_code`, r.obligation, r.kind)
	if err != nil {
		return nil, fmt.Errorf("adding up %s: %w", r.obligation, err)
	}
	own := map[string]*sum{}
	var code string
	var s sum
	_, err = pgx.ForEachRow(rows, []any{&code, &s.whole, &s.stages[0], &s.stages[1], &s.stages[2], &s.stages[3]}, func() error {
		one := s
		own[code] = &one
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("adding up %s: %w", r.obligation, err)
	}
	if len(r.parts) == 0 {
		return own, nil
	}
	rows, err = tx.Query(ctx, `
		select c.admin_code, p.key, sum(p.value::float8 order by c.cell)
		from progress.coverage c
		cross join lateral jsonb_each_text(c.details) p
		where c.obligation = $1
		group by c.admin_code, p.key`, r.obligation)
	if err != nil {
		return nil, fmt.Errorf("adding up %s: %w", r.obligation, err)
	}
	var name string
	var v float64
	_, err = pgx.ForEachRow(rows, []any{&code, &name, &v}, func() error {
		if s := own[code]; s != nil {
			s.add(&sum{parts: map[string]float64{name: v}})
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("adding up %s: %w", r.obligation, err)
	}
	return own, nil
}

// source says what 100 per cent means.
func (r rule) source(ctx context.Context, tx pgx.Tx) (errs.Text, error) {
	if r.kind == "rest" {
		return errs.T("مساحت واحد بدون محدوده‌های شهری", "Area of the unit without its urban boundaries"), nil
	}
	var s errs.Text
	if err := tx.QueryRow(ctx, `select title_fa, title_en from layers.theme where code = $1`, groundOf(r.kind).theme).Scan(&s.FA, &s.EN); err != nil {
		return s, fmt.Errorf("naming the source of %s: %w", r.obligation, err)
	}
	return errs.T("لایه منتشرشده: "+s.FA, "Published layer: "+s.EN), nil
}

// ofProvinces adds how many provinces are in a figure of the country.
func ofProvinces(s errs.Text, with int, t *tree) errs.Text {
	all := 0
	for _, u := range t.units {
		if u.Level == "province" {
			all++
		}
	}
	n := errs.Tf(" (%d از %d استان)", " (%d of %d provinces)", with, all)
	return errs.T(s.FA+n.FA, s.EN+n.EN)
}
