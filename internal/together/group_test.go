package together_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"nsdi/internal/together"
)

// Whoever comes while work is under way is answered by the next piece of work, all at once, each with his own answer.
func TestWhatComesMeanwhileIsOnePiece(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var sizes []int
		g := together.New(1, 5, func(_ context.Context, all []int) ([]int, error) {
			time.Sleep(time.Second)
			mu.Lock()
			defer mu.Unlock()
			sizes = append(sizes, len(all))
			out := make([]int, len(all))
			for i, n := range all {
				out[i] = n * n
			}
			return out, nil
		})
		var asking errgroup.Group
		ask := func(n int) {
			asking.Go(func() error {
				out, err := g.Ask(t.Context(), n)
				if err == nil && out != n*n {
					err = errors.New("somebody else's answer")
				}
				return err
			})
		}
		ask(0)
		synctest.Wait() // the first works
		for n := range 7 {
			ask(n + 1)
		}
		require.NoError(t, asking.Wait())
		require.Len(t, sizes, 3)
		require.Equal(t, 1, sizes[0])
		require.ElementsMatch(t, []int{5, 2}, sizes[1:], "five fill a batch; which of the two goes first is open")
	})
}

// Who gives up does not take the others along, neither as one who waits nor as the one who works for all.
func TestWhoGivesUpLeavesTheOthers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := together.New(1, 100, func(ctx context.Context, all []int) ([]int, error) {
			select {
			case <-time.After(time.Second):
				return all, nil
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		})
		leader, leave := context.WithCancel(t.Context())
		var asking errgroup.Group
		asking.Go(func() error { _, err := g.Ask(leader, 1); return err })
		synctest.Wait()
		second, leave2 := context.WithCancel(t.Context())
		asking.Go(func() error { _, err := g.Ask(second, 2); return err })
		synctest.Wait()
		impatient, giveUp := context.WithTimeout(t.Context(), time.Millisecond)
		defer giveUp()
		_, err := g.Ask(impatient, 3)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		leave()
		leave2()
		require.NoError(t, asking.Wait())
	})
}

// An error is everybody's, and what panics leaves nobody waiting.
func TestBrokenWork(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := together.New(1, 100, func(_ context.Context, all []int) ([]int, error) {
			time.Sleep(time.Second)
			if len(all) > 1 {
				panic("broken")
			}
			return nil, errors.New("refused")
		})
		var asking errgroup.Group
		asking.Go(func() error { _, err := g.Ask(t.Context(), 1); return err })
		synctest.Wait()
		ends := make(chan any, 2)
		for range 2 {
			asking.Go(func() (err error) {
				defer func() {
					if v := recover(); v != nil {
						ends <- v
					} else {
						ends <- err.Error()
					}
				}()
				_, err = g.Ask(t.Context(), 2)
				return err
			})
		}
		require.Error(t, asking.Wait())
		require.ElementsMatch(t, []any{"broken", "together: the work broke off"}, []any{<-ends, <-ends})
	})
}
