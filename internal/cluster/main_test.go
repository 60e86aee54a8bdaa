package cluster_test

import (
	"context"
	"os"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"nsdi/internal/cluster"
	"nsdi/internal/errs"
)

func TestMain(m *testing.M) {
	if os.Getenv(childDir) != "" {
		runChild()
		return
	}
	goleak.VerifyTestMain(m)
}

// options of a throw-away cluster in a folder that PostgreSQL's user may enter
// when the tests run as root; t.TempDir is closed to others.
func options(t *testing.T) cluster.Options {
	t.Helper()
	dir, err := os.MkdirTemp(parent(), "nsdi-cluster-test-")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return optionsIn(t, dir)
}

// parent is in memory where there is room, because making a cluster is mostly
// writing small files.
func parent() string {
	const inMemory, enough = "/dev/shm", 2 << 30
	var s syscall.Statfs_t
	if err := syscall.Statfs(inMemory, &s); err != nil || s.Bavail*uint64(s.Bsize) < enough {
		return "/tmp"
	}
	return inMemory
}

func optionsIn(t *testing.T, dir string) cluster.Options {
	t.Helper()
	t.Cleanup(func() {
		if err := cluster.Remove(dir); err != nil {
			t.Errorf("removing the cluster: %v", err)
		}
	})
	return cluster.Options{Dir: dir, Log: testLog{t}}
}

type testLog struct{ t *testing.T }

func (l testLog) Write(b []byte) (int, error) {
	l.t.Logf("%s", b)
	return len(b), nil
}

func start(t *testing.T, o cluster.Options) *cluster.Cluster {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	c, err := cluster.Start(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Stop(); err != nil {
			t.Error(err)
		}
	})
	return c
}

func wantCode(t *testing.T, err error, code string) *errs.Error {
	t.Helper()
	e, ok := errs.As(err)
	if !ok || e.Code != code {
		t.Fatalf("error %v, want one of code %q", err, code)
	}
	if e.Title.EN == "" || e.Title.FA == "" || e.Next.EN == "" || e.Next.FA == "" {
		t.Fatalf("%s: a language or the next step is missing: %+v", code, e)
	}
	return e
}
