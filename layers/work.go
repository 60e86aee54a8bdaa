package layers

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/errs"
	"nsdi/layers/reading"
)

// work is one submission on its way.
type work struct {
	importer *Importer
	conn     *pgx.Conn
	sub      *Submission
	theme    *Theme
	store    *Store
	dataset  *dataset
	report   *Report
	staging  *staging
	progress func(Progress)
}

func (w *work) tell(p Progress) {
	if w.progress != nil {
		w.progress(p)
	}
}

// paths are where the submission's files lie. The files beside a shapefile are found from it.
func (w *work) paths() []string {
	var out []string
	stem := func(name string) string { return strings.TrimSuffix(name, filepath.Ext(name)) }
	for _, f := range w.sub.Files {
		if reading.IsSideFile(f.Name) && slices.ContainsFunc(w.sub.Files, func(o File) bool {
			return strings.EqualFold(filepath.Ext(o.Name), ".shp") && stem(o.Name) == stem(f.Name)
		}) {
			continue
		}
		if f.Path != "" {
			out = append(out, f.Path)
		} else {
			out = append(out, filepath.Join(w.importer.Dir, w.sub.Folder, f.Name))
		}
	}
	return out
}

// prepare reads what every step after the confirmation needs.
func (w *work) prepare(ctx context.Context) (err error) {
	if w.theme, err = findTheme(ctx, w.conn, w.sub.Theme); err != nil {
		return err
	}
	if w.store, err = w.importer.storeOf(w.theme); err != nil {
		return err
	}
	w.dataset, err = openDataset(ctx, w.conn, w.sub.Theme, w.sub.Agency, w.sub.Territory)
	return err
}

// check stages the rows and finds what is wrong with them.
func (w *work) check(ctx context.Context) error {
	w.report = w.importer.newReport(w.sub.Theme, w.sub.Agency, w.sub.Territory)
	w.report.Submission, w.report.Tracking = w.sub.ID, w.sub.Tracking
	options, err := w.sub.Mapping.options()
	if err != nil {
		return err
	}
	if len(w.sub.Files) == 0 {
		return unknown("file-missing", "", errs.T("پرونده‌ای داده نشده است", "No file is given"), errs.T("نام پرونده‌ها را بنویسید.", "Name the files."))
	}
	delivery, err := w.importer.Reader.Open(ctx, w.paths(), options)
	if err != nil {
		return err
	}
	defer delivery.Close()
	w.report.IgnoredFiles = delivery.Ignored
	if err := w.importer.bounded(delivery.Layers); err != nil {
		return err
	}
	tables := tablesOf(w.sub.ID)
	if err := tables.drop(ctx, w.conn); err != nil { // what an attempt that was killed has left
		return fmt.Errorf("check: %w", err)
	}
	// A refused row, an exception to a rule and a new file give other findings.
	if _, err := w.conn.Exec(ctx, `delete from layers.finding where submission_id = $1`, w.sub.ID); err != nil {
		return fmt.Errorf("check: %w", err)
	}
	w.staging, err = newStaging(ctx, w.conn, w.theme, &w.sub.Mapping, w.store, tables)
	if err != nil {
		return err
	}
	w.staging.mode = w.sub.Mode
	if err := w.judge(ctx); err != nil {
		return err
	}
	if err := w.read(ctx, delivery); err != nil {
		return err
	}
	w.report.Sources, w.report.CRS, w.report.Attributes = w.staging.sources, shortened(w.staging.crs), w.staging.attributes.names
	w.tell(Progress{Stage: "checking", Rows: w.staging.ord, Total: w.staging.ord})
	notes, err := w.staging.check(ctx, w.dataset)
	if err != nil {
		return err
	}
	w.report.Notes = append(append(w.report.Notes, w.staging.leftOut...), notes...)
	if err := w.staging.checkMode(ctx, w.dataset); err != nil {
		return err
	}
	if err := w.staging.settle(ctx, w.report); err != nil {
		return err
	}
	if err := w.staging.keepFindings(ctx, w.report); err != nil {
		return err
	}
	if err := w.staging.dropRepeated(ctx); err != nil {
		return err
	}
	if w.report.Accepted > 0 {
		return nil
	}
	// Whoever confirmed what was found in the files may confirm it otherwise, and what is proposed may be accepted; whoever imports at once can do neither.
	_, mendable := w.report.Proposals()
	if w.sub.Through != Published && (mendable > 0 || w.report.RowsIn > 0 && w.sub.Inspection != nil) {
		return nil
	}
	return nothingAccepted(w.report)
}

// errAsk ends the reading of a file that leaves a question open.
var errAsk = errors.New("a question is open")

// openQuestion is why a submission goes back to be confirmed.
type openQuestion struct{ question *Question }

func (o *openQuestion) Error() string { return "open question: " + o.question.Title.EN }

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
	var file string
	var ofFile int64
	err := delivery.Read(ctx, func(row *reading.Row) error {
		if step++; step%1000 == 0 {
			w.tell(Progress{Stage: "reading", Rows: w.staging.ord, Total: total})
		}
		if row.File != file {
			file, ofFile = row.File, 0
		}
		if ofFile++; w.importer.MaxFeatures > 0 && ofFile > w.importer.MaxFeatures {
			return w.importer.tooMany(file)
		}
		if err := w.staging.add(row); err != nil || !w.staging.enough {
			return err
		}
		return errAsk
	})
	if q := w.staging.ask.question(); q != nil && (err == nil || errors.Is(err, errAsk)) {
		return errors.Join(&openQuestion{q}, w.staging.copier.close())
	}
	w.report.IgnoredColumns = w.staging.unused
	if err == nil {
		err = w.staging.flush()
	}
	return errors.Join(err, w.staging.copier.close())
}
