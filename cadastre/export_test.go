package cadastre

import (
	"context"

	"nsdi/internal/errs"
	"nsdi/layers"
)

// StoreOfBlocks is the store with blocks of that size.
func StoreOfBlocks(size int) layers.Store {
	s := Store()
	s.Examine = func(ctx context.Context, e *layers.Examination) ([]errs.Text, error) { return examine(ctx, e, size) }
	return s
}
