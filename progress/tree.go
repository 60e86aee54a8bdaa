package progress

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
)

// tree is all administrative units, to add figures up along.
type tree struct {
	units map[string]treeUnit
	order []string // codes, by which sums are made: the same numbers give the same sum
}

type treeUnit struct {
	reportedUnit
	parent string
}

func readTree(ctx context.Context, tx pgx.Tx) (*tree, error) {
	rows, err := tx.Query(ctx, `
		select code, level, name_fa, name_en, `+outlined+`, coalesce(parent_code, '')
		from layers.admin_unit
		order by code`)
	if err != nil {
		return nil, fmt.Errorf("reading the units: %w", err)
	}
	t := &tree{units: map[string]treeUnit{}}
	var u treeUnit
	_, err = pgx.ForEachRow(rows, []any{&u.Code, &u.Level, &u.NameFA, &u.NameEN, &u.outline, &u.parent}, func() error {
		t.units[u.Code] = u
		t.order = append(t.order, u.Code)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading the units: %w", err)
	}
	return t, nil
}

// outlined is the SQL of whether a unit has an outline: its own, or that of any province for the country.
const outlined = `geom is not null or (level = 'country' and exists (select from layers.admin_unit p where p.level = 'province' and p.geom is not null))`

// above lists a unit and those that it is in, from itself up.
func (t *tree) above(code string) []string {
	var out []string
	for code != "" && !slices.Contains(out, code) {
		u, known := t.units[code]
		if !known {
			break
		}
		out = append(out, code)
		code = u.parent
	}
	return out
}

// province is the province that a unit is in; empty: it is in none.
func (t *tree) province(code string) string {
	for _, c := range t.above(code) {
		if t.units[c].Level == "province" {
			return c
		}
	}
	return ""
}

// outlines reports whether any province has one.
func (t *tree) outlines() bool { return t.units[country].outline }

// sum is the numbers of a unit that are added up: what is there, what is delivered, validated, published and fresh of it, and parts by name.
type sum struct {
	whole  float64
	stages [4]float64
	parts  map[string]float64
}

func (s *sum) add(o *sum) {
	s.whole += o.whole
	for i := range o.stages {
		s.stages[i] += o.stages[i]
	}
	for name, v := range o.parts {
		if s.parts == nil {
			s.parts = map[string]float64{}
		}
		s.parts[name] += v
	}
}

// roll adds what is each unit's own to it and to all that it is in. What is of the country and of no province is left out where provinces have outlines: the country
// is the sum of its provinces.
func (t *tree) roll(own map[string]*sum) map[string]*sum {
	all := map[string]*sum{}
	for _, code := range t.order {
		s := own[code]
		if s == nil || t.outlines() && t.province(code) == "" {
			continue
		}
		for _, c := range t.above(code) {
			if all[c] == nil {
				all[c] = &sum{}
			}
			all[c].add(s)
		}
	}
	return all
}

// figure is the sum as one.
func (s *sum) figure() figure {
	f := figure{denominator: &s.whole}
	f.delivered, f.validated, f.published, f.fresh = &s.stages[0], &s.stages[1], &s.stages[2], &s.stages[3]
	return f
}
