package main

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"nsdi/internal/errs"
)

// Only the error of a command that was told to end is replaced.
func TestStopped(t *testing.T) {
	t.Parallel()
	failed := fmt.Errorf("exporting tiles: %w", context.Canceled)
	ctx, cancel := context.WithCancelCause(t.Context())
	require.Equal(t, failed, stopped(ctx, failed), "nobody has stopped it")
	cancel(errors.New("terminated signal received"))
	other := errors.New("the disk is full")
	require.Equal(t, other, stopped(ctx, other))
	require.Equal(t, "stopped", errs.Code(stopped(ctx, failed)))
	require.ErrorContains(t, stopped(ctx, failed), "terminated signal received")
}
