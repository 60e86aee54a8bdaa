package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"nsdi/access"
	"nsdi/gnaf"
	"nsdi/gnaf/persian"
	"nsdi/gnaf/search"
	"nsdi/internal/errs"
	"nsdi/internal/ogr"
	"nsdi/internal/pg"
	"nsdi/layers"
	"nsdi/tiles"
	"nsdi/tiles/archive"
)

// doctorCommand is “nsdi doctor”.
type doctorCommand struct{}

// Run checks the database and the sandbox, tells what is well and what is missing, and fails when anything is.
func (doctorCommand) Run(ctx context.Context, c *cli, t terminal) (err error) {
	var failed []error
	check := func(name string, f func() (string, error)) {
		said, err := f()
		if err != nil {
			fmt.Fprintf(t.out, "✗ %s\n", name)
			errs.Print(t.out, err)
			failed = append(failed, err)
			return
		}
		fmt.Fprintf(t.out, "✓ %s: %s\n", name, said)
	}
	check("reading deliveries", func() (string, error) {
		s, err := ogr.NewSandbox(ctx, ogr.Limits{})
		if err != nil {
			return "", err
		}
		return s.Version + ", sandboxed", nil
	})
	var db *database
	defer func() { err = errors.Join(err, db.close()) }()
	check("database", func() (_ string, err error) {
		if db, err = openDatabase(ctx, c, false, t.err); err != nil {
			return "", err
		}
		var version string
		if err := db.pool.QueryRow(ctx, `select split_part(version(), ' ', 2) || ', PostGIS ' || public.postgis_lib_version()`).Scan(&version); err != nil {
			return "", err
		}
		state, err := pg.MigrationState(ctx, db.pool)
		if err != nil {
			return "", err
		}
		return fmt.Sprintf("PostgreSQL %s, schema %d of %d", version, state.Current, state.Want), nil
	})
	if db != nil {
		check("tracking identifiers", func() (string, error) {
			identifiers, events, err := access.VerifyTracking(ctx, db.pool)
			return fmt.Sprintf("%d with %d events, chains whole", identifiers, events), err
		})
		check("submissions", func() (string, error) {
			w, err := layers.Waiting(ctx, db.pool)
			return fmt.Sprintf("%d wait for their uploader, %d for a reviewer, %d for a publisher, %d are worked on; %d jobs failed; %d staging tables without a submission",
				w.Uploader, w.Reviewer, w.Publisher, w.Work, w.FailedJobs, w.LeftTables), err
		})
		check("keys of texts", func() (string, error) {
			version, err := gnaf.KeyVersion(ctx, db.pool)
			return fmt.Sprintf("version %d of %d", version, persian.Version), err
		})
		check("sizes of tiles", func() (string, error) {
			themes, err := tiles.TooLarge(ctx, db.pool)
			return fmt.Sprintf("%d themes are drawn together at low zooms, no tile above %d KB", themes, tiles.Budget/1000), err
		})
		check("audit trail", func() (string, error) {
			entries, head, err := access.VerifyAudit(ctx, db.pool)
			return fmt.Sprintf("%d entries, chain whole, its end is %x", entries, head), err
		})
	}
	check("tiles made beforehand", func() (string, error) {
		layers, many, bytes, err := archive.Inspect(tilesFolder(c.Data))
		switch {
		case err != nil:
			return "", damagedTiles(err)
		case layers == 0:
			return "none yet; the server makes them when it runs", nil
		}
		return fmt.Sprintf("%d of %d layers, %.1f MiB, whole", many, layers, float64(bytes)/(1<<20)), nil
	})
	check("index of addresses", func() (string, error) {
		about, err := search.Inspect(searchFolder(c.Data))
		switch {
		case err != nil:
			return "", damagedIndex(err)
		case about.Made.IsZero():
			return "none yet; the server builds it when it starts", nil
		}
		return fmt.Sprintf("%d units at %d sites on %d ways, %.1f bytes a unit, built %s, whole",
			about.Units, about.Sites, about.Ways, float64(about.Bytes)/float64(max(1, about.Units)), about.Made.UTC().Format(time.RFC3339)), nil
	})
	if len(failed) > 0 {
		return errors.New("something is missing; see above")
	}
	return nil
}

// damagedTiles tells of an archive that cannot be read. The server answers all the same, and makes it anew.
func damagedTiles(err error) error {
	return &errs.Error{
		Code: "tile-archive-unreadable", Op: "doctor", Err: err,
		Title:  errs.T("بایگانی کاشی‌ها خوانده نمی‌شود", "The archive of tiles cannot be read"),
		Detail: errs.T("پرونده‌ای آسیب دیده یا ناتمام است. کاشی‌ها هنگام درخواست ساخته می‌شوند.", "A file is damaged or not whole. Tiles are made when they are asked for."),
		Next:   errs.T("کارساز آن را از نو می‌سازد؛ اگر دوباره پیش آمد دیسک را بیازمایید.", "The server makes it anew; if it happens again, test the disk."),
	}
}

// damagedIndex tells of an index that cannot be read. It costs nothing but the time to build it: the register is in the database.
func damagedIndex(err error) error {
	return &errs.Error{
		Code: "search-index-unreadable", Op: "doctor", Err: err,
		Title:  errs.T("نمایه نشانی‌ها خوانده نمی‌شود", "The index of addresses cannot be read"),
		Detail: errs.T("پرونده آسیب دیده یا از نسخه دیگری از برنامه است.", "The file is damaged, or of another version of the program."),
		Next:   errs.T("کارساز را دوباره راه بیندازید؛ نمایه از نو ساخته می‌شود.", "Start the server again: it builds the index anew."),
	}
}
