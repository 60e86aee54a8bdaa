package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestExitCodeAndEnvironment(t *testing.T) {
	t.Parallel()
	out := filepath.Join(t.TempDir(), "url")
	code, err := run(t.Context(), []string{"--", "sh", "-c", `echo "$NSDI_TEST_DATABASE_URL" > "$0"; exit 7`, out})
	if err != nil || code != 7 {
		t.Fatalf("code %d, %v; want 7", code, err)
	}
	b, err := os.ReadFile(out)
	if err != nil || !strings.HasPrefix(string(b), "postgres://") {
		t.Fatalf("the command saw the address %q, %v", b, err)
	}
	assertGone(t, string(b))
}

func TestSignalEndsCommandAndCluster(t *testing.T) {
	t.Parallel()
	out := filepath.Join(t.TempDir(), "url")
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		for {
			if b, err := os.ReadFile(out); err == nil && len(b) > 0 {
				break
			}
			time.Sleep(20 * time.Millisecond)
		}
		cancel()
	}()
	began := time.Now()
	code, err := run(ctx, []string{"sh", "-c", `echo "$NSDI_TEST_DATABASE_URL" > "$0"; sleep 300`, out})
	if err != nil || code == 0 {
		t.Errorf("code %d, %v; want another than 0", code, err)
	}
	if took := time.Since(began); took > 4*time.Minute { // of the five that it would have slept
		t.Errorf("ended only after %v", took)
	}
	b, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	assertGone(t, string(b))
}

func TestCommandThatIsNotThere(t *testing.T) {
	t.Parallel()
	code, err := run(t.Context(), []string{"no-such-command-of-nsdi"})
	if code != codeFailed || err == nil {
		t.Errorf("code %d, %v", code, err)
	}
}

// assertGone reads the socket's folder from the address.
func assertGone(t *testing.T, url string) {
	t.Helper()
	_, host, ok := strings.Cut(strings.TrimSpace(url), "host=")
	host, _, _ = strings.Cut(host, "&")
	host = strings.ReplaceAll(host, "%2F", "/")
	if !ok || !strings.HasPrefix(host, "/") {
		t.Fatalf("no socket folder in %q", url)
	}
	if _, err := os.Stat(host); !os.IsNotExist(err) {
		t.Errorf("the socket folder %s is still there: %v", host, err)
	}
}
