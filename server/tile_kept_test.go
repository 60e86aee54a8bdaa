package server_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"nsdi/access"
	"nsdi/server"
)

// A tile that is in memory is answered on a way of its own, to those who say nothing of who they are: the answer is that of all other requests, header by header, and who
// says something false is refused all the same.
func TestKeptTileIsAnsweredAsAnyOther(t *testing.T) {
	t.Parallel()
	s := start(t, func(d *server.Deps) { d.Keys = &access.Keys{Pool: d.System} })
	doc := s.json(t, "/tiles/urban-boundary.json")
	address := doc["tiles"].([]any)[0].(string)
	at := strings.NewReplacer("{z}", "14", "{x}", "10526", "{y}", "6472").Replace(address)
	ask := func(method, url string, header ...string) (*http.Response, string) {
		r, err := http.NewRequestWithContext(t.Context(), method, url, nil)
		require.NoError(t, err)
		r.Header.Set("Accept-Encoding", "gzip")
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		answer, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		defer answer.Body.Close()
		body, err := io.ReadAll(answer.Body)
		require.NoError(t, err)
		answer.Header.Del("Date")
		return answer, string(body)
	}
	first, body := ask("GET", at, "Cookie", "a=b") // the way of all requests
	require.Equal(t, http.StatusOK, first.StatusCode)
	require.NotEmpty(t, body)
	require.Equal(t, "*", first.Header.Get("Access-Control-Allow-Origin"), "maps of other servers draw it, too")
	for _, method := range []string{"GET", "HEAD"} {
		kept, again := ask(method, at)
		require.Equal(t, http.StatusOK, kept.StatusCode)
		require.Equal(t, first.Header, kept.Header)
		if method == "GET" {
			require.Equal(t, body, again)
		}
	}
	same, _ := ask("GET", at, "If-None-Match", first.Header.Get("Etag"))
	require.Equal(t, http.StatusNotModified, same.StatusCode)
	require.Equal(t, first.Header.Get("Etag"), same.Header.Get("Etag"))
	for _, header := range []string{"Authorization", "X-Api-Key", "Api-Key"} {
		value := "nothing"
		if header == "Authorization" {
			value = "Bearer nothing"
		}
		refused, _ := ask("GET", at, header, value)
		require.Equal(t, http.StatusUnauthorized, refused.StatusCode, header)
	}
	for _, other := range []string{strings.Replace(at, "/10526/", "/+10526/", 1), strings.Replace(at, "/10526/", "/1052%366/", 1)} {
		bad, _ := ask("GET", other)
		require.Equal(t, http.StatusBadRequest, bad.StatusCode, other)
	}
	post, _ := ask("POST", at)
	require.Equal(t, http.StatusMethodNotAllowed, post.StatusCode)
}
