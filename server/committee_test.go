package server_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/access"
	"nsdi/internal/fixture"
	"nsdi/progress"
	"nsdi/server"
)

// room is a site whose clock a test moves, with a member of the committee.
type room struct {
	*site
	clock  time.Time
	member []string
}

func newRoom(t *testing.T) *room {
	t.Helper()
	r := &room{clock: time.Date(2026, 8, 22, 9, 0, 0, 0, time.UTC)}
	now := func() time.Time { return r.clock }
	r.site = start(t, func(d *server.Deps) {
		d.Keys, d.Now, d.Progress = &access.Keys{Pool: d.System}, now, &progress.Service{Pool: d.Pool, Now: now}
	})
	_, err := access.Create(t.Context(), r.pool, access.Account{Login: "member", Agency: "committee", Role: access.CommitteeMember, Password: "correct horse battery 9"})
	require.NoError(t, err)
	r.signIn(t)
	return r
}

// signIn is needed again after a week.
func (r *room) signIn(t *testing.T) {
	t.Helper()
	var person int64
	require.NoError(t, r.pool.QueryRow(t.Context(), `select id from access.person where login = 'member'`).Scan(&person))
	token, err := (&access.Sessions{Pool: r.pool, Now: func() time.Time { return r.clock }}).Begin(t.Context(), person, "password", "")
	require.NoError(t, err)
	r.member = []string{"Cookie", "nsdi-session=" + token, "Sec-Fetch-Site", "same-origin"}
}

// grow publishes so much of the city's width as a parcel, with a step in it: mere boxes are not counted.
func (r *room) grow(t *testing.T, width float64) {
	t.Helper()
	fixture.Publish(t, r.pool, "cadastre-urban", "registry", nil,
		fixture.Feature{Key: "p", WKT: fmt.Sprintf("POLYGON((51.2 35.2,%[1]v 35.2,%[1]v 35.3,%[2]v 35.3,%[2]v 35.4,51.2 35.4,51.2 35.2))", 51.2+width*1.1, 51.2+width*0.9), Attributes: map[string]any{"code": "p"}})
	require.NoError(t, progress.Recalculate(t.Context(), r.pool))
}

func (r *room) freeze(t *testing.T) {
	t.Helper()
	_, err := r.pool.Exec(t.Context(), `
		insert into layers.follower (name, position) values ('progress', layers.change_end())
		on conflict (name) do update set position = excluded.position`)
	require.NoError(t, err)
	r.signIn(t)
	status, v := r.post(t, "/v1/progress/snapshots", `{"note":"n"}`, r.member...)
	require.Equal(t, http.StatusOK, status, v)
}

// The committee's months: five weeks of growth, a forecast, a broken curve, two dates compared, who must act.
func TestCommittee(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	_, err := r.pool.Exec(t.Context(), `delete from layers.follower where name = 'progress'`)
	require.NoError(t, err)
	status, v := r.post(t, "/v1/progress/snapshots", `{}`, r.member...)
	require.Equal(t, http.StatusConflict, status, v)
	require.Equal(t, "no-figures", v["code"])
	status, _ = r.post(t, "/v1/progress/snapshots", `{}`)
	require.Equal(t, http.StatusUnauthorized, status)

	// The parcels cover 10 per cent of the city more each week.
	for week := 1; week <= 5; week++ {
		r.grow(t, 0.02*float64(week))
		r.freeze(t)
		if week < 5 {
			r.clock = r.clock.AddDate(0, 0, 7)
		}
	}
	course := func(path string) map[string]any {
		list := r.json(t, path)["series"].([]any)
		for _, c := range list {
			if c := c.(map[string]any); c["obligation"] == "A25-URBAN" {
				return c
			}
		}
		t.Fatal("no series of A25-URBAN")
		return nil
	}
	require.Len(t, r.json(t, "/v1/progress/series")["series"], 12)
	c := course("/v1/progress/series?unit=IR-23")
	points := c["points"].([]any)
	require.Len(t, points, 5)
	for i, p := range points {
		assert.InDelta(t, 10*float64(i+1), p.(map[string]any)["published_percent"], 0.02)
	}
	assert.Empty(t, c["breaks"])
	forecast := c["forecast"].(map[string]any)
	assert.Equal(t, "dated", forecast["state"])
	// 50 % on 2026-09-19 and ten per cent a week: five weeks later.
	assert.Contains(t, []string{"2026-10-24", "2026-10-25"}, forecast["date"])
	legal := c["legal"].(map[string]any)
	assert.Equal(t, "2016-09-06", legal["deadline"])
	assert.InDelta(t, 3665, legal["days_overdue"], 0, "2016-09-06 to 2026-09-19")
	assert.InDelta(t, 0.5, legal["spi"], 0.001)
	assert.Equal(t, "far-back", legal["pace"])
	missing := c["missing"].(map[string]any)
	assert.Equal(t, "m2", missing["unit"])
	assert.InDelta(t, 50, missing["percent"], 0.02)
	assert.InDelta(t, 40, c["change"].(map[string]any)["points"], 0.02)
	assert.EqualValues(t, 28, c["change"].(map[string]any)["days"], "28 days are all there are")
	assert.Nil(t, c["revised_plan"])

	// A revised target stands beside the legal one; the province inherits the country's.
	status, v = r.post(t, "/v1/progress/plans", `{"obligation":"A25-URBAN","decision":"12","decided_on":"2026-09-01","body":{"fa":"کمیته","en":"Committee"},
		"milestones":[{"due":"2026-09-01","percent":20},{"due":"2026-10-07","percent":100}]}`, r.member...)
	require.Equal(t, http.StatusOK, status, v)
	c = course("/v1/progress/series?unit=IR-23")
	revised := c["revised"].(map[string]any)
	assert.InDelta(t, 60, revised["planned_percent"], 0.01, "half way")
	assert.InDelta(t, 0.833, revised["spi"], 0.001)
	assert.Equal(t, "behind", revised["pace"])
	assert.InDelta(t, 18, revised["days_left"], 0)
	assert.Equal(t, legal, c["legal"], "the legal deadline stays")

	// The city grows: the curve breaks, and there is no forecast across the break.
	fixture.Publish(t, r.pool, "urban-boundary", "interior", nil,
		fixture.Feature{Key: "u", WKT: "POLYGON((51.2 35.2,51.6 35.2,51.6 35.4,51.2 35.4,51.2 35.2))", Attributes: map[string]any{"code": "u", "name_fa": "شهر"}})
	r.clock = r.clock.AddDate(0, 0, 7)
	r.grow(t, 0.1)
	r.freeze(t)
	c = course("/v1/progress/series?unit=IR-23&obligation=A25-URBAN")
	broken := c["breaks"].([]any)
	require.Len(t, broken, 1)
	assert.Equal(t, "denominator", broken[0].(map[string]any)["kind"])
	assert.Equal(t, "2026-09-26", broken[0].(map[string]any)["day"])
	assert.Contains(t, broken[0].(map[string]any)["text"].(map[string]any)["en"], "+100.00 %")
	assert.Contains(t, broken[0].(map[string]any)["text"].(map[string]any)["fa"], "+۱۰۰٫۰۰٪")
	assert.Equal(t, "none", c["forecast"].(map[string]any)["state"])
	assert.Nil(t, c["change"])
	assert.InDelta(t, 50, c["points"].([]any)[4].(map[string]any)["published_percent"], 0.02, "the past is as it was")

	// Two dates.
	two := r.json(t, "/v1/progress/compare?from=1&to=2026-09-20")
	units := two["units"].([]any)
	require.Equal(t, "IR", units[0].(map[string]any)["code"])
	pair := func(unit int) map[string]any {
		for _, p := range units[unit].(map[string]any)["figures"].([]any) {
			if p := p.(map[string]any); p["obligation"] == "A25-URBAN" {
				return p
			}
		}
		return nil
	}
	assert.InDelta(t, 40, pair(0)["difference"], 0.02)
	assert.Equal(t, true, pair(0)["comparable"])
	units = r.json(t, "/v1/progress/compare?from=2026-08-30")["units"].([]any)
	assert.InDelta(t, 5, pair(0)["difference"], 0.02, "from 20 to 25 per cent of a larger city")
	assert.Equal(t, false, pair(0)["comparable"])

	// Snapshots, and one figure in one of them.
	list := r.json(t, "/v1/progress/snapshots?limit=2")
	require.Len(t, list["snapshots"], 2)
	assert.Equal(t, "member", list["snapshots"].([]any)[0].(map[string]any)["taken_by"])
	rest := r.json(t, fmt.Sprintf("/v1/progress/snapshots?before=%v", list["next"]))
	require.Len(t, rest["snapshots"], 4)
	require.Nil(t, rest["next"])
	one := r.json(t, "/v1/progress/snapshots/3?unit=IR-23")
	require.Equal(t, "2026-09-05", one["snapshot"].(map[string]any)["day"])
	require.NotEmpty(t, one["figures"])

	// Who must act: the Registry for what is left, the committee where 100 per cent is not known.
	late := r.json(t, "/v1/progress/overdue?obligation=A25-URBAN&agency=registry")["overdue"].([]any)
	require.Len(t, late, 2, "the country and the province")
	assert.Equal(t, "deliver", late[0].(map[string]any)["step"])
	for _, o := range r.json(t, "/v1/progress/overdue?agency=committee")["overdue"].([]any) {
		assert.Equal(t, "denominator", o.(map[string]any)["step"])
		assert.Nil(t, o.(map[string]any)["percent"])
	}
	// Parcels are to be renewed after a while: the theme says when.
	_, err = r.pool.Exec(t.Context(), `update layers.version set published_at = $1::timestamptz - interval '3 years'`, r.clock)
	require.NoError(t, err)
	_, err = r.pool.Exec(t.Context(), `update layers.dataset set territory = 'IR-02' where agency_id = (select id from access.agency where code = 'interior')`)
	require.NoError(t, err)
	due := r.json(t, "/v1/progress/reminders?agency=interior&within=0")["reminders"].([]any)
	require.NotEmpty(t, due)
	for _, d := range due {
		assert.Equal(t, "interior", d.(map[string]any)["agency"].(map[string]any)["code"])
		assert.GreaterOrEqual(t, d.(map[string]any)["days_overdue"], 0.0)
		assert.Equal(t, "مازندران", d.(map[string]any)["territory"].(map[string]any)["name_fa"], "which of the agency's datasets of a theme it is")
	}
	for path, want := range map[string]string{
		"/v1/progress/series?unit=XX":                 "admin-unit-unknown",
		"/v1/progress/series?obligation=A99":          "obligation-unknown",
		"/v1/progress/compare":                        "request-invalid",
		"/v1/progress/compare?from=yesterday":         "snapshot-unknown",
		"/v1/progress/compare?from=1&to=99":           "snapshot-unknown",
		"/v1/progress/overdue?unit=XX":                "admin-unit-unknown",
		"/v1/progress/reminders?within=-1":            "request-invalid",
		"/v1/progress/snapshots/0":                    "snapshot-unknown",
		"/v1/progress/snapshots/99999999999999999999": "snapshot-unknown",
		"/v1/progress/snapshots/1?unit=XX":            "admin-unit-unknown",
		"/v1/progress/snapshots?limit=0":              "request-invalid",
	} {
		answer, body := r.do(t, "GET", path)
		assert.Contains(t, []int{404, 422}, answer.StatusCode, "%s: %s", path, body)
		assert.Contains(t, string(body), want, path)
		assert.Contains(t, string(body), "next_step_fa", path)
	}
}
