package server

import (
	"context"
	"fmt"
	"hash/fnv"
	"net/http"
	"strings"

	"github.com/jackc/pgx/v5"

	"nsdi/access"
	"nsdi/internal/pg"
	"nsdi/layers"
)

// FeedQuery is what the two change feeds are asked with. Its name is exported because huma looks into no other embedded struct.
type FeedQuery struct {
	Since   int64  `query:"since" minimum:"0" doc:"The next of the page before; 0 begins with the first change that there ever was"`
	Limit   int    `query:"limit" default:"1000" minimum:"1" maximum:"10000" doc:"At most; a page that would be large has fewer"`
	Content string `query:"content" enum:"none,full" default:"none" doc:"full adds the attributes and the geometry after each change"`
	Known   string `header:"If-None-Match" maxLength:"2000"`
}

func (q *FeedQuery) feed(theme string) layers.Feed {
	return layers.Feed{Theme: theme, Since: q.Since, Limit: q.Limit, Full: q.Content == "full"}
}

type themeChangesInput struct {
	Theme string `path:"theme" maxLength:"64"`
	FeedQuery
}

type datasetChangesInput struct {
	ID int64 `path:"id" minimum:"1"`
	FeedQuery
}

type changesBody struct {
	Changes []layers.Change `json:"changes" doc:"In the order of ids, which is that of publications. None is left out, and a page asked for again is the same as far as it went"`
	Next    int64           `json:"next" doc:"Value of since for the next page. Keep it together with what you did with this one"`
	More    bool            `json:"more" doc:"True when the next page is there already; otherwise ask again later"`
}

// changesOutput is a page, or that nothing came since it was known.
type changesOutput struct {
	Status       int
	CacheControl string `header:"Cache-Control"`
	ETag         string `header:"ETag"`
	Body         *changesBody
}

// themeChanges answers GET /v1/themes/{theme}/changes.
func (s *server) themeChanges(ctx context.Context, in *themeChangesInput) (*changesOutput, error) {
	body := &changesBody{}
	var store *layers.Store
	read := func(tx pgx.Tx) (err error) {
		body.Changes, body.More, err = store.Changes(ctx, tx, in.feed(in.Theme))
		return err
	}
	restricted := false
	err := s.read(ctx, func(tx pgx.Tx) (err error) {
		if store, restricted, err = s.versions.ThemeFeed(ctx, tx, in.Theme); err != nil || restricted {
			return err
		}
		return read(tx)
	})
	if err == nil && restricted { // of all agencies: who may see one's own follows one's own dataset
		if err = s.Permissions.Can(ctx, access.SubjectFrom(ctx), access.ReadRestricted, access.Resource{Theme: in.Theme}, ""); err == nil {
			err = pg.InScope(ctx, s.Pool, pg.Everything, pgx.TxOptions{AccessMode: pgx.ReadOnly}, read)
		}
	}
	if err != nil {
		return nil, err
	}
	return in.page(body), nil
}

// datasetChanges answers GET /v1/datasets/{id}/changes.
func (s *server) datasetChanges(ctx context.Context, in *datasetChangesInput) (*changesOutput, error) {
	body := &changesBody{}
	err := s.readSet(ctx, in.ID, func(tx pgx.Tx, set *layers.Set) (err error) {
		body.Changes, body.More, err = set.Changes(ctx, tx, in.feed(""))
		return err
	})
	if err != nil {
		return nil, err
	}
	return in.page(body), nil
}

// page makes the answer. The log is only ever added to, so what was asked and how far the answer goes names the whole page.
func (q *FeedQuery) page(body *changesBody) *changesOutput {
	body.Next = q.Since
	if n := len(body.Changes); n > 0 {
		body.Next = body.Changes[n-1].ID
	}
	sum := fnv.New64a()
	fmt.Fprintf(sum, "%d %d %s %d %d %t", q.Since, q.Limit, q.Content, len(body.Changes), body.Next, body.More)
	out := &changesOutput{Status: http.StatusOK, CacheControl: "no-cache", ETag: fmt.Sprintf(`W/"%x"`, sum.Sum64()), Body: body}
	for known := range strings.SplitSeq(q.Known, ",") {
		if known = strings.TrimSpace(known); known == out.ETag || known == "*" {
			out.Status, out.Body = http.StatusNotModified, nil
		}
	}
	return out
}
