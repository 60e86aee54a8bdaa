package layers

import (
	"context"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"
)

// patience is how long a second connection is waited for: where none is free, one has to do.
const patience = 200 * time.Millisecond

// beside runs rules on a second connection, with a staging of their own, while work is done on this one's. Where none is free, the rules are asked first.
func (s *staging) beside(ctx context.Context, rules func(context.Context, *staging) error, work func(context.Context) error) error {
	waiting, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	second, err := s.pool.Acquire(waiting)
	if err != nil {
		if err := rules(ctx, s); err != nil {
			return err
		}
		return work(ctx)
	}
	defer second.Release()
	if _, err := second.Exec(ctx, `set jit = off`); err != nil { // as on the first
		return fmt.Errorf("second connection: %w", err)
	}
	other := *s
	other.conn, other.leftOut = second.Conn(), nil
	both, ctx := errgroup.WithContext(ctx)
	both.Go(func() error { return rules(ctx, &other) })
	both.Go(func() error { return work(ctx) })
	err = both.Wait()
	s.leftOut = append(s.leftOut, other.leftOut...)
	return err
}
