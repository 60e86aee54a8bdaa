package main

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"nsdi/bench/geocoding"
	"nsdi/bench/geocoding/country"
	"nsdi/internal/pg"
	"nsdi/layers/catalogue"
)

func run(ctx context.Context, f flags) error {
	for _, dir := range []string{f.out, f.work} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
	}
	o := country.Options{Rows: f.rows, Seed: f.seed}
	pool, drop, err := f.load(ctx, o)
	if err != nil {
		return err
	}
	defer drop()
	sample := geocoding.NewSample(country.Rows(o), f.seed)
	questions := sample.Classes(f.seed, f.perClass)
	matrix := sample.Matrix(f.seed, f.perCell)
	if err := write(filepath.Join(f.work, "questions.csv"), func(w *os.File) error { return geocoding.WriteTester(w, questions) }); err != nil {
		return err
	}
	report := &geocoding.Report{Date: time.Now().UTC().Format(time.DateOnly), Machine: fmt.Sprintf("%d cores, %s", runtime.NumCPU(), runtime.Version()), Seed: strconv.FormatUint(f.seed, 10), Rows: f.rows}
	s := suite{flags: f, ctx: ctx, report: report}
	before := anonymousMemory()
	engine, facts, err := f.engine(ctx, pool)
	if err != nil {
		return err
	}
	defer engine.Close()
	s.measure(engine, questions, matrix, facts...)
	s.speeds(engine, questions)
	if s.err != nil {
		return s.err
	}
	if err := s.stations(&s.also, engine); err != nil {
		return err
	}
	if f.fit != "" {
		others, err := geocoding.Ask(ctx, engine, sample.Classes(f.seed+1, f.perClass), runtime.NumCPU())
		if err == nil {
			err = s.calibrate(s.report.Runs[0].OfClasses(), others)
		}
		if err != nil {
			return err
		}
	}
	engine.Time = 0                 // as in operation
	mix := geocoding.Mix(questions) // class after class, the slowest would come all at once
	s.load(engine, mix)
	s.loadWhileSwapped(engine, mix, pool)
	s.fact("حافظه افزون بر پرونده نمایه", "memory beside the mapped file", fmt.Sprintf("%.0f MB", float64(anonymousMemory()-before)/1e6))
	s.loadOverHTTP(engine, mix, pool)
	if f.real {
		if err := s.reals(&s.also); err != nil {
			return err
		}
	}
	if f.perPeer > 0 && pool != nil {
		s.peers(pool, o, sample.Classes(f.seed, f.perPeer))
	}
	if s.err != nil {
		return s.err
	}
	return s.write()
}

// load publishes the rows in a database that is made for it; none where the index of the run before is asked.
func (f *flags) load(ctx context.Context, o country.Options) (*pgxpool.Pool, func(), error) {
	if f.again {
		return nil, func() {}, nil
	}
	pool, drop, err := database(ctx, f.database)
	if err != nil {
		return nil, nil, err
	}
	began := time.Now()
	if err := geocoding.Load(ctx, pool, country.Rows(o)); err != nil {
		drop()
		return nil, nil, err
	}
	var size string
	if err := pool.QueryRow(ctx, `select pg_size_pretty(pg_database_size(current_database()))`).Scan(&size); err != nil {
		drop()
		return nil, nil, err
	}
	fmt.Fprintf(os.Stderr, "%d rows published in %v, a database of %s\n", f.rows, time.Since(began).Round(time.Second), size)
	return pool, drop, nil
}

func (f *flags) engine(ctx context.Context, pool *pgxpool.Pool) (*geocoding.Engine, []geocoding.Fact, error) {
	folder := filepath.Join(f.work, "index")
	if pool == nil {
		e, err := geocoding.OpenEngine(ctx, folder)
		return e, nil, err
	}
	return geocoding.NewEngine(ctx, pool, folder, f.rows)
}

// suite carries the run of all geocoders; the first error ends it.
type suite struct {
	flags
	ctx    context.Context
	report *geocoding.Report
	also   bytes.Buffer // what is measured beside the made-up country
	err    error
}

func (s *suite) measure(g geocoding.Geocoder, questions, matrix []geocoding.Question, facts ...geocoding.Fact) {
	if s.err != nil {
		return
	}
	began := time.Now()
	r := geocoding.Run{Name: g.Name(), Facts: facts}
	if r.Outcomes, s.err = geocoding.Ask(s.ctx, g, append(questions[:len(questions):len(questions)], matrix...), runtime.NumCPU()); s.err != nil {
		return
	}
	fmt.Fprintf(os.Stderr, "%s: %d questions in %v\n", g.Name(), len(r.Outcomes), time.Since(began).Round(time.Millisecond))
	s.report.Runs = append(s.report.Runs, r)
}

func (s *suite) peers(pool *pgxpool.Pool, o country.Options, questions []geocoding.Question) {
	if s.err != nil {
		return
	}
	postgres, err := geocoding.NewPostgres(s.ctx, pool)
	if s.err = err; err != nil {
		return
	}
	s.measure(postgres, questions, nil)
	dir, err := os.MkdirTemp("", "geobench")
	if s.err = err; err != nil {
		return
	}
	defer os.RemoveAll(dir)
	sqlite, err := geocoding.NewSQLite(s.ctx, dir, country.Rows(o))
	if s.err = err; err != nil || sqlite == nil {
		return
	}
	defer sqlite.Close()
	s.measure(sqlite, questions, nil)
}

func (s *suite) write() error {
	err := write(filepath.Join(s.out, "geocoding.txt"), func(w *os.File) error {
		fmt.Fprintf(w, "%s, %s, %d rows, seed %s\n\n", s.report.Date, s.report.Machine, s.report.Rows, s.report.Seed)
		for i := range s.report.Runs {
			s.report.Runs[i].Write(w)
		}
		_, err := s.also.WriteTo(w)
		return err
	})
	if err != nil {
		return err
	}
	if err := write(filepath.Join(s.work, "failures.txt"), func(w *os.File) error {
		s.report.Runs[0].Failures(w, 12)
		return nil
	}); err != nil {
		return err
	}
	return write(filepath.Join(s.out, "geocoding.html"), func(w *os.File) error { return s.report.Page(w) })
}

func write(name string, f func(*os.File) error) error {
	file, err := os.Create(name)
	if err != nil {
		return err
	}
	if err := f(file); err != nil {
		file.Close()
		return err
	}
	return file.Close()
}

// database makes a database of nsdi on the server, which is gone at the end.
func database(ctx context.Context, server string) (*pgxpool.Pool, func(), error) {
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		return nil, nil, err
	}
	name := fmt.Sprintf("geobench_%d", time.Now().UnixNano())
	if _, err := conn.Exec(ctx, `create database `+name); err != nil {
		return nil, nil, err
	}
	u, err := url.Parse(server)
	if err != nil {
		return nil, nil, err
	}
	u.Path = "/" + name
	pool, err := pg.Connect(ctx, u.String())
	if err != nil {
		return nil, nil, err
	}
	drop := func() {
		pool.Close()
		after := context.WithoutCancel(ctx)
		conn.Exec(after, `drop database `+name+` with (force)`) //nolint:errcheck // the cluster is thrown away
		conn.Close(after)
	}
	if err := pg.Migrate(ctx, pool); err != nil {
		drop()
		return nil, nil, err
	}
	return pool, drop, catalogue.Apply(ctx, pool)
}
