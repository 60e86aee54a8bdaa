package upload

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"nsdi/internal/errs"
)

// Tracker follows what is handed over under tracking identifiers. What it writes belongs to the given transaction.
type Tracker interface {
	// Opened answers the identifier of a delivery of an agency of which the first file is announced.
	Opened(ctx context.Context, tx pgx.Tx, agency string, note errs.Text) (string, error)
	// Moved writes down what became of a file, with the delivery's state.
	Moved(ctx context.Context, tx pgx.Tx, id, state string, note errs.Text) error
	// Parse reads an identifier as a person typed it.
	Parse(typed string) (string, error)
}

// The states of a delivery's tracking identifier before there is a submission.
const (
	Uploading = "uploading"
	Abandoned = "abandoned"
)

// Config is what Open needs.
type Config struct {
	Pool   *pgxpool.Pool // of requests: sees nothing until a transaction says for whom
	System *pgxpool.Pool // sees everything: for the question whose an upload is, and for sweeping
	// Dir is the folder of uploads under way. Open makes it. What it does not know in it goes.
	Dir     string
	Limits  Limits
	Tracker Tracker
	Now     func() time.Time // Defaults to time.Now.
	Log     *slog.Logger     // Nil: nothing is logged.
}

// Uploads are the files that are handed over and no submission has taken yet.
type Uploads struct {
	Config
	locks *locker
	busy  transfers
	// closing ends when the server does; transfers under way stop then, with what they brought kept.
	closing context.Context
	stop    context.CancelCauseFunc
}

// Open makes the folder. It starts nothing: see Sweep and Run.
func Open(c Config) (*Uploads, error) {
	c.Limits = c.Limits.Complete()
	if err := c.Limits.check(); err != nil {
		return nil, err
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("folder of uploads: %w", err)
	}
	if err := syncDir(filepath.Dir(c.Dir)); err != nil {
		return nil, fmt.Errorf("folder of uploads: %w", err)
	}
	u := &Uploads{Config: c}
	u.locks = newLocker(c.Dir)
	u.closing, u.stop = context.WithCancelCause(context.Background())
	return u, nil
}

var validID = regexp.MustCompile(`^[a-z0-9]{26}$`)

// newID names an upload so that nobody guesses it: 130 random bits.
func newID() string { return strings.ToLower(rand.Text()) }

// path answers where the bytes of an upload are.
func (u *Uploads) path(id string) string { return filepath.Join(u.Dir, id) }

// aside is a context for what has to be done although the sender may have gone.
func aside(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), askTime)
}
