package progress

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/errs"
)

// count is a number that somebody states for each unit: how many places should have an address, how many plates are in the registry's books.
type count struct {
	theme      string // in which it is delivered
	obligation string // of the committee's decisions that state it
	provinces  errs.Text
}

func expectedAddresses() count {
	return count{"expected-addresses", addresses, errs.T("تعداد نشانی مورد انتظار استان‌ها", "Expected numbers of addresses of the provinces")}
}

func expectedPlates() count {
	return count{"expected-plates", urbanCadastre, errs.T("تعداد پلاک ثبتی استان‌ها", "Numbers of registered plates of the provinces")}
}

// stated is what is stated for one unit.
type stated struct {
	amount   float64
	source   errs.Text
	approved *string // by whom; nil: it comes from a layer
}

// read answers the newest number of each unit: published, or decided.
func (c count) read(ctx context.Context, tx pgx.Tx) (map[string]stated, error) {
	rows, err := tx.Query(ctx, `
		select admin_code, amount, source, dated, approved_by
		from (
			select distinct on (admin_code) admin_code, amount, source, dated, approved_by
			from (
				select attributes ->> 'admin_code' as admin_code, (attributes ->> 'count')::float8 as amount, attributes ->> 'source' as source,
				  (attributes ->> 'date')::date as dated, null::text as approved_by, 1 as rank
				from layers.feature
				where theme = $1
				  and attributes ->> 'count' ~ '^[0-9]{1,15}$'
				  and attributes ->> 'date' ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'
				union all
				select admin_code, amount, source, dated, concat_ws(' ', body_fa, decision), 2
				from (
					select distinct on (admin_code) *
					from progress.denominator
					where obligation = $2
					order by admin_code, version desc
				) d
			) told
			order by admin_code, dated desc, rank
		) newest
		where amount > 0`, c.theme, c.obligation)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", c.theme, err)
	}
	due := map[string]stated{}
	var code, name string
	var amount float64
	var dated time.Time
	var approved *string
	_, err = pgx.ForEachRow(rows, []any{&code, &amount, &name, &dated, &approved}, func() error {
		due[code] = stated{amount, errs.T(name+" ("+jalali(dated)+")", name+" ("+dated.Format(time.DateOnly)+")"), approved}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", c.theme, err)
	}
	return due, nil
}

// against holds what lies in each unit against what is stated for it. The country without a number of its own is the sum of the provinces that have one, on both sides.
// A unit without a number has a figure without a denominator.
func (c count) against(ctx context.Context, tx pgx.Tx, t *tree, own map[string]*sum) (map[string]figure, error) {
	due, err := c.read(ctx, tx)
	if err != nil {
		return nil, err
	}
	layers, err := denominatorLayers(ctx, tx, c.theme)
	if err != nil {
		return nil, err
	}
	sums := t.roll(own)
	all := map[string]figure{}
	provinces, with := &sum{}, 0
	for _, code := range t.order {
		u := t.units[code]
		s := sums[code]
		if s == nil {
			s = &sum{}
		}
		d, told := due[code]
		if !told || !u.outline && t.outlines() {
			f := s.figure()
			f.denominator = nil
			all[code] = f
			continue
		}
		s.whole = d.amount
		f := s.figure()
		f.source, f.sources = d.source, []source{{Denominator: d.source.EN}}
		if d.approved != nil {
			f.approvedBy = *d.approved
		} else {
			f.by(layers)
		}
		if code == country {
			f.details = map[string]any{"stated": true}
		}
		all[code] = f
		if u.Level == "province" {
			with++
			provinces.add(s)
		}
	}
	if f := all[country]; f.denominator == nil && with > 0 {
		f = provinces.figure()
		f.source = ofProvinces(c.provinces, with, t)
		f.by(layers)
		all[country] = f
	}
	return all, nil
}
