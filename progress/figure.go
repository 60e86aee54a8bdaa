package progress

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/errs"
)

// headline is the measure that an obligation is told by; others stand beside it.
const headline = "headline"

// stages are how much has come in, how much of that was found right, how much of that is published, and how much of that is no older than its update cycle.
// Nil: it is not measured.
type stages struct {
	delivered, validated, published, fresh *float64
}

// figure is stages over a denominator. A nil denominator means unknown.
type figure struct {
	stages
	denominator *float64
	measure     string // headline where it is empty
	unit        string // what is counted, where it is not what the obligation's measure says
	source      errs.Text
	sources     []source
	details     map[string]any
}

// source is a part of what 100 % was at the moment of the calculation.
type source struct {
	Theme       string `json:"theme,omitempty"`
	Dataset     int64  `json:"dataset,omitempty"`
	Version     int    `json:"version,omitempty"`
	Denominator string `json:"denominator,omitempty"`
}

// published is a figure of which nothing but what is published is measured.
func publishedOf(numerator, denominator *float64) figure {
	return figure{stages: stages{published: numerator}, denominator: denominator}
}

// known reports whether there is a percentage.
func (f *figure) known() bool {
	return f.denominator != nil && *f.denominator > 0 && f.published != nil
}

// ordered makes what contains a part at least as much as the part: sums of areas differ in their last digits.
func (s *stages) ordered() {
	least := s.published
	for _, p := range []**float64{&s.validated, &s.delivered} {
		if *p != nil && least != nil && **p < *least {
			*p = least
		}
		if *p != nil {
			least = *p
		}
	}
	if s.fresh != nil && s.published != nil && *s.fresh > *s.published {
		s.fresh = s.published
	}
}

// keep writes a figure in place of the last one.
func (f *figure) keep(ctx context.Context, tx pgx.Tx, o duty, u reportedUnit, end int64) error {
	state, reason := "known", [2]*string{}
	if !f.known() {
		why := whyUnknown(o.code, u, true)
		state, reason, f.denominator, f.stages = "unknown", [2]*string{&why.FA, &why.EN}, nil, stages{}
	} else if f.source == (errs.Text{}) {
		var err error
		if f.source, err = o.source(ctx, tx, u); err != nil {
			return fmt.Errorf("naming the source of %s of %s: %w", o.code, u.Code, err)
		}
	}
	f.ordered()
	unit, measure := f.unit, f.measure
	if unit == "" {
		unit = unitOf(o.measure)
	}
	if measure == "" {
		measure = headline
	}
	sources, err := json.Marshal(append([]source{}, f.sources...))
	if err != nil {
		return err
	}
	details := []byte("{}")
	if f.details != nil {
		if details, err = json.Marshal(f.details); err != nil {
			return err
		}
	}
	_, err = tx.Exec(ctx, `
		insert into progress.figure (obligation, admin_code, measure, unit, state, reason_fa, reason_en, denominator, delivered, validated, published, fresh,
		  source_fa, source_en, sources, details, change_id, calculated_at)
		values ($1, $2, $3, nullif($4, ''), $5, $6, $7, $8, $9, $10, $11, $12, nullif($13, ''), nullif($14, ''), $15, $16, $17, now())
		on conflict (obligation, admin_code, measure) do update
		set unit = excluded.unit, state = excluded.state, reason_fa = excluded.reason_fa, reason_en = excluded.reason_en, approved_by = null,
		  denominator = excluded.denominator, delivered = excluded.delivered, validated = excluded.validated, published = excluded.published, fresh = excluded.fresh,
		  source_fa = excluded.source_fa, source_en = excluded.source_en, sources = excluded.sources, details = excluded.details,
		  change_id = excluded.change_id, calculated_at = excluded.calculated_at`,
		o.code, u.Code, measure, unit, state, reason[0], reason[1], f.denominator, f.delivered, f.validated, f.published, f.fresh,
		f.source.FA, f.source.EN, sources, details, end)
	if err != nil {
		return fmt.Errorf("keeping the figure %s of %s: %w", o.code, u.Code, err)
	}
	return nil
}

// unitOf is what an obligation's measure counts.
func unitOf(measure string) string {
	return map[string]string{"area": "m2", "count": "address", "layers": "layer"}[measure]
}
