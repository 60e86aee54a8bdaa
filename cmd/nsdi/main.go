// Command nsdi is the server and its tools in one binary; “nsdi --help” lists them.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"nsdi/internal/errs"
)

func main() {
	collectLess()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		errs.Print(os.Stderr, err)
		os.Exit(1)
	}
}
