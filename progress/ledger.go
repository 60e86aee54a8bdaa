package progress

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/errs"
)

// ledger keeps the figures of one obligation: it writes those that have changed, and takes out those that are none any more.
type ledger struct {
	duty
	tx    pgx.Tx
	end   int64
	was   map[[2]string]entry // by unit and measure
	none  map[string]figure   // of units in which nothing is due
	batch pgx.Batch
	units []string // whose headlines have changed
}

// entry is a figure as it is kept.
type entry struct {
	unit, state, reasonFA, reasonEN, approvedBy         string
	denominator, delivered, validated, published, fresh *float64
	sourceFA, sourceEN                                  string
	sources, details                                    any
}

func openLedger(ctx context.Context, tx pgx.Tx, o duty, end int64) (*ledger, error) {
	l := &ledger{duty: o, tx: tx, end: end, was: map[[2]string]entry{}}
	rows, err := tx.Query(ctx, `
		select admin_code, measure, coalesce(unit, ''), state, coalesce(reason_fa, ''), coalesce(reason_en, ''), coalesce(approved_by, ''), denominator, delivered, validated,
		  published, fresh, coalesce(source_fa, ''), coalesce(source_en, ''), sources, details
		from progress.figure
		where obligation = $1`, o.code)
	if err != nil {
		return nil, fmt.Errorf("reading the figures of %s: %w", o.code, err)
	}
	defer rows.Close()
	for rows.Next() {
		var key [2]string
		var e entry
		var sources, details []byte
		if err := rows.Scan(&key[0], &key[1], &e.unit, &e.state, &e.reasonFA, &e.reasonEN, &e.approvedBy, &e.denominator, &e.delivered, &e.validated, &e.published, &e.fresh,
			&e.sourceFA, &e.sourceEN, &sources, &details); err != nil {
			return nil, fmt.Errorf("reading the figures of %s: %w", o.code, err)
		}
		if err := plain(&e, sources, details); err != nil {
			return nil, err
		}
		l.was[key] = e
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("reading the figures of %s: %w", o.code, err)
	}
	l.none, err = exempt(ctx, tx, o.code)
	return l, err
}

// plain makes values of JSON, so that two of them can be compared.
func plain(e *entry, sources, details []byte) error {
	if err := json.Unmarshal(sources, &e.sources); err != nil {
		return err
	}
	return json.Unmarshal(details, &e.details)
}

// listed reports whether a unit has a row though nothing is known of it: units below a county are too many for that.
func listed(u reportedUnit) bool {
	return u.Level == "country" || u.Level == "province" || u.Level == "county"
}

// put keeps a figure.
func (l *ledger) put(u reportedUnit, f figure) error {
	measure := f.measure
	if measure == "" {
		measure = headline
	}
	if none, told := l.none[u.Code]; told && !f.known() && measure == headline {
		f = none
	}
	if f.state == "" {
		f.state = "unknown"
		if f.known() {
			f.state = "known"
		}
	}
	e := entry{unit: f.unit, state: f.state, approvedBy: f.approvedBy}
	if e.unit == "" {
		e.unit = unitOf(l.measure)
	}
	switch {
	case e.state == "known":
		f.ordered()
		e.denominator, e.delivered, e.validated, e.published, e.fresh = f.denominator, f.delivered, f.validated, f.published, f.fresh
		e.sourceFA, e.sourceEN = f.source.FA, f.source.EN
	case e.state == "unknown" && (measure == headline && !listed(u) || measure != headline && f.reason == (errs.Text{})):
		return nil
	default:
		if measure != headline { // what there is of it may be known, and of how much it is may not be
			f.ordered()
			e.delivered, e.validated, e.published, e.fresh = f.delivered, f.validated, f.published, f.fresh
		}
		if f.reason == (errs.Text{}) {
			f.reason = whyUnknown(l.code, u, true)
		}
		e.reasonFA, e.reasonEN = f.reason.FA, f.reason.EN
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
	if err := plain(&e, sources, details); err != nil {
		return err
	}
	key := [2]string{u.Code, measure}
	before, known := l.was[key]
	delete(l.was, key)
	if known && reflect.DeepEqual(before, e) {
		return nil
	}
	l.moved(key)
	l.batch.Queue(`
		insert into progress.figure (obligation, admin_code, measure, unit, state, reason_fa, reason_en, approved_by, denominator, delivered, validated, published, fresh,
		  source_fa, source_en, sources, details, change_id, calculated_at)
		values ($1, $2, $3, nullif($4, ''), $5, nullif($6, ''), nullif($7, ''), nullif($8, ''), $9, $10, $11, $12, $13, nullif($14, ''), nullif($15, ''), $16, $17, $18, now())
		on conflict (obligation, admin_code, measure) do update
		set unit = excluded.unit, state = excluded.state, reason_fa = excluded.reason_fa, reason_en = excluded.reason_en, approved_by = excluded.approved_by,
		  denominator = excluded.denominator, delivered = excluded.delivered, validated = excluded.validated, published = excluded.published, fresh = excluded.fresh,
		  source_fa = excluded.source_fa, source_en = excluded.source_en, sources = excluded.sources, details = excluded.details,
		  change_id = excluded.change_id, calculated_at = excluded.calculated_at`,
		l.code, u.Code, measure, e.unit, e.state, e.reasonFA, e.reasonEN, e.approvedBy, e.denominator, e.delivered, e.validated, e.published, e.fresh,
		e.sourceFA, e.sourceEN, sources, details, l.end)
	return nil
}

// close writes what has changed, and takes out what was not put this time.
func (l *ledger) close(ctx context.Context) error {
	for _, key := range slices.SortedFunc(maps.Keys(l.was), func(a, b [2]string) int { return slices.Compare(a[:], b[:]) }) {
		l.moved(key)
		l.batch.Queue(`delete from progress.figure where obligation = $1 and admin_code = $2 and measure = $3`, l.code, key[0], key[1])
	}
	if l.batch.Len() == 0 {
		return nil
	}
	if err := l.tx.SendBatch(ctx, &l.batch).Close(); err != nil {
		return fmt.Errorf("keeping the figures of %s: %w", l.code, err)
	}
	return wroteUnits(ctx, l.tx, l.code, l.units)
}

func (l *ledger) moved(key [2]string) {
	if key[1] == headline {
		l.units = append(l.units, key[0])
	}
}
