package mail

import (
	"encoding/base64"
	"fmt"
	"mime"
	"strings"
	"time"
)

// Letter is what is sent.
type Letter struct {
	To            []string
	Subject, Body string
	At            time.Time
	// ID tells a letter from others, so that a reader's program shows one that came twice once.
	ID string
}

// bytes is the message as RFC 5322 and MIME have it. The subject is encoded, so nothing in it ends a line.
func (l *Letter) bytes(from string) []byte {
	_, domain, _ := strings.Cut(from, "@")
	var b strings.Builder
	fmt.Fprintf(&b, "From: %s\r\nTo: %s\r\nSubject: %s\r\nDate: %s\r\nMessage-ID: <%s@%s>\r\n", from, strings.Join(l.To, ", "), mime.BEncoding.Encode("utf-8", l.Subject),
		l.At.Format(time.RFC1123Z), l.ID, domain)
	b.WriteString("MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\nAuto-Submitted: auto-generated\r\n\r\n")
	text := base64.StdEncoding.EncodeToString([]byte(l.Body))
	for len(text) > 76 {
		b.WriteString(text[:76] + "\r\n")
		text = text[76:]
	}
	b.WriteString(text + "\r\n")
	return []byte(b.String())
}
