package layers

import (
	"context"
	"fmt"
)

// Waits counts what waits, and for whom.
type Waits struct {
	Uploader, Reviewer, Publisher, Work int64
	FailedJobs                          int64 // given up, or tried in vain and waiting to be tried again
	LeftTables                          int64 // staging tables of submissions that need none
}

// Waiting counts over a connection that sees everything.
func Waiting(ctx context.Context, q Querier) (w Waits, err error) {
	err = q.QueryRow(ctx, `
		select count(*) filter (where state in ('inspected', 'validated')), count(*) filter (where state = 'submitted'), count(*) filter (where state = 'reviewed'),
		  count(*) filter (where state in ('received', 'confirmed', 'approved')),
		  (select count(*)
		  from pg_tables t
		  where t.schemaname = 'staging'
		    and t.tablename ~ '^[rsfcd][0-9]{1,18}$'
		    and not exists (
		      select from layers.submission s
		      where s.id = substring(t.tablename from 2)::bigint
		        and s.state in ('confirmed', 'validated', 'submitted', 'reviewed', 'approved')))
		from layers.submission`).Scan(&w.Uploader, &w.Reviewer, &w.Publisher, &w.Work, &w.LeftTables)
	if err != nil {
		return w, fmt.Errorf("submissions: %w", err)
	}
	var jobs bool
	if err := q.QueryRow(ctx, `select to_regclass('river.river_job') is not null`).Scan(&jobs); err != nil {
		return w, fmt.Errorf("jobs: %w", err)
	}
	if !jobs { // no server has run on this database yet
		return w, nil
	}
	if err := q.QueryRow(ctx, `select count(*) from river.river_job where state in ('retryable', 'discarded')`).Scan(&w.FailedJobs); err != nil {
		return w, fmt.Errorf("jobs: %w", err)
	}
	return w, nil
}
