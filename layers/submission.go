package layers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/errs"
)

// State is where a submission stands.
type State string

// The states. Received, Confirmed and Approved are worked on without a person; Inspected, Validated, Submitted and Reviewed wait for one; the others are ends.
const (
	Received  State = "received"  // its files are there
	Inspected State = "inspected" // they were looked into: theme, reference system, encoding and mapping wait for confirmation
	Confirmed State = "confirmed"
	Validated State = "validated" // the report is there
	Submitted State = "submitted" // a reviewer is asked
	Reviewed  State = "reviewed"  // and said yes: a publisher is asked
	Approved  State = "approved"  // and said yes: it is being published
	Published State = "published"
	Unchanged State = "unchanged" // it is what was published already
	Returned  State = "returned"  // the reviewer said no, with a reason
	Withdrawn State = "withdrawn"
	Refused   State = "refused" // it cannot be taken
)

// Mode is what a delivery means for what is published of its dataset.
type Mode string

// The modes.
const (
	Replace Mode = "replace" // it is the whole dataset: what is missing in it goes
	Append  Mode = "append"  // its features are new
	Upsert  Mode = "upsert"  // its features are new or replace those with their keys
	Delete  Mode = "delete"  // features with its keys go
)

// Submission is one delivery on its way from files to published.
type Submission struct {
	ID            int64
	Tracking      string
	State         State
	AgencyID      int64
	Agency        string // code
	DatasetID     int64  // 0 until it is confirmed
	Theme         string // "" until it is known
	Territory     string
	Files         []File
	Folder        string // below the folder of deliveries; "" where files were left where they were
	Mapping       Mapping
	Mode          Mode
	Through       State // how far it goes by itself: Inspected, Validated, Submitted or Published
	AllowRemovals bool
	Person, Key   int64 // who uploaded; 0, 0: the operator
	Publisher     int64 // the person whose yes had it published; 0: the operator
	Inspection    *Inspection
	Report        *Report
	Problem       *Cause
	Progress      *Progress
	BasedOn       int64 // version of the dataset that the report compares with; 0: none
	StagedRows    int64
	Expected      *Expected // of the feature that it edits; nil: whatever that is
	ReviewReason  string
	ReceivedAt    time.Time
	UpdatedAt     time.Time
	FinishedAt    *time.Time
}

// File is one delivered file as it is kept.
type File struct {
	Name   string `json:"name"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
	Path   string `json:"path,omitempty"` // where it lies, when it is not kept in the submission's folder
}

// Cause is an errs.Error as it is kept.
type Cause struct {
	Code     string    `json:"code"`
	Title    errs.Text `json:"title"`
	Detail   errs.Text `json:"detail"`
	Next     errs.Text `json:"next"`
	Location string    `json:"location,omitempty"`
}

func problemOf(e *errs.Error) *Cause {
	return &Cause{Code: e.Code, Title: e.Title, Detail: e.Detail, Next: e.Next, Location: e.Location}
}

// Waits reports whether the submission waits for a person, or has ended.
func (s *Submission) Waits() bool {
	return s.State != Received && s.State != Confirmed && s.State != Approved
}

// Ended reports whether nothing can happen to the submission any more.
func (s *Submission) Ended() bool {
	switch s.State {
	case Published, Unchanged, Returned, Withdrawn, Refused:
		return true
	default:
		return false
	}
}

const submissionColumns = `s.id, coalesce(s.tracking, ''), s.state, s.agency_id, a.code, coalesce(s.dataset_id, 0), coalesce(s.theme, ''), coalesce(s.territory, ''), s.files,
	coalesce(s.folder, ''), s.options, s.mode, s.through, s.allow_removals, coalesce(s.uploaded_by_person, 0), coalesce(s.uploaded_by_key, 0), s.inspection, s.report,
	s.problem, s.progress, coalesce(s.based_on, 0), coalesce(s.staged_rows, -1), coalesce(s.review_reason, ''), coalesce(s.published_by, 0), s.received_at, s.updated_at, s.finished_at, s.expected`

func scanSubmission(row pgx.CollectableRow) (*Submission, error) {
	var s Submission
	var options, report []byte
	err := row.Scan(&s.ID, &s.Tracking, &s.State, &s.AgencyID, &s.Agency, &s.DatasetID, &s.Theme, &s.Territory, &s.Files, &s.Folder, &options, &s.Mode, &s.Through,
		&s.AllowRemovals, &s.Person, &s.Key, &s.Inspection, &report, &s.Problem, &s.Progress, &s.BasedOn, &s.StagedRows, &s.ReviewReason, &s.Publisher, &s.ReceivedAt, &s.UpdatedAt,
		&s.FinishedAt, &s.Expected)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(options, &s.Mapping); err != nil {
		return nil, fmt.Errorf("mapping of submission %d: %w", s.ID, err)
	}
	if report != nil {
		s.Report = &Report{}
		if err := json.Unmarshal(report, s.Report); err != nil {
			return nil, fmt.Errorf("report of submission %d: %w", s.ID, err)
		}
	}
	return &s, nil
}

// FindSubmission reads a submission as far as q's scope shows it. One that is not there, or not shown, is *errs.Error submission-unknown.
func FindSubmission(ctx context.Context, q Querier, tracking string) (*Submission, error) {
	return findSubmission(ctx, q, `s.tracking = $1`, tracking)
}

func submissionByID(ctx context.Context, q Querier, id int64) (*Submission, error) {
	return findSubmission(ctx, q, `s.id = $1`, id)
}

func findSubmission(ctx context.Context, q Querier, where string, arg any) (*Submission, error) {
	rows, err := q.Query(ctx, `
		select `+submissionColumns+`
		from layers.submission s
		join access.agency a on a.id = s.agency_id
		where `+where, arg)
	if err != nil {
		return nil, fmt.Errorf("submission: %w", err)
	}
	s, err := pgx.CollectExactlyOneRow(rows, scanSubmission)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, &errs.Error{
			Code: "submission-unknown", Status: http.StatusNotFound, Op: "layers.submission", Value: fmt.Sprint(arg),
			Title:  errs.T("چنین تحویلی نیست", "There is no such submission"),
			Detail: errs.T("این شناسه از آن هیچ تحویلی که ببینید نیست.", "No submission that you can see has this identifier."),
			Next:   errs.T("فهرست تحویل‌ها در ‎/v1/submissions است.", "The submissions are listed at /v1/submissions."),
		}
	}
	if err != nil {
		return nil, fmt.Errorf("submission: %w", err)
	}
	return s, nil
}

// SubmissionFilter says which submissions are asked for. What is empty does not restrict.
type SubmissionFilter struct {
	State  State
	Theme  string
	Agency string
	Before int64 // id: only those before this one
	Limit  int
}

// ListSubmissions answers the newest submissions first, as far as q's scope shows them.
func ListSubmissions(ctx context.Context, q Querier, f SubmissionFilter) ([]*Submission, error) {
	rows, err := q.Query(ctx, `
		select `+submissionColumns+`
		from layers.submission s
		join access.agency a on a.id = s.agency_id
		where ($1 = '' or s.state = $1)
		  and ($2 = '' or s.theme = $2)
		  and ($3 = '' or a.code = $3)
		  and ($4 = 0 or s.id < $4)
		  and s.tracking is not null
		order by s.id desc
		limit $5`, f.State, f.Theme, f.Agency, f.Before, f.Limit)
	if err != nil {
		return nil, fmt.Errorf("submissions: %w", err)
	}
	all, err := pgx.CollectRows(rows, scanSubmission)
	if err != nil {
		return nil, fmt.Errorf("submissions: %w", err)
	}
	return all, nil
}
