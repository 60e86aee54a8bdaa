package progress

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/errs"
)

// scaleTheme states at which scales the cities of a unit need base maps. What is stated of a unit holds for those in it that nothing is stated of.
const scaleTheme = "required-scale"

// anyScale is the measure of how much of the cities has a map at all, whatever its scale.
const anyScale = "any-scale"

// scalesOf is the SQL of the scales that are required of each unit that lies in one of a table of codes, by code.
func scalesOf(units string) string {
	return `
		stating as (
			select attributes ->> 'admin_code' as code, 'scale-' || (attributes ->> 'scale') as scale
			from layers.feature
			where theme = '` + scaleTheme + `'
		), up as (
			select code, code as at
			from ` + units + `
			union
			select up.code, u.parent_code
			from up
			join layers.admin_unit u on u.code = up.at
			where up.at not in (select code from stating)
			  and u.parent_code is not null
		), required as (
			select distinct up.code, s.scale
			from up
			join stating s on s.code = up.at
		)`
}

// required is what is due of units by the scales that their cities need: once for each of them.
type required struct {
	sums   map[string]*sum            // over all scales
	scales map[string]map[string]*sum // by scale
	of     map[string]float64         // m² of the cities of which it is stated
	layers []DenominatorLayer
}

// atScale is how far the maps of one scale are.
func atScale(s *sum, scale string) *sum {
	return &sum{whole: s.whole, stages: [4]float64{s.parts[scale+"-delivered"], s.parts[scale+"-validated"], s.parts[scale], s.parts[scale+"-fresh"]}}
}

// requiredOf adds up what is stated of the units that the pieces of ground are in.
func requiredOf(ctx context.Context, tx pgx.Tx, t *tree, own map[string]*sum, ground []DenominatorLayer) (*required, error) {
	rows, err := tx.Query(ctx, `
		with recursive unit as (select code from layers.admin_unit), `+scalesOf("unit")+`
		select code, scale
		from required
		order by code, scale`)
	if err != nil {
		return nil, fmt.Errorf("reading required scales: %w", err)
	}
	all, stated, scales := map[string]*sum{}, map[string]*sum{}, map[string]map[string]*sum{}
	var code, scale string
	_, err = pgx.ForEachRow(rows, []any{&code, &scale}, func() error {
		s := own[code]
		if s == nil {
			return nil
		}
		one := atScale(s, scale)
		if all[code] == nil {
			all[code] = &sum{}
		}
		all[code].add(one)
		if scales[scale] == nil {
			scales[scale] = map[string]*sum{}
		}
		scales[scale][code], stated[code] = one, &sum{whole: s.whole}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading required scales: %w", err)
	}
	r := &required{sums: t.roll(all), scales: map[string]map[string]*sum{}, of: map[string]float64{}}
	for scale, one := range scales {
		r.scales[scale] = t.roll(one)
	}
	for code, s := range t.roll(stated) {
		r.of[code] = s.whole
	}
	scalesBy, err := denominatorLayers(ctx, tx, scaleTheme)
	r.layers = slices.Concat(ground, scalesBy)
	return r, err
}

// beside is the headline, what is mapped at the scales that are required, with each scale by itself and maps of any scale beside it.
func (r *required) beside(code string, any figure, s *sum) []figure {
	any.measure, any.unit = anyScale, "m2"
	source := errs.T(any.source.FA+" در هر مقیاسی که لازم است", any.source.EN+", at each scale that is required")
	if of := 100 * r.of[code] / s.whole; of < 99.995 {
		part := errs.Tf(" (مقیاس %.2f٪ مساحت اعلام شده است)", " (stated of %.2f %% of the area)", of)
		source = errs.T(source.FA+part.FA, source.EN+part.EN)
	}
	by := func(s *sum, measure string) figure {
		f := figure{}
		if s != nil {
			f = s.figure()
		}
		f.measure, f.unit, f.source = measure, "m2", source
		f.by(r.layers)
		return f
	}
	head := by(r.sums[code], "")
	head.details = captureYears(s)
	if !head.known() {
		head.reason = errs.T("اعلام نشده است که شهرهای این واحد نقشه چه مقیاسی لازم دارند.", "It is not stated at which scales the cities of this unit need maps.")
	}
	all := []figure{head, any}
	for _, scale := range mapScales() {
		all = append(all, by(r.scales[scale][code], scale))
	}
	return all
}
