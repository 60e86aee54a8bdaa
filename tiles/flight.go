package tiles

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"nsdi/internal/errs"
)

// flights makes one piece of work of what many ask for at the same time. The work outlives each of those who wait for it, because others may wait too, and ends with the last.
type flights struct {
	mutex sync.Mutex
	under map[string]*flight
}

type flight struct {
	waiting int
	cancel  context.CancelFunc
	done    chan struct{}
	value   any
	err     error
}

// once runs f for all who ask for the same key at the same time, for tileTime at most.
func once[T any](ctx context.Context, g *flights, key string, f func(ctx context.Context) (T, error)) (T, error) {
	var none T
	one := g.join(ctx, key, func(ctx context.Context) (any, error) { return f(ctx) })
	select {
	case <-one.done:
		if one.err != nil {
			return none, one.err
		}
		return one.value.(T), nil
	case <-ctx.Done():
		g.leave(key, one)
		return none, ctx.Err()
	}
}

func (g *flights) join(ctx context.Context, key string, f func(context.Context) (any, error)) *flight {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	if one := g.under[key]; one != nil {
		one.waiting++
		return one
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), tileTime)
	one := &flight{waiting: 1, cancel: cancel, done: make(chan struct{})}
	if g.under == nil {
		g.under = map[string]*flight{}
	}
	g.under[key] = one
	go g.run(ctx, key, one, f)
	return one
}

func (g *flights) run(ctx context.Context, key string, one *flight, f func(context.Context) (any, error)) {
	defer close(one.done)
	defer one.cancel()
	defer g.forget(key, one)
	defer func() {
		if p := recover(); p != nil {
			one.err = fmt.Errorf("panic while working on %s: %v\n%s", key, p, debug.Stack())
		}
	}()
	one.value, one.err = f(ctx)
}

// forget makes the next who asks begin anew.
func (g *flights) forget(key string, one *flight) {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	if g.under[key] == one {
		delete(g.under, key)
	}
}

// leave ends the work when nobody waits for it any more. Whoever comes later begins anew, so that nobody gets an error that was another's going away.
func (g *flights) leave(key string, one *flight) {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	if one.waiting--; one.waiting == 0 {
		one.cancel()
		if g.under[key] == one {
			delete(g.under, key)
		}
	}
}

// gate admits a number of tiles to be made at once and lets a number wait; it turns the rest away.
type gate struct {
	slots chan struct{} // tiles that are made
	all   chan struct{} // and those that wait
}

const (
	// makeSlots is how many tiles are made at once. Each has a connection; more of them make none of them faster.
	makeSlots = 8
	// makeQueue is how many wait: some browsers' worth.
	makeQueue = 512
	// queueTime is how long a tile waits to be made. It leaves time to make it.
	queueTime = 10 * time.Second
)

func newGate(slots, queue int) *gate {
	return &gate{slots: make(chan struct{}, slots), all: make(chan struct{}, slots+queue)}
}

// enter waits for a slot. Whoever is let in calls the function that it answers.
func (g *gate) enter(ctx context.Context) (func(), error) {
	select {
	case g.all <- struct{}{}:
	default:
		return nil, busy()
	}
	wait := time.NewTimer(queueTime)
	defer wait.Stop()
	var err error
	select {
	case g.slots <- struct{}{}:
		return func() { <-g.slots; <-g.all }, nil
	case <-wait.C:
		err = busy()
	case <-ctx.Done():
		err = ctx.Err()
	}
	<-g.all
	return nil, err
}

func busy() error {
	return &errs.Error{
		Code: "server-busy", Status: 503, Op: "tiles.enter",
		Title:  errs.T("سامانه پر کار است", "The server is busy"),
		Detail: errs.T("کاشی‌هایی که هم‌زمان ساخته می‌شوند بیش از گنجایش است.", "More tiles are being made at once than it can make."),
		Next:   errs.T("یک ثانیه دیگر دوباره بخواهید.", "Ask again in a second."),
	}
}
