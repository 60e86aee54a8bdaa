package progress

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/pg"
)

// Comparison is a unit and the units below it on two dates.
type Comparison struct {
	From  Side       `json:"from"`
	To    Side       `json:"to"`
	Unit  Unit       `json:"unit"`
	Units []Compared `json:"units" doc:"The unit itself, then those directly below it"`
}

// Side is one of the two dates.
type Side struct {
	Snapshot *Snapshot `json:"snapshot" doc:"null: as it is at present"`
	Day      string    `json:"day" format:"date"`
	Jalali   string    `json:"day_jalali"`
}

// Compared is one unit.
type Compared struct {
	Unit
	Figures []Pair `json:"figures"`
}

// Pair is one headline figure on both dates.
type Pair struct {
	Obligation string   `json:"obligation"`
	Unit       *string  `json:"unit"`
	From       *float64 `json:"from_percent"`
	To         *float64 `json:"to_percent"`
	Difference *float64 `json:"difference" doc:"Percentage points"`
	FromValue  *float64 `json:"from_value"`
	ToValue    *float64 `json:"to_value"`
	Comparable bool     `json:"comparable" doc:"False across a change of rules, method or denominator: the difference is then not progress alone"`
}

// Compare answers the figures of a unit, and of those below it, on two dates. Each is a snapshot's number or a day, and to may be empty: now.
func (s *Service) Compare(ctx context.Context, unit, from, to string) (*Comparison, error) {
	if unit == "" {
		unit = country
	}
	out := &Comparison{Units: []Compared{}}
	err := pg.InScope(ctx, s.Pool, pg.Public, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		u, err := readUnit(ctx, tx, unit)
		if err != nil {
			return err
		}
		out.Unit = u.Unit
		units, err := familyOf(ctx, tx, unit)
		if err != nil {
			return err
		}
		before, err := s.side(ctx, tx, from, "query.from", unit, &out.From)
		if err != nil {
			return err
		}
		after, err := s.side(ctx, tx, to, "query.to", unit, &out.To)
		if err != nil {
			return err
		}
		for _, one := range units {
			out.Units = append(out.Units, Compared{one, pairs(before[one.Code], after[one.Code])})
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("comparing %q: %w", unit, err)
	}
	return out, nil
}

// familyOf is a unit and those directly below it.
func familyOf(ctx context.Context, tx pgx.Tx, unit string) ([]Unit, error) {
	rows, err := tx.Query(ctx, `
		select code, level, name_fa, name_en
		from layers.admin_unit
		where code = $1
		   or parent_code = $1
		order by code <> $1, code`, unit)
	if err != nil {
		return nil, fmt.Errorf("reading units: %w", err)
	}
	units, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (u Unit, err error) {
		return u, row.Scan(&u.Code, &u.Level, &u.NameFA, &u.NameEN)
	})
	if err != nil {
		return nil, fmt.Errorf("reading units: %w", err)
	}
	return units, nil
}

// sided are the headline figures of units on one date.
type sided map[string]map[string]Moment

func (s *Service) side(ctx context.Context, tx pgx.Tx, name, location, unit string, told *Side) (sided, error) {
	n := &Snapshot{day: dayOf(s.now())}
	var list []Frozen
	var err error
	if name == "" {
		list, err = collectFrozen(tx.Query(ctx, currentColumns+`
			join layers.admin_unit a on a.code = f.admin_code
			where (a.code = $1 or a.parent_code = $1)
			  and f.measure = 'headline'`, unit))
	} else {
		if n, err = findSnapshot(ctx, tx, name, location); err != nil {
			return nil, err
		}
		told.Snapshot = n
		list, err = collectFrozen(tx.Query(ctx, frozenColumns+`
			join layers.admin_unit a on a.code = r.admin_code
			where r.snapshot_id = $2
			  and (a.code = $1 or a.parent_code = $1)
			  and b.measure = 'headline'`, unit, n.ID))
	}
	if err != nil {
		return nil, err
	}
	told.Day, told.Jalali = n.day.Format(time.DateOnly), jalali(n.day)
	out := sided{}
	for _, f := range list {
		if out[f.admin] == nil {
			out[f.admin] = map[string]Moment{}
		}
		m := f.moment(n)
		if name == "" {
			m.method = method
		}
		out[f.admin][f.Obligation] = m
	}
	return out, nil
}

// pairs are in the order of the obligations' codes as the articles list them.
func pairs(before, after map[string]Moment) []Pair {
	list := []Pair{}
	for _, a := range articles() {
		for _, code := range a.codes {
			x, had := before[code]
			y, has := after[code]
			if !had && !has {
				continue
			}
			p := Pair{Obligation: code, Unit: y.Unit, From: x.Published, To: y.Published, FromValue: x.Value, ToValue: y.Value}
			if p.Unit == nil {
				p.Unit = x.Unit
			}
			if p.From != nil && p.To != nil {
				d := hundredths(*p.To - *p.From)
				p.Difference = &d
				p.Comparable = x.method == y.method && (x.ruleSet == y.ruleSet || y.ruleSet == 0) && close(x.Denominator, y.Denominator)
			}
			list = append(list, p)
		}
	}
	return list
}
