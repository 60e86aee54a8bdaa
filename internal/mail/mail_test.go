package mail_test

import (
	"context"
	"encoding/base64"
	"io"
	"mime"
	"net"
	netmail "net/mail"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"nsdi/internal/mail"
	"nsdi/internal/mail/loopback"
)

func letter(to ...string) mail.Letter {
	return mail.Letter{To: to, Subject: "گزارش\r\nBcc: evil@example.org", Body: strings.Repeat("پیشرفت کاداستر شهری: ۴۲٫۸٪\n.\n", 40), At: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC), ID: "letter-7"}
}

// A letter arrives whole, in Persian, over each kind of line; no subject makes a second header, and no line of the body ends it.
func TestSend(t *testing.T) {
	t.Parallel()
	for kind, set := range map[string]func(*loopback.Server){
		mail.Open:     func(*loopback.Server) {},
		mail.STARTTLS: func(s *loopback.Server) { s.StartTLS, s.User, s.Password = true, "nsdi", "secret" },
		mail.Implicit: func(s *loopback.Server) { s.Implicit, s.User, s.Password = true, "nsdi", "secret" },
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			server := loopback.New(t, set)
			s := &mail.SMTP{Address: server.Address, TLS: kind, From: "nsdi@example.ir", User: server.User, Password: server.Password, Trust: server.Trust}
			require.NoError(t, s.Check())
			refused, err := s.Send(t.Context(), letter("a@example.ir", "b@example.ir"))
			require.NoError(t, err)
			require.Empty(t, refused)
			require.Len(t, server.Letters(), 1)
			got := server.Letters()[0]
			require.Equal(t, "nsdi@example.ir", got.From)
			require.Equal(t, []string{"a@example.ir", "b@example.ir"}, got.To)
			require.Equal(t, kind != mail.Open, got.Encrypted)
			require.Equal(t, server.User, got.User)
			m, err := netmail.ReadMessage(strings.NewReader(got.Text))
			require.NoError(t, err)
			require.Empty(t, m.Header.Get("Bcc"))
			require.Equal(t, "<letter-7@example.ir>", m.Header.Get("Message-ID"))
			subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
			require.NoError(t, err)
			require.Equal(t, letter().Subject, subject)
			sent, err := m.Header.Date()
			require.NoError(t, err)
			require.True(t, letter().At.Equal(sent))
			body, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, m.Body))
			require.NoError(t, err)
			require.Equal(t, letter().Body, string(body))
		})
	}
}

func TestNotSent(t *testing.T) {
	t.Parallel()
	server := loopback.New(t, func(s *loopback.Server) { s.Refused = "b@example.ir" })
	s := mail.SMTP{Address: server.Address, TLS: mail.Open, From: "nsdi@example.ir"}
	_, err := s.Send(t.Context(), letter("b@example.ir"))
	require.ErrorContains(t, err, "nobody of that name")
	require.Empty(t, server.Letters())
	refused, err := s.Send(t.Context(), letter("a@example.ir", "b@example.ir"))
	require.NoError(t, err, "the others get it")
	require.Equal(t, []string{"b@example.ir"}, refused)
	require.Equal(t, []string{"a@example.ir"}, server.Letters()[0].To)

	plain := s
	plain.TLS = mail.STARTTLS
	_, err = plain.Send(t.Context(), letter("a@example.ir"))
	require.ErrorContains(t, err, "no STARTTLS", "whoever sits on the line cannot make it an open one")
	guarded := loopback.New(t, func(s *loopback.Server) { s.StartTLS, s.User, s.Password = true, "nsdi", "secret" })
	for why, s := range map[string]*mail.SMTP{
		"unknown authority": {Address: guarded.Address, TLS: mail.STARTTLS, From: "nsdi@example.ir"},
		"535":               {Address: guarded.Address, TLS: mail.STARTTLS, From: "nsdi@example.ir", User: "nsdi", Password: "wrong", Trust: guarded.Trust},
		"530":               {Address: guarded.Address, TLS: mail.STARTTLS, From: "nsdi@example.ir", Trust: guarded.Trust},
	} {
		_, err := s.Send(t.Context(), letter("a@example.ir"))
		require.ErrorContains(t, err, why)
	}
	require.Empty(t, guarded.Letters())

	silent, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer silent.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	s.Address = silent.Addr().String()
	_, err = s.Send(ctx, letter("a@example.ir"))
	require.Error(t, err, "a server that says nothing holds nobody up")
}

func TestCheck(t *testing.T) {
	t.Parallel()
	right := mail.SMTP{Address: "mail.example.ir:587", TLS: mail.STARTTLS, From: "a@example.ir", User: "nsdi"}
	require.NoError(t, right.Check())
	for name, change := range map[string]func(*mail.SMTP){
		"no port": func(s *mail.SMTP) { s.Address = "localhost" }, "no host": func(s *mail.SMTP) { s.Address = ":25" }, "no address": func(s *mail.SMTP) { s.From = "nsdi" },
		"no encryption": func(s *mail.SMTP) { s.TLS = "" }, "an open password": func(s *mail.SMTP) { s.TLS = mail.Open },
		"two lines": func(s *mail.SMTP) { s.From = "b@example.ir\r\nDATA" }, "a name": func(s *mail.SMTP) { s.From = "B <b@example.ir>" },
	} {
		s := right
		change(&s)
		require.Error(t, s.Check(), name)
	}
}
