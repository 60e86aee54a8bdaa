package tiles

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/pg"
)

// MayRead decides whether whoever asks may see the features of a dataset of a restricted theme: nil, or the problem that says why not. It is asked for each request, of
// what is kept, too: a permission that ends ends at once.
type MayRead func(ctx context.Context, dataset int64) error

// scope is whose features tiles of the layer show. All who may read a dataset see the same.
func (l *layer) scope() pg.Scope {
	if l.restricted {
		return pg.Agencies(l.agency)
	}
	return pg.Public
}

// closed answers the layer of one dataset of a restricted theme to whoever may read it; nil where the service has nobody to ask.
func (s *Service) closed(ctx context.Context, l *layer) (*layer, error) {
	if s.mayRead == nil {
		return nil, nil
	}
	if err := s.mayRead(ctx, l.dataset); err != nil {
		return nil, err
	}
	return l, nil
}

// positionOf is the end of a dataset's part of the change log. That of a restricted one is seen by its agency only.
func (s *Service) positionOf(ctx context.Context, l *layer) (position int64, err error) {
	err = pg.InScope(ctx, s.pool, l.scope(), pgx.TxOptions{AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		return tx.QueryRow(ctx, `select coalesce(max(last), 0) from layers.change_span where dataset_id = $1 and theme = $2`, l.dataset, l.code).Scan(&position)
	})
	if err != nil {
		return 0, fmt.Errorf("reading the changes of dataset %d: %w", l.dataset, err)
	}
	return position, nil
}
