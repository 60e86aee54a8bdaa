package server

import (
	"context"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-chi/chi/v5"
	"github.com/jackc/pgx/v5"

	"nsdi/access"
	"nsdi/layers"
	"nsdi/progress"
)

const snapshotsPath = "/v1/progress/snapshots"

// committeeAPI is what the committee measures progress against, and what it gets.
func (s *server) committeeAPI(r chi.Router, api huma.API) {
	s.committeeFiles(r)
	get(s, api, plansPath, "plans", "What is planned for a unit: the law's dates, and revised targets beside them", s.plans)
	post(s, api, plansPath, "set-plan", "Set a revised target by decision of the committee, or of a province's", s.setPlan)
	get(s, api, "/v1/progress/series", "progress-series", "How the figures of a unit went, with plans, forecast, breaks and what is missing", s.courses)
	get(s, api, "/v1/progress/compare", "progress-compare", "The figures of a unit, and of those below it, on two dates", s.compareDates)
	get(s, api, "/v1/progress/overdue", "progress-overdue", "What is late, with who must act and the next step", s.overdue)
	get(s, api, "/v1/progress/reminders", "progress-reminders", "Datasets that are older than their theme's update cycle, or soon will be", s.reminders)
	get(s, api, snapshotsPath, "snapshots", "Frozen figures, newest first", s.snapshotList)
	get(s, api, snapshotsPath+"/{id}", "snapshot", "One snapshot with the figures of a unit", s.snapshot)
	post(s, api, snapshotsPath, "take-snapshot", "Freeze the figures now, as a member of the committee", s.takeSnapshot)
}

// UnitInput names an administrative unit. It is exported because only then are the fields of an embedded struct read.
type UnitInput struct {
	Unit string `query:"unit" default:"IR" maxLength:"64" doc:"Code of an administrative unit"`
}

type coursesInput struct {
	UnitInput
	Obligation string `query:"obligation" maxLength:"32" doc:"One of them, with all that stands beside its headline; by default the headlines of all"`
}

// courses answers GET /v1/progress/series.
func (s *server) courses(ctx context.Context, in *coursesInput) (*progress.Courses, error) {
	return s.Progress.Courses(ctx, in.Unit, in.Obligation)
}

type compareDatesInput struct {
	UnitInput
	From string `query:"from" required:"true" maxLength:"20" doc:"Number of a snapshot, or a day: the last one until then"`
	To   string `query:"to" maxLength:"20" doc:"The same; by default as it is now"`
}

// compareDates answers GET /v1/progress/compare.
func (s *server) compareDates(ctx context.Context, in *compareDatesInput) (*progress.Comparison, error) {
	return s.Progress.Compare(ctx, in.Unit, in.From, in.To)
}

type overdueInput struct {
	UnitInput
	Agency     string `query:"agency" maxLength:"64" doc:"Code of the agency that must act"`
	Obligation string `query:"obligation" maxLength:"32"`
}

type overdueBody struct {
	Overdue []progress.Overdue `json:"overdue" doc:"The latest first"`
}

// overdue answers GET /v1/progress/overdue.
func (s *server) overdue(ctx context.Context, in *overdueInput) (*overdueBody, error) {
	list, err := s.Progress.Overdue(ctx, in.Unit, in.Agency, in.Obligation)
	return &overdueBody{list}, err
}

type remindersInput struct {
	Agency string `query:"agency" maxLength:"64"`
	Within int    `query:"within" default:"30" minimum:"0" maximum:"3660" doc:"Days that are looked ahead"`
}

type remindersBody struct {
	Reminders []progress.Reminder `json:"reminders" doc:"The oldest first"`
}

// reminders answers GET /v1/progress/reminders.
func (s *server) reminders(ctx context.Context, in *remindersInput) (*remindersBody, error) {
	list, err := s.Progress.Reminders(ctx, in.Agency, in.Within)
	return &remindersBody{list}, err
}

type snapshotListInput struct {
	Before int `query:"before" minimum:"0" doc:"The next of the page before"`
	Limit  int `query:"limit" default:"100" minimum:"1" maximum:"1000"`
}

type snapshotListBody struct {
	Snapshots []progress.Snapshot `json:"snapshots"`
	Next      *int                `json:"next" doc:"Value of before for the next page; null at the end"`
}

// snapshotList answers GET /v1/progress/snapshots.
func (s *server) snapshotList(ctx context.Context, in *snapshotListInput) (*snapshotListBody, error) {
	list, err := s.Progress.Snapshots(ctx, in.Before, in.Limit+1)
	if err != nil {
		return nil, err
	}
	body := &snapshotListBody{Snapshots: list}
	if len(list) > in.Limit {
		body.Snapshots, body.Next = list[:in.Limit], &list[in.Limit-1].ID
	}
	return body, nil
}

type snapshotInput struct {
	UnitInput
	ID string `path:"id" maxLength:"20" doc:"Its number, or a day: the last one until then"`
}

// snapshot answers GET /v1/progress/snapshots/{id}.
func (s *server) snapshot(ctx context.Context, in *snapshotInput) (*progress.FrozenUnit, error) {
	return s.Progress.Snapshot(ctx, in.ID, in.Unit)
}

type takeSnapshotInput struct {
	Body struct {
		Note string `json:"note,omitempty" maxLength:"200" doc:"What it is for"`
	}
}

// takeSnapshot answers POST /v1/progress/snapshots.
func (s *server) takeSnapshot(ctx context.Context, in *takeSnapshotInput) (*progress.Snapshot, error) {
	n, err := s.snapshots.Take(ctx, access.SubjectFrom(ctx).Name, in.Body.Note)
	if err != nil {
		return nil, err
	}
	return n, pgx.BeginFunc(ctx, s.System, func(tx pgx.Tx) error {
		return s.trail.Record(ctx, tx, access.Entry{Event: "snapshot", Action: access.Steer, Resource: "snapshot:" + n.Day, Detail: n.Digest})
	})
}

// snapshotErrand takes the snapshot of each week. A week whose snapshot a stopped server missed gets it when it runs again.
func (s *server) snapshotErrand() layers.Errand {
	return layers.Errand{
		Kind: "snapshot",
		Open: s.snapshots.Due,
		Work: func(ctx context.Context, _ string, _ bool) error { return s.snapshots.TakeWeekly(ctx) },
	}
}
