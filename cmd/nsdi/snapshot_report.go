package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"

	"nsdi/internal/errs"
	"nsdi/server"
)

type snapshotReportCommand struct {
	Unit   string `default:"IR" help:"Code of the unit that it is about."`
	Lang   string `enum:"fa,en" default:"fa" help:"fa or en."`
	Output string `short:"o" type:"path" required:"" help:"The file."`
	signInFlags
	serviceFlags
	uploadFlags
}

// Run prints the committee's page. The pages are served on an address of this machine that nobody else is told, as long as it takes.
func (k *snapshotReportCommand) Run(ctx context.Context, c *cli, t terminal) (err error) {
	db, err := openDatabase(ctx, c, false, t.err)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.close()) }()
	pools, err := db.application(ctx)
	if err != nil {
		return err
	}
	defer pools.close()
	a, err := newApp(ctx, pools, c.Data, t.err, &k.signInFlags, &k.serviceFlags, &k.uploadFlags, &mailFlags{})
	if err != nil {
		return err
	}
	if a.printer == nil {
		return &errs.Error{
			Code: "printing-unavailable", Op: "snapshot report",
			Title: errs.T("مرورگری برای چاپ نیست", "There is no browser that prints"),
			Next:  errs.T("بسته chromium را نصب کنید، یا صفحه ‎/progress را با مرورگر خود چاپ کنید.", "Install the package chromium, or print the page /progress with your own browser."),
		}
	}
	listener, err := listen("127.0.0.1:0")
	if err != nil {
		return err
	}
	a.printsFrom(listener)
	served := make(chan error, 1)
	go func() { served <- a.http.Serve(listener) }()
	body, printing := a.printer.Print(ctx, server.PackAddress(k.Unit, k.Lang == "fa"))
	if err := errors.Join(a.http.Close(), ignoreClosed(<-served), printing); err != nil {
		return err
	}
	if err := os.WriteFile(k.Output, body, 0o644); err != nil {
		return fmt.Errorf("snapshot report: %w", err)
	}
	fmt.Fprintf(t.out, "%s: %d bytes\n", k.Output, len(body))
	return nil
}

func ignoreClosed(err error) error {
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}
