// Package together makes one piece of work of what many ask for at once, such as one transaction for the records of many requests.
package together

import (
	"context"
	"errors"
	"sync"
	"time"
)

// Group collects what is asked while work is under way, and hands it over as one when that ends. Whoever comes first does the work for all who come until it
// begins: no goroutine outlives the questions, and nobody waits for more than the work before his own.
type Group[In, Out any] struct {
	do    func(ctx context.Context, all []In) ([]Out, error)
	slots chan struct{}
	most  int

	mu   sync.Mutex
	open *batch[In, Out] // nil: the next who asks begins one
}

type batch[In, Out any] struct {
	in   []In
	out  []Out
	err  error
	done chan struct{}
}

// workTime bounds one piece of work. It does not end with the request of whoever happens to do it for the others.
const workTime = 10 * time.Second

var errBroken = errors.New("together: the work broke off")

// New makes a group that works on so many batches at once, each of so many questions at most. do answers each of all, in order.
func New[In, Out any](slots, most int, do func(ctx context.Context, all []In) ([]Out, error)) *Group[In, Out] {
	return &Group[In, Out]{do: do, slots: make(chan struct{}, slots), most: most}
}

// Ask answers one question. The work that answers it begins after Ask was called.
func (g *Group[In, Out]) Ask(ctx context.Context, in In) (out Out, err error) {
	g.mu.Lock()
	b := g.open
	leads := b == nil
	if leads {
		b = &batch[In, Out]{done: make(chan struct{})}
		g.open = b
	}
	at := len(b.in)
	b.in = append(b.in, in)
	if len(b.in) == g.most {
		g.open = nil
	}
	g.mu.Unlock()
	if leads {
		g.lead(ctx, b)
	} else {
		select {
		case <-b.done:
		case <-ctx.Done():
			return out, ctx.Err()
		}
	}
	if b.err != nil {
		return out, b.err
	}
	return b.out[at], nil
}

func (g *Group[In, Out]) lead(ctx context.Context, b *batch[In, Out]) {
	g.slots <- struct{}{}
	defer func() { <-g.slots }()
	g.mu.Lock()
	if g.open == b {
		g.open = nil
	}
	in := b.in // nobody joins from here on
	g.mu.Unlock()
	defer close(b.done)
	b.err = errBroken // what a panic leaves to those who wait
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), workTime)
	defer cancel()
	b.out, b.err = g.do(ctx, in)
	if b.err == nil && len(b.out) != len(in) {
		b.err = errBroken
	}
}
