package server_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"nsdi/access"
)

// A file whose plates have a slash waits with a question, also when it came with "confirm"; the answer in the mapping lets it go on, and the list of features says the
// plate in words.
func TestAPlateWithASlashIsAsked(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	uploader := []string{"x-api-key", d.key(t, "registry", access.Uploader)}
	d.put("p.geojson", `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"parcel_id":"p","section":"3","PELAK":"72/1617","accuracy_m":0.1},
		"geometry":{"type":"Polygon","coordinates":[[[51.5,35.5],[51.501,35.5],[51.501,35.501],[51.5,35.501],[51.5,35.5]]]}}]}`)
	status, v := d.post(t, "/v1/submissions", `{"agency":"registry","theme":"cadastre-urban","uploads":["p.geojson"],"confirm":true}`, uploader...)
	require.Equal(t, 200, status, v)
	tracking := v["tracking"].(string)
	d.until(tracking, `state = 'inspected'`)
	v = d.json(t, "/v1/submissions/"+tracking, uploader...)
	require.Equal(t, "plate-side-unanswered", v["problem"].(map[string]any)["code"])
	question := v["inspection"].(map[string]any)["question"].(map[string]any)
	require.Equal(t, "PELAK", question["column"])
	sample := question["samples"].([]any)[0].(map[string]any)
	require.Equal(t, "\u2067۱۶۱۷ فرعی از ۷۲ اصلی\u2069", sample["left"].(map[string]any)["fa"])
	require.Equal(t, "\u2067۷۲ فرعی از ۱۶۱۷ اصلی\u2069", sample["right"].(map[string]any)["fa"])

	status, v = d.decide(tracking, "confirm", `{"theme":"cadastre-urban"}`, uploader)
	require.Equal(t, []any{422, "plate-side-unanswered"}, []any{status, v["code"]}, "what the inspection proposes is not an answer")
	require.NotEmpty(t, v["next_step_fa"])
	status, v = d.decide(tracking, "confirm", `{"theme":"cadastre-urban","mapping":{"plate":{"column":"PELAK","main":"middle"}}}`, uploader)
	require.Equal(t, []any{422, "mapping-invalid"}, []any{status, v["code"]})
	status, v = d.decide(tracking, "confirm", `{"theme":"cadastre-urban","mapping":{"plate":{"column":"PELAK","main":"left"}}}`, uploader)
	require.Equal(t, 200, status, v)
	d.until(tracking, `state = 'validated'`)
	v = d.json(t, "/v1/submissions/"+tracking, uploader...)
	require.Nil(t, v["problem"])
	require.EqualValues(t, 1, v["report"].(map[string]any)["rows_accepted"])

	id, err := access.Create(t.Context(), d.pool, access.Account{Login: "registrar", Agency: "registry", Role: access.Publisher, Password: "correct horse battery 9"})
	require.NoError(t, err)
	token, err := (&access.Sessions{Pool: d.pool, Now: time.Now}).Begin(t.Context(), id, "password", "")
	require.NoError(t, err)
	status, v = d.decide(tracking, "submit", `{}`, uploader)
	require.Equal(t, 200, status, v)
	status, v = d.decide(tracking, "review", `{"decision":"publish"}`, []string{"Cookie", "nsdi-session=" + token, "Sec-Fetch-Site", "same-origin"})
	require.Equal(t, 200, status, v)
	d.until(tracking, `state = 'published'`)
	r, body := d.do(t, "GET", fmt.Sprintf("/v1/datasets/%v/features", v["dataset"]))
	require.Equal(t, 200, r.StatusCode)
	v = nil
	require.NoError(t, json.Unmarshal(body, &v))
	properties := v["features"].([]any)[0].(map[string]any)["properties"].(map[string]any)
	require.Equal(t, "\u2066sub 1617 of main 72\u2069", properties["plate"].(map[string]any)["en"])
}
