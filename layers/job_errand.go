package layers

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"nsdi/internal/pg"
)

// Errand is work of another package that is done in the background, one at a time. Whoever does it may end on the way: it is begun again, and has to go on from where it
// stood.
type Errand struct {
	Kind string
	// Work does the one with an id. An error has it tried again; last tells that it is not.
	Work func(ctx context.Context, id string, last bool) error
	// Open answers which are not finished.
	Open func(ctx context.Context) ([]string, error)
}

const (
	errandQueue    = "errand"
	errandAttempts = 5
)

// errandJob has somebody do an errand.
type errandJob struct {
	Errand string `json:"errand"`
	ID     string `json:"id"`
}

// Kind of the job in the queue.
func (errandJob) Kind() string { return "errand" }

// Take makes the errand one that can be sent. It is called before Run.
func (j *Jobs) Take(e Errand) { j.errands[e.Kind] = e }

// Send has an errand done when the transaction is committed.
func (j *Jobs) Send(ctx context.Context, tx pgx.Tx, kind, id string) error {
	if _, err := j.client.InsertTx(ctx, tx, errandJob{kind, id}, &river.InsertOpts{Queue: errandQueue, MaxAttempts: errandAttempts}); err != nil {
		return fmt.Errorf("errand: %w", err)
	}
	return nil
}

type errander struct {
	river.WorkerDefaults[errandJob]
	jobs *Jobs
}

// Work does the errand, unless another process is at it.
func (w *errander) Work(ctx context.Context, job *river.Job[errandJob]) error {
	e, taken := w.jobs.errands[job.Args.Errand]
	if !taken {
		return fmt.Errorf("errand %s: nobody does it here", job.Args.Errand)
	}
	conn, err := w.jobs.importer.Pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("errand: %w", err)
	}
	defer conn.Release()
	_, err = lockedExport(ctx, conn.Conn(), e.Kind+" "+job.Args.ID, func() error { return e.Work(ctx, job.Args.ID, job.Attempt >= errandAttempts) })
	return err
}

// sweepErrands sends again what a killed process left.
func (j *Jobs) sweepErrands(ctx context.Context) error {
	for _, e := range j.errands {
		ids, err := e.Open(ctx)
		if err != nil {
			return fmt.Errorf("sweeping errands: %w", err)
		}
		for _, id := range ids {
			if err := j.sendAgain(ctx, e.Kind, id); err != nil {
				return fmt.Errorf("sweeping errands: %w", err)
			}
		}
	}
	return nil
}

func (j *Jobs) sendAgain(ctx context.Context, kind, id string) error {
	conn, err := j.importer.Pool.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	var queued bool
	err = conn.QueryRow(ctx, `
		select exists (
			select
			from `+pg.JobSchema+`.river_job
			where kind = $1
			  and state in ('available', 'pending', 'scheduled', 'retryable')
			  and args->>'errand' = $2
			  and args->>'id' = $3)`, errandJob{}.Kind(), kind, id).Scan(&queued)
	if err != nil || queued {
		return err
	}
	_, err = lockedExport(ctx, conn.Conn(), kind+" "+id, func() error {
		return pgx.BeginFunc(ctx, conn.Conn(), func(tx pgx.Tx) error { return j.Send(ctx, tx, kind, id) })
	})
	return err
}
