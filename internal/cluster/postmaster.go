package cluster

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// How long PostgreSQL is given to end: politely, then at once.
const (
	fastShutdown      = 60 * time.Second
	immediateShutdown = 15 * time.Second
)

// codeStarting is what PostgreSQL answers while it starts or recovers.
const codeStarting = "57P03"

// postmaster is a running child process: PostgreSQL, or initdb.
type postmaster struct {
	cmd  *exec.Cmd
	done chan struct{} // closed when the process has ended
	err  error         // why it ended; set before done is closed
}

// launch starts cmd and watches it. The kernel sends it the signal whenDead should this process die without stopping it.
//
// The kernel watches the thread that started the process, not the whole of this
// process, so that thread must live as long: the goroutine keeps it for itself.
func launch(cmd *exec.Cmd, whenDead syscall.Signal) (*postmaster, error) {
	cmd.SysProcAttr.Pdeathsig = whenDead
	p := &postmaster{cmd: cmd, done: make(chan struct{})}
	started := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err != nil {
			return
		}
		p.err = cmd.Wait()
		close(p.done)
	}()
	if err := <-started; err != nil {
		return nil, err
	}
	return p, nil
}

// launch starts PostgreSQL on the home's data.
func (h home) launch(in installation) (*postmaster, error) {
	log, err := h.openStartLog()
	if err != nil {
		return nil, err
	}
	defer log.Close()
	cmd := h.command(h.path, filepath.Join(in.bin, "postgres"), "-D", h.data(), "-c", "config_file="+h.file(settingsName))
	cmd.Stdout, cmd.Stderr = log, log
	p, err := launch(cmd, syscall.SIGINT)
	if err != nil {
		return nil, fmt.Errorf("cluster: running postgres: %w", err)
	}
	return p, nil
}

func (p *postmaster) signal(s syscall.Signal) { _ = p.cmd.Process.Signal(s) }

// stop ends PostgreSQL: first with connections cut and everything written, and
// when that takes too long without, which the next start repairs from its log.
func (p *postmaster) stop() error {
	for _, step := range []struct {
		signal syscall.Signal
		wait   time.Duration
	}{
		{syscall.SIGINT, fastShutdown},
		{syscall.SIGQUIT, immediateShutdown},
		{syscall.SIGKILL, immediateShutdown},
	} {
		p.signal(step.signal)
		select {
		case <-p.done:
			return nil
		case <-time.After(step.wait):
		}
	}
	return fmt.Errorf("cluster.Stop: PostgreSQL (process %d) does not end", p.cmd.Process.Pid)
}

// waitReady waits until PostgreSQL takes connections. After a crash that is
// when it has repaired itself, which may take minutes; ctx is the only bound.
func (c *Cluster) waitReady(ctx context.Context, log io.Writer) error {
	began, said := time.Now(), false
	for {
		err := c.ping(ctx)
		if err == nil {
			return nil
		}
		var refused *pgconn.PgError
		if errors.As(err, &refused) && refused.Code != codeStarting {
			return c.home.errStart("postgres", err)
		}
		if !said && time.Since(began) > 5*time.Second {
			said = true
			fmt.Fprintln(log, "PostgreSQL is still starting; after a crash it first repairs itself")
		}
		select {
		case <-c.postmaster.done:
			return c.home.errStart("postgres", c.postmaster.err)
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// ping connects to the database that every cluster has.
func (c *Cluster) ping(ctx context.Context) error {
	return c.with(ctx, c.url(superuser, "postgres"), func(conn *pgx.Conn) error { return conn.Ping(ctx) })
}

// answers reports whether nsdi's database can be used.
func (c *Cluster) answers(ctx context.Context) bool {
	return c.with(ctx, c.URL(), func(conn *pgx.Conn) error { return conn.Ping(ctx) }) == nil
}

// with runs f on a connection of its own.
func (c *Cluster) with(ctx context.Context, url string, f func(*pgx.Conn) error) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	return f(conn)
}
