// Command geobench makes a country of addresses, puts it into a database, and asks geocoders about it: figures as text and as a page.
//
//	bin/withcluster -durable -- go run ./bench/geocoding/geobench -rows 1000000
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
)

// flags are what may be chosen.
type flags struct {
	rows, perClass, perCell, perPeer int
	seed                             uint64
	release, real, again             bool
	database, out, work, fit, shared string
	profile                          string
	rates                            string
}

// workSeed is the seed of every day; releaseSeed is kept for the figures of a release, and nothing is tuned on it.
const (
	workSeed    = 1404
	releaseSeed = 8_051_366
)

func main() {
	var f flags
	flag.IntVar(&f.rows, "rows", 1_000_000, "addresses to make")
	flag.IntVar(&f.perClass, "class", 2000, "questions of each class")
	flag.IntVar(&f.perCell, "cell", 100, "questions of each operator and number of typing errors; 0: none")
	flag.IntVar(&f.perPeer, "peers", 60, "questions of each class for the peers, which are slow; 0: no peers")
	flag.Uint64Var(&f.seed, "seed", workSeed, "seed of rows and questions")
	flag.BoolVar(&f.release, "release", false, "take the seed that is kept for releases")
	flag.BoolVar(&f.real, "real", true, "ask about the real registers in the shared folder too")
	flag.StringVar(&f.shared, "shared", "../shared/data", "folder with real registers")
	flag.StringVar(&f.database, "database", os.Getenv("NSDI_TEST_DATABASE_URL"), "server on which a database is made")
	flag.StringVar(&f.out, "out", "bench", "folder for geocoding.txt and geocoding.html")
	flag.StringVar(&f.work, "work", "var/geobench", "folder for questions.csv, failures.txt and what the geocoders write")
	flag.StringVar(&f.fit, "fit", "", "file of the calibration, gnaf/search/calibration.json, to fit on these questions; none: it stays as it is")
	flag.StringVar(&f.rates, "rates", "100,1000,5000", "questions a second of the loads")
	flag.BoolVar(&f.again, "again", false, "ask the index that the run before left in the working folder: nothing is loaded, and no peer is asked")
	flag.StringVar(&f.profile, "profile", "", "file for a profile of the processor's time while questions are asked one after the other")
	flag.Parse()
	if f.release {
		f.seed = releaseSeed
	}
	debug.SetGCPercent(300) // as nsdi serves
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, f)
	cancel()
	if err != nil {
		fmt.Fprintln(os.Stderr, "geobench:", err)
		os.Exit(1)
	}
	fmt.Println("written:", filepath.Join(f.out, "geocoding.html"))
}
