package layers

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// copier writes batches to the staging tables while the next ones are being read. It holds the connection until it is closed.
type copier struct {
	conn    *pgx.Conn
	tables  tables
	batches chan batch
	failed  chan struct{} // closed when a batch could not be written
	done    chan struct{}
	err     error // readable when failed or done is closed
}

// batch is some rows that have to be placed, of the staged table (those that need no transformation), and of the finding table; and the reference systems by the number
// that stands in the rows.
type batch struct {
	rows, placed, findings [][]any
	crs                    []string
}

// rawColumns are those of a row as it was read.
func rawColumns() []string {
	return []string{"ord", "source", "row_number", "key", "hash", "attributes", "derived", "alike", "crs", "source_geom"}
}

func newCopier(ctx context.Context, conn *pgx.Conn, t tables) *copier {
	// One batch waits while one is written and one is filled, so memory is bounded.
	c := &copier{conn: conn, tables: t, batches: make(chan batch, 1), failed: make(chan struct{}), done: make(chan struct{})}
	go c.run(ctx)
	return c
}

func (c *copier) run(ctx context.Context) {
	defer close(c.done)
	for b := range c.batches {
		if c.err != nil {
			continue // the sender is about to see it
		}
		if c.err = c.write(ctx, b); c.err != nil {
			close(c.failed)
		}
	}
}

func (c *copier) write(ctx context.Context, b batch) error {
	if len(b.rows) > 0 {
		if err := c.place(ctx, b); err != nil {
			return err
		}
	}
	for _, to := range []struct {
		table   string
		columns []string
		rows    [][]any
	}{
		{c.tables.staged, append(rawColumns(), "geom"), b.placed},
		{c.tables.finding, []string{"ord", "rule", "field", "value", "found", "place", "proposed", "measure", "unit", "other_key"}, b.findings},
	} {
		if len(to.rows) == 0 {
			continue
		}
		if _, err := c.conn.CopyFrom(ctx, identifier(to.table), to.columns, pgx.CopyFromRows(to.rows)); err != nil {
			return fmt.Errorf("staging: %w", err)
		}
	}
	return nil
}

// send hands over a batch, or answers why an earlier one could not be written.
func (c *copier) send(b batch) error {
	select {
	case <-c.failed:
		return c.err
	case c.batches <- b:
		return nil
	}
}

// close waits until all is written, and gives the connection back.
func (c *copier) close() error {
	close(c.batches)
	<-c.done
	return c.err
}
