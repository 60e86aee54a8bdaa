package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"nsdi/internal/errs"
)

// The server starts with an address that browsers can go to, or with none, and else says what is wrong with it.
func TestPublicAddress(t *testing.T) {
	t.Parallel()
	for _, right := range []string{"", "https://nsdi.example", "https://nsdi.example/", "http://127.0.0.1:8080", "https://[2001:db8::1]:8443", "https://داده.ایران"} {
		require.NoError(t, (&signInFlags{PublicURL: right}).check(), right)
	}
	for given, want := range map[string]string{
		"nsdi.example": "begin with", "nsdi.example:8080": "begin with", "ftp://nsdi.example": "begin with", "https://nsdi.example:port": "begin with", "https://": "no host",
		"https://:8080": "no host", "https://me:secret@nsdi.example": "password", "https://nsdi.example?": "query", "https://nsdi.example/?a=b": "query", "https://nsdi.example/#": "fragment",
		"https://nsdi.example/maps": "path",
	} {
		err := (&signInFlags{PublicURL: given}).check()
		require.Equal(t, "public-url-wrong", errs.Code(err), given)
		require.ErrorContains(t, err, want, given)
	}
	err := (&serveCommand{signInFlags: signInFlags{PublicURL: "nsdi.example"}}).Run(t.Context(), nil, terminal{})
	require.Equal(t, "public-url-wrong", errs.Code(err), "before anything else is begun")
}
