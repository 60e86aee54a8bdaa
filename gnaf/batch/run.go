package batch

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net/http"
	"runtime"

	"golang.org/x/sync/errgroup"

	"nsdi/gnaf/search"
	"nsdi/internal/errs"
)

// Finder answers questions. It is called by several at once.
type Finder interface {
	Search(ctx context.Context, q search.Query) (search.Answer, error)
}

// Format is how a file is written.
type Format string

// Formats.
const (
	CSV   Format = "csv"
	JSONL Format = "jsonl"
)

// Options of a run.
type Options struct {
	Format  Format
	Columns map[Role]string // what the caller says about columns; the rest is told by names
	MaxRows int64           // 0: any number
	Workers int             // Defaults to GOMAXPROCS.
	// Admit, when set, is asked before rows are looked up, and may wait.
	Admit func(ctx context.Context, rows int) error
	// Written, when set, is called when rows have been written, with all that were.
	Written func(s *Summary) error
}

// Summary says what became of the rows so far.
type Summary struct {
	Rows   int64            `json:"rows"`
	Levels map[string]int64 `json:"levels"` // by name of the level
}

// chunkRows is how many rows are read, looked up and written together.
const chunkRows = 64

// chunk is some rows on their way.
type chunk struct {
	rows    []row
	matches []Match
	done    chan struct{}
}

// row is one line of the file: as it came, and what it asks.
type row struct {
	cells []string // of CSV
	raw   []byte   // of JSON lines
	query search.Query
	bad   errs.Text // why it asks nothing
}

// source reads rows, sink writes them with what was found.
type source interface {
	next() (row, error)
	skip() error // the next row, unread
	empty() *row
}

type sink interface {
	write(r *row, m *Match) error
	flush() error
}

// Run looks up the rows of in and writes them to out in their order. When the file fails the rows before are written, and one that says why. Errors of the file are
// *errs.Error; rows beyond MaxRows are the error too-many-rows.
func Run(ctx context.Context, f Finder, in io.Reader, out io.Writer, o Options) (*Summary, error) {
	s := &Summary{Levels: map[string]int64{}}
	w := bufio.NewWriterSize(out, 64<<10)
	from, to, err := open(in, w, o)
	if err != nil {
		return s, err
	}
	workers := o.Workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	g, ctx := errgroup.WithContext(ctx)
	work, order := make(chan *chunk), make(chan *chunk, 2*workers)
	var reading error // told when what was read before it is written
	g.Go(func() error {
		defer close(work)
		defer close(order)
		var cancelled error
		reading, cancelled = read(ctx, from, o, work, order)
		return cancelled
	})
	for range workers {
		g.Go(func() error {
			for c := range work {
				if err := c.look(ctx, f); err != nil {
					return err
				}
				close(c.done)
			}
			return nil
		})
	}
	g.Go(func() error {
		for c := range order {
			select {
			case <-c.done:
			case <-ctx.Done():
				return ctx.Err()
			}
			if err := c.write(to, s); err != nil {
				return err
			}
			if o.Written != nil {
				if err := errors.Join(w.Flush(), o.Written(s)); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err := g.Wait(); err != nil {
		return s, errors.Join(err, w.Flush())
	}
	if told, is := errs.As(reading); is { // the last row says why there are no more
		why := errs.T(told.Title.FA+" "+told.Detail.FA, told.Title.EN+". "+told.Detail.EN)
		last := wrong(why)
		reading = errors.Join(reading, to.write(from.empty(), &last))
	}
	return s, errors.Join(reading, to.flush(), w.Flush())
}

// read hands rows on until the file ends, or they are too many. cancelled tells that nobody waits for them any more.
func read(ctx context.Context, from source, o Options, work, order chan<- *chunk) (ended, cancelled error) {
	n := int64(0)
	for ended == nil {
		c := &chunk{done: make(chan struct{})}
		for len(c.rows) < chunkRows {
			var r row
			if r, ended = from.next(); ended != nil {
				break
			}
			if n++; o.MaxRows > 0 && n > o.MaxRows {
				ended = tooMany(o.MaxRows)
				break
			}
			c.rows = append(c.rows, r)
		}
		if len(c.rows) == 0 {
			break
		}
		if o.Admit != nil {
			if err := o.Admit(ctx, len(c.rows)); err != nil {
				return err, nil
			}
		}
		for _, to := range []chan<- *chunk{order, work} {
			select {
			case to <- c:
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		}
	}
	if errors.Is(ended, io.EOF) {
		ended = nil
	}
	return ended, nil
}

// look asks for each row. What is wrong with one question is the answer to it; any other failure ends the run.
func (c *chunk) look(ctx context.Context, f Finder) error {
	c.matches = make([]Match, len(c.rows))
	for i := range c.rows {
		r := &c.rows[i]
		if !r.bad.IsZero() {
			c.matches[i] = wrong(r.bad)
			continue
		}
		a, err := f.Search(ctx, r.query)
		var refused *errs.Error
		switch {
		case err == nil:
			c.matches[i] = found(a)
		case errors.As(err, &refused) && refused.Status >= 400 && refused.Status < 500:
			why := refused.Title
			if !refused.Detail.IsZero() {
				why = refused.Detail
			}
			c.matches[i] = wrong(why)
		default:
			return err
		}
	}
	return nil
}

func (c *chunk) write(to sink, s *Summary) error {
	for i := range c.rows {
		if err := to.write(&c.rows[i], &c.matches[i]); err != nil {
			return err
		}
		s.Rows++
		s.Levels[c.matches[i].LevelName]++
	}
	return to.flush()
}

func tooMany(most int64) error {
	return &errs.Error{
		Code: "too-many-rows", Status: http.StatusRequestEntityTooLarge, Op: "batch", Location: "body",
		Title:  errs.T("ردیف‌ها بیش از اندازه‌اند", "There are too many rows"),
		Detail: errs.Tf("در یک درخواست %d ردیف پاسخ داده می‌شود.", "One request answers %d rows.", most),
		Next:   errs.T("پرونده را به ‎/v1/geocode/batches‎ بدهید تا در پس‌زمینه انجام شود.", "Hand the file to /v1/geocode/batches, where it is done in the background."),
	}
}
