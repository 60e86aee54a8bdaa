package server_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"nsdi/access"
	"nsdi/cadastre"
	"nsdi/gnaf"
	"nsdi/internal/errs"
	"nsdi/internal/fixture"
	"nsdi/layers"
	"nsdi/layers/reading"
	"nsdi/server"
)

// desk is a site where the cartographic centre delivers: an uploader's key, a reviewer and a publisher in their browsers, and a stranger.
type desk struct {
	*site
	t                                       *testing.T
	shelf                                   string // where finished uploads lie, each under its id
	kept                                    string // the folder of deliveries
	uploader, reviewer, publisher, stranger []string
}

// shelf stands for the uploads, which have tests of their own.
type shelf struct{ dir string }

func (s shelf) Tracking(context.Context, string, []string) (string, error) {
	return "", nil
}

func (s shelf) Attach(_ context.Context, _ pgx.Tx, ids []string, _ int64, folder string) (files []layers.File, err error) {
	for _, id := range ids {
		if err := os.Rename(filepath.Join(s.dir, id), filepath.Join(folder, id)); err != nil {
			return nil, err
		}
		content, err := os.ReadFile(filepath.Join(folder, id))
		if err != nil {
			return nil, err
		}
		files = append(files, layers.File{Name: id, Bytes: int64(len(content)), SHA256: fmt.Sprintf("%x", sha256.Sum256(content))})
	}
	return files, nil
}

// testTracker opens identifiers as the program does.
type testTracker struct{}

func (testTracker) Received(ctx context.Context, tx pgx.Tx, agency string, note errs.Text) (string, error) {
	id, err := (&access.Tracking{}).Open(ctx, tx, "submission", agency, access.Step{State: "received", Note: note})
	return string(id), err
}

func (testTracker) Moved(ctx context.Context, tx pgx.Tx, id string, m layers.Moved) error {
	return (&access.Tracking{}).Move(ctx, tx, access.Identifier(id), access.Step{State: m.State, Note: m.Note})
}

// Noted writes an event that leaves the state as it is.
func (testTracker) Noted(ctx context.Context, tx pgx.Tx, id string, note errs.Text) error {
	return (&access.Tracking{}).Note(ctx, tx, access.Identifier(id), note)
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{t: t, shelf: t.TempDir(), kept: t.TempDir()}
	sandbox, err := fixture.Sandbox()
	require.NoError(t, err)
	var jobs *layers.Jobs
	d.site = start(t, func(deps *server.Deps) {
		deps.Keys = &access.Keys{Pool: deps.System}
		deps.Finished, deps.Stores = shelf{d.shelf}, []layers.Store{layers.FeatureStore(), cadastre.Store(), gnaf.Store()}
		deps.Importer = &layers.Importer{
			Pool: deps.System, Reader: &reading.Reader{Sandbox: sandbox, TempDir: t.TempDir()}, Stores: deps.Stores, Now: time.Now,
			Tracker: testTracker{}, Dir: d.kept,
		}
		jobs, err = layers.NewJobs(deps.Importer, nil, 2, slog.New(slog.DiscardHandler))
		require.NoError(t, err)
	})
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- jobs.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		<-ended
	})
	d.uploader = []string{"x-api-key", d.key(t, "ncc", access.Uploader)}
	d.stranger = []string{"x-api-key", d.key(t, "post", access.Uploader, access.Reviewer)}
	d.reviewer, d.publisher = d.person("reviewer", access.Reviewer), d.person("publisher", access.Publisher)
	return d
}

// person signs somebody of the cartographic centre in.
func (d *desk) person(login string, role access.Role) []string {
	d.t.Helper()
	id, err := access.Create(d.t.Context(), d.pool, access.Account{Login: login, Agency: "ncc", Role: role, Password: "correct horse battery 9"})
	require.NoError(d.t, err)
	token, err := (&access.Sessions{Pool: d.pool, Now: time.Now}).Begin(d.t.Context(), id, "password", "")
	require.NoError(d.t, err)
	return []string{"Cookie", "nsdi-session=" + token, "Sec-Fetch-Site", "same-origin"}
}

// put lays a finished upload on the shelf.
func (d *desk) put(name, content string) {
	d.t.Helper()
	require.NoError(d.t, os.WriteFile(filepath.Join(d.shelf, name), []byte(content), 0o600))
}

// deliver hands over one file of places and answers its tracking identifier.
func (d *desk) deliver(name, content, more string) string {
	d.t.Helper()
	d.put(name, content)
	status, v := d.post(d.t, "/v1/submissions", fmt.Sprintf(`{"agency":"ncc","uploads":[%q]%s}`, name, more), d.uploader...)
	require.Equal(d.t, 200, status, v)
	return v["tracking"].(string)
}

// waits until the submission has come to the state.
func (d *desk) waits(tracking, state string) map[string]any {
	d.t.Helper()
	d.until(tracking, `state = '`+state+`'`)
	return d.json(d.t, "/v1/submissions/"+tracking, d.uploader...)
}

// until waits by looking into the database, which no quota counts.
func (d *desk) until(tracking, condition string) {
	d.t.Helper()
	require.Eventually(d.t, func() bool {
		var is bool
		require.NoError(d.t, d.pool.QueryRow(d.t.Context(), `select `+condition+` from layers.submission where tracking = $1`, tracking).Scan(&is))
		return is
	}, 60*time.Second, 50*time.Millisecond, "%s: %v", condition, stuck{d, tracking})
}

// stuck tells how far a submission came, when a test has waited for it in vain.
type stuck struct {
	d        *desk
	tracking string
}

func (s stuck) String() string {
	var row string
	err := s.d.pool.QueryRow(context.Background(), `select to_jsonb(s) - 'files' - 'inspection' from layers.submission s where tracking = $1`, s.tracking).Scan(&row)
	return fmt.Sprint(row, err)
}

func (d *desk) decide(tracking, what, body string, who []string) (int, map[string]any) {
	d.t.Helper()
	return d.post(d.t, "/v1/submissions/"+tracking+"/"+what, body, who...)
}

// placesOf makes a CSV of places; those with an empty name are refused.
func placesOf(n int, name func(int) string) string {
	var b strings.Builder
	b.WriteString("code,name_fa,lon,lat\n")
	for i := range n {
		fmt.Fprintf(&b, "p%d,%s,%.4f,%.4f\n", i, name(i), 51.1+float64(i%100)/200, 35.1+float64(i/100)/200)
	}
	return b.String()
}

func named(i int) string { return fmt.Sprintf("روستای %d", i) }

// A delivery by hand: looked into, confirmed, checked, submitted, reviewed by one and published by another, and each step is in the record.
func TestADeliveryByHand(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	id := d.deliver("places.csv", placesOf(20, func(i int) string {
		if i == 7 {
			return ""
		}
		return named(i)
	}), `,"theme":"place"`)
	v := d.waits(id, "inspected")
	layer := v["inspection"].(map[string]any)["layers"].([]any)[0].(map[string]any)
	require.Equal(t, []any{"code", "name_fa", "lon", "lat"}, layer["columns"])
	require.Len(t, layer["rows"], 20)
	require.Equal(t, map[string]any{"code": "code", "name_fa": "name_fa"}, v["inspection"].(map[string]any)["proposal"].(map[string]any)["mapping"].(map[string]any)["attributes"])

	status, _ := d.decide(id, "submit", `{}`, d.uploader)
	require.Equal(t, 409, status, "it is not checked yet")
	status, v = d.decide(id, "confirm", `{"theme":"place"}`, d.uploader)
	require.Equal(t, 200, status, v)
	v = d.waits(id, "validated")
	report := v["report"].(map[string]any)
	require.EqualValues(t, []any{20.0, 19.0, 1.0, 19.0}, []any{report["rows_in"], report["rows_accepted"], report["rows_refused"], report["features_added"]})
	require.Contains(t, v["answer"].(map[string]any)["en"], "Accepted in part: 19 of 20")

	status, v = d.decide(id, "submit", `{}`, d.uploader)
	require.Equal(t, 409, status)
	require.Equal(t, "rows-refused", v["code"])
	status, _ = d.decide(id, "submit", `{"accept_refused":true}`, d.uploader)
	require.Equal(t, 200, status)

	status, _ = d.decide(id, "review", `{"decision":"accept"}`, d.uploader)
	require.Equal(t, 403, status, "a program does not review, and nobody what he uploaded")
	status, v = d.decide(id, "review", `{"decision":"return","reason":" "}`, d.reviewer)
	require.Equal(t, 422, status)
	require.Equal(t, "reason-missing", v["code"])
	status, _ = d.decide(id, "review", `{"decision":"publish"}`, d.reviewer)
	require.Equal(t, 403, status, "a reviewer is no publisher")
	status, v = d.decide(id, "review", `{"decision":"accept"}`, d.reviewer)
	require.Equal(t, 200, status, v)
	require.Equal(t, "reviewed", v["state"])
	status, v = d.decide(id, "review", `{"decision":"publish"}`, d.publisher)
	require.Equal(t, 200, status, v)
	v = d.waits(id, "published")
	require.EqualValues(t, 1, v["report"].(map[string]any)["version"])
	require.Equal(t, []any{}, v["next"])

	var states []string
	for _, e := range d.json(t, "/v1/track/"+id, d.uploader...)["events"].([]any) {
		states = append(states, e.(map[string]any)["to"].(string))
		if to := states[len(states)-1]; to == "received" || to == "confirmed" {
			require.Equal(t, map[string]any{"fa": "موضوع: مکان‌های نام‌دار", "en": "Theme: Named places"}, e.(map[string]any)["inside"].(map[string]any)["note"], "by its name")
		}
	}
	require.Equal(t, []string{"received", "inspected", "confirmed", "validated", "submitted", "reviewed", "approved", "published"}, states)
	var audited []string
	rows, err := d.pool.Query(t.Context(), `select event from access.audit where tracking = $1 order by seq`, id)
	require.NoError(t, err)
	audited, err = pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err)
	require.Equal(t, []string{"confirmation", "submission", "review", "review"}, audited[:4])
	require.Eventually(t, func() bool { // the tables go when it is published for everybody
		var left int
		require.NoError(t, d.pool.QueryRow(t.Context(), `select count(*) from pg_tables where schemaname = 'staging'`).Scan(&left))
		return left == 0
	}, time.Minute, 50*time.Millisecond)

	versions := fmt.Sprintf("/v1/datasets/%.0f/versions", v["dataset"])
	require.Equal(t, id, d.json(t, versions, d.uploader...)["versions"].([]any)[0].(map[string]any)["tracking"], "a version leads back to its delivery")
	require.Nil(t, d.json(t, versions)["versions"].([]any)[0].(map[string]any)["tracking"], "for its agency")

	// The mapping is remembered, and a file with the same columns is checked without a question.
	again := d.deliver("more.csv", placesOf(25, named), `,"theme":"place","confirm":true,"submit":true`)
	v = d.waits(again, "submitted")
	require.EqualValues(t, 6, v["report"].(map[string]any)["features_added"])
}

// What is none of the caller's business is not there.
func TestSubmissionsOfOthers(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	id := d.deliver("places.csv", placesOf(3, named), `,"theme":"place","confirm":true`)
	d.waits(id, "validated")
	_, mine := d.do(t, "GET", "/v1/submissions/"+id, d.stranger...)
	_, none := d.do(t, "GET", "/v1/submissions/NSDI-1405-2222-2222-2", d.stranger...)
	require.Equal(t, strings.ReplaceAll(string(none), "NSDI-1405-2222-2222-2", id), string(mine))
	for _, what := range []string{"confirm", "submit", "review", "exceptions", "withdraw"} {
		body := map[string]string{"confirm": `{"theme":"place"}`, "review": `{"decision":"accept"}`, "exceptions": `{"rule":"x","source":"x","row":1,"reason":"x"}`}[what]
		if body == "" {
			body = `{}`
		}
		status, v := d.decide(id, what, body, d.stranger)
		require.Equal(t, 404, status, "%s: %v", what, v)
		status, _ = d.decide(id, what, body, nil)
		require.Equal(t, 401, status, what)
	}
	require.Empty(t, d.json(t, "/v1/submissions", d.stranger...)["submissions"])
	require.Len(t, d.json(t, "/v1/submissions", d.uploader...)["submissions"], 1)
	status, _ := d.post(t, "/v1/submissions", `{"agency":"ncc","theme":"place","uploads":["x"]}`, d.stranger...)
	require.Equal(t, 403, status)
	status, _ = d.post(t, "/v1/submissions", `{"agency":"ncc","uploads":["x"]}`, d.stranger...)
	require.Equal(t, 403, status)
}

// Two wait for one dataset: when one is published, the other is checked again and has to be submitted again.
func TestAPublicationHasOthersCheckedAgain(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	first := d.deliver("a.csv", placesOf(10, named), `,"theme":"place","confirm":true,"submit":true`)
	second := d.deliver("b.csv", placesOf(12, named), `,"theme":"place","confirm":true,"submit":true`)
	d.waits(first, "submitted")
	require.EqualValues(t, 12, d.waits(second, "submitted")["report"].(map[string]any)["features_added"])
	status, v := d.decide(first, "review", `{"decision":"publish"}`, d.publisher)
	require.Equal(t, 200, status, v)
	d.waits(first, "published")
	d.until(second, `state = 'submitted' and (report->>'features_added')::int = 2`)
	v = d.json(t, "/v1/submissions/"+second, d.uploader...)
	require.EqualValues(t, 10, v["report"].(map[string]any)["features_unchanged"])
}

// A large removal is confirmed by name, and a part of a dataset removes nothing by what it does not name.
func TestModesAndRemovals(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	publish := func(id string) map[string]any {
		d.waits(id, "submitted")
		status, v := d.decide(id, "review", `{"decision":"publish"}`, d.publisher)
		require.Equal(t, 200, status, v)
		return d.waits(id, "published")["report"].(map[string]any)
	}
	publish(d.deliver("all.csv", placesOf(10, named), `,"theme":"place","confirm":true,"submit":true`))

	few := d.deliver("few.csv", placesOf(3, named), `,"theme":"place","confirm":true,"submit":true`)
	v := d.waits(few, "validated")
	require.EqualValues(t, 7, v["report"].(map[string]any)["features_removed"])
	status, v := d.decide(few, "submit", `{}`, d.uploader)
	require.Equal(t, 409, status)
	require.Equal(t, "mass-removal", v["code"])
	status, _ = d.decide(few, "withdraw", `{"reason":"ناقص بود"}`, d.uploader)
	require.Equal(t, 200, status)
	d.waits(few, "withdrawn")

	report := publish(d.deliver("upsert.csv", placesOf(12, func(i int) string {
		if i == 2 {
			return "نام تازه"
		}
		return named(i)
	}), `,"theme":"place","mode":"upsert","confirm":true,"submit":true`))
	require.EqualValues(t, []any{2.0, 1.0, 0.0, 12.0}, []any{report["features_added"], report["features_altered"], report["features_removed"], report["features"]})

	clash := d.deliver("append.csv", placesOf(13, named), `,"theme":"place","mode":"append","confirm":true`)
	report = d.waits(clash, "validated")["report"].(map[string]any)
	require.EqualValues(t, []any{12.0, 1.0}, []any{report["rows_refused"], report["features_added"]})

	gone := d.deliver("delete.csv", "code\np0\np1\np99\n", `,"theme":"place","mode":"delete","confirm":true,"submit":true`)
	report = publish(gone)
	require.EqualValues(t, []any{2.0, 10.0, 0.0}, []any{report["features_removed"], report["features"], report["rows_refused"]})
	require.Equal(t, "key-not-published", report["rules"].([]any)[0].(map[string]any)["rule"])
}

// A file that cannot be taken ends the submission with a problem that says what to do.
func TestARefusedDelivery(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	id := d.deliver("broken.gpkg", "this is no GeoPackage", `,"theme":"place"`)
	v := d.waits(id, "refused")
	problem := v["problem"].(map[string]any)
	require.NotEmpty(t, problem["next"].(map[string]any)["fa"])
	require.NotEmpty(t, problem["code"])
	status, v := d.decide(id, "confirm", `{"theme":"place"}`, d.uploader)
	require.Equal(t, 409, status)
	require.Equal(t, "submission-state", v["code"])
}
