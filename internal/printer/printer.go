// Package printer prints pages of this server as PDF, by a headless Chromium, which shapes Persian and knows right to left as the reader's own browser does.
//
// The browser runs as a process of its own with an empty profile, asks no other host, and is ended with the request. One runs at a time: each takes some hundred megabytes.
package printer

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"nsdi/internal/errs"
)

// Chromium prints pages of one server.
type Chromium struct {
	// Program is the browser, such as /usr/bin/chromium.
	Program string
	// Base is the address at which the browser reaches the server, such as http://127.0.0.1:8080.
	Base string
	// turn is taken by whoever prints.
	turn chan struct{}
}

// longest is what one page may take.
const longest = 90 * time.Second

// Find looks for a browser where Debian and others put it. It answers nil where there is none.
func Find(base string) *Chromium {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return New(path, base)
		}
	}
	return nil
}

// New prints with a program.
func New(program, base string) *Chromium {
	return &Chromium{Program: program, Base: base, turn: make(chan struct{}, 1)}
}

// Print answers a page of the server as PDF.
func (c *Chromium) Print(ctx context.Context, address string) (_ []byte, err error) {
	select {
	case c.turn <- struct{}{}:
		defer func() { <-c.turn }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	dir, err := os.MkdirTemp("", "nsdi-print-")
	if err != nil {
		return nil, fmt.Errorf("printing: %w", err)
	}
	defer func() { err = errors.Join(err, remove(dir)) }()
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	// --no-sandbox: the browser's own sandbox needs rights that containers do not give, and the only pages that it opens are this server's.
	cmd := exec.CommandContext(ctx, c.Program, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
		"--disable-component-update", "--disable-sync", "--disable-extensions", "--force-device-scale-factor=2", "--window-size=1040,800", "--remote-debugging-pipe", "--user-data-dir="+filepath.Join(dir, "profile"))
	cmd.Env = []string{"HOME=" + dir, "PATH=" + os.Getenv("PATH"), "LANG=C.UTF-8"}
	cmd.WaitDelay = 5 * time.Second
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // its helpers end with it
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	b, err := start(cmd)
	if err != nil {
		return nil, failed(err)
	}
	body, err := b.print(ctx, c.Base+address)
	cancel() // which ends the browser
	_ = b.wait()
	if err != nil {
		return nil, failed(err)
	}
	return body, nil
}

// remove takes a folder away that helpers of the browser may still write to while they end.
func remove(dir string) (err error) {
	for wait := 10 * time.Millisecond; wait < 3*time.Second; wait *= 2 {
		if err = os.RemoveAll(dir); err == nil {
			return nil
		}
		time.Sleep(wait)
	}
	return err
}

func failed(err error) *errs.Error {
	return &errs.Error{
		Code: "printing-failed", Status: 503, Op: "printer.Print", Err: err,
		Title:  errs.T("چاپ نشد", "It could not be printed"),
		Detail: errs.T("مرورگری که صفحه را چاپ می‌کند پاسخ نداد.", "The browser that prints the page gave no answer."),
		Next:   errs.T("دوباره بخواهید؛ اگر ماند، صفحه ‎/progress را با مرورگر خود چاپ کنید.", "Ask again; if it stays, print the page /progress with your own browser."),
	}
}
