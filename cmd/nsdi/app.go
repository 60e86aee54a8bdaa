package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/sync/errgroup"

	"nsdi/access"
	"nsdi/cadastre"
	"nsdi/gnaf"
	"nsdi/gnaf/batch"
	"nsdi/gnaf/search"
	"nsdi/internal/errs"
	"nsdi/internal/ogr"
	"nsdi/internal/printer"
	"nsdi/layers"
	"nsdi/layers/reading"
	"nsdi/layers/upload"
	"nsdi/progress"
	"nsdi/server"
	"nsdi/tiles"
	"nsdi/tiles/archive"
	"nsdi/web"
)

// app is the running server: this file is the only place where packages are wired together.
type app struct {
	system   *pgxpool.Pool
	importer *layers.Importer
	jobs     *layers.Jobs
	uploads  *upload.Uploads
	follower *progress.Follower
	together *tiles.Generaliser
	ahead    *tiles.Archivist
	archive  *archive.Store
	codes    *gnaf.Directory
	printer  *printer.Chromium // nil: there is no browser that prints
	search   *search.Engine
	http     *http.Server
	log      *slog.Logger
}

// shutdownTime is what requests that are under way get when the server ends.
const shutdownTime = 10 * time.Second

// jobWorkers is how many submissions are worked on at once: each is a reading process and a connection that are mostly busy.
const jobWorkers = 2

func newApp(ctx context.Context, p *pools, data string, logTo io.Writer, signIn *signInFlags, service *serviceFlags, intake *uploadFlags, post *mailFlags) (*app, error) {
	provider, err := signIn.provider()
	if err != nil {
		return nil, err
	}
	terms, err := service.terms()
	if err != nil {
		return nil, err
	}
	importer, err := newImporter(ctx, p.system, data)
	if err != nil {
		return nil, err
	}
	importer.MaxFeatures, importer.MaxLayers = intake.MaxFeatures, intake.MaxLayers
	log := slog.New(slog.NewTextHandler(logTo, nil))
	downloads := &layers.Downloads{Sandbox: importer.Reader.Sandbox, Folder: filepath.Join(data, "downloads"), Now: time.Now, Stamp: access.Stamp, Tables: gnaf.Formats()}
	jobs, err := layers.NewJobs(importer, downloads, jobWorkers, slog.New(slog.NewTextHandler(logTo, &slog.HandlerOptions{Level: slog.LevelWarn})).With("part", "jobs"))
	if err != nil {
		return nil, err
	}
	pages, err := fs.Sub(web.Dist, "dist")
	if err != nil {
		return nil, err
	}
	uploads, err := intake.open(p, data, log)
	if err != nil {
		return nil, err
	}
	codes := gnaf.NewDirectory(p.requests, service.CodesInMemory, log)
	finder := newSearch(p.requests, data, log)
	ahead, err := archive.Open(tilesFolder(data))
	if err != nil {
		return nil, err
	}
	permissions := &access.Permissions{Pool: p.system, Now: time.Now}
	tileService := tiles.NewWith(p.public, tiles.Settings{CacheBytes: service.TileCacheBytes, Archive: ahead, MayRead: server.MayRead(permissions)})
	print := printer.Find("")
	deps := server.Deps{
		Pool:      p.requests,
		System:    p.system,
		Geocoder:  &gnaf.Geocoder{Pool: p.requests, Search: finder},
		Directory: codes,
		Tiles:     tileService,
		Progress:  &progress.Service{Pool: p.requests, Now: time.Now},
		Stores:    importer.Stores,
		Exports:   downloads,
		Importer:  importer,
		Jobs:      jobs,
		Batches:   &batch.Orders{Pool: p.system, Dir: filepath.Join(data, "batches"), Now: time.Now},
		Templates: &layers.Templates{Pool: p.requests, Sandbox: importer.Reader.Sandbox},
		Web:       pages,
		Sample:    func(ctx context.Context) (bool, error) { return layers.HasNotice(ctx, p.requests, synthetic) },
		Uploads:   uploads,
		Log:       log,
		Version:   version(),

		Keys: &access.Keys{Pool: p.system}, Permissions: permissions,
		Provider: provider, PublicURL: signIn.PublicURL, TrustedProxies: signIn.Proxy,
		PublicQuotas: &access.PublicQuotas{Factor: service.PublicQuota}, Terms: terms, DownloadLife: service.DownloadLife, CertificateDays: service.CertificateDays,
	}
	if deps.Letters, err = post.letters(p.system, deps.Progress, signIn.PublicURL); err != nil {
		return nil, err
	}
	if print != nil {
		deps.Printer = print
	}
	handler := server.New(deps)
	a := &app{
		printer: print,
		system:  p.system, importer: importer, jobs: jobs, uploads: uploads, follower: &progress.Follower{Pool: p.system, Log: log}, together: &tiles.Generaliser{Pool: p.system, Log: log}, ahead: &tiles.Archivist{Service: tileService, Log: log}, archive: ahead, codes: codes, search: finder, http: server.HTTP(handler), log: log,
	}
	a.http.RegisterOnShutdown(uploads.Close) // a transfer would hold up the end as long as it moves
	return a, nil
}

// newSearch is the address search, with its index in the data folder.
func newSearch(pool *pgxpool.Pool, data string, log *slog.Logger) *search.Engine {
	return &search.Engine{Folder: searchFolder(data), DB: pool, Log: log}
}

func tilesFolder(data string) string { return filepath.Join(data, "tiles") }

func searchFolder(data string) string { return filepath.Join(data, "search") }

// newImporter wires the delivery pipeline with the stores of all domains.
func newImporter(ctx context.Context, pool *pgxpool.Pool, data string) (*layers.Importer, error) {
	sandbox, err := ogr.NewSandbox(ctx, ogr.Limits{})
	if err != nil {
		return nil, err
	}
	return &layers.Importer{
		Pool:    pool,
		Reader:  &reading.Reader{Sandbox: sandbox},
		Stores:  []layers.Store{layers.FeatureStore(), layers.RestrictedStore(), cadastre.Store(), gnaf.Store(), gnaf.NameStore()},
		Now:     time.Now,
		Tracker: tracker{},
		Dir:     filepath.Join(data, "deliveries"),
	}, nil
}

// run serves until ctx ends, or something that it needs does.
func (a *app) run(ctx context.Context, listener net.Listener, databaseEnds <-chan struct{}) error {
	listener = server.Listener(listener)
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		if err := a.follower.Run(ctx); !errors.Is(err, context.Canceled) {
			return err
		}
		return nil
	})
	g.Go(func() error {
		if err := a.together.Run(ctx); !errors.Is(err, context.Canceled) {
			return err
		}
		return nil
	})
	g.Go(func() error {
		if err := a.ahead.Run(ctx); !errors.Is(err, context.Canceled) {
			return err
		}
		return nil
	})
	g.Go(func() error {
		if err := a.codes.Run(ctx); !errors.Is(err, context.Canceled) {
			return err
		}
		return nil
	})
	g.Go(func() error {
		defer a.search.Close()
		if err := a.search.Run(ctx); !errors.Is(err, context.Canceled) {
			return err
		}
		return nil
	})
	g.Go(func() error {
		if err := a.jobs.Run(ctx); !errors.Is(err, context.Canceled) {
			return err
		}
		return nil
	})
	g.Go(func() error {
		if err := a.uploads.Run(ctx); !errors.Is(err, context.Canceled) {
			return err
		}
		return nil
	})
	g.Go(func() error {
		if err := a.http.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serve: %w", err)
		}
		return nil
	})
	g.Go(func() error {
		var cause error
		select {
		case <-ctx.Done():
		case <-databaseEnds:
			cause = errors.New("the database ended by itself; see its log in the data folder")
		}
		ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTime)
		defer cancel()
		return errors.Join(cause, server.Shutdown(ending, a.http, listener))
	})
	defer a.archive.Close()
	return g.Wait()
}

// listen takes the address before anything else is started, so that a taken one is told at once.
func listen(address string) (net.Listener, error) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, &errs.Error{
			Code: "address-unavailable", Op: "serve", Err: err, Value: address,
			Title: errs.Tf("نشانی %s در دسترس نیست", "The address %s cannot be listened on", address),
			Next:  errs.T("نشانی دیگری بدهید: NSDI_LISTEN=127.0.0.1:8081", "Give another: NSDI_LISTEN=127.0.0.1:8081"),
		}
	}
	return l, nil
}

// printsFrom says where the browser that prints finds the pages: on this machine, whatever name the server listens on.
func (a *app) printsFrom(listener net.Listener) {
	if at, is := listener.Addr().(*net.TCPAddr); is && a.printer != nil {
		host := at.IP
		if host.IsUnspecified() {
			host = net.IPv4(127, 0, 0, 1)
		}
		a.printer.Base = "http://" + net.JoinHostPort(host.String(), strconv.Itoa(at.Port))
	}
}
