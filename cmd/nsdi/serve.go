package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"nsdi/access"
	"nsdi/internal/sample"
	"nsdi/layers"
	"nsdi/progress"
)

// serveCommand is “nsdi serve”.
type serveCommand struct {
	Listen string `env:"NSDI_LISTEN" default:"127.0.0.1:8080" help:"Address to listen on."`
	Sample bool   `help:"Fill an empty database with the synthetic sample country, through the ordinary delivery path."`
	signInFlags
	serviceFlags
	uploadFlags
	mailFlags
}

// Run serves until it is told to end.
func (s *serveCommand) Run(ctx context.Context, c *cli, t terminal) (err error) {
	started := time.Now()
	if err := s.check(); err != nil {
		return err
	}
	listener, err := listen(s.Listen)
	if err != nil {
		return err
	}
	defer listener.Close()
	db, err := openDatabase(ctx, c, true, t.err)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.close()) }()
	pools, err := db.application(ctx)
	if err != nil {
		return ended(ctx, err)
	}
	defer pools.close()
	a, err := newApp(ctx, pools, c.Data, t.err, &s.signInFlags, &s.serviceFlags, &s.uploadFlags, &s.mailFlags)
	if err != nil {
		return err
	}
	a.printsFrom(listener)
	login, password, created, err := access.CreateAdministrator(ctx, pools.system)
	if err != nil {
		return ended(ctx, err)
	}
	if created { // told before anything that may take time: it is shown once
		fmt.Fprintf(t.out, "\n  account   %s\n  password  %s   (shown once; it is kept as a hash only)\n\n", login, password)
	}
	if s.Sample {
		if err := a.fill(ctx, filepath.Join(c.Data, "sample"), t.out, t.err); err != nil {
			return ended(ctx, err)
		}
	}
	fmt.Fprintf(t.out, "\n  nsdi serves on http://%s/ after %s\n\n", listener.Addr(), time.Since(started).Round(100*time.Millisecond))
	var databaseEnds <-chan struct{}
	if db.cluster != nil {
		databaseEnds = db.cluster.Done()
	}
	return a.run(ctx, listener, databaseEnds)
}

// ended makes an interruption during the start a normal end.
func ended(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// fill takes in the sample country when the database is empty, or when an earlier attempt was cut off; what that one published is then unchanged.
func (a *app) fill(ctx context.Context, dir string, out, log io.Writer) error {
	wanted, err := layers.WantsFirstData(ctx, a.system, synthetic)
	if err != nil || !wanted {
		return err
	}
	fmt.Fprintln(out, "filling the empty database with the synthetic sample country")
	summary, err := sample.Write(ctx, sample.Options{Dir: dir, Seed: defaultSeed})
	if err != nil {
		return err
	}
	if err := importManifest(ctx, a.importer, a.system, summary.Manifest, "en", out, log); err != nil {
		return err
	}
	if err := os.RemoveAll(dir); err != nil {
		return fmt.Errorf("sample: %w", err)
	}
	return progress.Recalculate(ctx, a.system)
}
