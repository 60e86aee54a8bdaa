package server

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"nsdi/access"
	"nsdi/progress"
)

const plansPath = "/v1/progress/plans"

type plansInput struct {
	Unit string `query:"unit" default:"IR" maxLength:"64" doc:"Code of an administrative unit"`
}

type plansBody struct {
	Plans []progress.Plan `json:"plans"`
}

// plans answers GET /v1/progress/plans.
func (s *server) plans(ctx context.Context, in *plansInput) (*plansBody, error) {
	all, err := s.Progress.Plans(ctx, in.Unit)
	return &plansBody{all}, err
}

type setPlanInput struct {
	Body progress.NewPlan
}

// setPlan answers POST /v1/progress/plans.
func (s *server) setPlan(ctx context.Context, in *setPlanInput) (*progress.Plan, error) {
	n := in.Body
	territory := n.Unit
	if territory == "" || territory == "IR" {
		territory = "" // a national matter
	}
	if err := s.Permissions.Can(ctx, access.SubjectFrom(ctx), access.Steer, access.Resource{}, territory); err != nil {
		return nil, err
	}
	var set *progress.Plan
	err := pgx.BeginFunc(ctx, s.System, func(tx pgx.Tx) (err error) {
		if set, err = progress.SetPlan(ctx, tx, n, s.Now()); err != nil {
			return err
		}
		return s.trail.Record(ctx, tx, access.Entry{
			Event: "plan", Action: access.Steer, Resource: "obligation:" + set.Obligation, Territory: set.Unit,
			Detail: fmt.Sprintf("version %d by decision %s of %s, complete by %s", set.Version, set.Decision, set.DecidedOn, set.Milestones[len(set.Milestones)-1].Due),
		})
	})
	return set, err
}
