package server_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"nsdi/access"
	"nsdi/gnaf"
	"nsdi/internal/fixture"
	"nsdi/server"
)

// Codes of the quarter: two units of one building, one of the next, one far away.
const (
	firstUnit  = "1311133717"
	secondUnit = "1311133718"
	nextDoor   = "1311133761"
	farAway    = "7117719711"
)

// quarter is a site with a building of two units and a third without a code, the house beside it on a parcel of its own, and one far away.
type quarter struct {
	*site
	n         int
	custodian []string // the Post's publisher
	firm      []string // key of an agency without any grant
	post      []string // key of the Post's own inquirer
}

func newQuarter(t *testing.T, change ...func(*server.Deps)) *quarter {
	t.Helper()
	q := &quarter{site: start(t, func(d *server.Deps) {
		d.Keys = &access.Keys{Pool: d.System}
		for _, c := range change {
			c(d)
		}
	})}
	unit := func(key string, lon float64, attributes map[string]any) fixture.Feature {
		attributes["city"], attributes["province"] = "تهران", "تهران"
		for name, value := range gnaf.Derive(attributes) {
			attributes[name] = value
		}
		return fixture.Feature{Key: key, WKT: fmt.Sprintf("POINT(%.6f 35.7)", lon), Attributes: attributes}
	}
	fixture.Publish(t, q.pool, "gnaf-address", "post", func(tx pgx.Tx) error { return gnaf.AfterPublish(t.Context(), tx) },
		unit("u1", 51.4, map[string]any{"street": "خیابان بهار", "number": 10, "building": "برج آفتاب", "floor": 0, "unit": "1", "postal_code": firstUnit}),
		unit("u2", 51.4, map[string]any{"street": "خیابان بهار", "number": 10, "building": "برج آفتاب", "floor": 1, "unit": "2", "postal_code": secondUnit}),
		unit("u3", 51.4, map[string]any{"street": "خیابان بهار", "number": 10, "building": "برج آفتاب", "floor": 2, "unit": "3"}),
		unit("n", 51.4003, map[string]any{"street": "خیابان بهار", "number": 12, "postal_code": nextDoor}),
		unit("f", 51.9, map[string]any{"street": "کوچه دور", "number": 1, "postal_code": farAway}))
	fixture.Publish(t, q.pool, "cadastre-urban", "registry", nil,
		fixture.Feature{Key: "p", WKT: "POLYGON((51.4002 35.6999,51.4006 35.6999,51.4006 35.7003,51.4002 35.7003,51.4002 35.6999))", Attributes: map[string]any{"section": "3", "main_plate": 1}})
	require.NoError(t, access.EnsureAgency(t.Context(), q.pool, access.Agency{Code: "firm", Kind: "consumer", NameFA: "شرکت", NameEN: "Firm"}))
	q.firm, q.post = []string{"x-api-key", q.key(t, "firm", access.Inquirer)}, []string{"x-api-key", q.key(t, "post", access.Inquirer)}
	person, err := access.Create(t.Context(), q.pool, access.Account{Login: "custodian", Agency: "post", Role: access.Publisher, Password: "correct horse battery 9"})
	require.NoError(t, err)
	token, err := (&access.Sessions{Pool: q.pool, Now: time.Now}).Begin(t.Context(), person, "password", "")
	require.NoError(t, err)
	q.custodian = []string{"Cookie", "nsdi-session=" + token, "Sec-Fetch-Site", "same-origin"}
	return q
}

// grant lets the firm use a service, everywhere or in a territory.
func (q *quarter) grant(t *testing.T, service, territory string) string {
	t.Helper()
	until := time.Now().Add(24 * time.Hour).UTC().Format(time.RFC3339)
	status, v := q.post2(t, "/v1/access-requests", fmt.Sprintf(`{"service":%q,"purpose":"p","legal_ground":"Article 34","until":%q}`, service, until), q.firm...)
	require.Equal(t, 200, status, v)
	require.Equal(t, "post", v["custodian"])
	tracking := v["tracking"].(string)
	status, v = q.post2(t, "/v1/access-requests/"+tracking+"/decision", fmt.Sprintf(`{"decision":"grant","territory":%q,"reason":"enough"}`, territory), q.custodian...)
	require.Equal(t, 200, status, v)
	return tracking
}

func (q *quarter) post2(t *testing.T, path, body string, header ...string) (int, map[string]any) {
	t.Helper()
	return q.site.post(t, path, body, header...)
}

// ask sends an inquiry under an identifier of its own.
func (q *quarter) ask(t *testing.T, path string, header []string, query ...string) (int, map[string]any) {
	t.Helper()
	q.n++
	v := url.Values{"purpose": {"صدور پروانه"}, "request": {fmt.Sprintf("q-%d", q.n)}}
	for i := 0; i < len(query); i += 2 {
		v.Set(query[i], query[i+1])
	}
	r, body := q.do(t, "GET", path+"?"+v.Encode(), header...)
	var out map[string]any
	require.NoError(t, json.Unmarshal(body, &out), "%s", body)
	return r.StatusCode, out
}

// inquire sends a body under an identifier of its own.
func (q *quarter) inquire(t *testing.T, path, members string, header ...string) (int, map[string]any) {
	t.Helper()
	q.n++
	return q.post2(t, path, fmt.Sprintf(`{"purpose":"p","request":"b-%d",%s}`, q.n, members), header...)
}

func field(v map[string]any, list, name string) (all []any) {
	for _, one := range v[list].([]any) {
		all = append(all, one.(map[string]any)[name])
	}
	return all
}

func TestAddressByCode(t *testing.T) {
	t.Parallel()
	q := newQuarter(t)
	for _, written := range []string{firstUnit, "13111-33717", "۱۳۱۱۱۳۳۷۱۷"} {
		status, v := q.ask(t, "/v1/postal-codes/"+url.PathEscape(written), nil)
		require.Equal(t, 200, status, v)
		require.Equal(t, firstUnit, v["postal_code"])
		u := v["units"].([]any)[0].(map[string]any)
		require.Equal(t, []any{"تهران، خیابان بهار، پلاک 10، واحد 1", "خیابان بهار", 10.0, "برج آفتاب", 0.0, "1"},
			[]any{u["address"], u["street"], u["number"], u["building"], u["floor"], u["unit"]})
		require.NotEmpty(t, v["data_version"])
		require.Equal(t, false, v["inquiry"].(map[string]any)["repeated"])
	}
	status, v := q.ask(t, "/v1/postal-codes/"+firstUnit+"/position", nil)
	require.Equal(t, 200, status, v)
	require.Equal(t, []any{51.4}, field(v, "positions", "lon"))
	require.Equal(t, []any{"address-point"}, field(v, "positions", "method"))

	for _, c := range []struct {
		path   string
		status int
		code   string
	}{
		{"/v1/postal-codes/1311133799", 404, "postal-code-unknown"},
		{"/v1/postal-codes/1311133799/position", 404, "postal-code-unknown"},
		{"/v1/postal-codes/123", 422, "postal-code-invalid"},
		{"/v1/postal-codes/0000000000", 422, "postal-code-invalid"},
		{"/v1/postal-codes/abc", 422, "postal-code-invalid"},
		{"/v1/postal-codes/" + strings.Repeat("1", 101), 422, "request-invalid"},
		{"/v1/postal-codes/" + firstUnit + "/position", 401, "sign-in-needed"},
		{"/v1/postal-codes/" + firstUnit + "/building", 401, "sign-in-needed"},
		{"/v1/postal-codes/changes", 401, "sign-in-needed"},
	} {
		var more []string
		if c.status == 401 {
			more = []string{"accuracy", "accurate"}
		}
		status, v := q.ask(t, c.path, nil, more...)
		require.Equal(t, []any{c.status, c.code}, []any{status, v["code"]}, "%s: %v", c.path, v)
		require.NotEmpty(t, v["next_step_fa"])
	}
	r, body := q.do(t, "GET", "/v1/postal-codes/"+firstUnit)
	require.Equal(t, 422, r.StatusCode)
	require.Contains(t, string(body), "inquiry-incomplete")
	var kinds []string
	require.NoError(t, q.pool.QueryRow(t.Context(), `select array_agg(kind || ' ' || code || ' ' || answers order by id) from access.inquiry`).Scan(&kinds))
	require.Equal(t, []string{"code 200 1", "code 200 1", "code 200 1", "position 200 1", "code 404 0", "position 404 0"}, kinds, "that a code is unknown is an answer")
}

// What is held in memory answers without a question to the database before it, and never what a publication has passed since: then nothing is recorded of it, and the
// answer is made, and recorded, of what is published.
func TestCodesFromMemoryThatAPublicationPassed(t *testing.T) {
	t.Parallel()
	var d *gnaf.Directory
	q := newQuarter(t, func(deps *server.Deps) {
		d = gnaf.NewDirectory(deps.Pool, 0, nil)
		deps.Directory = d
	})
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- d.Run(ctx) }()
	require.Eventually(t, func() bool {
		v, err := d.Now(t.Context())
		return err == nil && v.InMemory()
	}, 20*time.Second, 10*time.Millisecond)
	stop()
	require.ErrorIs(t, <-ended, context.Canceled) // it follows no more
	position := func(v map[string]any) string { return v["data_version"].(string) }
	status, before := q.ask(t, "/v1/postal-codes/"+firstUnit, nil)
	require.Equal(t, 200, status, before)
	require.Equal(t, fmt.Sprint(d.Held().Position), position(before))

	fixture.Remove(t, q.pool, "gnaf-address", "post", "u1")
	status, v := q.ask(t, "/v1/postal-codes/"+firstUnit, nil)
	require.Equal(t, []any{404, "postal-code-unknown"}, []any{status, v["code"]}, v)
	status, v = q.ask(t, "/v1/postal-codes/"+secondUnit, nil)
	require.Equal(t, 200, status, v)
	require.NotEqual(t, position(before), position(v))
	var kinds []string
	require.NoError(t, q.pool.QueryRow(t.Context(), `select array_agg(kind || ' ' || code || ' ' || answers order by id) from access.inquiry`).Scan(&kinds))
	require.Equal(t, []string{"code 200 1", "code 404 0", "code 200 1"}, kinds, "each once, as it was answered")
}

func TestValidateCode(t *testing.T) {
	t.Parallel()
	q := newQuarter(t)
	_, err := q.pool.Exec(t.Context(), `
		insert into gnaf.address_history
		select (jsonb_populate_record(a, '{"postal_code": "1311133760"}')).*, now(), a.version_id
		from gnaf.address a
		where a.key = 'n'`)
	require.NoError(t, err)
	for written, want := range map[string][]any{
		firstUnit:     {firstUnit, true, true, true, true},
		"1311133760":  {"1311133760", true, true, true, false},  // was given out once
		"1311133799":  {"1311133799", true, true, false, false}, // its prefix is known
		"3311133717":  {"3311133717", true, false, false, false},
		"0111133717":  {"", false, nil, nil, nil},
		"33717-13111": {firstUnit, true, true, true, true}, // both readings keep the rules: the one that exists is meant
		"123":         {"", false, nil, nil, nil},
	} {
		status, v := q.ask(t, "/v1/postal-codes/validate", nil, "code", written)
		require.Equal(t, 200, status, v)
		require.Equal(t, want, []any{v["postal_code"], v["format_valid"], v["prefix_known"], v["exists"], v["active"]}, written)
		if want[1] == false {
			require.NotEmpty(t, v["errors"].([]any)[0].(map[string]any)["message"].(map[string]any)["fa"])
		}
	}
	status, v := q.ask(t, "/v1/postal-codes/validate", nil, "code", "1311133171", "city", "تهران") // 71 for 17 and more: nothing near
	require.Equal(t, []any{200, []any{}}, []any{status, v["suggestions"]})
	_, v = q.ask(t, "/v1/postal-codes/validate", nil, "code", "1311137317", "city", "تهران")
	require.Equal(t, []any{firstUnit}, field(v, "suggestions", "postal_code"), "two neighbouring digits exchanged")
	require.Equal(t, []any{"transposed"}, field(v, "suggestions", "slip"))
	require.Equal(t, []any{true}, field(v, "suggestions", "same_city"))
	_, v = q.ask(t, "/v1/postal-codes/validate", nil, "code", "1311133719")
	require.Equal(t, []any{firstUnit, secondUnit}, field(v, "suggestions", "postal_code"))
}

// Who may ask what: the public, an agency without a grant, with one, with one for elsewhere, and the Post itself.
func TestPostalInquiriesByGrant(t *testing.T) {
	t.Parallel()
	q := newQuarter(t)
	q.outline(t, "IR-23-1", "51.35 35.65,51.45 35.65,51.45 35.75,51.35 35.75,51.35 35.65")
	type question struct {
		service string
		ask     func(header ...string) (int, map[string]any)
		answers func(v map[string]any) int
	}
	count := func(list string) func(map[string]any) int {
		return func(v map[string]any) int { return len(v[list].([]any)) }
	}
	questions := map[string]question{
		"accurate": {access.PostalInquiry, func(h ...string) (int, map[string]any) {
			return q.ask(t, "/v1/postal-codes/"+nextDoor+"/position", h, "accuracy", "accurate")
		}, count("positions")},
		"units at a point": {access.PostalInquiry, func(h ...string) (int, map[string]any) {
			return q.ask(t, "/v1/postal-codes/at", h, "lon", "51.4", "lat", "35.7", "units", "true")
		}, func(v map[string]any) (n int) {
			for _, site := range v["sites"].([]any) {
				units, _ := site.(map[string]any)["units"].([]any)
				n += len(units)
			}
			return n
		}},
		"batch": {access.PostalInquiry, func(h ...string) (int, map[string]any) {
			return q.inquire(t, "/v1/postal-codes/inquiries", `"codes":["13111-33717","1311133799","12"]`, h...)
		}, func(v map[string]any) int { return len(v["answers"].([]any)) - 2 }},
		"search": {access.PostalInquiry, func(h ...string) (int, map[string]any) {
			return q.inquire(t, "/v1/postal-codes/search", `"text":"تهران خیابان بهار پلاک ۱۰"`, h...)
		}, count("candidates")},
		"building": {access.BuildingInquiry, func(h ...string) (int, map[string]any) {
			return q.ask(t, "/v1/postal-codes/"+firstUnit+"/building", h)
		}, count("units")},
		"changes": {access.PostalChanges, func(h ...string) (int, map[string]any) { return q.ask(t, "/v1/postal-codes/changes", h) }, count("changes")},
	}
	everywhere := map[string]int{"accurate": 1, "units at a point": 3, "batch": 1, "search": 1, "building": 3, "changes": 5}
	elsewhere := map[string]int{"accurate": 0, "units at a point": 0, "batch": 1, "search": 0, "building": 0, "changes": 5}
	for name, question := range questions {
		status, v := question.ask()
		require.Equal(t, []any{401, "sign-in-needed"}, []any{status, v["code"]}, name)
		status, v = question.ask(q.firm...)
		require.Equal(t, []any{403, "grant-needed"}, []any{status, v["code"]}, name)
		require.Contains(t, v["next_step"], question.service)
		status, v = question.ask(q.post...)
		require.Equal(t, 200, status, "%s: %v", name, v)
		require.Equal(t, everywhere[name], question.answers(v), "%s: %v", name, v)
		require.Empty(t, v["grants"])
	}
	for _, territory := range []string{"IR-23", "IR-23-1"} {
		for _, service := range []string{access.PostalInquiry, access.BuildingInquiry, access.PostalChanges} {
			tracking := q.grant(t, service, territory)
			for name, question := range questions {
				if question.service != service {
					continue
				}
				status, v := question.ask(q.firm...)
				require.Equal(t, 200, status, "%s: %v", name, v)
				require.Equal(t, []any{tracking}, v["grants"], name)
				require.Equal(t, everywhere[name], question.answers(v), "%s in %s: %v", name, territory, v)
			}
			status, v := q.post2(t, "/v1/access-requests/"+tracking+"/revoke", `{"reason":"done"}`, q.custodian...)
			require.Equal(t, 200, status, v)
		}
	}
	for _, service := range []string{access.PostalInquiry, access.BuildingInquiry, access.PostalChanges} {
		q.grant(t, service, "IR-23-1")
	}
	_, err := q.pool.Exec(t.Context(), `update layers.admin_unit set geom = st_multi(st_translate(geom, -10, 0)) where code = 'IR-23-1'`)
	require.NoError(t, err)
	for name, question := range questions {
		status, v := question.ask(q.firm...)
		require.Equal(t, 200, status, "%s: %v", name, v)
		require.Equal(t, elsewhere[name], question.answers(v), "%s outside the granted unit: %v", name, v)
	}
	var uses int
	require.NoError(t, q.pool.QueryRow(t.Context(), `select count(*) from access.grant_use where complete`).Scan(&uses))
	require.Equal(t, 18, uses, "each use of a grant is on record")
}

func (q *quarter) outline(t *testing.T, code, ring string) {
	t.Helper()
	fixture.Outline(t, q.pool, code, "county", "شهرستان", "IR-23", "POLYGON(("+ring+"))")
}

func TestPostalAnswers(t *testing.T) {
	t.Parallel()
	q := newQuarter(t)
	status, v := q.ask(t, "/v1/postal-codes/at", nil, "lon", "51.4", "lat", "35.7", "radius", "50")
	require.Equal(t, 200, status, v)
	require.Equal(t, []any{"تهران، خیابان بهار، پلاک 10", "تهران، خیابان بهار، پلاک 12"}, field(v, "sites", "address"))
	require.Equal(t, []any{3.0, 1.0}, field(v, "sites", "unit_count"))
	require.Equal(t, []any{nil, nil}, field(v, "sites", "units"), "units are for whoever has a grant")
	require.NotContains(t, fmt.Sprint(v), firstUnit)
	require.InDelta(t, 27.2, field(v, "sites", "distance_m")[1], 0.2, "three ten-thousandths of a degree at 35.7")
	status, v = q.ask(t, "/v1/postal-codes/at", nil, "lon", "51.4", "lat", "35.7", "radius", "20")
	require.Equal(t, 200, status)
	require.Len(t, v["sites"], 1)

	status, v = q.inquire(t, "/v1/postal-codes/inquiries", fmt.Sprintf(`"codes":["۱۳۱۱۱-۳۳۷۱۷","1311133799","12",%q,"13111 33717"]`, farAway), q.post...)
	require.Equal(t, 200, status, v)
	require.Equal(t, []any{"found", "unknown", "invalid", "found", "found"}, field(v, "answers", "status"))
	require.Equal(t, []any{"۱۳۱۱۱-۳۳۷۱۷", "1311133799", "12", farAway, "13111 33717"}, field(v, "answers", "written"), "in the order of the question")
	require.Contains(t, fmt.Sprint(field(v, "answers", "reason")[2]), "ده رقم")
	full := strings.TrimSuffix(strings.Repeat(`"`+firstUnit+`",`, 1000), ",")
	status, v = q.inquire(t, "/v1/postal-codes/inquiries", `"codes":[`+full+`]`, q.post...)
	require.Equal(t, 200, status)
	require.Len(t, v["answers"], 1000)
	status, v = q.inquire(t, "/v1/postal-codes/inquiries", `"codes":[`+full+`,"1"]`, q.post...)
	require.Equal(t, []any{422, "request-invalid"}, []any{status, v["code"]})
	require.Equal(t, []any{"body.codes", nil}, []any{field(v, "errors", "location")[0], field(v, "errors", "value")[0]}, "what was sent is not sent back")

	for _, body := range []string{`"text":"تهران خیابان بهار پلاک ۱۰ واحد ۲"`, `"city":"تهران","street":"خیابان بهار","number":10,"unit":"2"`} {
		status, v = q.inquire(t, "/v1/postal-codes/search", body, q.post...)
		require.Equal(t, 200, status, v)
		first := v["candidates"].([]any)[0].(map[string]any)
		require.Equal(t, []any{"unit", secondUnit}, []any{first["level"], first["units"].([]any)[0].(map[string]any)["postal_code"]}, body)
		require.Greater(t, first["confidence"], 0.9)
	}
	status, v = q.inquire(t, "/v1/postal-codes/search", `"text":"تهران خیابان بهار پلاک ۱۰"`, q.post...)
	require.Equal(t, 200, status)
	first := v["candidates"].([]any)[0].(map[string]any)
	require.Equal(t, "site", first["level"])
	require.Len(t, first["units"], 2, "the third unit of the building has no code")
	status, v = q.inquire(t, "/v1/postal-codes/search", `"text":"تهران خیابان بهار"`, q.post...)
	require.Equal(t, []any{200, []any{}}, []any{status, v["candidates"]}, "a street is no answer to the question for a code")
	for _, body := range []string{`"text":""`, `"text":"x","street":"y"`} {
		status, v = q.inquire(t, "/v1/postal-codes/search", body, q.post...)
		require.Equal(t, []any{422, "request-invalid"}, []any{status, v["code"]}, body)
	}

	status, v = q.ask(t, "/v1/postal-codes/"+firstUnit+"/building", q.post)
	require.Equal(t, 200, status)
	require.Equal(t, []any{firstUnit, secondUnit, ""}, field(v, "units", "postal_code"))
	status, v = q.ask(t, "/v1/postal-codes/"+nextDoor+"/position", q.post, "accuracy", "accurate")
	require.Equal(t, 200, status)
	require.InDelta(t, 51.4004, field(v, "positions", "lon")[0], 1e-9)
	require.InDelta(t, 35.7001, field(v, "positions", "lat")[0], 1e-9)

	// The feed goes on where it ended.
	status, v = q.ask(t, "/v1/postal-codes/changes", q.post, "limit", "2")
	require.Equal(t, 200, status, v)
	require.Equal(t, []any{true, 2}, []any{v["more"], len(v["changes"].([]any))})
	status, v = q.ask(t, "/v1/postal-codes/changes", q.post, "since", fmt.Sprint(int64(v["next"].(float64))))
	require.Equal(t, 200, status)
	require.Equal(t, false, v["more"])
	require.Equal(t, []any{secondUnit, nextDoor, farAway}, field(v, "changes", "postal_code"))
	status, v = q.ask(t, "/v1/postal-codes/changes", q.post, "since", "99999999")
	require.Equal(t, []any{409, "changes-ahead"}, []any{status, v["code"]})
}
