package layers

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"nsdi/internal/errs"
	"nsdi/layers/reading"
)

// Importer takes deliveries from files to published, one step after the other. What it needs for the next step is in the database and in the folder of
// deliveries, so another process can go on where one was killed.
type Importer struct {
	Pool   *pgxpool.Pool
	Reader *reading.Reader
	Stores []Store
	Now    func() time.Time
	// Tracker follows each submission under a tracking identifier (Article 13). Nil: submissions have none.
	Tracker Tracker
	// Dir is the folder in which delivered files are kept. "": they stay where they are, and a submission whose process was killed is refused.
	Dir string
	// MaxFeatures and MaxLayers of one file. 0: not bounded.
	MaxFeatures int64
	MaxLayers   int
	// RuleTime is how long one rule that compares features with each other may take. 0: 5 minutes, and a second for each 5,000 rows. What such a rule has not come
	// to by then is said in the report.
	RuleTime  time.Duration
	mostPairs int64 // such findings of one rule; 0: mostPairs
	// Queue has jobs done by whoever works on them. Nil: a submission goes on when somebody calls Advance.
	Queue Queue
}

// Queue takes jobs in the transaction that makes them necessary.
type Queue interface {
	Enqueue(ctx context.Context, tx pgx.Tx, submission int64) error
	// Queued reports whether a job for the submission waits to be done.
	Queued(ctx context.Context, tx pgx.Tx, submission int64) (bool, error)
}

// Request is one delivery.
type Request struct {
	Theme         string // may be left open when it only goes through to Inspected
	Agency        string
	Territory     string // admin unit code; "" for the agency's whole territory
	Files         []string
	Mapping       Mapping
	Mode          Mode   // Defaults to Replace.
	Through       State  // Defaults to Published.
	Profile       string // that decides how grave findings are; defaults to StandardProfile
	AllowRemovals bool   // more than a fifth of the dataset may go
	// Who hands it over, who may then not review it: a person or an API key of access. Neither is the operator at the command line.
	Person, Key int64
	Expected    *Expected // refuses it when the feature that it edits was altered before it is published
	Tracking    string    // of the uploads, when they have one already
	// Content is the one file, where it came in the request itself. Nil: there are Files, or Attach.
	Content *Content
	// Attach moves files that were uploaded before into the folder of the submission, in the transaction that records it. Nil: Files are copied there.
	Attach   func(ctx context.Context, tx pgx.Tx, submission int64, folder string) ([]File, error)
	Progress func(Progress)
}

// Import takes one delivery through the pipeline, every step confirmed. The report is there, as far as it came, when there is an error too: a refused delivery
// says why. Errors that the deliverer can mend are *errs.Error.
func (im *Importer) Import(ctx context.Context, req Request) (*Report, error) {
	started := im.Now()
	req.Through = Published
	report := im.newReport(req.Theme, req.Agency, req.Territory)
	if req.Theme == "" {
		return report, unknown("theme-unknown", "", errs.T("موضوع نوشته نشده است", "No theme is named"), errs.T("موضوع را بنویسید.", "Name the theme."))
	}
	here := func(context.Context, pgx.Tx, int64) error { return nil } // the work is done in this call, and not by a job
	s, err := im.receive(ctx, req, here)
	if err != nil {
		return report, err
	}
	report.Submission, report.Tracking = s.ID, s.Tracking
	done, err := im.advance(ctx, s.ID, req.Progress, true)
	if done != nil && done.Report != nil {
		report = done.Report
	}
	if err == nil && done.State == Inspected && done.Inspection != nil && done.Inspection.Question != nil { // it waits for the answer
		report.State = string(Inspected)
		err = located(done.Inspection.Question.unanswered(), done.Files)
	}
	report.Duration = im.Now().Sub(started)
	if _, told := errs.As(err); err != nil && !told && ctx.Err() != nil {
		err = fmt.Errorf("import: %w", ctx.Err()) // whatever the cancelled connection said first
	}
	return report, err
}

func (im *Importer) newReport(theme, agency, territory string) *Report {
	return &Report{Theme: theme, Agency: agency, Territory: territory, State: string(Refused), RuleSet: ruleSet, Reader: im.Reader.Sandbox.Version}
}

// located names the delivery's files in a problem that speaks of no single one of them.
func located(err error, files []File) error {
	problem, ok := errs.As(err)
	if !ok || problem.Location != "" {
		return err
	}
	var names []string
	for _, f := range files {
		names = append(names, f.Name)
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
