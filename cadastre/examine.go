package cadastre

import (
	"context"
	"fmt"

	"nsdi/internal/errs"
	"nsdi/layers"
)

// prepare makes the index that blocks, sections, buildings and successors are found by.
func prepare(ctx context.Context, e *layers.Examination) error {
	if e.Mode == layers.Delete {
		return nil
	}
	if _, err := e.Conn.Exec(ctx, `create index on `+e.Staged+` using gist (geom)`); err != nil {
		return fmt.Errorf("index of places: %w", err)
	}
	return nil
}

// examine asks the rules that look at a delivery of parcels as a whole. Parcels are compared in blocks of that size, while the other rules are asked beside.
func examine(ctx context.Context, e *layers.Examination, size int) (notes []errs.Text, err error) {
	if e.Mode == layers.Delete {
		if err := e.Common(ctx); err != nil {
			return nil, err
		}
		return nil, checkVanished(ctx, e)
	}
	err = e.Beside(ctx, examineEach, func(ctx context.Context) (err error) {
		notes, err = checkCoverage(ctx, e, size)
		return err
	})
	return notes, err
}

// examineEach asks the rules that need no more than a question each.
func examineEach(ctx context.Context, e *layers.Examination) error {
	if err := e.Common(ctx); err != nil {
		return err
	}
	for _, check := range []func(context.Context, *layers.Examination) error{
		checkZone, checkAccuracy, checkIdentifiers, checkPlates, checkSections, checkVanished, checkBuildings, checkLevels,
	} {
		if err := check(ctx, e); err != nil {
			return err
		}
	}
	return e.Compute(ctx)
}

// sound leaves out the rows whose place other rules have refused, and those that are in the delivery twice.
func sound(e *layers.Examination, alias string) string {
	return `not exists (select from ` + e.Findings + ` f where f.ord = ` + alias + `.ord and f.rule in ('coordinates-out-of-range', 'geometry-invalid', 'geometry-type', 'row-repeated'))`
}

// others are the published parcels of the theme that the delivery does not replace.
func others(e *layers.Examination, alias string) string {
	of := fmt.Sprintf(`%s.theme = '%s' and (%[1]s.dataset_id <> %[3]d`, alias, e.Theme, e.Dataset)
	if e.Mode == layers.Append || e.Mode == layers.Upsert { // what it does not name stays
		of += ` or not exists (select from ` + e.Staged + ` k where k.key = ` + alias + `.key)`
	}
	return of + `)`
}
