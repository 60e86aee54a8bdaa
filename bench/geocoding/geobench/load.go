package main

import (
	"context"
	"fmt"
	"os"
	"runtime/debug"
	"runtime/pprof"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"nsdi/bench/geocoding"
)

// loadTime is how long each load lasts.
const loadTime = 10 * time.Second

// speeds tells what the questions cost, and keeps a profile of it where one is wanted.
func (s *suite) speeds(e *geocoding.Engine, questions []geocoding.Question) {
	if s.err != nil {
		return
	}
	if s.profile != "" {
		file, err := os.Create(s.profile)
		if err == nil {
			defer file.Close()
			err = pprof.StartCPUProfile(file)
		}
		if s.err = err; err != nil {
			return
		}
		defer pprof.StopCPUProfile()
	}
	facts, err := geocoding.Speeds(s.ctx, e, questions)
	s.report.Runs[0].Facts, s.err = append(s.report.Runs[0].Facts, facts...), err
}

// load drives the geocoder that was measured last at each rate.
func (s *suite) load(g geocoding.Geocoder, questions []geocoding.Question) {
	if s.err != nil {
		return
	}
	r := &s.report.Runs[len(s.report.Runs)-1]
	for text := range strings.SplitSeq(s.rates, ",") {
		rate, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
		if err != nil || rate <= 0 {
			s.err = fmt.Errorf("%q is no rate", text)
			return
		}
		r.Loads = append(r.Loads, geocoding.Drive(s.ctx, g, questions, rate, loadTime))
	}
}

// loadWhileSwapped drives the engine at the last rate while a new generation is built from the database and takes the place of the present one.
func (s *suite) loadWhileSwapped(e *geocoding.Engine, questions []geocoding.Question, pool *pgxpool.Pool) {
	r := &s.report.Runs[len(s.report.Runs)-1]
	if s.err != nil || pool == nil || len(r.Loads) == 0 {
		return
	}
	before := anonymousMemory()
	built := make(chan error, 1)
	ctx, cancel := context.WithCancel(s.ctx)
	var took time.Duration
	go func() {
		began := time.Now()
		err := e.Rebuild(s.ctx)
		took = time.Since(began)
		time.Sleep(max(loadTime/5, loadTime-took)) // some time with the new one, too
		cancel()
		built <- err
	}()
	most := watchMemory(ctx)
	run := geocoding.Drive(ctx, e, questions, r.Loads[len(r.Loads)-1].Rate, time.Hour)
	run.While = "while a new generation is built and taken"
	r.Loads, s.err = append(r.Loads, run), <-built
	s.fact("ساختن نمایه در کنار پاسخ‌گویی", "building it while questions are answered", fmt.Sprintf("%v, %.0f MB more memory at most", took.Round(time.Millisecond), float64(<-most-before)/1e6))
}

// httpRate is how many questions a second are asked over HTTP.
const httpRate = 1000

// loadOverHTTP drives the engine behind nsdi's server, with keys. The database has those; where nothing was loaded, one is made for them.
func (s *suite) loadOverHTTP(e *geocoding.Engine, questions []geocoding.Question, pool *pgxpool.Pool) {
	if s.err != nil {
		return
	}
	if pool == nil {
		made, drop, err := database(s.ctx, s.database)
		if s.err = err; err != nil {
			return
		}
		defer drop()
		pool = made
	}
	served, err := geocoding.NewServed(s.ctx, e, pool)
	if s.err = err; err != nil {
		return
	}
	defer served.Close()
	geocoding.Drive(s.ctx, served, questions, httpRate/10, time.Second) // connections are made
	run := geocoding.Drive(s.ctx, served, questions, httpRate, loadTime)
	if failed := served.Failed.Load(); failed > 0 {
		s.err = fmt.Errorf("%d questions over HTTP were not answered", failed)
		return
	}
	run.While = "over HTTP, each with a key; asker, server and PostgreSQL on these cores"
	r := &s.report.Runs[0]
	r.Loads = append(r.Loads, run)
}

// watchMemory answers the most that the process holds until ctx ends.
func watchMemory(ctx context.Context) <-chan int64 {
	answer := make(chan int64, 1)
	go func() {
		tick := time.NewTicker(100 * time.Millisecond)
		defer tick.Stop()
		most := int64(0)
		for {
			select {
			case <-ctx.Done():
				answer <- most
				return
			case <-tick.C:
				most = max(most, heldMemory())
			}
		}
	}()
	return answer
}

func (s *suite) fact(fa, en, value string) {
	r := &s.report.Runs[0]
	r.Facts = append(r.Facts, geocoding.Fact{FA: fa, EN: en, Value: value})
}

// anonymousMemory is what the process holds in memory that is no file's, in bytes; 0 where the system does not tell.
func anonymousMemory() int64 {
	debug.FreeOSMemory()
	return heldMemory()
}

func heldMemory() int64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		var kB int64
		if n, _ := fmt.Sscanf(line, "RssAnon: %d kB", &kB); n == 1 {
			return kB << 10
		}
	}
	return 0
}
