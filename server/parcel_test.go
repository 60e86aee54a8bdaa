package server_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"nsdi/access"
	"nsdi/internal/errs"
	"nsdi/internal/fixture"
	"nsdi/internal/pg"
	"nsdi/internal/pgtest"
	"nsdi/server"
)

// estate is a site with four parcels of two plates that read alike from both sides, addresses and a building.
type estate struct {
	*site
	n int
}

func newEstate(t *testing.T, change ...func(*server.Deps)) *estate {
	t.Helper()
	s := start(t, func(d *server.Deps) {
		d.Keys = &access.Keys{Pool: d.System}
		for _, c := range change {
			c(d)
		}
	})
	plate := func(main, sub int) map[string]any {
		return map[string]any{"section": "بخش ۳", "main_plate": main, "sub_plate": sub, "land_use": "مسکونی"}
	}
	fixture.Publish(t, s.pool, "cadastre-urban", "registry", nil,
		fixture.Feature{Key: "p1", WKT: "POLYGON((51.5 35.5,51.501 35.5,51.501 35.501,51.5 35.501,51.5 35.5))", Attributes: plate(72, 1617)},
		fixture.Feature{Key: "p2", WKT: "POLYGON((51.501 35.5,51.502 35.5,51.502 35.501,51.501 35.501,51.501 35.5))", Attributes: plate(1617, 72)},
		fixture.Feature{Key: "p3", WKT: "POLYGON((51.51 35.5,51.511 35.5,51.511 35.501,51.51 35.501,51.51 35.5))", Attributes: plate(72, 1618)},
		fixture.Feature{Key: "p4", WKT: "POLYGON((51.52 35.5,51.521 35.5,51.521 35.501,51.52 35.501,51.52 35.5))", Attributes: map[string]any{"section": "3", "main_plate": 72}})
	address := func(key string, x, y float64) fixture.Feature {
		return fixture.Feature{Key: key, WKT: fmt.Sprintf("POINT(%v %v)", x, y), Attributes: map[string]any{"city": "تهران", "street": "آزادی", "number": 1, "street_key": "ازادی", "city_key": "تهران"}}
	}
	fixture.Publish(t, s.pool, "gnaf-address", "post", nil, address("inside", 51.5005, 35.5005), address("beside", 51.4999, 35.5005), address("far", 51.49, 35.5005))
	fixture.Publish(t, s.pool, "building", "ncc", nil,
		fixture.Feature{Key: "b1", WKT: "POLYGON((51.5002 35.5002,51.5004 35.5002,51.5004 35.5004,51.5002 35.5004,51.5002 35.5002))", Attributes: map[string]any{"floors": 5}},
		fixture.Feature{Key: "b2", WKT: "POLYGON((51.5008 35.5002,51.5012 35.5002,51.5012 35.5004,51.5008 35.5004,51.5008 35.5002))", Attributes: map[string]any{}})
	_, err := s.pool.Exec(t.Context(), `update cadastre.parcel set deed_id = cadastre.keep_deed(dataset_id, '98/123', null, '2020-03-20'), national_parcel_id = '1402' || parcel_id`)
	require.NoError(t, err)
	return &estate{site: s}
}

// ask sends an inquiry under an identifier of its own.
func (e *estate) ask(t *testing.T, path string, query ...string) (int, map[string]any) {
	t.Helper()
	e.n++
	v := url.Values{"purpose": {"صدور پروانه"}, "request": {fmt.Sprintf("r-%d", e.n)}}
	for i := 0; i < len(query); i += 2 {
		v.Set(query[i], query[i+1])
	}
	r, body := e.do(t, "GET", path+"?"+v.Encode())
	var out map[string]any
	require.NoError(t, json.Unmarshal(body, &out), "%s", body)
	return r.StatusCode, out
}

func (e *estate) found(t *testing.T, path string, query ...string) string {
	t.Helper()
	status, v := e.ask(t, path, query...)
	require.Equal(t, 200, status, v)
	var ids []string
	for _, p := range v["parcels"].([]any) {
		ids = append(ids, p.(map[string]any)["parcel_id"].(string))
	}
	return strings.Join(ids, " ")
}

func (e *estate) id(t *testing.T, key string) (id int64) {
	t.Helper()
	require.NoError(t, e.pool.QueryRow(t.Context(), `select id from cadastre.parcel where parcel_id = $1`, key).Scan(&id))
	return id
}

func TestParcelInquiries(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	require.Equal(t, "p1", e.found(t, "/v1/parcels/by-plate", "section", "3", "main", "72", "sub", "1617"))
	require.Equal(t, "p1", e.found(t, "/v1/parcels/by-plate", "section", "بخش ثبتی 03", "plate", "۱۶۱۷ فرعی از ۷۲ اصلی"))
	require.Equal(t, "p4", e.found(t, "/v1/parcels/by-plate", "section", "3", "main", "72"), "without a sub plate it is the main plate itself")
	require.Equal(t, "", e.found(t, "/v1/parcels/by-plate", "section", "4", "main", "72"))
	status, v := e.ask(t, "/v1/parcels/by-plate", "section", "3", "plate", "72/1617")
	require.Equal(t, 200, status)
	var both []string
	for _, p := range v["parcels"].([]any) {
		p := p.(map[string]any)
		both = append(both, p["parcel_id"].(string)+" "+p["reading"].(string)+" "+p["plate"].(map[string]any)["fa"].(string))
	}
	require.Equal(t, []string{"p1 main-left \u2067۱۶۱۷ فرعی از ۷۲ اصلی\u2069", "p2 main-right \u2067۷۲ فرعی از ۱۶۱۷ اصلی\u2069"}, both, "a slash is answered both ways, and each says which")

	require.Equal(t, "p2", e.found(t, "/v1/parcels/by-identifier", "identifier", "p2"))
	require.Equal(t, "p2", e.found(t, "/v1/parcels/by-identifier", "identifier", "1402p2"))
	require.Equal(t, "p3", e.found(t, "/v1/parcels/at", "lon", "51.5105", "lat", "35.5005"))
	require.Equal(t, "p1 p2", e.found(t, "/v1/parcels/at", "lon", "51.501", "lat", "35.5005"), "a common boundary belongs to both")
	require.Equal(t, "", e.found(t, "/v1/parcels/at", "lon", "51.5105", "lat", "35.5005", "date", "2020-01-01"), "nothing was published then")
	for _, day := range []string{"1399/01/01", "1399-01-01", "۱۳۹۹/۱/۱"} { // no year of Gregory's
		require.Equal(t, "", e.found(t, "/v1/parcels/at", "lon", "51.5105", "lat", "35.5005", "date", day), "nothing was published then")
	}
	today := access.Jalali(time.Now())
	require.Equal(t, "p3", e.found(t, "/v1/parcels/at", "lon", "51.5105", "lat", "35.5005", "date", today))
	require.Equal(t, "p3", e.found(t, "/v1/parcels/at", "lon", "51.5105", "lat", "35.5005", "date", strings.ReplaceAll(errs.Digits(today), "-", "/")))
	status, _ = e.ask(t, "/v1/parcels/at", "lon", "51.5105", "lat", "35.5005", "date", "1405/12/30")
	require.Equal(t, 422, status, "1405 is no leap year")
	require.Equal(t, "p3", e.found(t, "/v1/parcels/at", "lon", "51.5105", "lat", "35.5005", "date", time.Now().Add(time.Minute).Format(time.RFC3339)))

	status, v = e.ask(t, "/v1/parcels", "bbox", "51.4,35.4,51.6,35.6", "limit", "3")
	require.Equal(t, 200, status)
	require.Len(t, v["parcels"], 3)
	require.Equal(t, "p4", e.found(t, "/v1/parcels", "bbox", "51.4,35.4,51.6,35.6", "after", fmt.Sprint(int64(v["next"].(float64)))))

	one := fmt.Sprintf("/v1/parcels/%d", e.id(t, "p1"))
	status, v = e.ask(t, one)
	require.Equal(t, 200, status)
	p := v["parcel"].(map[string]any)
	require.Equal(t, map[string]any{"main": 72.0, "sub": 1617.0, "fa": "\u2067۱۶۱۷ فرعی از ۷۲ اصلی\u2069", "en": "\u2066sub 1617 of main 72\u2069"}, p["plate"])
	require.Equal(t, "Polygon", p["geometry"].(map[string]any)["type"])
	require.EqualValues(t, 39, p["utm_zone"])
	require.NotContains(t, fmt.Sprint(v), "98/123", "a deed is not for everybody")
	require.NotContains(t, p, "administrative")

	require.Equal(t, "p2", e.found(t, one+"/neighbours"))
	status, v = e.ask(t, one+"/neighbours")
	require.Equal(t, 200, status)
	require.InDelta(t, 111, v["parcels"].([]any)[0].(map[string]any)["shared_boundary_m"], 1, "a thousandth of a degree")
	require.Equal(t, "p1", e.found(t, one+"/history"))
	status, v = e.ask(t, one+"/lineage")
	require.Equal(t, []any{200, []any{}}, []any{status, v["lineage"]})

	_, v = e.ask(t, one+"/addresses")
	var linked []string
	for _, a := range v["addresses"].([]any) {
		a := a.(map[string]any)
		linked = append(linked, fmt.Sprintf("%s %v %.0f", a["key"], a["inside"], a["distance_m"]))
		require.NotContains(t, a, "postal_code", "units and their codes are asked for")
		require.NotContains(t, a, "unit")
	}
	require.Equal(t, []string{"inside true 0", "beside false 9"}, linked)
	_, v = e.ask(t, one+"/buildings")
	var shares []string
	for _, b := range v["buildings"].([]any) {
		b := b.(map[string]any)
		shares = append(shares, fmt.Sprintf("%s %.2f", b["key"], b["share"]))
	}
	require.ElementsMatch(t, []string{"b1 1.00", "b2 0.50"}, shares)
}

func TestParcelInquiriesGoneWrong(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	for _, c := range []struct {
		path   string
		query  []string
		status int
		code   string
	}{
		{"/v1/parcels/by-plate", []string{"section", "3"}, 422, "plate-invalid"},
		{"/v1/parcels/by-plate", []string{"section", "3", "plate", "1617-72"}, 422, "plate-invalid"},
		{"/v1/parcels/by-plate", []string{"section", "3", "plate", "72/1617", "main", "72"}, 422, "plate-invalid"},
		{"/v1/parcels/by-plate", []string{"main", "72"}, 422, "request-invalid"},
		{"/v1/parcels/by-plate", []string{"section", "3", "main", "99999999999"}, 422, "request-invalid"},
		{"/v1/parcels/at", []string{"lon", "51", "lat", "NaN"}, 422, "request-invalid"},
		{"/v1/parcels/at", []string{"lon", "51", "lat", "35", "date", "1403/12/31"}, 422, "request-invalid"},
		{"/v1/parcels/at", []string{"lon", "51", "lat", "35", "purpose", "  "}, 422, "inquiry-incomplete"},
		{"/v1/parcels/at", []string{"lon", "51", "lat", "35", "request", "a b"}, 422, "request-invalid"},
		{"/v1/parcels", []string{"bbox", "40,20,60,40"}, 422, "request-invalid"},
		{"/v1/parcels", []string{"bbox", "x"}, 422, "request-invalid"},
		{"/v1/parcels/999999999", nil, 404, "parcel-unknown"},
		{"/v1/parcels/999999999/neighbours", nil, 404, "parcel-unknown"},
		{"/v1/parcels/999999999/addresses", nil, 404, "parcel-unknown"},
		{"/v1/parcels/x", nil, 422, "request-invalid"},
	} {
		status, v := e.ask(t, c.path, c.query...)
		require.Equal(t, []any{c.status, c.code}, []any{status, v["code"]}, "%s %v: %v", c.path, c.query, v)
		require.NotEmpty(t, v["next_step_fa"])
	}
	r, body := e.do(t, "GET", "/v1/parcels/at?lon=51&lat=35")
	require.Equal(t, 422, r.StatusCode, "an inquiry without purpose and identifier: %s", body)
	var recorded int
	require.NoError(t, e.pool.QueryRow(t.Context(), `select count(*) from access.inquiry where code = 404 and answers = 0`).Scan(&recorded))
	require.Equal(t, 3, recorded, "that there is no such parcel is an answer, and recorded; what is asked wrongly is not")
	require.NoError(t, e.pool.QueryRow(t.Context(), `select count(*) from access.inquiry`).Scan(&recorded))
	require.Equal(t, 3, recorded)
}

// Each inquiry leaves a trace without content, once for each identifier; where it cannot be written there is no answer.
func TestInquiriesAreRecorded(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	key := e.key(t, "post", access.Inquirer)
	const question = "/v1/parcels/by-plate?purpose=tax&request=A-1&section=3&main=72&sub=1617"
	v := e.json(t, question, "x-api-key", key)
	require.Equal(t, false, v["inquiry"].(map[string]any)["repeated"])
	v = e.json(t, question, "x-api-key", key)
	require.Equal(t, true, v["inquiry"].(map[string]any)["repeated"])
	require.Len(t, v["parcels"], 1)
	v = e.json(t, question)
	require.Equal(t, false, v["inquiry"].(map[string]any)["repeated"], "somebody else's identifier is another")
	r, body := e.do(t, "GET", strings.Replace(question, "main=72", "main=73", 1), "x-api-key", key)
	require.Equal(t, 409, r.StatusCode)
	require.Contains(t, string(body), "request-identifier-used")

	rows, err := e.pool.Query(t.Context(), `select to_jsonb(i) from access.inquiry i order by id`)
	require.NoError(t, err)
	defer rows.Close()
	var lines []map[string]any
	for rows.Next() {
		var line map[string]any
		require.NoError(t, rows.Scan(&line))
		lines = append(lines, line)
	}
	require.Len(t, lines, 2)
	require.Equal(t, []any{"nsdi-parcels", "plate", "tax", "A-1", 1.0, 200.0}, []any{lines[0]["service"], lines[0]["kind"], lines[0]["purpose"], lines[0]["request"], lines[0]["answers"], lines[0]["code"]})
	require.NotNil(t, lines[0]["agency_id"])
	require.Nil(t, lines[1]["agency_id"])
	for _, line := range lines {
		require.NotContains(t, fmt.Sprint(line), "1617", "what was asked is not kept")
		require.NotContains(t, fmt.Sprint(line), "127.0.0.1")
	}
	require.NotEqual(t, lines[0]["question"], lines[1]["question"], "one question of two callers has two hashes")
	for _, sql := range []string{`update access.inquiry set purpose = 'x'`, `delete from access.inquiry`, `truncate access.inquiry cascade`} {
		_, err := e.pool.Exec(t.Context(), sql)
		require.ErrorContains(t, err, "written once", "%s", sql)
	}

	_, err = e.pool.Exec(t.Context(), `revoke insert on access.inquiry from nsdi_application`)
	require.NoError(t, err)
	status, v := e.ask(t, "/v1/parcels/at", "lon", "51.5105", "lat", "35.5005")
	require.Equal(t, []any{503, "inquiry-not-recorded"}, []any{status, v["code"]})
	require.NotContains(t, fmt.Sprint(v), "p3")
}

// The administrative facts are asked by grant of the Registry, in batches; the Registry's own inquirers need none.
func TestInquiryByGrant(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	const batch = `{"purpose":"tax","request":"%s","questions":[{"plate":{"section":"3","main":72,"sub":1617}},{"identifier":"nothing"},{"point":{"lon":51.5105,"lat":35.5005}}]}`
	asks := func(request string, header ...string) (int, map[string]any) {
		t.Helper()
		return e.post(t, "/v1/parcels/inquiries", fmt.Sprintf(batch, request), header...)
	}
	status, v := asks("b-1")
	require.Equal(t, []any{401, "sign-in-needed"}, []any{status, v["code"]})
	post := []string{"x-api-key", e.key(t, "post", access.Inquirer)}
	status, v = asks("b-1", post...)
	require.Equal(t, []any{403, "grant-needed"}, []any{status, v["code"]}, v)
	require.Contains(t, v["next_step"], "nsdi-parcel-inquiry")

	// Ask for it, and be granted it for Tehran only.
	until := time.Now().Add(24 * time.Hour).UTC().Format(time.RFC3339)
	status, v = e.post(t, "/v1/access-requests", fmt.Sprintf(`{"service":"nsdi-parcels","purpose":"p","legal_ground":"l","until":%q}`, until), post...)
	require.Equal(t, []any{422, "access-request-invalid"}, []any{status, v["code"]}, "what is for everybody is not asked for")
	status, v = e.post(t, "/v1/access-requests", fmt.Sprintf(`{"service":"nsdi-parcel-inquiry","purpose":"p","legal_ground":"Article 34","until":%q}`, until), post...)
	require.Equal(t, 200, status, v)
	require.Equal(t, "registry", v["custodian"])
	tracking := v["tracking"].(string)
	person, err := access.Create(t.Context(), e.pool, access.Account{Login: "custodian", Agency: "registry", Role: access.Publisher, Password: "correct horse battery 9"})
	require.NoError(t, err)
	token, err := (&access.Sessions{Pool: e.pool, Now: time.Now}).Begin(t.Context(), person, "password", "")
	require.NoError(t, err)
	custodian := []string{"Cookie", "nsdi-session=" + token, "Sec-Fetch-Site", "same-origin"}
	status, v = e.post(t, "/v1/access-requests/"+tracking+"/decision", `{"decision":"grant","territory":"IR-23","reason":"enough"}`, custodian...)
	require.Equal(t, 200, status, v)

	status, v = asks("b-1", post...)
	require.Equal(t, 200, status, v)
	require.Equal(t, []any{tracking}, v["grants"])
	answers := v["answers"].([]any)
	require.Len(t, answers, 3)
	first := answers[0].(map[string]any)["parcels"].([]any)[0].(map[string]any)
	require.Equal(t, "p1", first["parcel_id"])
	require.Equal(t, "98/123", first["administrative"].(map[string]any)["deed_number"])
	require.Equal(t, "2020-03-20", first["administrative"].(map[string]any)["deed_date"])
	require.Empty(t, answers[1].(map[string]any)["parcels"])
	var uses, count int
	require.NoError(t, e.pool.QueryRow(t.Context(), `select count(*), sum(rows) from access.grant_use where complete`).Scan(&uses, &count))
	require.Equal(t, []int{1, 2}, []int{uses, count})

	// Outside the granted unit there is what everybody may see.
	_, err = e.pool.Exec(t.Context(), `update layers.admin_unit set geom = st_multi(st_translate(geom, -10, 0)) where code = 'IR-23'`)
	require.NoError(t, err)
	_, v = asks("b-2", post...)
	require.NotContains(t, fmt.Sprint(v), "98/123")
	require.Contains(t, fmt.Sprint(v), "p1")

	// Each grant in force counts, and not only the last.
	trackings := []any{tracking}
	for unit, west := range map[string]float64{"IR-30": 51.4, "IR-29": 40} {
		_, err = e.pool.Exec(t.Context(), `update layers.admin_unit set geom = st_multi(st_makeenvelope($2::float8, 35, $2::float8 + 1, 36, 4326)) where code = $1`, unit, west)
		require.NoError(t, err)
	}
	for _, unit := range []string{"IR-30", "IR-29"} {
		_, v = e.post(t, "/v1/access-requests", fmt.Sprintf(`{"service":"nsdi-parcel-inquiry","purpose":"p","legal_ground":"Article 34","until":%q}`, until), post...)
		another := v["tracking"].(string)
		status, v = e.post(t, "/v1/access-requests/"+another+"/decision", fmt.Sprintf(`{"decision":"grant","territory":%q,"reason":"enough"}`, unit), custodian...)
		require.Equal(t, 200, status, v)
		trackings = append([]any{another}, trackings...)
	}
	_, v = asks("b-2b", post...)
	require.Equal(t, trackings, v["grants"])
	require.Contains(t, fmt.Sprint(v), "98/123", "the second grant covers it, the first and the last do not")
	require.NoError(t, e.pool.QueryRow(t.Context(), `select count(distinct grant_id), count(*) from access.grant_use where complete`).Scan(&uses, &count))
	require.Equal(t, []int{3, 5}, []int{uses, count}, "each is told that it was used")
	for _, of := range trackings[:2] {
		status, _ = e.post(t, fmt.Sprintf("/v1/access-requests/%s/revoke", of), `{"reason":"done"}`, custodian...)
		require.Equal(t, 200, status)
	}

	// The database itself keeps deeds back: whoever is neither the deliverer, nor in charge, nor granted, sees no row.
	deeds := func(scope pg.Scope) (n int) {
		require.NoError(t, pg.InScope(t.Context(), pgtest.Application(t, e.pool, pg.Nothing), scope, pgx.TxOptions{}, func(tx pgx.Tx) error {
			return tx.QueryRow(t.Context(), `select count(*) from cadastre.deed`).Scan(&n)
		}))
		return n
	}
	agency := func(code string) (id int64) {
		require.NoError(t, e.pool.QueryRow(t.Context(), `select id from access.agency where code = $1`, code).Scan(&id))
		return id
	}
	require.Equal(t, []int{0, 0, 0, 1, 1, 1}, []int{
		deeds(pg.Nothing), deeds(pg.Public), deeds(pg.Agencies(agency("ncc"))), deeds(pg.Agencies(agency("post"))), deeds(pg.Agencies(agency("registry"))), deeds(pg.Everything),
	})

	status, v = asks("b-3", "x-api-key", e.key(t, "registry", access.Inquirer))
	require.Equal(t, 200, status, v)
	require.Empty(t, v["grants"])
	require.Contains(t, fmt.Sprint(v), "98/123")
	status, _ = e.post(t, "/v1/access-requests/"+tracking+"/revoke", `{"reason":"done"}`, custodian...)
	require.Equal(t, 200, status)
	status, v = asks("b-4", post...)
	require.Equal(t, []any{403, "grant-needed"}, []any{status, v["code"]})
	require.Zero(t, deeds(pg.Agencies(agency("post"))), "what was taken back")

	for body, location := range map[string]string{
		`{"purpose":"p","request":"x","questions":[{}]}`:                                                                      "body.questions[0]",
		`{"purpose":"p","request":"x","questions":[{"plate":{"section":"3","text":"a/b"}}]}`:                                  "body.questions[0].plate",
		`{"purpose":"p","request":"x","questions":[]}`:                                                                        "body.questions",
		`{"purpose":"p","request":"x","questions":[` + strings.Repeat(`{"identifier":"p1"},`, 1000) + `{"identifier":"p1"}]}`: "body.questions",
	} {
		status, v = e.post(t, "/v1/parcels/inquiries", body, "x-api-key", e.key(t, "registry", access.Inquirer))
		require.Equal(t, 422, status, v)
		require.Contains(t, fmt.Sprint(v), location)
	}
	status, v = e.post(t, "/v1/parcels/inquiries", `{"purpose":"p","request":"full","questions":[`+strings.Repeat(`{"identifier":"p1"},`, 999)+`{"identifier":"p1"}]}`, "x-api-key", e.key(t, "registry", access.Inquirer))
	require.Equal(t, 200, status)
	require.Len(t, v["answers"], 1000)
}
