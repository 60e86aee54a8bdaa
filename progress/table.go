package progress

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/pg"
)

// Line is one figure of one unit as it stands in tables that are taken away.
type Line struct {
	Unit        Unit
	Parent      string
	Article     string
	Obligation  string
	Title       Text
	Who         Text
	Measure     string
	Counted     string // unit of account
	State       string
	Reason      *Text
	Source      *Text
	ApprovedBy  *string
	Provisional bool        // 100 per cent is by a layer that nobody approved in this version
	Numbers     [5]*float64 // denominator, delivered, validated, published, fresh
	Percents    [4]*float64 // delivered, validated, published, fresh
	ByLaw       Standing
	ByDecision  Standing
	Calculated  time.Time
	Geometry    json.RawMessage // only where it was asked for
}

// Table is all figures of a unit and of what is below it.
type Table struct {
	AsOf  time.Time
	Unit  Unit
	Lines []Line // by level from the country down, then by unit and obligation
}

// Table reads the figures of a unit and of all units below it. With outlines each line has the simplified place of its unit, in degrees.
func (s *Service) Table(ctx context.Context, unit string, outlines bool) (*Table, error) {
	if unit == "" {
		unit = country
	}
	now := s.now()
	out := &Table{AsOf: now.UTC().Truncate(time.Second)}
	err := pg.InScope(ctx, s.Pool, pg.Public, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		u, err := readUnit(ctx, tx, unit)
		if err != nil {
			return err
		}
		out.Unit = u.Unit
		rows, err := tx.Query(ctx, `
			with recursive inside as (
				select code, parent_code, 0 as depth
				from layers.admin_unit
				where code = $1
				union all
				select u.code, u.parent_code, i.depth + 1
				from inside i
				join layers.admin_unit u on u.parent_code = i.code
			)
			select u.code, u.level, u.name_fa, u.name_en, coalesce(u.parent_code, ''), o.article, o.code, o.title_fa, o.title_en, o.responsible_fa, o.responsible_en,
			  f.measure, coalesce(f.unit, ''), f.state, f.reason_fa, f.reason_en, f.source_fa, f.source_en,
			  f.approved_by, `+isProvisional+`,
			  array[f.denominator, f.delivered, f.validated, f.published, f.fresh], f.calculated_at,
			  case when $2 and f.measure = 'headline' then st_asgeojson(st_simplifypreservetopology(u.geom, 0.005), 5)::json end
			from inside i
			join layers.admin_unit u on u.code = i.code
			join progress.figure f on f.admin_code = u.code
			join progress.obligation o on o.code = f.obligation
			order by i.depth, u.level, u.code, o.position, f.measure <> 'headline', f.measure`, unit, outlines)
		if err != nil {
			return err
		}
		out.Lines, err = pgx.CollectRows(rows, scanLine)
		if err != nil {
			return err
		}
		return out.plan(ctx, tx, dayOf(now))
	})
	if err != nil {
		return nil, fmt.Errorf("table of %q: %w", unit, err)
	}
	return out, nil
}

func scanLine(row pgx.CollectableRow) (Line, error) {
	var l Line
	var reasonFA, reasonEN, sourceFA, sourceEN *string
	var numbers []*float64
	err := row.Scan(&l.Unit.Code, &l.Unit.Level, &l.Unit.NameFA, &l.Unit.NameEN, &l.Parent, &l.Article, &l.Obligation, &l.Title.FA, &l.Title.EN, &l.Who.FA, &l.Who.EN,
		&l.Measure, &l.Counted, &l.State, &reasonFA, &reasonEN, &sourceFA, &sourceEN, &l.ApprovedBy, &l.Provisional, &numbers, &l.Calculated, &l.Geometry)
	if err != nil {
		return l, err
	}
	copy(l.Numbers[:], numbers)
	l.Reason, l.Source = bilingual(reasonFA, reasonEN), bilingual(sourceFA, sourceEN)
	for i := range l.Percents {
		l.Percents[i] = percent(l.Numbers[i+1], l.Numbers[0])
	}
	return l, nil
}

// plan fills in how the lines stand.
func (t *Table) plan(ctx context.Context, tx pgx.Tx, today time.Time) error {
	var codes []string
	for _, l := range t.Lines {
		if n := len(codes); n == 0 || codes[n-1] != l.Unit.Code {
			codes = append(codes, l.Unit.Code)
		}
	}
	all, err := readPlans(ctx, tx, codes...)
	if err != nil {
		return err
	}
	for i := range t.Lines {
		l := &t.Lines[i]
		p := all[l.Unit.Code]
		if l.Measure == headline {
			l.ByLaw, l.ByDecision = stands(p.legal[l.Obligation].line(), l.Percents[2], today), stands(p.revised[l.Obligation].line(), l.Percents[2], today)
		}
	}
	return nil
}

// Unit answers a unit by its code, the country by default.
func (s *Service) Unit(ctx context.Context, code string) (*Unit, error) {
	if code == "" {
		code = country
	}
	var u reportedUnit
	err := pg.InScope(ctx, s.Pool, pg.Public, pgx.TxOptions{AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) (err error) {
		u, err = readUnit(ctx, tx, code)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("unit %q: %w", code, err)
	}
	return &u.Unit, nil
}
