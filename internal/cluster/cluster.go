package cluster

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"time"

	"nsdi/internal/pg"
)

// Names inside the private cluster.
const (
	databaseName = "nsdi"
	roleName     = "nsdi"
	superuser    = "postgres"
)

// Options say which cluster to run and how.
type Options struct {
	// Dir is the data folder, NSDI_DATA. It is made when absent. Defaults to "var".
	Dir string
	// Durable asks for every commit to be on disk. Without it a power cut may
	// destroy the cluster: for throw-away databases only. Defaults to false.
	Durable bool
	// Log takes one line for each step that takes time. Defaults to none.
	Log io.Writer
	// System is where PostgreSQL is installed. Defaults to Debian's places.
	System System
}

// Cluster is a running private cluster.
type Cluster struct {
	home       home
	socket     string
	lock       *os.File    // nil when another process runs the cluster
	postmaster *postmaster // likewise
	stop       sync.Once
	stopErr    error
}

// Start makes the cluster when it is absent and runs it. ctx bounds the start
// only. While another process runs it, Start fails with code "cluster-running".
func Start(ctx context.Context, o Options) (*Cluster, error) {
	o, h, err := prepare(o)
	if err != nil {
		return nil, err
	}
	lock, err := h.lock()
	if err != nil {
		return nil, err
	}
	return start(ctx, h, o, lock)
}

// Attach connects to the cluster that another process runs, and starts it when
// none does. Stop then stops only what this call started. It waits while the
// other process is still starting, as long as ctx allows.
func Attach(ctx context.Context, o Options) (*Cluster, error) {
	o, h, err := prepare(o)
	if err != nil {
		return nil, err
	}
	for {
		lock, lockErr := h.lock()
		if lockErr == nil {
			return start(ctx, h, o, lock)
		}
		if !isRunning(lockErr) {
			return nil, lockErr
		}
		if socket, err := h.readSocket(); err == nil {
			c := &Cluster{home: h, socket: socket}
			if c.answers(ctx) {
				return c, nil
			}
		}
		if err := sleep(ctx, 100*time.Millisecond); err != nil {
			return nil, errors.Join(lockErr, err)
		}
	}
}

func prepare(o Options) (Options, home, error) {
	if o.Dir == "" {
		o.Dir = "var"
	}
	if o.Log == nil {
		o.Log = io.Discard
	}
	o.System = o.System.withDefaults()
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return o, home{}, fmt.Errorf("cluster: data folder: %w", err)
	}
	o.Dir = dir
	h, err := openHome(dir, o.Log)
	return o, h, err
}

// start runs with the lock held, and gives it back when it fails.
func start(ctx context.Context, h home, o Options, lock *os.File) (_ *Cluster, err error) {
	c := &Cluster{home: h, lock: lock}
	defer func() {
		if err != nil {
			err = errors.Join(err, c.Stop())
		}
	}()
	install, err := o.System.choose(h.version())
	if err != nil {
		return nil, err
	}
	if err := h.clearDead(ctx, o.Log); err != nil {
		return nil, err
	}
	if h.version() == "" {
		fmt.Fprintf(o.Log, "making a PostgreSQL %d cluster in %s\n", install.major, h.path)
		if err := h.initdb(ctx, install, o.Durable); err != nil {
			return nil, err
		}
	}
	if c.socket, err = h.makeSocketDir(); err != nil {
		return nil, err
	}
	if err := h.writeSettings(c.socket, o.Durable); err != nil {
		return nil, err
	}
	if c.postmaster, err = h.launch(install); err != nil {
		return nil, err
	}
	if err := c.waitReady(ctx, o.Log); err != nil {
		return nil, err
	}
	if err := c.furnish(ctx); err != nil {
		return nil, err
	}
	return c, nil
}

// URL is the address of the database "nsdi", for pg.Connect and for libpq.
func (c *Cluster) URL() string { return c.url(roleName, databaseName) }

// ApplicationURL is the same database for the server, which connects as the role that owns nothing.
func (c *Cluster) ApplicationURL() string { return c.url(pg.ApplicationRole, databaseName) }

func (c *Cluster) url(role, database string) string {
	// Host and port are said in full: PGHOST and PGPORT of the environment fill what is left out.
	q := url.Values{"host": {c.socket}, "port": {"5432"}}
	return "postgres://" + role + "@/" + database + "?" + q.Encode()
}

// Own reports whether this process runs the cluster, rather than another one
// to which Attach has connected.
func (c *Cluster) Own() bool { return c.lock != nil }

// Home is the folder in which the cluster's files lie.
func (c *Cluster) Home() string { return c.home.path }

// Done is closed when PostgreSQL has ended, by Stop or by itself. For an
// attached cluster it is nil, which blocks for ever.
func (c *Cluster) Done() <-chan struct{} {
	if c.postmaster == nil {
		return nil
	}
	return c.postmaster.done
}

// Stop ends PostgreSQL, when this process runs it, and waits until all is
// written. It may be called more than once, and at once.
func (c *Cluster) Stop() error {
	c.stop.Do(func() {
		if c.lock == nil {
			return
		}
		if c.postmaster != nil {
			c.stopErr = c.postmaster.stop()
		}
		if c.stopErr == nil && c.socket != "" {
			c.stopErr = c.home.removeSocketDir(c.socket)
		}
		c.stopErr = errors.Join(c.stopErr, unlock(c.lock))
	})
	return c.stopErr
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
