package server_test

import (
	"context"
	"encoding/base64"
	"errors"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	netmail "net/mail"

	"github.com/stretchr/testify/require"

	"nsdi/access"
	"nsdi/internal/mail"
	"nsdi/internal/mail/loopback"
	"nsdi/layers"
	"nsdi/layers/reading"
	"nsdi/progress"
	"nsdi/server"
)

// Agencies are reminded of what is late by one letter a day, through the queue and a mail server that turns the first attempt away; nothing is said twice but what failed.
func TestLetters(t *testing.T) {
	t.Parallel()
	box := loopback.New(t, func(s *loopback.Server) { s.StartTLS, s.Busy = true, 1 })
	smtp := &mail.SMTP{Address: box.Address, TLS: mail.STARTTLS, From: "nsdi@example.ir", Trust: box.Trust}
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	var jobs *layers.Jobs
	var letters *progress.Letters
	s := start(t, func(d *server.Deps) {
		var err error
		jobs, err = layers.NewJobs(&layers.Importer{Pool: d.System, Reader: &reading.Reader{TempDir: t.TempDir()}, Now: time.Now, Dir: t.TempDir()}, nil, 1, slog.New(slog.DiscardHandler))
		require.NoError(t, err)
		letters = &progress.Letters{
			Pool: d.System, Now: func() time.Time { return now }, Base: "https://nsdi.example",
			Service: &progress.Service{Pool: d.Pool, Now: func() time.Time { return now }},
			Post: func(ctx context.Context, l *progress.Letter) ([]string, error) {
				return smtp.Send(ctx, mail.Letter{To: l.Addresses, Subject: l.Subject, Body: l.Body, At: l.CreatedAt, ID: "x"})
			},
		}
		d.Jobs, d.Letters = jobs, letters
	})
	_, err := s.pool.Exec(t.Context(), `update layers.version set published_at = '2026-01-01' where dataset_id in (select id from layers.dataset where theme = 'gnaf-address')`)
	require.NoError(t, err)
	require.NoError(t, progress.Recalculate(t.Context(), s.pool))
	due, err := letters.Due(t.Context())
	require.NoError(t, err)
	require.Empty(t, due, "nobody gets letters yet")

	admin := s.signed(t, "chief", "committee", access.Administrator)
	set := func(body string, header []string) int {
		status, _ := s.post(t, "/v1/letters/contacts", body, header...)
		return status
	}
	const wrong, right = `{"agency":"post","addresses":["Post <post@example.ir>"]}`, `{"agency":"post","addresses":["post@example.ir"]}`
	require.Equal(t, []int{401, 403, 422, 422, 200, 200}, []int{
		set(right, nil), set(right, s.signed(t, "publisher", "post", access.Publisher)), set(wrong, admin), set(strings.Replace(right, "post", "nobody", 1), admin), set(right, admin),
		set(`{"agency":"committee","addresses":["committee@example.ir"]}`, admin),
	})
	require.Len(t, s.json(t, "/v1/letters/contacts", admin...)["contacts"], 2)

	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- jobs.Run(ctx) }()
	states := func() (found []string) {
		for _, l := range s.json(t, "/v1/letters", admin...)["letters"].([]any) {
			found = append(found, l.(map[string]any)["state"].(string))
		}
		return found
	}
	require.Eventually(t, func() bool { return strings.Join(states(), " ") == "sent sent" }, time.Minute, 50*time.Millisecond)
	cancel()
	<-ended
	texts := map[string]string{}
	for _, l := range box.Letters() {
		require.True(t, l.Encrypted)
		m, err := netmail.ReadMessage(strings.NewReader(l.Text))
		require.NoError(t, err)
		body, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, m.Body))
		require.NoError(t, err)
		texts[strings.Join(l.To, " ")] = string(body)
	}
	require.Len(t, texts, 2)
	require.Contains(t, texts["post@example.ir"], "due 2026-02-01", "a month after the first of January")
	require.Contains(t, texts["post@example.ir"], "موعد: ۱۲ بهمن ۱۴۰۴")
	require.NotContains(t, texts["post@example.ir"], "Marine")
	require.Contains(t, texts["committee@example.ir"], "Marine cadastre, 2998 days overdue. Approve and publish")
	require.Contains(t, texts["committee@example.ir"], "کاداستر دریایی، ۲۹۹۸ روز دیرکرد")
	attempts := 0.0
	for _, l := range s.json(t, "/v1/letters", admin...)["letters"].([]any) {
		attempts += l.(map[string]any)["attempts"].(float64)
	}
	require.InDelta(t, 3, attempts, 0, "one was turned away first")

	write := func() (waiting []string) {
		due, err := letters.Due(t.Context())
		require.NoError(t, err)
		require.Equal(t, []string{now.Format(time.DateOnly)}, due)
		require.NoError(t, letters.Write(t.Context(), due[0]))
		waiting, err = letters.Waiting(t.Context())
		require.NoError(t, err)
		return waiting
	}
	due, err = letters.Due(t.Context())
	require.NoError(t, err)
	require.Empty(t, due, "the day's letters are written")
	now = now.AddDate(0, 0, 1)
	require.Empty(t, write(), "nothing is said twice")

	_, err = s.pool.Exec(t.Context(), `update layers.version set published_at = '2026-02-02' where dataset_id in (select id from layers.dataset where theme = 'gnaf-address')`)
	require.NoError(t, err)
	now = now.AddDate(0, 0, 1)
	again := write()
	require.Len(t, again, 1, "another date is something new")
	letters.Post = func(context.Context, *progress.Letter) ([]string, error) { return nil, errors.New("no route") }
	require.Error(t, letters.Send(t.Context(), again[0], false))
	require.Error(t, letters.Send(t.Context(), again[0], true))
	require.Equal(t, "failed", states()[0])
	now = now.AddDate(0, 0, 1)
	require.Len(t, write(), 1, "what failed is said again")
}
