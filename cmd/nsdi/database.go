package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/jackc/pgx/v5/pgxpool"

	"nsdi/gnaf"
	"nsdi/internal/cluster"
	"nsdi/internal/pg"
	"nsdi/layers/catalogue"
)

// database is an open, migrated database and what has to end with it.
type database struct {
	pool    *pgxpool.Pool    // the operator's
	url     string           // of the application
	cluster *cluster.Cluster // nil with DATABASE_URL
}

// openDatabase uses DATABASE_URL, or attaches to the private cluster and starts it where nothing runs it yet. With own set the cluster must be this process's:
// it is an error when another process runs it.
func openDatabase(ctx context.Context, c *cli, own bool, log io.Writer) (_ *database, err error) {
	var db database
	defer func() {
		if err != nil {
			err = errors.Join(err, db.close())
		}
	}()
	url := c.DatabaseURL
	db.url = cmp.Or(c.ApplicationURL, url)
	if url == "" {
		start := cluster.Attach
		if own {
			start = cluster.Start
		}
		db.cluster, err = start(ctx, cluster.Options{Dir: c.Data, Durable: true, Log: log})
		if err != nil {
			return nil, err
		}
		url, db.url = db.cluster.URL(), db.cluster.ApplicationURL()
	}
	db.pool, err = pg.Connect(ctx, url)
	if err != nil {
		return nil, err
	}
	if err := pg.Check(ctx, db.pool); err != nil {
		return nil, err
	}
	if err := pg.Migrate(ctx, db.pool); err != nil {
		return nil, err
	}
	if err := catalogue.Apply(ctx, db.pool); err != nil {
		return nil, err
	}
	said, err := gnaf.RemakeKeys(ctx, db.pool)
	if err != nil {
		return nil, err
	}
	if !said.IsZero() {
		fmt.Fprintln(log, said.EN)
	}
	return &db, nil
}

// pools are what the server works with, all as the role that owns nothing.
type pools struct {
	requests *pgxpool.Pool // sees nothing of any agency until a transaction says for whom
	public   *pgxpool.Pool // sees what is for everybody: tiles, which ask too often to say it each time
	system   *pgxpool.Pool // sees everything: jobs, sign-in, the question of permission
}

func (db *database) application(ctx context.Context) (_ *pools, err error) {
	var p pools
	defer func() {
		if err != nil {
			p.close()
		}
	}()
	for _, one := range []struct {
		pool  **pgxpool.Pool
		scope pg.Scope
	}{{&p.requests, pg.Nothing}, {&p.public, pg.Public}, {&p.system, pg.Everything}} {
		if *one.pool, err = pg.ConnectApplication(ctx, db.url, one.scope); err != nil {
			return nil, err
		}
	}
	if err = pg.CheckApplication(ctx, p.requests); err != nil {
		return nil, err
	}
	return &p, nil
}

func (p *pools) close() {
	for _, pool := range []*pgxpool.Pool{p.requests, p.public, p.system} {
		if pool != nil {
			pool.Close()
		}
	}
}

// close ends the connections, and the cluster if this process started it.
func (db *database) close() error {
	if db == nil {
		return nil
	}
	if db.pool != nil {
		db.pool.Close()
	}
	if db.cluster != nil {
		return db.cluster.Stop()
	}
	return nil
}

type migrateCommand struct{}

// Run migrates and does nothing else.
func (migrateCommand) Run(ctx context.Context, c *cli, t terminal) error {
	db, err := openDatabase(ctx, c, false, t.err)
	if err != nil {
		return err
	}
	return db.close()
}
