package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"time"

	"nsdi/internal/cluster"
	"nsdi/internal/pgtest"
)

const (
	// patience is how long the command may take to end after a signal.
	patience = 10 * time.Second
	// codeFailed is the exit code when the command could not be run at all.
	codeFailed = 125
)

// run is the program: it returns the exit code, and an error when it could not
// do its own part.
func run(ctx context.Context, args []string) (code int, err error) {
	durable := len(args) > 0 && args[0] == "-durable"
	if durable {
		args = args[1:]
	}
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) == 0 {
		return codeFailed, errors.New("usage: withcluster [-durable] -- COMMAND [ARGUMENT...]")
	}
	removeLeft()
	ctx, cancel := endWithGoRun(ctx)
	defer cancel()
	dir, err := os.MkdirTemp(parent(durable), dirPrefix)
	if err != nil {
		return codeFailed, err
	}
	// PostgreSQL's user passes through when this runs as root.
	if err := os.Chmod(dir, 0o711); err != nil {
		return codeFailed, err
	}
	defer func() {
		if removeErr := remove(dir); removeErr != nil {
			code, err = max(code, 1), errors.Join(err, removeErr)
		}
	}()
	c, err := cluster.Start(ctx, cluster.Options{Dir: dir, Durable: durable})
	if err != nil {
		return codeFailed, err
	}
	defer func() {
		if stopErr := c.Stop(); stopErr != nil {
			code, err = max(code, 1), errors.Join(err, stopErr)
		}
	}()
	return command(ctx, args, c.URL())
}

// command runs the command in a process group of its own, so that its children
// can be ended with it, and passes its exit code on.
func command(ctx context.Context, args []string, url string) (int, error) {
	// The kernel ends the command with this thread: see cluster.launch.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), pgtest.EnvURL+"="+url)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
	if err := cmd.Start(); err != nil {
		return codeFailed, err
	}
	group := cmd.Process.Pid
	ended := make(chan struct{})
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		select {
		case <-ctx.Done():
			endGroup(group, ended)
		case <-ended:
		}
	}()
	err := cmd.Wait()
	close(ended)
	<-watched
	// What the command has started and left.
	_ = syscall.Kill(-group, syscall.SIGKILL)
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return codeFailed, err
	}
	status := cmd.ProcessState.Sys().(syscall.WaitStatus)
	switch {
	case status.Signaled():
		return 128 + int(status.Signal()), nil // as a shell reports it
	case ctx.Err() != nil && status.ExitStatus() == 0:
		return 130, nil
	}
	return status.ExitStatus(), nil
}

// endGroup tells a process group to end, and after a while makes it.
func endGroup(group int, ended <-chan struct{}) {
	for _, s := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGKILL} {
		_ = syscall.Kill(-group, s)
		select {
		case <-ended:
			return
		case <-time.After(patience):
		}
	}
}

// endWithGoRun cancels ctx when `go run`, which passes no SIGTERM on, has been
// ended by one.
func endWithGoRun(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	parent := os.Getppid()
	name, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", parent))
	if err != nil || strings.TrimSpace(string(name)) != "go" {
		return ctx, cancel
	}
	go func() {
		for ctx.Err() == nil {
			if os.Getppid() != parent {
				cancel()
			}
			select {
			case <-ctx.Done():
			case <-time.After(200 * time.Millisecond):
			}
		}
	}()
	return ctx, cancel
}
