package server_test

import (
	"encoding/json"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/access"
	"nsdi/server"
)

type cards struct {
	Services []struct {
		ID    string
		Quota *struct {
			Class       string
			Key, Public *struct {
				PerSecond float64 `json:"per_second"`
				Burst     int
				PerDay    *int64 `json:"per_day"`
			}
		}
		NationalCode *string `json:"national_code"`
		Availability *float64
		Support      *string
		Since        struct{ Date, Jalali string }
		Routes       []struct{ Method, Path string }
		Rating       struct{ All, Recent struct{ Count int } }
	}
}

func TestServiceCards(t *testing.T) {
	t.Parallel()
	quotas := &access.PublicQuotas{Factor: 2}
	s := start(t, func(d *server.Deps) {
		d.PublicQuotas = quotas
		d.Terms = access.ServiceTerms{Availability: 99.5, Support: "021-0000", Codes: map[string]string{"nsdi-tiles": "10031234000"}}
	})
	r, body := s.do(t, "GET", "/v1/services")
	require.Equal(t, 200, r.StatusCode, "%s", body)
	assert.Equal(t, "public, max-age=60", r.Header.Get("Cache-Control"))
	var got cards
	require.NoError(t, json.Unmarshal(body, &got))
	require.Len(t, got.Services, len(access.Services()))
	for _, c := range got.Services {
		assert.InDelta(t, 99.5, *c.Availability, 0, c.ID)
		assert.Equal(t, "021-0000", *c.Support)
		assert.Equal(t, "1405-09-01", c.Since.Jalali)
		assert.Equal(t, "2026-11-22", c.Since.Date)
		assert.Equal(t, c.ID == "nsdi-tiles", c.NationalCode != nil)
		if c.ID == "nsdi-geocode" { // its numbers are those that count
			key := access.ClassOf(access.KeyClasses(), access.SearchClass)
			assert.Equal(t, key.Burst, c.Quota.Key.Burst)
			assert.Equal(t, key.PerDay, *c.Quota.Key.PerDay)
			assert.InDelta(t, quotas.Class(access.SearchClass).PerSecond, c.Quota.Public.PerSecond, 0)
			assert.Nil(t, c.Quota.Public.PerDay)
		}
	}
	tag := r.Header.Get("ETag")
	require.NotEmpty(t, tag)
	for _, has := range []string{tag, `"x", ` + tag, strings.TrimPrefix(tag, "W/"), "*"} {
		r, body = s.do(t, "GET", "/v1/services", "If-None-Match", has)
		assert.Equal(t, 304, r.StatusCode, has)
		assert.Empty(t, string(body))
		assert.Equal(t, tag, r.Header.Get("ETag"))
	}
	r, body = s.do(t, "GET", "/v1/services/nsdi-geocode", "If-None-Match", tag)
	require.Equal(t, 200, r.StatusCode, "%s", body)
	assert.Contains(t, string(body), `"per_second":20,"burst":120`)
	for path, code := range map[string]string{
		"/v1/services/nsdi-nothing": "service-unknown", "/v1/services/nsdi-nothing/ratings": "sign-in-needed", "/v1/services/" + strings.Repeat("x", 70): "request-invalid",
	} {
		_, body = s.do(t, "GET", path)
		assert.Contains(t, string(body), `"code":"`+code+`"`, path)
	}
	// Off, and without terms.
	plain := start(t, nil)
	_, body = plain.do(t, "GET", "/v1/services")
	require.NoError(t, json.Unmarshal(body, &got))
	for _, c := range got.Services {
		assert.Nil(t, c.Availability)
		assert.Nil(t, c.Support)
		assert.True(t, c.Quota == nil || c.Quota.Public == nil)
	}
}

func post(t *testing.T, s *site, path, body string, header ...string) (*http.Response, map[string]any) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "POST", s.URL+path, strings.NewReader(body))
	require.NoError(t, err)
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	answer, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(r)
	require.NoError(t, err)
	defer answer.Body.Close()
	var v map[string]any
	require.NoError(t, json.NewDecoder(answer.Body).Decode(&v))
	return answer, v
}

func TestRateAService(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	s := staffed(t, func(d *server.Deps) {
		d.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
		d.Keys = &access.Keys{Pool: d.System}
		d.Now = func() time.Time { return now }
	})
	const path = "/v1/services/nsdi-geocode/ratings"
	from := func(a string) []string { return []string{"X-Forwarded-For", a} }
	r, v := post(t, s, path, `{"score":4,"comment":"خوب\u0000"}`, from("5.160.1.2")...)
	require.Equal(t, 201, r.StatusCode, v)
	assert.Equal(t, false, v["replaced"])
	assert.Equal(t, map[string]any{"date": "2026-11-21", "jalali": "1405-08-30"}, v["day"])
	r, v = post(t, s, path, `{"score":2}`, from("5.160.1.2")...)
	require.Equal(t, 200, r.StatusCode, v)
	assert.Equal(t, true, v["replaced"])
	assert.EqualValues(t, 1, v["rating"].(map[string]any)["all"].(map[string]any)["count"])
	for body, code := range map[string]string{
		`{"score":0}`: "request-invalid", `{"score":6}`: "request-invalid", `{}`: "request-invalid", `x`: "request-invalid", `{"score":3.5}`: "request-invalid",
		`{"score":3,"comment":"` + strings.Repeat("ب", 501) + `"}`:  "request-invalid",
		`{"score":3,"comment":"` + strings.Repeat("ب", 9000) + `"}`: "request-invalid",
	} {
		r, v = post(t, s, path, body, from("5.160.1.3")...)
		assert.Equal(t, code, v["code"], body)
		assert.GreaterOrEqual(t, r.StatusCode, 400)
		assert.Less(t, r.StatusCode, 500)
	}
	_, v = post(t, s, "/v1/services/nsdi-nothing/ratings", `{"score":3}`)
	assert.Equal(t, "service-unknown", v["code"])
	// Another site cannot have a browser rate.
	_, v = post(t, s, path, `{"score":1}`, "Sec-Fetch-Site", "cross-site", "Origin", "https://elsewhere.example")
	assert.Equal(t, "cross-origin-refused", v["code"])

	// The public does not read ratings, nor who is no auditor; an auditor's key does.
	key := func(role access.Role, agency string) string {
		_, secret, err := (&access.Keys{Pool: s.pool}).Add(t.Context(), access.Key{
			Name: "x", Agency: agency, Roles: []access.Role{role}, Scopes: []string{"*"}, ExpiresAt: time.Now().Add(time.Hour),
		})
		require.NoError(t, err)
		return secret
	}
	r, _ = s.do(t, "GET", path, "x-api-key", key(access.Inquirer, "post"))
	assert.Equal(t, 403, r.StatusCode)
	auditor := key(access.Auditor, "committee")
	r, v = post(t, s, path, `{"score":5}`, "x-api-key", auditor)
	require.Equal(t, 201, r.StatusCode, v)
	_, body := s.do(t, "GET", path+"?limit=1", "x-api-key", auditor)
	var read struct {
		Sum  access.RatingSum
		Days []struct {
			Public int
			Day    struct{ Date string }
		}
		Comments []struct{ Comment, Kind string }
		Next     *int64
	}
	require.NoError(t, json.Unmarshal(body, &read), "%s", body)
	assert.Equal(t, [5]int64{0, 1, 0, 0, 1}, read.Sum.Scores)
	require.Len(t, read.Days, 1)
	assert.Equal(t, 1, read.Days[0].Public)
	assert.Equal(t, "2026-11-21", read.Days[0].Day.Date)
	assert.Empty(t, read.Comments, "the rating that replaced the first has none")
	assert.NotContains(t, string(body), "5.160")
	for _, bad := range []string{"?from=x", "?limit=0", "?from=2027-01-01T00:00:00Z&to=2026-01-01T00:00:00Z", "?before=-1", "?to=9999-12-31T00:00:00Z"} {
		r, body = s.do(t, "GET", path+bad, "x-api-key", auditor)
		assert.Equal(t, 422, r.StatusCode, "%s: %s", bad, body)
	}
}

func TestServicesPage(t *testing.T) {
	t.Parallel()
	s := staffed(t, nil)
	b := newBrowser(t, s.URL)
	page := b.get(t, "/services")
	require.Equal(t, 200, page.StatusCode)
	assert.Contains(t, page.body, `<html lang="fa" dir="rtl">`)
	assert.NotContains(t, page.body, "<script")
	assert.Contains(t, page.body, "۱۴۰۵/۰۹/۰۱")
	for _, c := range access.Services() {
		assert.Contains(t, page.body, `id="`+c.ID+`"`)
		assert.Contains(t, page.body, c.Terms[0].FA)
	}
	english := b.get(t, "/services?lang=en")
	assert.Contains(t, english.body, `<html lang="en" dir="ltr">`)
	assert.Contains(t, english.body, "2026-11-22 (1405-09-01)")

	alone := b.get(t, "/services?lang=en&service=nsdi-tiles")
	assert.Equal(t, []int{1, 1, 0}, []int{strings.Count(alone.body, "<article"), strings.Count(alone.body, "<h1"), strings.Count(alone.body, `id="nsdi-geocode"`)})
	assert.Contains(t, alone.body, `href="/services?lang=fa&amp;next=&amp;service=nsdi-tiles"`, "it is the same card in the other language")
	assert.Equal(t, 404, b.send(t, "GET", "/services?service=nsdi-nothing", nil).StatusCode)

	const form = "/services/nsdi-tiles/rating"
	answer := b.send(t, "POST", form, url.Values{"score": {"4"}, "comment": {"<script>x</script>"}, "lang": {"en"}})
	require.Equal(t, 303, answer.StatusCode, answer.body)
	require.Equal(t, "/services?lang=en&rated=nsdi-tiles#nsdi-tiles", answer.Header.Get("Location"))
	page = b.get(t, "/services?lang=en&rated=nsdi-tiles")
	assert.Contains(t, page.body, "Your rating was taken")
	assert.Contains(t, page.body, "4.0 of 5, ratings: 1")
	answer = b.send(t, "POST", form, url.Values{"score": {"2"}})
	assert.Equal(t, "/services?lang=fa&rated=nsdi-tiles&replaced=yes#nsdi-tiles", answer.Header.Get("Location"))
	page = b.get(t, answer.Header.Get("Location"))
	assert.Contains(t, page.body, "جای نظر امروزتان را گرفت")
	assert.Contains(t, page.body, "۲٫۰ از ۵، ۱ نظر")
	// A person is another caller than the address from which he or she comes.
	require.Equal(t, 303, b.signIn(t, "sara", sarasPassword).StatusCode)
	answer = b.send(t, "POST", form, url.Values{"score": {"3"}})
	assert.NotContains(t, answer.Header.Get("Location"), "replaced")

	for _, score := range []string{"", "0", "6", "x", "99999999999999999999"} {
		answer = b.send(t, "POST", form, url.Values{"score": {score}, "comment": {"<b>متن"}})
		assert.Equal(t, 422, answer.StatusCode, score)
		assert.Contains(t, answer.body, "امتیاز از ۱ تا ۵ است")
		assert.Contains(t, answer.body, "&lt;b&gt;متن", "what was written is not lost")
	}
	assert.Equal(t, 404, b.send(t, "POST", "/services/nsdi-nothing/rating", url.Values{"score": {"3"}}).StatusCode)
	assert.Equal(t, 403, b.send(t, "POST", form, url.Values{"score": {"3"}}, "Origin", "", "Sec-Fetch-Site", "").StatusCode, "a form without its origin")
	assert.Equal(t, 403, b.send(t, "POST", form, url.Values{"score": {"3"}}, "Sec-Fetch-Site", "cross-site", "Origin", "https://elsewhere.example").StatusCode)
	assert.Equal(t, 422, b.send(t, "POST", form, url.Values{"score": {"3"}}, "Content-Type", "text/plain").StatusCode)
}
