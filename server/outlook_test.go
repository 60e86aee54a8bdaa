package server_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// published takes a delivery all the way.
func (d *desk) published(name, content, more string) string {
	d.t.Helper()
	id := d.deliver(name, content, `,"theme":"place","confirm":true,"submit":true`+more)
	d.waits(id, "submitted")
	status, v := d.decide(id, "review", `{"decision":"publish"}`, d.publisher)
	require.Equal(d.t, 200, status, v)
	d.waits(id, "published")
	return id
}

// What publishing would change is told before and after it, in pages and on the map, to those whose it is.
func TestWhatASubmissionChanges(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	first := d.published("places.csv", "code,name_fa,lon,lat\na,الف,51,35\nb,ب,52,35\nc,پ,53,35\nd,ت,54,35\ne,ث,55,35\n", "")
	v := d.json(t, "/v1/submissions/"+first+"/diff?limit=2", d.uploader...)
	require.EqualValues(t, []any{"published", 0.0, 1.0, 5.0, 0.0, 0.0, "b"}, []any{v["state"], v["from"], v["to"], v["added"], v["altered"], v["removed"], v["next"]})

	second := d.deliver("again.csv", "code,name_fa,lon,lat\na,الف,51,35\nb,بـ,52.001,35\nc,پ,53,35\ne,ث,55,35\nf,ج,56,35\n", `,"theme":"place"`)
	d.waits(second, "inspected")
	path := "/v1/submissions/" + second + "/diff"
	tell := func(path string, who []string) (int, map[string]any) {
		r, body := d.do(t, "GET", path, who...)
		var v map[string]any
		require.NoError(t, json.Unmarshal(body, &v), "%s", body)
		return r.StatusCode, v
	}
	status, v := tell(path, d.uploader)
	require.Equal(t, 409, status)
	require.Equal(t, "difference-not-there", v["code"])
	status, v = d.decide(second, "confirm", `{"theme":"place","submit":true}`, d.uploader)
	require.Equal(t, 200, status, v)
	d.waits(second, "submitted")

	outlook := func(state string, to any) {
		t.Helper()
		for _, who := range [][]string{d.uploader, d.reviewer} {
			status, v := tell(path, who)
			require.Equal(t, 200, status, v)
			require.EqualValues(t, []any{state, 1.0, to, 1.0, 1.0, 1.0, nil}, []any{v["state"], v["from"], v["to"], v["added"], v["altered"], v["removed"], v["next"]})
			list := v["list"].([]any)
			var told []string
			for _, one := range list {
				told = append(told, fmt.Sprint(one.(map[string]any)["op"], " ", one.(map[string]any)["key"]))
			}
			require.Equal(t, []string{"altered b", "removed d", "added f"}, told)
			altered := list[0].(map[string]any)
			require.Equal(t, map[string]any{"name_fa": map[string]any{"before": "ب", "after": "بـ"}}, altered["fields"])
			require.InDelta(t, 91.2, altered["geometry"].(map[string]any)["moved_m"], 1, "a thousandth of a degree along 35° north")
			require.Equal(t, "ج", list[2].(map[string]any)["fields"].(map[string]any)["name_fa"].(map[string]any)["after"])
		}
	}
	outlook("submitted", nil)
	status, v = tell(path, d.stranger)
	require.Equal(t, 404, status)
	require.Equal(t, "submission-unknown", v["code"])
	status, _ = tell(path, nil)
	require.Equal(t, 401, status)
	for after, want := range map[string][2]any{"": {"b", "b"}, "&after=b": {"d", "d"}, "&after=d": {"f", nil}} {
		_, v := tell(path+"?limit=1"+after, d.reviewer)
		require.Equal(t, want, [2]any{v["list"].([]any)[0].(map[string]any)["key"], v["next"]})
	}
	r, body := d.do(t, "GET", path+".geojson", d.reviewer...)
	require.Equal(t, 200, r.StatusCode, "%s", body)
	require.Equal(t, "application/geo+json", r.Header.Get("Content-Type"))
	require.Equal(t, 4, strings.Count(string(body), `"type":"Point"`), "two of the altered one: %s", body)
	require.Contains(t, string(body), `"properties":{"op":"altered","key":"b","side":"after"},"geometry":{"type":"Point","coordinates":[52.001,35]}`)
	status, _ = d.decide(second, "review", `{"decision":"accept"}`, d.reviewer)
	require.Equal(t, 200, status)
	outlook("reviewed", nil)
	status, _ = d.decide(second, "review", `{"decision":"publish"}`, d.publisher)
	require.Equal(t, 200, status)
	d.waits(second, "published")
	outlook("published", 2.0)
	for _, query := range []string{"?limit=1001"} {
		status, v := tell(path+query, d.uploader)
		require.Equal(t, 422, status, query)
		require.Equal(t, "request-invalid", v["code"])
	}
	status, _ = tell("/v1/submissions/nonsense/diff", d.uploader)
	require.Equal(t, 404, status)

	// What came to nothing changes nothing, and what has ended otherwise has no difference.
	same := d.deliver("same.csv", "code,name_fa,lon,lat\na,الف,51,35\n", `,"theme":"place","mode":"upsert","confirm":true,"submit":true`)
	d.waits(same, "submitted")
	_, v = tell("/v1/submissions/"+same+"/diff", d.uploader)
	require.EqualValues(t, []any{[]any{}, 0.0, 0.0, 0.0}, []any{v["list"], v["added"], v["altered"], v["removed"]})
	status, _ = d.decide(same, "withdraw", `{}`, d.uploader)
	require.Equal(t, 200, status)
	status, v = tell("/v1/submissions/"+same+"/diff", d.uploader)
	require.Equal(t, 409, status)
	require.Equal(t, "difference-not-there", v["code"])
}

// When the tables of the report are gone or emptied, as after a crash, or the dataset is another, nothing false is told.
func TestAnOutlookThatDoesNotStand(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.published("places.csv", placesOf(5, named), "")
	id := d.deliver("more.csv", placesOf(6, named), `,"theme":"place","confirm":true`)
	d.waits(id, "validated")
	refused := func() {
		t.Helper()
		r, body := d.do(t, "GET", "/v1/submissions/"+id+"/diff", d.uploader...)
		require.Equal(t, 409, r.StatusCode, "%s", body)
		require.Contains(t, string(body), "difference-not-there")
	}
	var number int64
	require.NoError(t, d.pool.QueryRow(t.Context(), `select id from layers.submission where tracking = $1`, id).Scan(&number))
	ask := func(sql string) {
		t.Helper()
		_, err := d.pool.Exec(t.Context(), sql)
		require.NoError(t, err)
	}
	require.Len(t, d.json(t, "/v1/submissions/"+id+"/diff", d.uploader...)["list"], 1)
	ask(fmt.Sprintf(`create table staging.kept as table staging.d%d`, number))
	ask(fmt.Sprintf(`truncate staging.d%d`, number))
	refused()
	ask(fmt.Sprintf(`insert into staging.d%d table staging.kept`, number))
	require.Len(t, d.json(t, "/v1/submissions/"+id+"/diff", d.uploader...)["list"], 1)
	ask(`update layers.submission set based_on = based_on - 1 where id = ` + fmt.Sprint(number))
	refused()
	ask(`update layers.submission set based_on = based_on + 1 where id = ` + fmt.Sprint(number))
	ask(fmt.Sprintf(`drop table staging.d%d`, number))
	refused()

	status, v := d.decide(id, "confirm", `{"theme":"place"}`, d.uploader)
	require.Equal(t, 200, status, v)
	d.until(id, `state = 'validated' and finished_at is null`)
	require.Len(t, d.json(t, "/v1/submissions/"+id+"/diff", d.uploader...)["list"], 1)
}
