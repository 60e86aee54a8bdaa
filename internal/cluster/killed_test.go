package cluster_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"nsdi/internal/cluster"
)

// childDir makes the test binary a process that runs a cluster in that folder
// until it is killed: what nsdi is to the kernel.
const childDir = "NSDI_CLUSTER_TEST_CHILD"

func runChild() {
	c, err := cluster.Start(context.Background(), cluster.Options{Dir: os.Getenv(childDir)})
	if err != nil {
		fmt.Println("error:", err)
		os.Exit(1)
	}
	fmt.Println(c.URL())
	select {}
}

// startChild runs a cluster in another process and returns that and the URL.
func startChild(t *testing.T, dir string) (*exec.Cmd, string) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childDir+"="+dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || !strings.HasPrefix(line, "postgres://") {
		t.Fatalf("the child says %q, %v", line, err)
	}
	return cmd, strings.TrimSpace(line)
}

func postmasterPID(t *testing.T, home string) int {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(home, "data", "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.SplitN(string(b), "\n", 2)[0])
	if err != nil {
		t.Fatal(err)
	}
	return pid
}

func waitGone(t *testing.T, pid int) {
	t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil || strings.Contains(string(b), ") Z ") {
			return
		}
	}
	t.Fatalf("process %d is still there", pid)
}

func TestPostgresKilledStartsAgain(t *testing.T) {
	t.Parallel()
	o := options(t)
	o.Durable = true
	c := start(t, o)
	exec1(t, c.URL(), `create schema kept`)
	if err := syscall.Kill(postmasterPID(t, c.Home()), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	select {
	case <-c.Done():
	case <-time.After(time.Minute):
		t.Fatal("Done is not closed though PostgreSQL was killed")
	}
	if err := c.Stop(); err != nil {
		t.Fatal(err)
	}
	c = start(t, o)
	if got := queryText(t, c.URL(), `select count(*)::text from pg_namespace where nspname = 'kept'`); got != "1" {
		t.Error("what was committed before the kill is gone")
	}
}

func TestPostgresEndsWithItsKilledParent(t *testing.T) {
	t.Parallel()
	o := options(t)
	child, url := startChild(t, o.Dir)
	exec1(t, url, `create schema kept`)
	pid := postmasterPID(t, filepath.Join(o.Dir, "postgres"))
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait()
	waitGone(t, pid)

	c := start(t, o)
	if got := queryText(t, c.URL(), `select count(*)::text from pg_namespace where nspname = 'kept'`); got != "1" {
		t.Error("what was committed before the kill is gone")
	}
}

// The shutdown that the kernel asks for may hang, or the machine's kernel may not
// ask: a stopped process stands for both.
func TestLeftPostgresIsStoppedFirst(t *testing.T) {
	t.Parallel()
	o := options(t)
	child, url := startChild(t, o.Dir)
	exec1(t, url, `create schema kept`)
	pid := postmasterPID(t, filepath.Join(o.Dir, "postgres"))
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait()
	resumed := make(chan error, 1)
	go func() {
		time.Sleep(500 * time.Millisecond)
		resumed <- syscall.Kill(pid, syscall.SIGCONT)
	}()
	c := start(t, o)
	if err := <-resumed; err != nil {
		t.Fatal(err)
	}
	if now := postmasterPID(t, c.Home()); now == pid {
		t.Error("the left process was not replaced")
	}
	if got := queryText(t, c.URL(), `select count(*)::text from pg_namespace where nspname = 'kept'`); got != "1" {
		t.Error("data is gone")
	}
}

func TestProcessFileOfTheDead(t *testing.T) {
	t.Parallel()
	o := options(t)
	c := start(t, o)
	home := c.Home()
	file := filepath.Join(home, "data", "postmaster.pid")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Stop(); err != nil {
		t.Fatal(err)
	}
	// The number in the file now belongs to a program of the same user as PostgreSQL.
	_, rest, _ := strings.Cut(string(text), "\n")
	info, err := os.Stat(filepath.Join(home, "data"))
	if err != nil {
		t.Fatal(err)
	}
	owner := info.Sys().(*syscall.Stat_t)
	other := exec.Command("sleep", "60")
	other.Dir = "/"
	if os.Geteuid() == 0 {
		other.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: owner.Uid, Gid: owner.Gid}}
	}
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Process.Kill(); _ = other.Wait() }()
	if err := os.WriteFile(file, fmt.Appendf(nil, "%d\n%s", other.Process.Pid, rest), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(file, int(owner.Uid), int(owner.Gid)); err != nil {
		t.Fatal(err)
	}
	start(t, o)
}

func TestRemoveAfterAKillLeavesNothing(t *testing.T) {
	t.Parallel()
	o := options(t)
	child, _ := startChild(t, o.Dir)
	home := filepath.Join(o.Dir, "postgres")
	socket, err := os.ReadFile(filepath.Join(home, "socket"))
	if err != nil {
		t.Fatal(err)
	}
	wantCode(t, cluster.Remove(o.Dir), "cluster-running")
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait()
	if err := cluster.Remove(o.Dir); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{home, strings.TrimSpace(string(socket))} {
		if _, err := os.Lstat(path); !os.IsNotExist(err) {
			t.Errorf("%s is still there: %v", path, err)
		}
	}
}

func TestStartCanBeGivenUp(t *testing.T) {
	t.Parallel()
	o := options(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	given := o
	given.Log = firstStep(cancel)
	if _, err := cluster.Start(ctx, given); err == nil {
		t.Fatal("started, though the context has ended at its first step")
	}
	start(t, o)
}

// firstStep is a log that is called when a step begins.
type firstStep func()

func (f firstStep) Write(b []byte) (int, error) {
	f()
	return len(b), nil
}
