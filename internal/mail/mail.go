// Package mail hands letters to an SMTP server (RFC 5321).
//
// Letters are plain text in UTF-8. The line is encrypted unless the operator says that it need not be, and a password never goes over an open line to another machine.
package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/smtp"
	"strings"
	"time"
)

// How a line is encrypted.
const (
	STARTTLS = "starttls" // from the first command on; a server that does not offer it gets nothing
	Implicit = "tls"      // from the first byte on, as at port 465
	Open     = "none"     // not at all: for a relay on this machine or within a closed network
)

// SMTP is a server and how it is spoken to.
type SMTP struct {
	Address  string // host:port
	TLS      string // STARTTLS, Implicit or Open
	From     string // such as nsdi@example.ir
	User     string // empty: nobody signs in
	Password string
	// Trust is what certificates are verified by. Nil: the system's authorities.
	Trust *tls.Config
}

// longest is what handing one letter over may take.
const longest = time.Minute

// Check tells what is wrong with the settings.
func (s *SMTP) Check() error {
	host, _, err := net.SplitHostPort(s.Address)
	switch {
	case err != nil || host == "":
		return fmt.Errorf("the SMTP server %q is no host:port", s.Address)
	case s.TLS != STARTTLS && s.TLS != Implicit && s.TLS != Open:
		return fmt.Errorf("encryption %q is none of starttls, tls and none", s.TLS)
	case s.TLS == Open && s.User != "" && host != "localhost" && !net.ParseIP(host).IsLoopback():
		return errors.New("a password would go over an open line: use starttls or tls")
	}
	return CheckAddress(s.From)
}

// CheckAddress tells whether a text is one e-mail address and nothing else.
func CheckAddress(text string) error {
	if p, err := mail.ParseAddress(text); err != nil || p.Name != "" || p.Address != text || strings.ContainsAny(text, "\r\n\" <>") {
		return fmt.Errorf("%q is no e-mail address", text)
	}
	return nil
}

// Send hands one letter over. It answers which recipients the server refuses; an error, when the letter went to nobody.
func (s *SMTP) Send(ctx context.Context, l Letter) (refused []string, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("handing a letter to %s: %w", s.Address, err)
		}
	}()
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", s.Address)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) }) // whoever waits stops
	defer stop()
	c, err := s.greet(conn)
	if err != nil {
		return nil, err
	}
	if err := c.Mail(s.From); err != nil {
		return nil, err
	}
	var why error
	for _, to := range l.To {
		if err := c.Rcpt(to); err != nil {
			refused, why = append(refused, to), fmt.Errorf("%s: %w", to, err)
		}
	}
	if len(refused) == len(l.To) {
		return refused, why
	}
	w, err := c.Data()
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(l.bytes(s.From)); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	_ = c.Quit() // the letter is theirs by now
	return refused, nil
}

// greet opens the conversation, encrypted and signed in as the settings say.
func (s *SMTP) greet(conn net.Conn) (*smtp.Client, error) {
	host, _, err := net.SplitHostPort(s.Address)
	if err != nil {
		return nil, err
	}
	trust := &tls.Config{}
	if s.Trust != nil {
		trust = s.Trust.Clone()
	}
	trust.ServerName, trust.MinVersion = host, tls.VersionTLS12
	if s.TLS == Implicit {
		conn = tls.Client(conn, trust)
	}
	c, err := smtp.NewClient(conn, host)
	if err != nil {
		return nil, err
	}
	if s.TLS == STARTTLS {
		if offered, _ := c.Extension("STARTTLS"); !offered {
			return nil, errors.New("the server offers no STARTTLS; set NSDI_SMTP_TLS where it is to be spoken to otherwise")
		}
		if err := c.StartTLS(trust); err != nil {
			return nil, err
		}
	}
	if s.User != "" {
		if err := c.Auth(smtp.PlainAuth("", s.User, s.Password, host)); err != nil { // which refuses an open line to another machine
			return nil, err
		}
	}
	return c, nil
}
