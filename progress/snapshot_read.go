package progress

import (
	"context"
	"encoding/hex"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/errs"
	"nsdi/internal/pg"
)

const snapshotColumns = `s.id, s.week, s.day, s.taken_at, s.taken_by, s.note, s.change_id, s.rule_set, s.method, s.units, s.prev, s.digest, coalesce(s.moment, s.taken_at), s.registers`

func scanSnapshot(row pgx.CollectableRow) (Snapshot, error) {
	var n Snapshot
	var week *time.Time
	err := row.Scan(&n.ID, &week, &n.day, &n.taken, &n.TakenBy, &n.Note, &n.Change, &n.RuleSet, &n.Method, &n.Units, &n.prev, &n.digest, &n.moment, &n.registers)
	n.taken = n.taken.UTC()
	n.told(week)
	n.Digest = hex.EncodeToString(n.digest)
	return n, err
}

// querier is a pool or a transaction.
type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// listSnapshots answers the newest first, from before an id where that is not 0.
func listSnapshots(ctx context.Context, q querier, before, limit int) ([]Snapshot, error) {
	rows, err := q.Query(ctx, `
		select `+snapshotColumns+`
		from progress.snapshot s
		where $1 = 0 or s.id < $1
		order by s.id desc
		limit $2`, before, limit)
	if err != nil {
		return nil, fmt.Errorf("listing snapshots: %w", err)
	}
	list, err := pgx.CollectRows(rows, scanSnapshot)
	if err != nil {
		return nil, fmt.Errorf("listing snapshots: %w", err)
	}
	return list, nil
}

// List answers the newest first.
func (s *Snapshots) List(ctx context.Context, limit int) ([]Snapshot, error) {
	return listSnapshots(ctx, s.Pool, 0, limit)
}

// findSnapshot reads one by its number, or by a day: the last one up to the end of that day.
func findSnapshot(ctx context.Context, q querier, name, location string) (*Snapshot, error) {
	where, arg := `s.id = $1`, any(nil)
	if id, err := strconv.ParseInt(name, 10, 32); err == nil {
		arg = id
	} else if day, err := time.Parse(time.DateOnly, name); err == nil {
		where, arg = `s.day <= $1`, day
	} else {
		return nil, snapshotUnknown(name, location)
	}
	rows, err := q.Query(ctx, `select `+snapshotColumns+` from progress.snapshot s where `+where+` order by s.id desc limit 1`, arg)
	if err != nil {
		return nil, fmt.Errorf("finding a snapshot: %w", err)
	}
	n, err := pgx.CollectExactlyOneRow(rows, scanSnapshot)
	if err == pgx.ErrNoRows {
		return nil, snapshotUnknown(name, location)
	}
	if err != nil {
		return nil, fmt.Errorf("finding a snapshot: %w", err)
	}
	return &n, nil
}

func snapshotUnknown(name, location string) *errs.Error {
	return &errs.Error{
		Code: "snapshot-unknown", Status: 404, Op: "progress.Snapshots", Location: location, Value: name,
		Title:  errs.T("چنین ثبتی نیست", "There is no such snapshot"),
		Detail: errs.Tf("ثبت «%s» یافت نشد. شماره یا روزی پس از نخستین ثبت لازم است.", "The snapshot %q was not found. It takes a number, or a day after the first one.", name),
		Next:   errs.T("شماره را از ‎/v1/progress/snapshots بردارید.", "Take the number from /v1/progress/snapshots."),
	}
}

// Frozen is one figure of one unit in a snapshot, or as it is now.
type Frozen struct {
	Obligation string  `json:"obligation"`
	Measure    string  `json:"measure" doc:"headline, or what stands beside it"`
	Unit       *string `json:"unit" doc:"What is counted"`
	State      string  `json:"state" enum:"known,unknown,not-applicable"`
	Reason     *Text   `json:"reason"`
	Source     *Text   `json:"denominator_source"`
	Sources    any     `json:"denominator_versions" doc:"What exactly 100 per cent was"`

	Denominator *float64 `json:"denominator"`
	Delivered   *float64 `json:"delivered"`
	Validated   *float64 `json:"validated"`
	Published   *float64 `json:"published"`
	Fresh       *float64 `json:"fresh"`
	Percent     *float64 `json:"percent" doc:"Published, at most 100"`
	Provisional bool     `json:"provisional" doc:"100 per cent is by a layer that the committee had not approved in this version"`

	admin    string
	snapshot int
}

// frozenColumns reads the rows r of snapshots, taken apart.
const frozenColumns = `
		select r.snapshot_id, r.admin_code, b.obligation, b.measure, b.unit, b.state, b.reason_fa, b.reason_en, b.source_fa, b.source_en, b.sources,
		  r.value[5 * u.n - 4], r.value[5 * u.n - 3], r.value[5 * u.n - 2], r.value[5 * u.n - 1], r.value[5 * u.n]
		from progress.snapshot_row r
		cross join lateral unnest(r.basis) with ordinality u (id, n)
		join progress.basis b on b.id = u.id`

// currentColumns reads the figures of now in the same shape.
const currentColumns = `
		select 0, f.admin_code, f.obligation, f.measure, f.unit, f.state, f.reason_fa, f.reason_en, f.source_fa, f.source_en, f.sources,
		  f.denominator, f.delivered, f.validated, f.published, f.fresh
		from progress.figure f`

func collectFrozen(rows pgx.Rows, err error) ([]Frozen, error) {
	if err != nil {
		return nil, fmt.Errorf("reading figures: %w", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (Frozen, error) {
		var f Frozen
		var reasonFA, reasonEN, sourceFA, sourceEN *string
		err := row.Scan(&f.snapshot, &f.admin, &f.Obligation, &f.Measure, &f.Unit, &f.State, &reasonFA, &reasonEN, &sourceFA, &sourceEN, &f.Sources,
			&f.Denominator, &f.Delivered, &f.Validated, &f.Published, &f.Fresh)
		f.Reason, f.Source, f.Percent = bilingual(reasonFA, reasonEN), bilingual(sourceFA, sourceEN), percent(f.Published, f.Denominator)
		f.Provisional = (&figure{sources: sourcesOf(f.Sources)}).provisional()
		return f, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading figures: %w", err)
	}
	return list, nil
}

// FrozenUnit is a snapshot with the figures of one unit.
type FrozenUnit struct {
	Snapshot Snapshot       `json:"snapshot"`
	Unit     Unit           `json:"unit"`
	Figures  []Frozen       `json:"figures"`
	Agencies []FrozenAgency `json:"agencies,omitempty" doc:"Of the country: how much of its duty each agency had done, of A23-N2 and A26-LAYERS"`
}

// FrozenAgency is what one agency owed of an obligation, and how much of it was done.
type FrozenAgency struct {
	Agency      string   `json:"agency" doc:"Code"`
	Obligation  string   `json:"obligation"`
	Denominator float64  `json:"denominator"`
	Delivered   float64  `json:"delivered"`
	Validated   float64  `json:"validated"`
	Published   float64  `json:"published"`
	Fresh       float64  `json:"fresh"`
	Percent     *float64 `json:"percent" doc:"Published, at most 100"`
}

func frozenAgenciesOf(ctx context.Context, q querier, snapshot int) ([]FrozenAgency, error) {
	rows, err := q.Query(ctx, `
		select agency, obligation, value[1], value[2], value[3], value[4], value[5]
		from progress.snapshot_agency
		where snapshot_id = $1
		order by obligation, agency`, snapshot)
	if err != nil {
		return nil, fmt.Errorf("reading agencies: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (a FrozenAgency, err error) {
		err = row.Scan(&a.Agency, &a.Obligation, &a.Denominator, &a.Delivered, &a.Validated, &a.Published, &a.Fresh)
		a.Percent = percent(&a.Published, &a.Denominator)
		return a, err
	})
}

// Snapshots answers the newest first, from before an id where that is not 0.
func (s *Service) Snapshots(ctx context.Context, before, limit int) ([]Snapshot, error) {
	return listSnapshots(ctx, s.Pool, before, limit)
}

// Snapshot answers the figures of one unit in a snapshot.
func (s *Service) Snapshot(ctx context.Context, name, unit string) (*FrozenUnit, error) {
	if unit == "" {
		unit = country
	}
	out := &FrozenUnit{}
	err := pg.InScope(ctx, s.Pool, pg.Public, pgx.TxOptions{AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		u, err := readUnit(ctx, tx, unit)
		if err != nil {
			return err
		}
		n, err := findSnapshot(ctx, tx, name, "path.id")
		if err != nil {
			return err
		}
		out.Unit, out.Snapshot = u.Unit, *n
		out.Figures, err = collectFrozen(tx.Query(ctx, frozenColumns+` where r.snapshot_id = $1 and r.admin_code = $2 order by u.n`, n.ID, unit))
		if err != nil || unit != country {
			return err
		}
		out.Agencies, err = frozenAgenciesOf(ctx, tx, n.ID)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("snapshot %s: %w", name, err)
	}
	if out.Figures == nil {
		out.Figures = []Frozen{}
	}
	return out, nil
}
