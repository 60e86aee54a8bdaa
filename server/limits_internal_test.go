package server

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// With one slot and one place to wait, the third request is turned away at once and the second is served after the first.
func TestGateTurnsAwayWhatDoesNotFit(t *testing.T) {
	t.Parallel()
	s := &server{Deps: Deps{Log: slog.New(slog.DiscardHandler)}}
	g := newGate(1, 1)
	release, entered := make(chan struct{}), make(chan struct{}, 2)
	h := s.admit(g)(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		entered <- struct{}{}
		<-release
	}))
	var wg sync.WaitGroup
	answers := make([]*httptest.ResponseRecorder, 2)
	for i := range answers {
		answers[i] = httptest.NewRecorder()
		wg.Go(func() { h.ServeHTTP(answers[i], httptest.NewRequestWithContext(t.Context(), "GET", "/", nil)) })
	}
	<-entered
	assert.Eventually(t, func() bool { return len(g.all) == 2 }, time.Minute, time.Millisecond)
	third := httptest.NewRecorder()
	h.ServeHTTP(third, httptest.NewRequestWithContext(t.Context(), "GET", "/", nil))
	assert.Equal(t, 503, third.Code)
	assert.Equal(t, "1", third.Header().Get("Retry-After"))
	assert.Contains(t, third.Body.String(), "server-busy")
	close(release)
	wg.Wait()
	for _, w := range answers {
		assert.Equal(t, 200, w.Code)
	}
	assert.Empty(t, g.all)
	assert.Empty(t, g.slots)
}

func TestNobodyWaitsForAnAnswerThatNobodyReads(t *testing.T) {
	t.Parallel()
	s := &server{Deps: Deps{Log: slog.New(slog.DiscardHandler)}}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	assert.Nil(t, s.told(ctx, "/", ctx.Err()))
	p := problem(context.DeadlineExceeded)
	assert.Equal(t, 503, p.Status)
	assert.Equal(t, "request-too-slow", p.Code)
}

func TestServerHasLimits(t *testing.T) {
	t.Parallel()
	s := HTTP(http.NotFoundHandler())
	assert.Positive(t, s.ReadHeaderTimeout)
	assert.Positive(t, s.ReadTimeout)
	assert.Positive(t, s.WriteTimeout)
	assert.Positive(t, s.IdleTimeout)
	assert.LessOrEqual(t, s.MaxHeaderBytes, 64<<10)
	assert.Greater(t, s.WriteTimeout, handleTime, "an answer that was made in time can be written")
}
