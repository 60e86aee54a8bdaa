package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"nsdi/internal/pg"
)

// deliverer is a program that delivers, and a publisher at a browser, who both go on after every interruption as the documentation tells them to. What the server
// must not do to them is an error.
type deliverer struct {
	url, key string
	agency   string
	cookie   string // of the publisher
	uploader string // cookie of a person who uploads; unlike a key, whose requests a second are counted
	pool     *pgxpool.Pool
	http     http.Client

	mu           sync.Mutex
	upload       string // address of the upload under way
	acknowledged int64  // bytes of it that the server said it has
}

// errCut is an exchange of which the end is unknown: the server went away.
var errCut = errors.New("the server went away")

// answer of the server.
type answer struct {
	status int
	header http.Header
	body   map[string]any
	raw    []byte
}

func (d *deliverer) ask(ctx context.Context, method, path string, body []byte, header ...string) (*answer, error) {
	if !strings.HasPrefix(path, "http") {
		path = d.url + path
	}
	ctx, cancel := context.WithTimeout(ctx, 4*time.Minute)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	if r.Header.Get("Cookie") == "" {
		r.Header.Set("x-api-key", d.key)
	}
	resp, err := d.http.Do(r)
	if err != nil {
		return nil, errors.Join(errCut, err)
	}
	defer resp.Body.Close()
	a := &answer{status: resp.StatusCode, header: resp.Header}
	if a.raw, err = io.ReadAll(resp.Body); err != nil {
		return nil, errors.Join(errCut, err)
	}
	_ = json.Unmarshal(a.raw, &a.body) // some answers have none
	if a.status == http.StatusInternalServerError {
		return nil, fmt.Errorf("%s %s: %d %s", method, path, a.status, a.raw)
	}
	if a.status > 500 && a.status != http.StatusInsufficientStorage { // it ends, or its database does
		return nil, fmt.Errorf("%w: %d %s", errCut, a.status, a.raw)
	}
	return a, nil
}

// until repeats a step that was cut off.
func (d *deliverer) until(ctx context.Context, step func() error) error {
	for {
		err := step()
		if !errors.Is(err, errCut) || ctx.Err() != nil {
			return err
		}
		time.Sleep(50 * time.Millisecond)
	}
}

func (d *deliverer) tus(ctx context.Context, method, path string, body []byte, header ...string) (*answer, error) {
	return d.ask(ctx, method, path, body, append([]string{"Tus-Resumable", "1.0.0"}, header...)...)
}

func metadata(kv ...string) string {
	var fields []string
	for i := 0; i < len(kv); i += 2 {
		fields = append(fields, kv[i]+" "+base64.StdEncoding.EncodeToString([]byte(kv[i+1])))
	}
	return strings.Join(fields, ",")
}

// bring uploads a file in one request, as a person, and answers the upload's id and the tracking identifier; or, with a problem, the answer. Given a tracking
// identifier, the file is one more of that delivery.
func (d *deliverer) bring(ctx context.Context, name string, content []byte, tracking string) (id, of string, refused *answer, err error) {
	said := []string{"filename", name, "agency", d.agency}
	if tracking != "" {
		said = append(said, "tracking", tracking)
	}
	a, err := d.tus(ctx, http.MethodPost, "/v1/uploads", content, "Upload-Length", strconv.Itoa(len(content)), "Upload-Metadata", metadata(said...),
		"Content-Type", "application/offset+octet-stream", "Cookie", d.uploader, "Sec-Fetch-Site", "same-origin")
	switch {
	case err != nil:
		return "", "", nil, err
	case a.status != http.StatusCreated:
		return "", "", a, nil
	case a.header.Get("Upload-Offset") != strconv.Itoa(len(content)):
		return "", "", nil, fmt.Errorf("%s of %d bytes were taken", a.header.Get("Upload-Offset"), len(content))
	}
	at := a.header.Get("Location")
	return at[strings.LastIndex(at, "/")+1:], a.header.Get("Sdi-Tracking-Id"), nil, nil
}

// does asks as a person at a browser, and expects a status.
func (d *deliverer) does(ctx context.Context, cookie, method, path, body string, status int) (*answer, error) {
	a, err := d.ask(ctx, method, path, []byte(body), "Content-Type", "application/json", "Cookie", cookie, "Sec-Fetch-Site", "same-origin")
	if err == nil && a.status != status {
		err = fmt.Errorf("%s %s: %d %s", method, path, a.status, a.raw)
	}
	return a, err
}

// told requires a problem document in both languages.
func (a *answer) told() error {
	for _, part := range []string{"code", "title", "title_fa", "next_step", "next_step_fa"} {
		if text, _ := a.body[part].(string); text == "" {
			return fmt.Errorf("no %s: %d %s", part, a.status, a.raw)
		}
	}
	return nil
}

// send uploads a file in parts and answers the upload's id.
func (d *deliverer) send(ctx context.Context, name string, content []byte, part int) (id string, err error) {
	sum := sha256.Sum256(content)
	at := ""
	err = d.until(ctx, func() error {
		a, err := d.tus(ctx, http.MethodPost, "/v1/uploads", nil, "Upload-Length", strconv.Itoa(len(content)),
			"Upload-Metadata", metadata("filename", name, "agency", "ncc", "theme", "place", "checksum", "sha256:"+hex.EncodeToString(sum[:])))
		if err != nil {
			return err
		}
		if a.status != http.StatusCreated {
			return fmt.Errorf("begin: %d %s", a.status, a.raw)
		}
		at = d.url + a.header.Get("Location")
		return nil
	})
	if err != nil {
		return "", err
	}
	d.note(at, 0)
	offset := 0
	err = d.until(ctx, func() error {
		a, err := d.tus(ctx, http.MethodHead, at, nil)
		if err != nil {
			return err
		}
		told, err := strconv.Atoi(a.header.Get("Upload-Offset"))
		if err != nil {
			return fmt.Errorf("HEAD of an upload: %d %v", a.status, a.header)
		}
		if told < offset {
			return fmt.Errorf("%d bytes were acknowledged, and %d are there", offset, told)
		}
		for offset = told; offset < len(content); {
			end := min(offset+part, len(content))
			a, err := d.tus(ctx, http.MethodPatch, at, content[offset:end], "Upload-Offset", strconv.Itoa(offset), "Content-Type", "application/offset+octet-stream")
			switch {
			case err != nil:
				return err
			case a.status == http.StatusConflict || a.status == http.StatusLocked: // the one that was cut off had come further
				return errCut
			case a.status != http.StatusNoContent:
				return fmt.Errorf("PATCH: %d %s", a.status, a.raw)
			}
			offset = end
			d.note(at, int64(offset))
		}
		return nil
	})
	return at[strings.LastIndex(at, "/")+1:], err
}

func (d *deliverer) note(upload string, acknowledged int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.upload, d.acknowledged = upload, acknowledged
}

// under answers the upload under way and what of it was acknowledged.
func (d *deliverer) under() (upload string, acknowledged int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.upload, d.acknowledged
}

// hand makes a submission of an upload and answers its tracking identifier. Whether an attempt that was cut off was received, the uploads tell.
func (d *deliverer) hand(ctx context.Context, upload, more string) (tracking string, err error) {
	err = d.until(ctx, func() error {
		err := d.pool.QueryRow(ctx, `
			select s.tracking
			from layers.upload u
			join layers.submission s on s.id = u.submission_id
			where u.id = $1`, upload).Scan(&tracking)
		if pg.Away(err) {
			return errors.Join(errCut, err)
		}
		if err == nil || !errors.Is(err, pgx.ErrNoRows) {
			return err
		}
		a, err := d.ask(ctx, http.MethodPost, "/v1/submissions", fmt.Appendf(nil, `{"agency":"ncc","theme":"place","uploads":[%q]%s}`, upload, more), "Content-Type", "application/json")
		if err != nil {
			return err
		}
		if a.status == http.StatusNotFound || a.status == http.StatusConflict { // the one that was cut off is being received still
			return errCut
		}
		if a.status != http.StatusOK {
			return fmt.Errorf("deliver: %d %s", a.status, a.raw)
		}
		tracking = a.body["tracking"].(string)
		return nil
	})
	return tracking, err
}

// waits until the submission has come to one of the states, and answers which.
func (d *deliverer) waits(ctx context.Context, tracking string, states ...string) (state string, err error) {
	for {
		// The database is asked, since the deliverer's quota would not allow so many questions.
		err = d.pool.QueryRow(ctx, `select state from layers.submission where tracking = $1 and state = any($2)`, tracking, states).Scan(&state)
		if !errors.Is(err, pgx.ErrNoRows) && !pg.Away(err) {
			return state, err
		}
		select {
		case <-ctx.Done():
			return "", fmt.Errorf("%s does not come to %v: %s", tracking, states, d.row(tracking))
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// row is all that is known of a submission, for the message of a failure.
func (d *deliverer) row(tracking string) (row string) {
	_ = d.pool.QueryRow(context.Background(), `select to_jsonb(s)::text from layers.submission s where tracking = $1`, tracking).Scan(&row)
	return row
}

// publish waits until the submission can be reviewed, and has it published. A decision that was cut off is made again, as is one that what happened meanwhile
// has made void.
func (d *deliverer) publish(ctx context.Context, tracking string) error {
	for {
		state, err := d.waits(ctx, tracking, "submitted", "published", "unchanged", "refused", "validated")
		if err != nil {
			return err
		}
		if state != "submitted" {
			if state == "published" {
				return nil
			}
			return fmt.Errorf("%s is %s: %s", tracking, state, d.row(tracking))
		}
		err = d.until(ctx, func() error {
			a, err := d.ask(ctx, http.MethodPost, "/v1/submissions/"+tracking+"/review", []byte(`{"decision":"publish"}`),
				"Content-Type", "application/json", "Cookie", d.cookie, "Sec-Fetch-Site", "same-origin")
			if err != nil {
				return err
			}
			if a.status != http.StatusOK && a.status != http.StatusConflict {
				return fmt.Errorf("review: %d %s", a.status, a.raw)
			}
			return nil
		})
		if err != nil {
			return err
		}
		time.Sleep(20 * time.Millisecond)
	}
}
