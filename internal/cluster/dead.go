package cluster

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"nsdi/internal/errs"
)

// clearDead ends what a killed run has left: PostgreSQL processes that still
// work in this data folder, and the process file that names a number which by now
// belongs to someone else. The caller holds the lock, so nobody runs the cluster.
func (h home) clearDead(ctx context.Context, log io.Writer) error {
	for _, step := range []struct {
		signal syscall.Signal
		wait   time.Duration
	}{
		{syscall.SIGINT, fastShutdown},
		{syscall.SIGQUIT, immediateShutdown},
		{syscall.SIGKILL, immediateShutdown},
	} {
		left := h.processes()
		if len(left) == 0 {
			return h.clearProcessFile()
		}
		master := h.recordedPID()
		alive := slices.Contains(left, master)
		switch {
		case step.signal == syscall.SIGINT && !alive:
			// Processes without a postmaster end by themselves, or have to be told hard.
			step.wait = time.Second
		case step.signal == syscall.SIGINT:
			fmt.Fprintf(log, "stopping the PostgreSQL that a killed run has left (process %d)\n", master)
			left = []int{master} // it tells its children
		}
		if step.signal != syscall.SIGINT || alive {
			signalAll(left, step.signal)
		}
		if err := h.waitGone(ctx, step.wait); err != nil {
			return err
		}
	}
	if left := h.processes(); len(left) > 0 {
		return errStuck(h.data(), left[0])
	}
	return h.clearProcessFile()
}

// waitGone waits until no process is left, or for so long.
func (h home) waitGone(ctx context.Context, atMost time.Duration) error {
	for end := time.Now().Add(atMost); time.Now().Before(end); {
		if len(h.processes()) == 0 {
			return nil
		}
		if err := sleep(ctx, 50*time.Millisecond); err != nil {
			return err
		}
	}
	return nil
}

// clearProcessFile removes PostgreSQL's process file where the number in it now
// belongs to another program, which would make PostgreSQL refuse to start. In every
// other case PostgreSQL itself knows better. The caller has seen that no process
// works in the data folder.
func (h home) clearProcessFile() error {
	pid := h.recordedPID()
	if pid <= 0 || syscall.Kill(pid, 0) == syscall.ESRCH {
		return nil
	}
	if err := os.Remove(h.processFile()); err != nil {
		return errFolder(h.path, err)
	}
	return nil
}

func (h home) processFile() string { return filepath.Join(h.data(), "postmaster.pid") }

// recordedPID is the number in PostgreSQL's process file, 0 without one.
func (h home) recordedPID() int {
	b, err := os.ReadFile(h.processFile())
	if err != nil {
		return 0
	}
	first, _, _ := strings.Cut(string(b), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(first))
	if err != nil {
		return 0
	}
	return pid
}

// processes lists the PostgreSQL processes whose working folder is the data
// folder, which is where each of them stays.
func (h home) processes() []int {
	var found []int
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil
	}
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		dir := filepath.Join("/proc", e.Name())
		cwd, err := os.Readlink(filepath.Join(dir, "cwd"))
		if err == nil && (cwd == h.data() || cwd == h.halfMade()) && isPostgres(dir) {
			found = append(found, pid)
		}
	}
	return found
}

// isPostgres reads /proc/PID/stat, "pid (name) state …": PostgreSQL's program,
// and not a zombie.
func isPostgres(dir string) bool {
	b, err := os.ReadFile(filepath.Join(dir, "stat"))
	if err != nil {
		return false
	}
	head, rest, ok := strings.Cut(string(b), ") ")
	return ok && strings.HasSuffix(head, "(postgres") && !strings.HasPrefix(rest, "Z")
}

func signalAll(pids []int, s syscall.Signal) {
	for _, pid := range pids {
		_ = syscall.Kill(pid, s)
	}
}

func errStuck(data string, pid int) error {
	return &errs.Error{
		Code:   "cluster-stuck",
		Op:     "cluster.Start",
		Title:  errs.T("پردازه‌ای از اجرای پیشین پایان نمی‌یابد", "A process of an earlier run does not end"),
		Detail: errs.Tf("پردازه %[1]s هنوز در %[2]s کار می‌کند.", "Process %[1]s still works in %[2]s.", strconv.Itoa(pid), data),
		Next:   errs.Tf("اجرا کنید: kill -9 %[1]s و دوباره آغاز کنید.", "Run kill -9 %[1]s and start again.", strconv.Itoa(pid)),
	}
}
