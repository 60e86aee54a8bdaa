package server

import (
	"bytes"
	"html"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Each thing that a document can have to say is told in its own words and colour, in both languages, and the address of the other language keeps what was scanned.
func TestVerdicts(t *testing.T) {
	t.Parallel()
	yes, no := true, false
	day := dated(time.Date(2026, 3, 23, 9, 0, 0, 0, time.UTC))
	pages := newPages(nil)
	seen := map[string]bool{}
	for name, c := range map[string]struct {
		body verifyBody
		kind string
	}{
		"extract":            {verifyBody{Kind: "parcel-extract", Current: true}, "good"},
		"extract of before":  {verifyBody{Kind: "parcel-extract"}, "old"},
		"certificate":        {verifyBody{Kind: "postal-certificate", State: "valid", Current: true, Expires: &day, CodeMatches: &yes, SignatureValid: &yes}, "good"},
		"expired":            {verifyBody{Kind: "postal-certificate", State: "expired", Expires: &day, SignatureValid: &yes}, "old"},
		"revoked":            {verifyBody{Kind: "postal-certificate", State: "revoked", Expires: &day, Revoked: &day}, "bad"},
		"another code":       {verifyBody{Kind: "postal-certificate", State: "valid", Current: true, Expires: &day, CodeMatches: &no}, "bad"},
		"not signed by nsdi": {verifyBody{Kind: "postal-certificate", State: "valid", Current: true, Expires: &day, SignatureValid: &no, CodeMatches: &no}, "bad"},
	} {
		c.body.Number, c.body.Issued, c.body.SHA256 = "NSDI-1405-AAAA-AAAA-A", day, "abc"
		said := judged(&c.body)
		require.Equal(t, c.kind, said.Kind, name)
		require.False(t, seen[said.Title.FA], "%s: %s", name, said.Title.FA)
		seen[said.Title.FA] = true
		for _, lang := range []string{"fa", "en"} {
			var out bytes.Buffer
			v := view{Lang: lang, Path: "/v1/verify/x", Verify: said, Kept: url.Values{"signed": {"a.b.c"}}}
			require.NoError(t, pages.ExecuteTemplate(&out, "verify", v), name)
			text := html.UnescapeString(out.String())
			require.Contains(t, text, said.Title.In(lang), name)
			require.Contains(t, text, "signed=a.b.c", name)
			require.Equal(t, c.body.Revoked != nil, strings.Contains(text, v.T("تاریخ ابطال", "<dt>Revoked</dt>")), name)
			require.Contains(t, text, v.T("۱۴۰۵/۰۱/۰۳", "2026-03-23 (1405-01-03)"), name)
		}
	}
}
