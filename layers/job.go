package layers

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"nsdi/internal/pg"
)

// Jobs does the work on submissions in the background, some at a time. A job says only which submission: what is to be done follows from its state, so a job
// that comes twice does no harm.
type Jobs struct {
	client   *river.Client[pgx.Tx]
	importer *Importer
	files    *Downloads // nil: none are made here
	errands  map[string]Errand
	log      *slog.Logger
}

// advanceJob has somebody go on with a submission.
type advanceJob struct {
	Submission int64 `json:"submission"`
}

// Kind of the job in the queue.
func (advanceJob) Kind() string { return "submission" }

const (
	jobAttempts = 5
	// sweepEvery is how long a submission may wait whose process was killed.
	sweepEvery   = 15 * time.Second
	sweepsAnHour = int(time.Hour / sweepEvery)
	// turnEvery is how long a submission waits whose agency has another one worked on.
	turnEvery = time.Second
	// progressEvery is how often the rows that were done are written down.
	progressEvery = time.Second
)

// NewJobs makes the queue of an importer, with so many submissions worked on at once, and becomes its Queue. Large files of downloads, which may be nil, are made
// one at a time beside them.
func NewJobs(im *Importer, downloads *Downloads, workers int, log *slog.Logger) (*Jobs, error) {
	j := &Jobs{importer: im, files: downloads, errands: map[string]Errand{}, log: log}
	registry := river.NewWorkers()
	queues := map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: workers}, errandQueue: {MaxWorkers: 1}}
	if downloads != nil {
		downloads.jobs = j
		queues[exportQueue] = river.QueueConfig{MaxWorkers: 1}
		if err := river.AddWorkerSafely(registry, &exporter{downloads: downloads}); err != nil {
			return nil, fmt.Errorf("jobs: %w", err)
		}
	}
	if err := river.AddWorkerSafely(registry, &advancer{jobs: j}); err != nil {
		return nil, fmt.Errorf("jobs: %w", err)
	}
	if err := river.AddWorkerSafely(registry, &errander{jobs: j}); err != nil {
		return nil, fmt.Errorf("jobs: %w", err)
	}
	client, err := river.NewClient(riverpgxv5.New(im.Pool), &river.Config{
		Schema: pg.JobSchema, Queues: queues, Workers: registry, Logger: log,
		JobTimeout: -1, // reading has limits of its own, which grow with the file
	})
	if err != nil {
		return nil, fmt.Errorf("jobs: %w", err)
	}
	j.client = client
	im.Queue = j
	return j, nil
}

// Enqueue has the submission worked on when the transaction is committed.
func (j *Jobs) Enqueue(ctx context.Context, tx pgx.Tx, submission int64) error {
	if _, err := j.client.InsertTx(ctx, tx, advanceJob{submission}, &river.InsertOpts{MaxAttempts: jobAttempts}); err != nil {
		return fmt.Errorf("enqueue: %w", err)
	}
	return nil
}

// Queued reports whether a job for the submission waits. One that runs does not count: its process may be gone.
func (j *Jobs) Queued(ctx context.Context, tx pgx.Tx, submission int64) (queued bool, err error) {
	err = tx.QueryRow(ctx, `
		select exists (
			select
			from `+pg.JobSchema+`.river_job
			where kind = $1
			  and state in ('available', 'pending', 'scheduled', 'retryable')
			  and (args->>'submission')::bigint = $2)`, advanceJob{}.Kind(), submission).Scan(&queued)
	if err != nil {
		return false, fmt.Errorf("queued: %w", err)
	}
	return queued, nil
}

// Run works until ctx ends, and then lets go of what it works on: somebody else goes on with it, or this process when it is started again.
func (j *Jobs) Run(ctx context.Context) error {
	working, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	if err := j.client.Start(working); err != nil {
		return fmt.Errorf("jobs: %w", err)
	}
	for n := 0; ; n++ {
		if err := j.importer.Sweep(ctx); err != nil && ctx.Err() == nil {
			j.log.Error("sweeping submissions", "err", err)
		}
		if j.files != nil {
			if err := j.files.sweepExports(ctx); err != nil && ctx.Err() == nil {
				j.log.Error("sweeping exports", "err", err)
			}
		}
		if err := j.sweepErrands(ctx); err != nil && ctx.Err() == nil {
			j.log.Error("sweeping errands", "err", err)
		}
		if n%sweepsAnHour == 0 {
			if err := j.importer.sweepFiles(ctx); err != nil && ctx.Err() == nil {
				j.log.Error("sweeping files", "err", err)
			}
		}
		select {
		case <-ctx.Done():
			stopping, done := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
			defer done()
			if err := j.client.StopAndCancel(stopping); err != nil {
				return fmt.Errorf("jobs: %w", err)
			}
			return ctx.Err()
		case <-time.After(sweepEvery):
		}
	}
}

type advancer struct {
	river.WorkerDefaults[advanceJob]
	jobs *Jobs
}

// Work goes on with the submission. Each agency has its turn: who delivers much does not keep the others waiting.
func (a *advancer) Work(ctx context.Context, job *river.Job[advanceJob]) error {
	conn, err := a.jobs.importer.Pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("turn: %w", err)
	}
	defer conn.Release()
	var agency int64
	if err := conn.QueryRow(ctx, `select agency_id from layers.submission where id = $1`, job.Args.Submission).Scan(&agency); err != nil {
		return fmt.Errorf("turn: %w", err)
	}
	free, err := locked(ctx, conn.Conn(), lockAgency, agency, func() error { return a.advance(ctx, job) })
	if err == nil && !free {
		return river.JobSnooze(turnEvery)
	}
	return err
}

func (a *advancer) advance(ctx context.Context, job *river.Job[advanceJob]) error {
	id := job.Args.Submission
	_, err := a.jobs.importer.advance(ctx, id, recorder(ctx, a.jobs.importer.Pool, id), job.Attempt >= jobAttempts)
	switch {
	case err == nil, errors.Is(err, ErrBusy):
		return nil
	case ctx.Err() != nil:
		return err
	}
	if s, reading := submissionByID(ctx, a.jobs.importer.Pool, id); reading == nil && s.Waits() {
		return nil // it was told to the deliverer
	}
	a.jobs.log.Error("submission", "id", id, "attempt", job.Attempt, "err", err)
	return err
}

// recorder writes down how far the work is, now and then, over another connection than the work's own.
func recorder(ctx context.Context, pool *pgxpool.Pool, id int64) func(Progress) {
	var last time.Time
	stage := ""
	return func(p Progress) {
		now := time.Now()
		if p.Stage == stage && now.Sub(last) < progressEvery {
			return
		}
		last, stage = now, p.Stage
		// It is shown to people and nothing depends on it.
		_, _ = pool.Exec(ctx, `update layers.submission set progress = $2 where id = $1 and finished_at is null`, id, p)
	}
}
