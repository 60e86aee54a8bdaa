// Command withcluster runs a command beside a throw-away PostGIS cluster:
//
//	go run ./internal/pgtest/withcluster -- go test ./...
//
// With -durable it is set up as in operation: on the disk, every commit flushed. Benchmarks are run so.
//
// The command finds the cluster's address in NSDI_TEST_DATABASE_URL. When it has
// ended, by itself or by a signal, the cluster and everything that the command has
// left running is gone, and its exit code is withcluster's own. (`go run` turns every
// exit code but 0 into 1; build the program to get the code itself.)
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"nsdi/internal/errs"
)

func main() {
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	code, err := run(ctx, os.Args[1:])
	cancel()
	if err != nil {
		errs.Print(os.Stderr, err)
		fmt.Fprintln(os.Stderr, "withcluster: failed")
	}
	os.Exit(code)
}
