package progress

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"nsdi/internal/errs"
)

// method goes up when the calculation of a figure changes, so that a curve shows where it did.
const method = 6

// Snapshot is a moment's figures, frozen.
type Snapshot struct {
	ID      int     `json:"id"`
	Week    *string `json:"week" format:"date" doc:"The Saturday that begins the week of a weekly one; null: taken on demand"`
	Day     string  `json:"day" format:"date" doc:"In Iran"`
	Jalali  string  `json:"day_jalali"`
	TakenAt string  `json:"taken_at" format:"date-time"`
	TakenBy string  `json:"taken_by"`
	Note    string  `json:"note"`
	Change  int64   `json:"change" doc:"Version of the data: last change of the change log in the figures"`
	RuleSet int     `json:"rule_set" doc:"Version of the rules by which deliveries are checked"`
	Method  int     `json:"method" doc:"Version of the calculation"`
	Units   int     `json:"units"`
	Digest  string  `json:"digest" doc:"SHA-256 over all figures and the digest of the snapshot before"`

	taken        time.Time
	moment       time.Time // by the clock of the database
	registers    []int     // nil: taken before they were kept
	day          time.Time
	prev, digest []byte
}

// Snapshots takes and reads them.
type Snapshots struct {
	Pool    *pgxpool.Pool    // which sees and writes everything
	Now     func() time.Time // Defaults to time.Now.
	RuleSet int              // version of the rules by which deliveries are checked
}

func (s *Snapshots) now() time.Time {
	if s.Now != nil {
		return s.Now()
	}
	return time.Now()
}

// weekOf is the Saturday that begins a day's week.
func weekOf(day time.Time) time.Time { return day.AddDate(0, 0, -(int(day.Weekday())+1)%7) }

// TakeWeekly takes the week's, unless it has been taken.
func (s *Snapshots) TakeWeekly(ctx context.Context) error {
	week := weekOf(dayOf(s.now()))
	_, err := s.take(ctx, &week, "nsdi", "")
	return err
}

// Due answers the week whose snapshot has not been taken. Before there are any figures none is due.
func (s *Snapshots) Due(ctx context.Context) ([]string, error) {
	week := weekOf(dayOf(s.now()))
	var due bool
	err := s.Pool.QueryRow(ctx, `
		select exists (select from layers.follower where name = $2) and not exists (select from progress.snapshot where week = $1)`, week, followerName).Scan(&due)
	if err != nil || !due {
		return nil, err
	}
	return []string{week.Format(time.DateOnly)}, nil
}

// Take takes one on demand.
func (s *Snapshots) Take(ctx context.Context, by, note string) (*Snapshot, error) {
	return s.take(ctx, nil, by, note)
}

// take brings the figures in step with everything that there is, and freezes them with what they were made of: all as one moment shows it. It answers nil for a week that has one.
func (s *Snapshots) take(ctx context.Context, week *time.Time, by, note string) (*Snapshot, error) {
	var taken *Snapshot
	err := s.asOfOneMoment(ctx, true, func(tx pgx.Tx) error {
		taken = nil
		if week != nil {
			var done bool
			if err := tx.QueryRow(ctx, `select exists (select from progress.snapshot where week = $1)`, week).Scan(&done); err != nil || done {
				return err
			}
		}
		n := Snapshot{TakenBy: by, Note: note, RuleSet: s.RuleSet, Method: method, taken: s.now().UTC().Truncate(time.Microsecond)}
		n.day = dayOf(n.taken)
		var known bool
		var after int64
		if err := tx.QueryRow(ctx, `
			select (select coalesce(max(id), 0) + 1 from progress.snapshot), count(*) > 0, coalesce(max(position), 0), layers.change_end(), now(),
			  coalesce((select digest from progress.snapshot order by id desc limit 1), '')
			from layers.follower
			where name = $1`, followerName).Scan(&n.ID, &known, &after, &n.Change, &n.moment, &n.prev); err != nil {
			return err
		}
		if !known {
			return noFigures()
		}
		if err := inStep(ctx, tx, after, n.Change); err != nil {
			return err
		}
		tag, err := tx.Exec(ctx, freeze, n.ID)
		if err != nil {
			return err
		}
		n.Units = int(tag.RowsAffected())
		if _, err := tx.Exec(ctx, freezeAgencies, n.ID); err != nil {
			return err
		}
		if n.registers, err = keepRegisters(ctx, tx); err != nil {
			return err
		}
		n.told(week)
		if n.digest, err = n.sum(ctx, tx); err != nil {
			return err
		}
		n.Digest = hex.EncodeToString(n.digest)
		_, err = tx.Exec(ctx, `
			insert into progress.snapshot (id, week, day, taken_at, taken_by, note, change_id, rule_set, method, units, prev, digest, moment, registers)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
			n.ID, week, n.day, n.taken, n.TakenBy, n.Note, n.Change, n.RuleSet, n.Method, n.Units, n.prev, n.digest, n.moment, n.registers)
		taken = &n
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("taking a snapshot: %w", err)
	}
	return taken, nil
}

// freezeAgencies writes a row an agency and obligation.
const freezeAgencies = `
		insert into progress.snapshot_agency (snapshot_id, agency, obligation, value)
		select $1, a.code, f.obligation, array[f.denominator, f.delivered, f.validated, f.published, f.fresh]
		from progress.agency_figure f
		join access.agency a on a.id = f.agency_id
		order by a.code, f.obligation`

// snapshotLock is taken while a snapshot is: an arbitrary number of our own.
const snapshotLock = 0x6e736469_03

// freeze writes a row a unit, and the bases that no row has had yet.
const freeze = `
		with said as materialized (
			select f.*, o.position, progress.basis_hash(f.obligation, f.measure, f.unit, f.state, f.reason_fa, f.reason_en, f.approved_by, f.source_fa, f.source_en, f.sources) as hash
			from progress.figure f
			join progress.obligation o on o.code = f.obligation
		), added as (
			insert into progress.basis (hash, obligation, measure, unit, state, reason_fa, reason_en, approved_by, source_fa, source_en, sources)
			select distinct on (hash) hash, obligation, measure, unit, state, reason_fa, reason_en, approved_by, source_fa, source_en, sources
			from said
			where not exists (select from progress.basis b where b.hash = said.hash)
			returning id, hash
		), basis as (
			select id, hash from added
			union all
			select id, hash from progress.basis where hash in (select hash from said)
		)
		insert into progress.snapshot_row (snapshot_id, admin_code, basis, value)
		select $1, s.admin_code, array_agg(b.id order by s.position, s.measure, v.n) filter (where v.n = 1), array_agg(v.value order by s.position, s.measure, v.n)
		from said s
		join basis b on b.hash = s.hash
		cross join lateral (values (1, s.denominator), (2, s.delivered), (3, s.validated), (4, s.published), (5, s.fresh)) v (n, value)
		group by s.admin_code
		order by s.admin_code`

// told fills in what is shown.
func (n *Snapshot) told(week *time.Time) {
	n.Day, n.Jalali, n.TakenAt = n.day.Format(time.DateOnly), jalali(n.day), n.taken.UTC().Format(time.RFC3339)
	if week != nil {
		n.Week = iso(*week)
	}
}

// sum is the digest: of the head, of all rows, and of the snapshot before.
func (n *Snapshot) sum(ctx context.Context, tx pgx.Tx) ([]byte, error) {
	var rows []byte
	if err := tx.QueryRow(ctx, `select progress.snapshot_rows_digest($1)`, n.ID).Scan(&rows); err != nil {
		return nil, err
	}
	week := ""
	if n.Week != nil {
		week = *n.Week
	}
	head := fmt.Sprintf("%d\n%s\n%s\n%d\n%q\n%q\n%d\n%d\n%d\n%d\n", n.ID, n.Day, week, n.taken.UnixMicro(), n.TakenBy, n.Note, n.Change, n.RuleSet, n.Method, n.Units)
	sum := sha256.New()
	sum.Write(n.prev)
	sum.Write([]byte(head))
	sum.Write(rows)
	if n.registers != nil {
		var basis []byte
		if err := tx.QueryRow(ctx, `select progress.snapshot_basis_digest($1, $2, $3)`, n.ID, n.moment, n.registers).Scan(&basis); err != nil {
			return nil, err
		}
		sum.Write(basis)
	}
	return sum.Sum(nil), nil
}

func noFigures() *errs.Error {
	return &errs.Error{
		Code: "no-figures", Status: 409, Op: "progress.Snapshots",
		Title:  errs.T("هنوز رقمی نیست", "There are no figures yet"),
		Detail: errs.T("پیشرفت هنوز محاسبه نشده است.", "Progress has not been calculated yet."),
		Next:   errs.T("سامانه را با nsdi serve روشن کنید و کمی بعد دوباره بخواهید.", "Start the server with nsdi serve, and ask again a little later."),
	}
}
