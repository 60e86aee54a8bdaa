// Command nsdi is the server and its tools in one binary; “nsdi --help” lists them.
package main

import (
	"context"
	"errors"
	"net/http"
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
		errs.Print(os.Stderr, stopped(ctx, err))
		os.Exit(1)
	}
}

// stopped says of a command that was told to end what its error, “context canceled”, does not.
func stopped(ctx context.Context, err error) error {
	if ctx.Err() == nil || !errors.Is(err, context.Canceled) {
		return err
	}
	return &errs.Error{
		Code: "stopped", Status: http.StatusServiceUnavailable, Op: "nsdi", Err: context.Cause(ctx),
		Title: errs.T("فرمان پیش از پایان متوقف شد", "The command was stopped before it had ended"),
		Next:  errs.T("دوباره اجرایش کنید.", "Run it again."),
	}
}
