package server

import (
	"context"

	"nsdi/progress"
)

type progressInput struct {
	Unit string `query:"unit" default:"IR" maxLength:"64" doc:"Code of the country or a province"`
}

// progress answers GET /v1/progress.
func (s *server) progress(ctx context.Context, in *progressInput) (*progress.Report, error) {
	return s.Progress.Report(ctx, in.Unit)
}
