package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"nsdi/access"
	"nsdi/internal/pg"
	"nsdi/internal/pgtest"
)

// maxFileTime is what any of these small files may take from being handed over to its report, and maxMemory what the server and any reading process may need.
const (
	maxFileTime = 3 * time.Minute
	maxMemory   = 512 << 20
)

// secret begins a file of the system that deliveries try to read.
const secret = "root:x"

// sharedData is the folder of real files beside the checkout. Tests that need it are skipped where it is absent.
func sharedData(t *testing.T) string {
	t.Helper()
	dir := filepath.Join("..", "..", "..", "shared", "data")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("needs the shared data folder beside the checkout, which is not there")
	}
	return dir
}

// sent is one delivery of files, by name.
type sent struct {
	name  string
	files []sentFile
	want  string // code of the problem that it has to be answered by; "" any outcome
	rows  [2]int // accepted and refused, where it has to be taken
	found [2]any // a rule, and how often it has to be broken
	slow  bool   // large
}

// sentFile is made when it is sent: all of them at once would need much memory.
type sentFile struct {
	name    string
	content func() ([]byte, error)
}

// outcome is how a delivery ended.
type outcome struct {
	code string // of the problem; "" for a report
	took time.Duration
}

// sharedFiles are the deliveries of a folder: each file, and shapefiles with the files beside them.
func sharedFiles(t *testing.T, folder string) (out []sent) {
	t.Helper()
	root := filepath.Join(sharedData(t), folder)
	read := func(path string) sentFile {
		return sentFile{filepath.Base(path), func() ([]byte, error) { return os.ReadFile(path) }}
	}
	require.NoError(t, filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == "MANIFEST.tsv" {
			return err
		}
		s := sent{name: path, files: []sentFile{read(path)}}
		if stem, ok := strings.CutSuffix(path, ".shp"); ok {
			for _, ext := range []string{".shx", ".dbf", ".prj", ".cpg", ".sbn", ".qix"} {
				if _, err := os.Stat(stem + ext); err == nil {
					s.files = append(s.files, read(stem+ext))
				}
			}
		}
		out = append(out, s)
		return nil
	}))
	return out
}

// Every hostile and every dirty file, and what attackers and unlucky people make, is handed over to one server, inspected, confirmed where it can be, and has a
// report or an answer in both languages, in time and in memory; and the server goes on as if nothing had been. The server is started before other tests
// run: a process counts as its own what the process that starts it has in memory.
func TestHostileDeliveries(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a server")
	}
	v := newVictim(t, pgtest.URL(t))
	pool, err := pg.Connect(t.Context(), v.database)
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	v.start(t)
	v.people(t, pool)
	server := v.cmd
	t.Parallel()
	// An agency has one delivery worked on at a time, and the next has its turn when it asks again: several of them keep the server busy.
	deliverers := []*victim{v}
	for i := range 3 {
		w := *v
		w.deliverer = &deliverer{url: v.deliverer.url, agency: fmt.Sprintf("centre-%d", i)}
		require.NoError(t, access.EnsureAgency(t.Context(), pool, access.Agency{
			Code: w.agency, Kind: "cartographic-centre", NameFA: "مرکز", NameEN: "Centre", Themes: []string{"base-map-feature"},
		}))
		w.people(t, pool)
		deliverers = append(deliverers, &w)
	}

	hostile := sharedFiles(t, "hostile")
	require.Greater(t, len(hostile), 400)
	all := slices.Concat(craftedDeliveries(), hostile, dirtyDeliveries(t))

	var mu sync.Mutex
	codes, takenOf := map[string]int{}, map[string]bool{}
	var slowest time.Duration
	var g errgroup.Group
	next := make(chan sent)
	g.Go(func() error {
		defer close(next)
		for _, s := range all {
			next <- s
		}
		return nil
	})
	deliver := func(v *victim, s sent) {
		// Of each format one is published, the others are withdrawn when their report has come.
		take := func() bool {
			mu.Lock()
			defer mu.Unlock()
			ext := filepath.Ext(s.name)
			first := !takenOf[ext]
			takenOf[ext] = true
			return first
		}
		o, err := v.survives(t.Context(), s, take)
		assert.NoError(t, err, s.name)
		mu.Lock()
		defer mu.Unlock()
		codes[o.code]++
		slowest = max(slowest, o.took)
	}
	for _, v := range deliverers {
		g.Go(func() error {
			for s := range next {
				deliver(v, s)
			}
			return nil
		})
	}
	require.NoError(t, g.Wait())
	require.False(t, t.Failed())
	t.Logf("%d deliveries, the slowest %s; outcomes: %v", len(all), slowest.Round(time.Millisecond), codes)
	require.Greater(t, codes[""], 50, "valid files among them must still be taken")
	require.Greater(t, len(takenOf), 5, "formats of which one was published")

	_, err = v.send(t.Context(), "../../places.csv", []byte("code,name_fa,lon,lat\n"), 1<<20)
	require.ErrorContains(t, err, "422", "a name that is a path is refused before the first byte")
	require.Equal(t, http.StatusOK, v.status(t, "/readyz"))
	require.Empty(t, v.log.all())
	for _, v := range deliverers {
		v.takeBack(t)
	}
	v.tidy(t) // nothing is left over
	usage, ok := server.ProcessState.SysUsage().(*syscall.Rusage)
	require.True(t, ok)
	peak := usage.Maxrss << 10 // of the server or of any process that it started, whichever was the largest
	t.Logf("the largest process had %d MiB", peak>>20)
	require.Positive(t, peak)
	require.Less(t, peak, int64(maxMemory))
	v.interrupt(t)
}

// survives hands a delivery over, and checks what holds for any.
func (v *victim) survives(ctx context.Context, s sent, take func() bool) (outcome, error) {
	limit := maxFileTime
	if s.slow {
		limit = 2 * maxFileTime
	}
	ctx, cancel := context.WithTimeout(ctx, 2*limit)
	defer cancel()
	var uploads []string
	tracking := ""
	for _, f := range s.files {
		content, err := f.content()
		if err != nil {
			return outcome{}, err
		}
		id, shared, refused, err := v.bring(ctx, f.name, content, tracking)
		if err != nil {
			return outcome{}, err
		}
		if refused != nil {
			return outcome{code: refused.body["code"].(string)}, refused.told()
		}
		uploads, tracking = append(uploads, id), shared
	}
	handed := time.Now()
	ids, err := json.Marshal(uploads)
	if err != nil {
		return outcome{}, err
	}
	_, err = v.does(ctx, v.uploader, "POST", "/v1/submissions", fmt.Sprintf(`{"agency":%q,"uploads":%s}`, v.agency, ids), 200)
	if err != nil {
		return outcome{}, err
	}
	path := "/v1/submissions/" + tracking
	state, err := v.waits(ctx, tracking, "inspected", "refused")
	if err != nil {
		return outcome{}, err
	}
	if state == "inspected" {
		a, err := v.does(ctx, v.uploader, "GET", path, "", 200)
		if err != nil {
			return outcome{}, err
		}
		crs := ""
		if strings.Contains(string(a.raw), secret) {
			return outcome{}, fmt.Errorf("it shows what is the server's: %s", a.raw)
		}
		for _, l := range a.body["inspection"].(map[string]any)["layers"].([]any) {
			if layer := l.(map[string]any); layer["crs"] == "" {
				crs = `"crs":"EPSG:4326",`
			}
		}
		_, err = v.does(ctx, v.uploader, "POST", path+"/confirm", `{"theme":"base-map-feature","allow_removals":true,"mapping":{`+crs+
			`"attributes":{"feature_id":{"template":"{$file}/{$layer}/{$row}"},"feature_class":{"value":"hostile"}}}}`, 200)
		if err != nil {
			return outcome{}, err
		}
		if state, err = v.waits(ctx, tracking, "validated", "refused"); err != nil {
			return outcome{}, err
		}
	}
	o := outcome{took: time.Since(handed)}
	if o.took > limit {
		return o, fmt.Errorf("it took %s", o.took)
	}
	a, err := v.does(ctx, v.uploader, "GET", path, "", 200)
	if err != nil {
		return o, err
	}
	if strings.Contains(string(a.raw), secret) {
		return o, fmt.Errorf("it shows what is the server's: %s", a.raw)
	}
	if state == "refused" {
		o.code, err = a.refusal(s)
		if err == nil && (s.want != "" && o.code != s.want || s.rows != [2]int{}) {
			err = fmt.Errorf("it is refused by %s and not by %s: %s", o.code, s.want, a.raw)
		}
		return o, err
	}
	report := a.body["report"].(map[string]any)
	number := func(name string) int { return int(report[name].(float64)) }
	if number("rows_accepted") == 0 { // it waits for other columns, or for what is proposed
		o.code = "nothing-accepted"
	}
	if s.want != "" && o.code != s.want {
		return o, fmt.Errorf("it has to be refused by %s: %s", s.want, a.raw)
	}
	answer := a.body["answer"].(map[string]any)
	switch rows := [2]int{number("rows_accepted"), number("rows_refused")}; {
	case number("rows_in") != rows[0]+rows[1]:
		return o, fmt.Errorf("rows are lost: %s", a.raw)
	case s.rows != [2]int{} && rows != s.rows:
		return o, fmt.Errorf("%v accepted and refused, and not %v: %s", rows, s.rows, a.raw)
	case s.found[0] != nil && !slices.ContainsFunc(list(report["rules"]), func(r any) bool {
		return r.(map[string]any)["rule"] == s.found[0] && r.(map[string]any)["count"] == s.found[1]
	}):
		return o, fmt.Errorf("%v was not found: %s", s.found, a.raw)
	case answer["fa"] == "" || answer["en"] == "":
		return o, fmt.Errorf("no first line: %s", a.raw)
	}
	if number("rows_accepted") == 0 || !take() {
		_, err = v.does(ctx, v.uploader, "POST", path+"/withdraw", `{}`, 200)
		return o, err
	}
	return o, v.passes(ctx, tracking)
}

func list(v any) []any {
	l, _ := v.([]any) // left out when it is empty
	return l
}

// passes submits and publishes. What is published of the same territory meanwhile sends it back to be checked, and its uploader confirms the refused rows again.
func (v *victim) passes(ctx context.Context, tracking string) error {
	path := "/v1/submissions/" + tracking
	for {
		state, err := v.waits(ctx, tracking, "validated", "submitted", "published", "unchanged", "refused")
		switch {
		case err != nil:
			return err
		case state == "refused":
			return fmt.Errorf("it was refused when it was checked again")
		case state == "published", state == "unchanged":
			return nil
		case state == "submitted":
			_, err = v.ask(ctx, "POST", path+"/review", []byte(`{"decision":"publish"}`), "Content-Type", "application/json", "Cookie", v.cookie, "Sec-Fetch-Site", "same-origin")
		default:
			_, err = v.ask(ctx, "POST", path+"/submit", []byte(`{"accept_refused":true,"allow_removals":true}`), "Content-Type", "application/json", "Cookie", v.uploader,
				"Sec-Fetch-Site", "same-origin")
		}
		if err != nil {
			return err
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// refusal checks that a refused submission says why, where and what to do, and answers its problem's code.
func (a *answer) refusal(s sent) (string, error) {
	problem := a.body["problem"].(map[string]any)
	code := problem["code"].(string)
	for _, part := range []string{"title", "next"} {
		text := problem[part].(map[string]any)
		if text["fa"] == "" || text["en"] == "" {
			return code, fmt.Errorf("no %s: %s", part, a.raw)
		}
	}
	switch code {
	case "interrupted", "internal", "reader-killed":
		return code, fmt.Errorf("the server's own problem: %s", a.raw)
	case "nothing-accepted":
		report := a.body["report"].(map[string]any)
		if report["rows_in"].(float64) > 0 && len(list(report["rules"])) == 0 {
			return code, fmt.Errorf("no finding: %s", a.raw)
		}
		return code, nil
	}
	place, _ := problem["location"].(string)
	if !slices.ContainsFunc(s.files, func(f sentFile) bool {
		return strings.Contains(place, f.name) || strings.HasPrefix(place, strings.TrimSuffix(f.name, ".gz"))
	}) {
		return code, fmt.Errorf("the problem has to name the file, not %q: %s", place, a.raw)
	}
	return code, nil
}
