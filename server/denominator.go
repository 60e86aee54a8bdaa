package server

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"nsdi/access"
	"nsdi/progress"
)

const (
	denominatorsPath = "/v1/progress/denominators"
	approvalsPath    = denominatorsPath + "/layers"
)

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

type denominatorLayersBody struct {
	Layers []progress.DenominatorLayer `json:"layers"`
}

// denominatorLayers answers GET /v1/progress/denominators/layers.
func (s *server) denominatorLayers(ctx context.Context, _ *struct{}) (*denominatorLayersBody, error) {
	list, err := s.Progress.DenominatorLayers(ctx)
	return &denominatorLayersBody{list}, err
}

type approveInput struct {
	Body progress.NewApproval
}

// approve answers POST /v1/progress/denominators/layers.
func (s *server) approve(ctx context.Context, in *approveInput) (*progress.DenominatorLayer, error) {
	var l *progress.DenominatorLayer
	err := pgx.BeginFunc(ctx, s.System, func(tx pgx.Tx) (err error) {
		if l, err = progress.Approve(ctx, tx, in.Body, s.Now()); err != nil {
			return err
		}
		return s.trail.Record(ctx, tx, access.Entry{
			Event: "denominator", Action: access.Steer, Resource: fmt.Sprintf("dataset:%d", l.Dataset),
			Detail: fmt.Sprintf("version %d of %s by decision %s of %s", l.Version, l.Theme, in.Body.Decision, in.Body.DecidedOn),
		})
	})
	return l, err
}
