package layers

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"nsdi/internal/errs"
	"nsdi/layers/reading"
)

// Importer takes deliveries from files to published.
type Importer struct {
	Pool   *pgxpool.Pool
	Reader *reading.Reader
	Stores []Store
	Now    func() time.Time
	// Tracker follows each submission under a tracking identifier (Article 13). Nil: submissions have none.
	Tracker Tracker
}

// Request is one delivery.
type Request struct {
	Theme         string
	Agency        string
	Territory     string // admin unit code; "" for the agency's whole territory
	Files         []string
	Mapping       Mapping
	AllowRemovals bool // more than a fifth of the dataset may go
	// Who hands it over, who may then not review it: a person or an API key of access. Neither is the operator at the command line.
	Person, Key int64
	Progress    func(Progress)
}

// Import takes one delivery through the pipeline. The report is there, as far as it came, when there is an error too: a refused delivery says why.
// Errors that the deliverer can mend are *errs.Error.
func (im *Importer) Import(ctx context.Context, req Request) (*Report, error) {
	started := im.Now()
	if req.Progress == nil {
		req.Progress = func(Progress) {}
	}
	report := &Report{Theme: req.Theme, Agency: req.Agency, Territory: req.Territory, State: "refused", RuleSet: ruleSet, Reader: im.Reader.Sandbox.Version}
	conn, err := im.Pool.Acquire(ctx)
	if err != nil {
		return report, fmt.Errorf("import: %w", err)
	}
	defer conn.Release()
	theme, err := findTheme(ctx, conn, req.Theme)
	if err != nil {
		return report, err
	}
	if err := req.Mapping.check(theme); err != nil {
		return report, err
	}
	store, err := im.storeOf(theme)
	if err != nil {
		return report, err
	}
	options, err := req.Mapping.options()
	if err != nil {
		return report, err
	}
	files, err := describe(req.Files)
	if err != nil {
		return report, err
	}
	set, err := openDataset(ctx, conn, req.Theme, req.Agency, req.Territory)
	if err != nil {
		return report, err
	}
	w := &work{importer: im, conn: conn.Conn(), theme: theme, store: store, dataset: set, request: req, report: report}
	if err := w.begin(ctx, files); err != nil {
		return report, err
	}
	err = located(w.run(ctx, options), req.Files)
	if _, told := errs.As(err); err != nil && !told && ctx.Err() != nil {
		err = fmt.Errorf("import: %w", ctx.Err()) // whatever the cancelled connection said first
	}
	report.Duration = im.Now().Sub(started)
	return report, errors.Join(err, w.end(context.WithoutCancel(ctx), err))
}

// located names the delivery's files in a problem that speaks of no single one of them.
func located(err error, files []string) error {
	problem, ok := errs.As(err)
	if !ok || problem.Location != "" {
		return err
	}
	var names []string
	for _, f := range files {
		names = append(names, filepath.Base(f))
	}
	c := *problem
	c.Location = strings.Join(names, ", ")
	return &c
}

func (im *Importer) storeOf(t *Theme) (*Store, error) {
	for i := range im.Stores {
		if im.Stores[i].Table == t.Store {
			return &im.Stores[i], nil
		}
	}
	return nil, fmt.Errorf("theme %s: no store %s is wired", t.Code, t.Store)
}

// describe names the files with size and checksum, as they are recorded. A missing file is told by the reader.
func describe(files []string) ([]byte, error) {
	type file struct {
		Name   string `json:"name"`
		Bytes  int64  `json:"bytes"`
		SHA256 string `json:"sha256"`
	}
	out := []file{}
	for _, name := range files {
		info, err := os.Stat(name)
		if err != nil || !info.Mode().IsRegular() {
			continue
		}
		f, err := os.Open(name)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
		sum := sha256.New()
		n, err := io.Copy(sum, f)
		f.Close()
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
		out = append(out, file{filepath.Base(name), n, hex.EncodeToString(sum.Sum(nil))})
	}
	return json.Marshal(out)
}

// work is one submission on its way.
type work struct {
	importer *Importer
	conn     *pgx.Conn
	theme    *Theme
	store    *Store
	dataset  *dataset
	request  Request
	report   *Report
	staging  *staging
}

// begin records the submission and locks it, so that it is known to be worked on.
func (w *work) begin(ctx context.Context, files []byte) error {
	options, err := json.Marshal(w.request.Mapping)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	// Compiling a query costs more than running it here: expressions over many rows make the planner expect the opposite.
	if _, err := w.conn.Exec(ctx, `set jit = off`); err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	err = pgx.BeginFunc(ctx, w.conn, func(tx pgx.Tx) error {
		if err := w.track(ctx, tx); err != nil {
			return err
		}
		return tx.QueryRow(ctx, `
			insert into layers.submission (dataset_id, state, files, options, tracking, uploaded_by_person, uploaded_by_key)
			values ($1, 'received', $2, $3, nullif($5, ''), nullif($6::bigint, 0), nullif($7::bigint, 0))
			returning id, pg_try_advisory_lock($4, (id % 2147483647)::int)`, w.dataset.id, files, options, lockSubmission, w.report.Tracking,
			w.request.Person, w.request.Key).Scan(&w.report.Submission, nil)
	})
	if err != nil {
		w.report.Tracking = "" // it went with the transaction
		return fmt.Errorf("begin: %w", err)
	}
	return nil
}

func (w *work) run(ctx context.Context, options reading.Options) error {
	if len(w.request.Files) == 0 {
		return unknown("file-missing", "", errs.T("پرونده‌ای داده نشده است", "No file is given"), errs.T("نام پرونده‌ها را بنویسید.", "Name the files."))
	}
	delivery, err := w.importer.Reader.Open(ctx, w.request.Files, options)
	if err != nil {
		return err
	}
	defer delivery.Close()
	w.report.IgnoredFiles = delivery.Ignored
	w.staging, err = newStaging(ctx, w.conn, w.theme, &w.request.Mapping, w.store, tablesOf(w.report.Submission))
	if err != nil {
		return err
	}
	if err := w.read(ctx, delivery); err != nil {
		return err
	}
	w.request.Progress(Progress{Stage: "checking", Rows: w.staging.ord, Total: w.staging.ord})
	if err := w.staging.place(ctx); err != nil {
		return err
	}
	notes, err := w.staging.check(ctx, w.dataset)
	if err != nil {
		return err
	}
	w.report.Notes = append(w.report.Notes, notes...)
	if err := w.staging.settle(ctx, w.report); err != nil {
		return err
	}
	if err := w.staging.keepFindings(ctx, w.report); err != nil {
		return err
	}
	if err := w.staging.dropRepeated(ctx); err != nil {
		return err
	}
	if w.report.Accepted == 0 {
		return nothingAccepted(w.report)
	}
	if err := w.validated(ctx); err != nil {
		return err
	}
	return w.publish(ctx)
}

func (w *work) read(ctx context.Context, delivery *reading.Delivery) error {
	total := int64(0)
	chosen := false
	for _, l := range delivery.Layers {
		if !delivery.Chosen(l.Name) {
			continue
		}
		chosen = true
		if l.Features < 0 || l.Features > 1<<40 {
			total = -1
		}
		if total >= 0 {
			total += l.Features
		}
	}
	if !chosen {
		return noSuchLayer(delivery.Layers)
	}
	w.staging.copier = newCopier(ctx, w.conn, w.staging.tables)
	step := 0
	err := delivery.Read(ctx, func(row *reading.Row) error {
		if step++; step%1000 == 0 {
			w.request.Progress(Progress{Stage: "reading", Rows: w.staging.ord, Total: total})
		}
		return w.staging.add(row)
	})
	w.report.IgnoredColumns = w.staging.unused
	if err == nil {
		err = w.staging.flush()
	}
	return errors.Join(err, w.staging.copier.close())
}

func (w *work) publish(ctx context.Context) error {
	w.request.Progress(Progress{Stage: "publishing", Rows: 0, Total: w.report.Accepted})
	tx, err := w.conn.Begin(ctx)
	if err != nil {
		return fmt.Errorf("publish: %w", err)
	}
	defer tx.Rollback(context.WithoutCancel(ctx)) //nolint:errcheck // after a commit there is nothing to roll back
	p := &publication{staging: w.staging, tx: tx, dataset: w.dataset, report: w.report, at: w.importer.Now()}
	changed, err := p.publish(ctx, w.request.AllowRemovals)
	if err != nil {
		return err
	}
	w.report.State = "unchanged"
	if changed {
		w.report.State = "published"
	}
	if err := w.finish(ctx, tx, nil); err != nil {
		return err
	}
	if err := tx.Commit(ctx); err != nil {
		w.report.State = "refused"
		return fmt.Errorf("publish: %w", err)
	}
	if w.report.Added > 1000 { // the planner must not take a filled table for an empty one until autovacuum comes
		if _, err := w.conn.Exec(ctx, `select layers.gather_statistics($1)`, w.store.Table); err != nil {
			return fmt.Errorf("analyze: %w", err)
		}
	}
	return nil
}

// finish records the state and the report.
func (w *work) finish(ctx context.Context, tx pgx.Tx, cause error) error {
	body, err := json.Marshal(struct {
		*Report
		Problem string `json:"problem,omitempty"`
	}{w.report, errs.Code(cause)})
	if err != nil {
		return fmt.Errorf("finish: %w", err)
	}
	if tx == nil {
		return pgx.BeginFunc(ctx, w.conn, func(tx pgx.Tx) error { return w.settle(ctx, tx, body, cause) })
	}
	return w.settle(ctx, tx, body, cause)
}

// settle writes the last state, and the event of it.
func (w *work) settle(ctx context.Context, tx pgx.Tx, body []byte, cause error) error {
	_, err := tx.Exec(ctx, `
		update layers.submission
		set state = $2, report = $3, finished_at = now()
		where id = $1`, w.report.Submission, w.report.State, body)
	if err != nil {
		return fmt.Errorf("finish: %w", err)
	}
	return w.moved(ctx, tx, w.report.State, outcome(w.report, cause))
}

// end records a refusal, removes the staging tables and unlocks the submission.
func (w *work) end(ctx context.Context, cause error) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	var err error
	if cause != nil && w.report.State == "refused" {
		r := w.report
		r.Version, r.Added, r.Altered, r.Removed, r.Unchanged, r.Kept, r.Features = 0, 0, 0, 0, 0, 0, 0
		err = w.finish(ctx, nil, cause)
	}
	if w.staging != nil {
		err = errors.Join(err, w.staging.tables.drop(ctx, w.conn))
	}
	_, unlockErr := w.conn.Exec(ctx, `select pg_advisory_unlock($1, $2::int)`, lockSubmission, w.report.Submission%2147483647)
	if w.conn.IsClosed() { // a cancelled statement ends its connection, which lets go of its lock
		return w.importer.clearUp(ctx, w.report.Submission)
	}
	return errors.Join(err, unlockErr)
}

// clearUp ends a submission over another connection than its own. A server that cannot be reached is not the delivery's problem: Sweep does it later.
func (im *Importer) clearUp(ctx context.Context, submission int64) error {
	conn, err := im.Pool.Acquire(ctx)
	if err != nil {
		return nil
	}
	defer conn.Release()
	// Until the server has noticed that the connection is gone, its lock is held.
	if _, err := conn.Exec(ctx, `select pg_advisory_lock($1, $2::int)`, lockSubmission, submission%2147483647); err != nil {
		return fmt.Errorf("clear up: %w", err)
	}
	if err := sweepOne(ctx, conn.Conn(), submission, im.Tracker); err != nil {
		return err
	}
	if _, err := conn.Exec(ctx, `select pg_advisory_unlock($1, $2::int)`, lockSubmission, submission%2147483647); err != nil {
		return fmt.Errorf("clear up: %w", err)
	}
	return nil
}
