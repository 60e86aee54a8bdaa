package server

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"nsdi/access"
	"nsdi/progress"
)

const denominatorsPath = "/v1/progress/denominators"

type denominatorsBody struct {
	Denominators []progress.Denominator `json:"denominators" doc:"The newest of an obligation counts"`
}

// denominators answers GET /v1/progress/denominators.
func (s *server) denominators(ctx context.Context, in *UnitInput) (*denominatorsBody, error) {
	all, err := s.Progress.Denominators(ctx, in.Unit)
	return &denominatorsBody{all}, err
}

type setDenominatorInput struct {
	Body progress.NewDenominator
}

// setDenominator answers POST /v1/progress/denominators.
func (s *server) setDenominator(ctx context.Context, in *setDenominatorInput) (*progress.Denominator, error) {
	if err := s.Permissions.Can(ctx, access.SubjectFrom(ctx), access.Steer, access.Resource{}, ""); err != nil { // what 100 per cent is, is a national matter
		return nil, err
	}
	var set *progress.Denominator
	err := pgx.BeginFunc(ctx, s.System, func(tx pgx.Tx) (err error) {
		if set, err = progress.SetDenominator(ctx, tx, in.Body, s.Now()); err != nil {
			return err
		}
		return s.trail.Record(ctx, tx, access.Entry{
			Event: "denominator", Action: access.Steer, Resource: "obligation:" + set.Obligation, Territory: set.Unit,
			Detail: fmt.Sprintf("version %d by decision %s of %s", set.Version, set.Decision, set.DecidedOn),
		})
	})
	return set, err
}
