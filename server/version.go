package server

import (
	"context"
	"encoding/json"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"nsdi/access"
	"nsdi/internal/errs"
	"nsdi/internal/pg"
	"nsdi/layers"
	"nsdi/tiles"
)

type datasetInput struct {
	ID int64 `path:"id" minimum:"1"`
}

type datasetBody struct {
	ID         int64           `json:"id"`
	Theme      string          `json:"theme"`
	Agency     string          `json:"agency" doc:"Code"`
	Territory  *string         `json:"territory" doc:"Code of an administrative unit; null is the agency's whole territory"`
	Geometry   string          `json:"geometry" enum:"none,point,line,polygon,any"`
	Restricted bool            `json:"restricted" doc:"True when its features are not for everybody"`
	Version    *layers.Version `json:"version" doc:"The newest; null where nothing was published yet"`
}

// dataset answers GET /v1/datasets/{id}.
func (s *server) dataset(ctx context.Context, in *datasetInput) (body *datasetBody, err error) {
	err = s.read(ctx, func(tx pgx.Tx) error {
		set, err := s.versions.Open(ctx, tx, in.ID)
		if err != nil {
			return err
		}
		body = &datasetBody{ID: set.ID, Theme: set.Theme, Agency: set.Agency, Territory: set.Territory, Geometry: set.Geometry, Restricted: set.Restricted}
		newest, err := set.Versions(ctx, tx, 0, 1)
		if len(newest) == 1 {
			body.Version = &newest[0]
		}
		return err
	})
	return body, err
}

type versionsInput struct {
	ID     int64 `path:"id" minimum:"1"`
	Before int   `query:"before" minimum:"0" maximum:"2147483647" doc:"The next of the page before"`
	Limit  int   `query:"limit" default:"100" minimum:"1" maximum:"1000"`
}

type versionsBody struct {
	Versions []layers.Version `json:"versions" doc:"Newest first"`
	Next     *int             `json:"next" doc:"Value of before for the next page; null at the end"`
}

// versionList answers GET /v1/datasets/{id}/versions.
func (s *server) versionList(ctx context.Context, in *versionsInput) (*versionsBody, error) {
	body := &versionsBody{}
	err := s.read(ctx, func(tx pgx.Tx) error {
		set, err := s.versions.Open(ctx, tx, in.ID)
		if err != nil {
			return err
		}
		body.Versions, err = set.Versions(ctx, tx, in.Before, in.Limit+1)
		return err
	})
	if len(body.Versions) > in.Limit {
		body.Versions = body.Versions[:in.Limit]
		body.Next = &body.Versions[in.Limit-1].Seq
	}
	return body, err
}

// readSet reads a dataset's features in a transaction that may see them: those of a restricted theme in the scope of the agency whose they are, once the caller
// was asked for the permission.
func (s *server) readSet(ctx context.Context, id int64, f func(pgx.Tx, *layers.Set) error) error {
	var set *layers.Set
	err := s.read(ctx, func(tx pgx.Tx) (err error) {
		if set, err = s.versions.Open(ctx, tx, id); err != nil || set.Restricted {
			return err
		}
		return f(tx, set)
	})
	if err != nil || !set.Restricted {
		return err
	}
	if err := MayRead(s.Permissions)(ctx, id); err != nil {
		return err
	}
	return pg.InScope(ctx, s.Pool, pg.Agencies(set.AgencyID), pgx.TxOptions{AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error { return f(tx, set) })
}

// MayRead answers what asks whether the caller may read a dataset of a restricted theme as it is.
func MayRead(p *access.Permissions) tiles.MayRead {
	return func(ctx context.Context, id int64) error {
		granted, err := p.By(ctx, access.SubjectFrom(ctx), access.ReadRestricted, access.Resource{DatasetID: id}, "")
		if err == nil && granted != nil {
			err = onlyDownloads(id)
		}
		return err
	}
}

// onlyDownloads refuses who has a grant: it may hold for some attributes and places only, and each use of it is counted, which downloads do.
func onlyDownloads(id int64) error {
	return &errs.Error{
		Code: "download-only", Status: http.StatusForbidden, Op: "server.readSet", Location: "path.id", Value: strconv.FormatInt(id, 10),
		Title:  errs.T("این داده تنها بارگیری می‌شود", "The data is for download only"),
		Detail: errs.T("مجوز دسترسی دستگاه شما با بارگیری به کار می‌رود.", "What your agency was granted is used by downloading."),
		Next:   errs.Tf("به ‎/v1/datasets/%s/versions/{seq}/downloads‎ درخواست POST بفرستید.", "Send a POST to /v1/datasets/%s/versions/{seq}/downloads.", strconv.FormatInt(id, 10)),
	}
}

type featuresInput struct {
	ID      int64  `path:"id" minimum:"1"`
	Version int    `query:"version" minimum:"0" maximum:"2147483647" doc:"Number of the version; the newest by default"`
	AsOf    string `query:"as_of" maxLength:"40" doc:"Instead of a version: a moment (RFC 3339), or a day (2026-03-21 or 1405-01-01), at whose end in Iran the data stood so" example:"2026-03-21"`
	Box     string `query:"bbox" maxLength:"100" doc:"West, south, east, north in degrees" example:"51.2,35.6,51.5,35.8"`
	Limit   int    `query:"limit" default:"100" minimum:"1" maximum:"1000"`
	After   string `query:"after" maxLength:"2000" doc:"The next of the page before"`
}

type featuresBody struct {
	Type        string           `json:"type" enum:"FeatureCollection"`
	Dataset     int64            `json:"dataset"`
	Theme       string           `json:"theme"`
	Version     int              `json:"version" doc:"0: before the first one"`
	PublishedAt *time.Time       `json:"published_at"`
	Features    []datasetFeature `json:"features" doc:"In the order of keys"`
	Next        *string          `json:"next" doc:"Value of after for the next page, with the same version; null at the end"`
}

type datasetFeature struct {
	Type       string          `json:"type" enum:"Feature"`
	ID         int64           `json:"id"`
	Key        string          `json:"key"`
	Version    int             `json:"version" doc:"The version that wrote it"`
	ValidFrom  time.Time       `json:"valid_from"`
	Properties json.RawMessage `json:"properties"`
	Geometry   json.RawMessage `json:"geometry"`
}

// features answers GET /v1/datasets/{id}/features.
func (s *server) features(ctx context.Context, in *featuresInput) (*featuresBody, error) {
	at, err := in.moment()
	if err != nil {
		return nil, err
	}
	w := layers.Window{After: in.After, Limit: in.Limit}
	if w.Box, err = box(in.Box); err != nil {
		return nil, err
	}
	body := &featuresBody{Type: "FeatureCollection", Dataset: in.ID, Features: []datasetFeature{}}
	err = s.readSet(ctx, in.ID, func(tx pgx.Tx, set *layers.Set) error {
		var v layers.Version
		if at.IsZero() {
			v, err = set.Version(ctx, tx, in.Version)
		} else {
			v, err = set.AsOf(ctx, tx, at)
		}
		if err != nil {
			return err
		}
		if body.Theme, body.Version = set.Theme, v.Seq; v.Seq > 0 {
			body.PublishedAt = &v.PublishedAt
		}
		list, more, err := set.Features(ctx, tx, v, w)
		for _, f := range list {
			body.Features = append(body.Features, datasetFeature{
				Type: "Feature", ID: f.ID, Key: f.Key, Version: f.Version, ValidFrom: f.ValidFrom, Properties: f.Properties, Geometry: jsonOrNull(f.Geometry),
			})
		}
		if more {
			body.Next = &list[len(list)-1].Key
		}
		return err
	})
	return body, err
}

func jsonOrNull(j json.RawMessage) json.RawMessage {
	if len(j) == 0 {
		return json.RawMessage("null")
	}
	return j
}

// moment reads as_of; zero: it is not given.
func (in *featuresInput) moment() (time.Time, error) {
	if in.AsOf == "" {
		return time.Time{}, nil
	}
	if in.Version != 0 {
		return time.Time{}, &errs.Error{
			Code: "version-and-date", Status: http.StatusUnprocessableEntity, Op: "server.features", Location: "query.as_of", Value: in.AsOf,
			Title:  errs.T("هم نسخه داده شده است و هم تاریخ", "Both a version and a date are given"),
			Detail: errs.T("version و as_of با هم پذیرفته نیست.", "version and as_of are not taken together."),
			Next:   errs.T("یکی از آن دو را بنویسید.", "Give one of them."),
		}
	}
	return endOf(in.AsOf, "query.as_of")
}

// box reads "west,south,east,north"; nil: it is not given.
func box(text string) (*[4]float64, error) {
	if text == "" {
		return nil, nil
	}
	parts := strings.Split(text, ",")
	if len(parts) != 4 {
		return nil, invalid("query.bbox", text)
	}
	var b [4]float64
	for i, part := range parts {
		limit := [2]float64{180, 90}[i%2]
		n, err := strconv.ParseFloat(strings.TrimSpace(part), 64)
		if err != nil || math.IsNaN(n) || math.Abs(n) > limit {
			return nil, invalid("query.bbox", text)
		}
		b[i] = n
	}
	if b[0] > b[2] || b[1] > b[3] {
		return nil, invalid("query.bbox", text)
	}
	return &b, nil
}

// ContentType answers the media type of GeoJSON.
func (*featuresBody) ContentType(string) string { return "application/geo+json" }
