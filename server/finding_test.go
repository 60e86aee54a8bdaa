package server_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"nsdi/access"
)

// What was found is read by its agency in every form and by nobody else; proposals are accepted by an uploader, and the row is taken as proposed.
func TestFindings(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.uploader = d.person("uploader", access.Uploader) // whose questions no quota counts, however fast they come
	id := d.deliver("places.csv", "code,name_fa,lon,lat\na,علي,51.1,35.1\nb,,51.2,35.2\nc,كرج,51.1,35.1\n", `,"theme":"place","confirm":true`)
	d.waits(id, "validated")
	at := "/v1/submissions/" + id
	get := func(path string, who ...string) int {
		r, _ := d.do(t, "GET", path, who...)
		return r.StatusCode
	}
	v := d.json(t, at+"/findings", d.uploader...)
	all := v["findings"].([]any)
	require.Len(t, all, 4)
	require.Nil(t, v["next"])
	v = d.json(t, at+"/findings?limit=1&rule=text-arabic-letters", d.uploader...)
	first := v["findings"].([]any)[0].(map[string]any)
	require.Equal(t, "علی", first["proposed"])
	require.Equal(t, "open", first["state"])
	require.Equal(t, "Point", first["geometry"].(map[string]any)["type"])
	v = d.json(t, at+"/findings?rule=text-arabic-letters&after="+fmt.Sprint(v["next"]), d.uploader...)
	require.Len(t, v["findings"], 1)
	require.Equal(t, "c", v["findings"].([]any)[0].(map[string]any)["key"])

	for path, want := range map[string]string{
		".csv": "text/csv", ".xlsx": "spreadsheetml", ".gpkg": "geopackage", ".xlsx?lang=en": "spreadsheetml", "/tiles/6/41/25": "mapbox-vector-tile", "/tiles.json": "application/json",
	} {
		r, body := d.do(t, "GET", at+"/findings"+path, d.uploader...)
		require.Equal(t, 200, r.StatusCode, "%s: %s", path, body)
		require.Contains(t, r.Header.Get("Content-Type"), want)
		require.NotEmpty(t, body, path)
		require.Equal(t, "no-store", r.Header.Get("Cache-Control"))
		for _, who := range [][]string{d.stranger, nil} {
			status := get(at+"/findings"+path, who...)
			require.Contains(t, []int{http.StatusNotFound, http.StatusUnauthorized, http.StatusForbidden}, status, path)
		}
	}
	about := d.json(t, at+"/findings/tiles.json", d.uploader...)
	require.Equal(t, "3.0.0", about["tilejson"])
	require.Len(t, about["bounds"], 4)
	require.Equal(t, d.URL+at+"/findings/tiles/{z}/{x}/{y}", about["tiles"].([]any)[0])
	for path, status := range map[string]int{
		"/findings.xlsx?lang=de": 422, "/findings?severity=X": 422, "/findings?limit=0": 422, "/findings/tiles/40/0/0": 404, "/findings/tiles/a/b/c": 400,
	} {
		require.Equal(t, status, get(at+path, d.uploader...), path)
	}
	require.Equal(t, 404, get("/v1/submissions/NSDI-1405-0000-0000-0/findings.csv", d.uploader...))

	for body, code := range map[string]string{`{}`: "request-invalid", `{"rules":["domain"]}`: "correction-unknown", `{"rows":[{"rule":"text-arabic-letters","source":"x","row":1}]}`: "correction-unknown"} {
		status, v := d.decide(id, "fixes", body, d.uploader)
		require.Equal(t, 422, status, body)
		require.Equal(t, code, v["code"])
	}
	status, _ := d.decide(id, "fixes", `{"rules":["text-arabic-letters"]}`, d.stranger)
	require.Equal(t, 404, status)
	status, v = d.decide(id, "fixes", `{"rules":["text-arabic-letters"]}`, d.reviewer)
	require.Equal(t, 403, status, "a reviewer does not change what was delivered: %v", v)
	status, v = d.decide(id, "fixes", `{"rules":["text-arabic-letters"]}`, d.uploader)
	require.Equal(t, 200, status, v)
	d.waits(id, "validated")
	v = d.json(t, at+"/findings?state=fixed", d.uploader...)
	require.Len(t, v["findings"], 2)
}

// A delivery whose every row is refused waits where corrections are proposed, says so, and is published with them; it cannot be submitted as it is.
func TestAllRefusedIsMended(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	touching := func(lon int) string { // a boundary that touches itself: mending keeps the area
		return fmt.Sprintf(`"POLYGON((%[1]d 35,%[1]d.01 35,%[1]d.01 35.01,%[1]d.005 35,%[1]d 35.01,%[1]d 35))"`, lon)
	}
	text := "feature_id,feature_class,WKT\na,building," + touching(51) + "\nb,building," + touching(52) + "\n"
	id := d.deliver("buildings.csv", text, `,"theme":"base-map-feature","confirm":true,"submit":true,"mapping":{"crs":"EPSG:4326"}`)
	v := d.waits(id, "validated")
	require.Equal(t, []any{"confirm", "fix", "withdraw"}, v["next"])
	require.Contains(t, v["answer"].(map[string]any)["en"], "No row is accepted yet: all 2 were refused. Corrections that you can accept: 2.")
	status, v := d.decide(id, "submit", `{"accept_refused":true}`, d.uploader)
	require.Equal(t, 422, status, v)
	require.Equal(t, "nothing-accepted", v["code"])
	require.Contains(t, v["next_step"], "Accept the proposed corrections")

	// Where nothing is proposed, whoever confirmed the columns may name others.
	other := d.deliver("places.csv", "code,name,lon,lat\na,x,51,35\n", `,"theme":"place"`)
	d.waits(other, "inspected")
	status, v = d.decide(other, "confirm", `{"theme":"place","mapping":{"attributes":{"code":"code"}}}`, d.uploader)
	require.Equal(t, 200, status, v)
	v = d.waits(other, "validated")
	require.Equal(t, []any{"confirm", "withdraw"}, v["next"])
	require.Equal(t, "The only row is not accepted yet. Look at theme and columns again, or mend the file and deliver it anew.", v["answer"].(map[string]any)["en"])
	require.Empty(t, d.rememberedMappings("place"), "with these columns nothing was accepted")
	status, v = d.decide(other, "confirm", `{"theme":"place","mapping":{"attributes":{"code":"code","name_fa":"name"}}}`, d.uploader)
	require.Equal(t, 200, status, v)
	require.EqualValues(t, 1, d.waits(other, "validated")["report"].(map[string]any)["rows_accepted"])
	require.Equal(t, []string{"name"}, d.rememberedMappings("place"))

	// One of two: the other stays refused, and has to be left out by name.
	source := "buildings.csv · buildings"
	status, v = d.decide(id, "fixes", fmt.Sprintf(`{"rows":[{"rule":"geometry-invalid","source":%q,"row":1}]}`, source), d.uploader)
	require.Equal(t, 200, status, v)
	v = d.waits(id, "validated")
	require.Equal(t, []any{"confirm", "fix", "submit", "withdraw"}, v["next"])
	status, v = d.decide(id, "submit", `{}`, d.uploader)
	require.Equal(t, "rows-refused", v["code"], status)

	status, v = d.decide(id, "fixes", `{"rules":["geometry-invalid"]}`, d.uploader)
	require.Equal(t, 200, status, v)
	v = d.waits(id, "submitted")
	require.EqualValues(t, 2, v["report"].(map[string]any)["rows_accepted"])
	status, v = d.decide(id, "review", `{"decision":"publish"}`, d.publisher)
	require.Equal(t, 200, status, v)
	v = d.waits(id, "published")
	require.EqualValues(t, 2, v["report"].(map[string]any)["features"])
}

func TestRules(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	get := func(path string) int {
		r, _ := d.do(t, "GET", path)
		return r.StatusCode
	}
	v := d.json(t, "/v1/rules")
	require.Equal(t, "nsdi-12", v["rule_set"])
	require.Len(t, v["profiles"], 3)
	require.Greater(t, len(v["rules"].([]any)), 30)
	severity := func(address, code string) string {
		for _, r := range d.json(t, address)["rules"].([]any) {
			rule := r.(map[string]any)
			require.NotEmpty(t, rule["title"].(map[string]any)["fa"])
			if rule["code"] == code {
				return rule["severity"].(string)
			}
		}
		return "none"
	}
	require.Equal(t, "W", severity("/v1/rules?theme=neighbourhood", "overlap"))
	require.Equal(t, "E", severity("/v1/rules?theme=neighbourhood&profile=strict", "overlap"))
	require.Equal(t, "off", severity("/v1/rules?theme=place", "overlap"))
	require.Equal(t, 422, get("/v1/rules?profile=kind"))
	require.Equal(t, 422, get("/v1/rules?theme=unicorns"))
}

// rememberedMappings answers the columns from which agencies have confirmed that names of a theme come.
func (d *desk) rememberedMappings(theme string) []string {
	d.t.Helper()
	rows, err := d.pool.Query(d.t.Context(), `select mapping -> 'attributes' ->> 'name_fa' from layers.mapping where theme = $1`, theme)
	require.NoError(d.t, err)
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(d.t, err)
	return names
}
