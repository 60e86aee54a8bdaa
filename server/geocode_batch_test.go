package server_test

import (
	"encoding/csv"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/access"
	"nsdi/server"
)

// batch hands a file over and answers status, media type and body; err is what broke the answer off.
func (q *quarter) batch(t *testing.T, query, mime string, body io.Reader, header ...string) (int, string, string, error) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, q.URL+"/v1/geocode/batch"+query, body)
	require.NoError(t, err)
	r.Header.Set("Content-Type", mime)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	answer, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	return answer.StatusCode, answer.Header.Get("Content-Type"), string(text), err
}

func TestGeocodeBatch(t *testing.T) {
	t.Parallel()
	q := newQuarter(t)

	status, mime, body, err := q.batch(t, "", "text/csv", strings.NewReader("ردیف,آدرس\n1,تهران خیابان بهار پلاک ۱۲\n=2,تهران خیابان بهار پلاک ۱۴\n3,\n"))
	require.NoError(t, err)
	require.Equal(t, 200, status, body)
	require.Equal(t, "text/csv; charset=utf-8", mime)
	rows, err := csv.NewReader(strings.NewReader(body)).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 4)
	require.Equal(t, []string{"ردیف", "آدرس", "match_level", "match_level_name", "match_confidence"}, rows[0][:5])
	assert.Equal(t, []string{"1", "8", "site"}, []string{rows[1][0], rows[1][2], rows[1][3]})
	assert.Equal(t, []string{"'=2", "5", "way"}, []string{rows[2][0], rows[2][2], rows[2][3]}, "a number that is not there is the way")
	assert.Equal(t, []string{"3", "-1"}, []string{rows[3][0], rows[3][2]})

	status, mime, body, err = q.batch(t, "?address=where", "application/x-ndjson", strings.NewReader(`{"where":"تهران خیابان بهار ۱۰","address":"x"}`+"\n"))
	require.NoError(t, err)
	require.Equal(t, 200, status)
	require.Equal(t, "application/jsonl", mime)
	require.Contains(t, body, `"match":{"level":"8"`)

	for query, code := range map[string]string{"?format=xlsx": "format-unknown", "?planet=a": "role-unknown", "?address=b": "column-unknown", "": "no-address-column"} {
		status, mime, body, _ := q.batch(t, query, "text/csv", strings.NewReader("a\n1\n"))
		assert.Equal(t, 422, status, body)
		assert.Equal(t, "application/problem+json", mime)
		assert.Contains(t, body, code)
	}
}

// Answers come while questions are still sent; when the sender is gone the work ends.
func TestGeocodeBatchStreams(t *testing.T) {
	t.Parallel()
	q := newQuarter(t)
	in, out := io.Pipe()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, q.URL+"/v1/geocode/batch", in)
	require.NoError(t, err)
	first := make(chan string)
	go func() {
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			first <- err.Error()
			return
		}
		defer answer.Body.Close()
		buffer := make([]byte, 64)
		n, _ := io.ReadFull(answer.Body, buffer)
		first <- string(buffer[:n])
		_, err = io.Copy(io.Discard, answer.Body)
		first <- fmt.Sprint(err)
	}()
	_, err = io.WriteString(out, "address\n"+strings.Repeat("تهران خیابان بهار پلاک ۱۲\n", 64))
	require.NoError(t, err)
	select {
	case got := <-first:
		require.True(t, strings.HasPrefix(got, "address,match_level,"), got)
	case <-time.After(2 * time.Minute):
		t.Fatal("no answer while the file is still sent")
	}
	require.NoError(t, out.CloseWithError(io.ErrUnexpectedEOF))
	<-first
}

// The rows of a key count towards its day. What had room is answered, the last row says why there is no more, and the answer breaks off.
func TestGeocodeBatchCountsRows(t *testing.T) {
	t.Parallel()
	q := newQuarter(t)
	_, err := q.pool.Exec(t.Context(), `
		insert into access.key_usage (key_id, class, day, taken)
		select id, 'search', $1, 200000 - 200
		from access.key`, time.Now().In(access.Iran()).Format(time.DateOnly))
	require.NoError(t, err)
	file := "address\n" + strings.Repeat("تهران خیابان بهار پلاک ۱۲\n", 500)
	status, _, body, broken := q.batch(t, "", "text/csv", strings.NewReader(file), q.firm...)
	require.Equal(t, 200, status)
	require.Error(t, broken)
	lines := strings.Split(strings.TrimSpace(body), "\n")
	assert.Equal(t, 1+3*64+1, len(lines), "the header, three times 64 of the 199 that were left, and why")
	assert.Contains(t, lines[len(lines)-1], "200000")

	// The public is answered at its pace: 60 at once, then ten a second.
	slow := newQuarter(t, func(d *server.Deps) {
		d.PublicQuotas = &access.PublicQuotas{Factor: 1}
		d.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	})
	began := time.Now()
	_, _, body, err = slow.batch(t, "", "text/csv", strings.NewReader("address\n"+strings.Repeat("تهران خیابان بهار پلاک ۱۲\n", 64)), "X-Forwarded-For", "203.0.113.9")
	require.NoError(t, err)
	assert.Equal(t, 65, strings.Count(body, "\n"))
	assert.Greater(t, time.Since(began), 400*time.Millisecond, "five of the 65 had to wait for their turn")
}
