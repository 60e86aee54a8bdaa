package printer_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"nsdi/internal/errs"
	"nsdi/internal/printer"
)

// A page is printed once it says that it is ready, on the paper that its style sheet asks for, with the figures that came late.
func TestPrint(t *testing.T) {
	t.Parallel()
	program, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("no chromium on this machine")
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(`<style>@page { size: A4 landscape }</style><p>سلام</p><script>setTimeout(() => {
			document.body.dataset.ready = 'true'; for (let i = 0; i < 3; i++) document.body.insertAdjacentHTML('beforeend', '<p style="break-before: page">' + location.search + '</p>') }, 700)</script>`))
	}))
	defer s.Close()
	body, err := printer.New(program, s.URL).Print(t.Context(), "/?unit=IR-23")
	require.NoError(t, err)
	require.Len(t, regexp.MustCompile(`/Type /Page\b[^s]`).FindAll(body, -1), 4, "the pages that came late are there")
	box := regexp.MustCompile(`/MediaBox \[0 0 ([0-9.]+) ([0-9.]+)\]`).FindSubmatch(body)
	require.NotNil(t, box)
	for i, want := range []float64{841.9, 595.3} {
		got, err := strconv.ParseFloat(string(box[i+1]), 64)
		require.NoError(t, err)
		require.InDelta(t, want, got, 1.5, "A4 landscape")
	}
}

// A browser that is none, or a page that never comes, is told as what it is, and nothing keeps running.
func TestNothingToPrint(t *testing.T) {
	t.Parallel()
	_, err := printer.New("/bin/false", "http://127.0.0.1:1").Print(t.Context(), "/")
	require.Equal(t, "printing-failed", errs.Code(err))
	_, err = printer.New("/nonexistent", "http://127.0.0.1:1").Print(t.Context(), "/")
	require.Equal(t, "printing-failed", errs.Code(err))
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	_, err = printer.New("/bin/cat", "http://127.0.0.1:1").Print(ctx, "/")
	require.Error(t, err)
}
