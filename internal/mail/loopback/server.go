// Package loopback is an SMTP server on this machine for tests: it keeps the letters that it takes.
package loopback

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"io"
	"math/big"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

// Server takes letters from anybody, or from whom it knows.
type Server struct {
	Address string
	// Trust has the certificate by which the server is known.
	Trust *tls.Config

	// Settings, before the first connection.
	StartTLS, Implicit bool
	User, Password     string
	Refused            string // an address that is not taken
	Busy               int    // so many connections are turned away first

	certificate tls.Certificate
	listener    net.Listener
	mu          sync.Mutex
	letters     []Letter
	answered    sync.WaitGroup
}

// Letter is one that was taken.
type Letter struct {
	From, Text, User string
	To               []string
	Encrypted        bool
}

// New starts a server, which ends with the test.
func New(t testing.TB, set func(*Server)) *Server {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("loopback: %v", err)
	}
	s := &Server{Address: l.Addr().String(), listener: l}
	if err := s.certify(); err != nil {
		t.Fatalf("loopback: %v", err)
	}
	set(s)
	s.answered.Go(s.serve)
	t.Cleanup(func() { _ = l.Close(); s.answered.Wait() })
	return s
}

// Letters answers what was taken.
func (s *Server) Letters() []Letter {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Letter(nil), s.letters...)
}

func (s *Server) certify() error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		return err
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return err
	}
	s.certificate = tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
	s.Trust = &tls.Config{RootCAs: x509.NewCertPool(), MinVersion: tls.VersionTLS12}
	s.Trust.RootCAs.AddCert(leaf)
	return nil
}

func (s *Server) serve() {
	for {
		conn, err := s.listener.Accept()
		if err != nil {
			return
		}
		_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
		s.talk(conn)
	}
}

// talk holds one conversation.
func (s *Server) talk(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	var got Letter
	encrypt := func() {
		conn, got = tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{s.certificate}, MinVersion: tls.VersionTLS12}), Letter{Encrypted: true}
	}
	if s.Implicit {
		encrypt()
	}
	in := bufio.NewReader(conn)
	say := func(text string) { _, _ = io.WriteString(conn, text+"\r\n") }
	if s.Busy > 0 {
		s.Busy--
		say("421 come again later")
		return
	}
	say("220 here")
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimSpace(line)
		word, rest, _ := strings.Cut(line, " ")
		switch {
		case word == "EHLO" && s.StartTLS && !got.Encrypted:
			say("250-here\r\n250 STARTTLS")
		case word == "EHLO":
			say("250-here\r\n250 AUTH PLAIN")
		case word == "STARTTLS":
			say("220 go on")
			encrypt()
			in = bufio.NewReader(conn)
		case word == "AUTH":
			plain, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(rest, "PLAIN "))
			if string(plain) != "\x00"+s.User+"\x00"+s.Password {
				say("535 not known")
				continue
			}
			got.User = s.User
			say("235 known")
		case word == "MAIL" && s.User != got.User:
			say("530 sign in first")
		case word == "MAIL":
			got.From = strings.Trim(strings.Fields(strings.TrimPrefix(rest, "FROM:"))[0], "<>")
			say("250 ok")
		case word == "RCPT":
			to := strings.Trim(strings.TrimPrefix(rest, "TO:"), "<>")
			if to == s.Refused {
				say("550 nobody of that name")
				continue
			}
			got.To = append(got.To, to)
			say("250 ok")
		case word == "DATA":
			say("354 go on")
			for {
				row, err := in.ReadString('\n')
				if err != nil || row == ".\r\n" {
					break
				}
				got.Text += row
			}
			s.mu.Lock()
			s.letters = append(s.letters, got)
			s.mu.Unlock()
			say("250 taken")
		case word == "QUIT":
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}
