package main

import (
	"context"
	"errors"
	"io"

	"github.com/jackc/pgx/v5/pgxpool"

	"nsdi/internal/cluster"
	"nsdi/internal/pg"
)

// database is an open, migrated database and what has to end with it.
type database struct {
	pool    *pgxpool.Pool
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
	if url == "" {
		start := cluster.Attach
		if own {
			start = cluster.Start
		}
		db.cluster, err = start(ctx, cluster.Options{Dir: c.Data, Durable: true, Log: log})
		if err != nil {
			return nil, err
		}
		url = db.cluster.URL()
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
	return &db, nil
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
