package progress

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
)

const country = "IR"

// database is a pool, or a transaction that is taken back when a calculation was only to be compared.
type database interface {
	Begin(ctx context.Context) (pgx.Tx, error)
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// work is what has to be calculated: provinces by obligation. The country and the municipal layers always are.
type work map[string]map[string]bool

func (w work) add(obligation string, provinces ...string) {
	if w[obligation] == nil {
		w[obligation] = map[string]bool{}
	}
	for _, p := range provinces {
		w[obligation][p] = true
	}
}

// Recalculate calculates every figure from the published data, whatever has been calculated before.
func Recalculate(ctx context.Context, pool database) error {
	end, err := logEnd(ctx, pool)
	if err != nil {
		return err
	}
	all, err := provinces(ctx, pool)
	if err != nil {
		return err
	}
	w := work{}
	for _, obligation := range touchedBy("admin-unit") {
		w.add(obligation, all...)
	}
	return calculate(ctx, pool, w, all, end)
}

// RecalculateLayers calculates the figures that depend on which municipalities there are. The change log does not tell of those.
func RecalculateLayers(ctx context.Context, pool database) error {
	end, err := logEnd(ctx, pool)
	if err != nil {
		return err
	}
	all, err := provinces(ctx, pool)
	if err != nil {
		return err
	}
	return calculate(ctx, pool, work{}, all, end)
}

// calculate does the work. One figure that fails keeps its last value and does not keep the others from theirs.
func calculate(ctx context.Context, pool database, w work, all []string, end int64) error {
	duties, err := duties(ctx, pool)
	if err != nil {
		return err
	}
	var failed []error
	one := func(obligation, unit string, f func(tx pgx.Tx) (figure, error)) {
		if ctx.Err() != nil {
			return
		}
		if err := store(ctx, pool, duties[obligation], unit, end, f); err != nil {
			failed = append(failed, err)
		}
	}
	for _, rule := range areaRules() {
		units, due := w[rule.obligation]
		if !due {
			continue
		}
		for _, unit := range all {
			if units[unit] {
				one(rule.obligation, unit, func(tx pgx.Tx) (figure, error) { return rule.area(ctx, tx, unit) })
			}
		}
		one(rule.obligation, country, func(tx pgx.Tx) (figure, error) { return rule.country(ctx, tx) })
	}
	if units, due := w[addresses]; due {
		for _, unit := range all {
			if units[unit] {
				one(addresses, unit, func(tx pgx.Tx) (figure, error) { return addressCount(ctx, tx, unit) })
			}
		}
		one(addresses, country, func(tx pgx.Tx) (figure, error) { return countryAddresses(ctx, tx) })
	}
	for _, unit := range append([]string{country}, all...) {
		one(municipalLayers, unit, func(tx pgx.Tx) (figure, error) { return layerCount(ctx, tx, unit) })
	}
	if ctx.Err() == nil {
		if err := agencyLayers(ctx, pool, end); err != nil {
			failed = append(failed, err)
		}
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return errors.Join(failed...)
}

// store calculates one figure and keeps it, in one transaction of its own: a long calculation holds no other back.
func store(ctx context.Context, pool database, o duty, unit string, end int64, calc func(tx pgx.Tx) (figure, error)) error {
	return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `select set_config('jit', 'off', true), set_config('work_mem', '64MB', true)`); err != nil {
			return fmt.Errorf("preparing a calculation: %w", err)
		}
		f, err := calc(tx)
		if err != nil {
			return err
		}
		u, err := readUnit(ctx, tx, unit)
		if err != nil {
			return err
		}
		return f.keep(ctx, tx, o, u, end)
	})
}

// duty is an obligation as the calculation needs it.
type duty struct{ code, measure string }

func duties(ctx context.Context, pool database) (map[string]duty, error) {
	rows, err := pool.Query(ctx, `select code, measure from progress.obligation`)
	if err != nil {
		return nil, fmt.Errorf("listing the obligations: %w", err)
	}
	all := map[string]duty{}
	var o duty
	if _, err := pgx.ForEachRow(rows, []any{&o.code, &o.measure}, func() error { all[o.code] = o; return nil }); err != nil {
		return nil, fmt.Errorf("listing the obligations: %w", err)
	}
	return all, nil
}

// country adds up the provinces. The sea is measured as a whole instead, because areas that were given to different
// provinces may overlap. Where no outline of any province is published, all that is published counts.
func (r areaRule) country(ctx context.Context, tx pgx.Tx) (figure, error) {
	outlines := false
	if err := tx.QueryRow(ctx, `select exists (select from layers.admin_unit where level = 'province' and geom is not null)`).Scan(&outlines); err != nil {
		return figure{}, fmt.Errorf("looking for the outlines of provinces: %w", err)
	}
	if r.denominator != "" && (r.sea || !outlines) {
		return r.area(ctx, tx, "")
	}
	return sumOfProvinces(ctx, tx, r.obligation)
}

// countryAddresses takes the country's own expected number if there is one, else adds up the provinces.
func countryAddresses(ctx context.Context, tx pgx.Tx) (figure, error) {
	var own *float64
	err := tx.QueryRow(ctx, expected+`select amount from expected where admin_code = $1`, country).Scan(&own)
	if err == pgx.ErrNoRows {
		return sumOfProvinces(ctx, tx, addresses)
	}
	if err != nil {
		return figure{}, fmt.Errorf("reading the expected addresses of the country: %w", err)
	}
	var n float64
	if err := tx.QueryRow(ctx, `
		select count(distinct postal_code)::float8
		from gnaf.address
		where postal_code ~ '^[13-9]{5}[0-9]{5}$'
		  and postal_code !~ '^(.)\1{9}$'
		  and postal_code <> '9876543210'`).Scan(&n); err != nil {
		return figure{}, fmt.Errorf("counting the addresses of the country: %w", err)
	}
	return publishedOf(&n, own), nil
}

func sumOfProvinces(ctx context.Context, tx pgx.Tx, obligation string) (figure, error) {
	var f figure
	err := tx.QueryRow(ctx, `
		select sum(f.delivered), sum(f.validated), sum(f.published), sum(f.fresh), sum(f.denominator)
		from progress.figure f
		join layers.admin_unit u on u.code = f.admin_code
		where f.obligation = $1
		  and f.measure = 'headline'
		  and u.level = 'province'
		  and f.state = 'known'`, obligation).Scan(&f.delivered, &f.validated, &f.published, &f.fresh, &f.denominator)
	if err != nil {
		return f, fmt.Errorf("adding up %s: %w", obligation, err)
	}
	return f, nil
}

func provinces(ctx context.Context, pool database) ([]string, error) {
	rows, err := pool.Query(ctx, `select code from layers.admin_unit where level = 'province' order by code`)
	if err != nil {
		return nil, fmt.Errorf("listing the provinces: %w", err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("listing the provinces: %w", err)
	}
	return all, nil
}

func logEnd(ctx context.Context, pool database) (int64, error) {
	var end int64
	if err := pool.QueryRow(ctx, `select layers.change_end()`).Scan(&end); err != nil {
		return 0, fmt.Errorf("reading the end of the change log: %w", err)
	}
	return end, nil
}
