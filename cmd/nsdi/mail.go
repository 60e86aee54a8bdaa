package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"nsdi/internal/errs"
	"nsdi/internal/mail"
	"nsdi/progress"
)

// mailPassword is the environment variable of the mail server's password. It is no flag: other users of a machine see the arguments of its processes.
const mailPassword = "NSDI_SMTP_PASSWORD"

// mailFlags say how letters go out. Without a server none do.
type mailFlags struct {
	SMTP     string `name:"smtp" env:"NSDI_SMTP" help:"Mail server that takes reminders to agencies, as host:port. Without one no letter is written."`
	SMTPTLS  string `name:"smtp-tls" env:"NSDI_SMTP_TLS" enum:"starttls,tls,none" default:"starttls" help:"How the line to it is encrypted: starttls, tls (from the first byte) or none."`
	SMTPFrom string `name:"smtp-from" env:"NSDI_SMTP_FROM" help:"Address that letters come from."`
	SMTPUser string `name:"smtp-user" env:"NSDI_SMTP_USER" help:"Name to sign in with; the password comes from $$NSDI_SMTP_PASSWORD."`
}

// letters answers who writes and sends them; nil, where no server is set.
func (f *mailFlags) letters(system *pgxpool.Pool, service *progress.Service, base string) (*progress.Letters, error) {
	if f.SMTP == "" {
		return nil, nil
	}
	s := &mail.SMTP{Address: f.SMTP, TLS: f.SMTPTLS, From: f.SMTPFrom, User: f.SMTPUser, Password: os.Getenv(mailPassword)}
	if err := s.Check(); err != nil {
		return nil, &errs.Error{
			Code: "mail-settings-wrong", Op: "serve", Value: f.SMTP, Err: err,
			Title: errs.T("تنظیم رایانامه درست نیست", "The settings of the mail server are wrong"), Detail: errs.T(err.Error(), err.Error()),
			Next: errs.T("NSDI_SMTP، NSDI_SMTP_FROM و NSDI_SMTP_TLS را درست کنید، یا NSDI_SMTP را بردارید.", "Correct NSDI_SMTP, NSDI_SMTP_FROM and NSDI_SMTP_TLS, or take NSDI_SMTP away."),
		}
	}
	post := func(ctx context.Context, l *progress.Letter) ([]string, error) {
		return s.Send(ctx, mail.Letter{To: l.Addresses, Subject: l.Subject, Body: l.Body, At: l.CreatedAt, ID: fmt.Sprintf("letter-%d-%d", l.ID, l.CreatedAt.Unix())})
	}
	return &progress.Letters{Pool: system, Service: service, Post: post, Now: time.Now, Base: base}, nil
}
