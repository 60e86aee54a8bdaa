package server

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/jackc/pgx/v5"

	"nsdi/internal/errs"
	"nsdi/internal/pg"
	"nsdi/layers"
)

const featurePath = "/v1/datasets/{id}/features/{key}"

// featureAPI is about one feature at its own address.
func (s *server) featureAPI(api huma.API) {
	respond(s, api, operation(api, http.MethodGet, featurePath, "feature", "One feature of the newest version, with the ETag by which edits of it are bound to what was read"), s.feature)
	o := operation(api, http.MethodPut, featurePath, "put-feature", "Replace or add one feature: a delivery that is checked and submitted at once")
	o.DefaultStatus, o.MaxBodyBytes = http.StatusAccepted, maxEditBytes
	respond(s, api, o, s.putFeature)
	o = operation(api, http.MethodPatch, featurePath, "patch-feature", "Alter one feature by a merge patch (RFC 7396): a delivery that is checked and submitted at once")
	o.DefaultStatus, o.MaxBodyBytes = http.StatusAccepted, maxEditBytes
	respond(s, api, o, s.patchFeature)
}

type featureInput struct {
	ID          int64  `path:"id" minimum:"1"`
	Key         string `path:"key" maxLength:"2000"`
	IfNoneMatch string `header:"If-None-Match" maxLength:"1000"`
}

type featureOutput struct {
	Status       int
	CacheControl string `header:"Cache-Control"`
	ETag         string `header:"ETag" doc:"For If-Match"`
	Body         *featureBody
}

type featureBody struct{ datasetFeature }

// ContentType answers the media type of GeoJSON.
func (*featureBody) ContentType(string) string { return "application/geo+json" }

// MarshalJSON writes the feature.
func (b *featureBody) MarshalJSON() ([]byte, error) { return json.Marshal(b.datasetFeature) }

// feature answers GET /v1/datasets/{id}/features/{key}.
func (s *server) feature(ctx context.Context, in *featureInput) (*featureOutput, error) {
	var f *layers.Feature
	err := s.readSet(ctx, in.ID, func(tx pgx.Tx, set *layers.Set) (err error) {
		f, err = set.Feature(ctx, tx, in.Key)
		return err
	})
	if err != nil {
		return nil, err
	}
	out := &featureOutput{Status: http.StatusOK, CacheControl: "no-cache", ETag: etagOf(f)}
	for known := range strings.SplitSeq(in.IfNoneMatch, ",") {
		if known = strings.TrimSpace(known); known == out.ETag || known == "*" {
			out.Status = http.StatusNotModified
			return out, nil
		}
	}
	out.Body = &featureBody{datasetFeature{
		Type: "Feature", ID: f.ID, Key: f.Key, Version: f.Version, ValidFrom: f.ValidFrom, Properties: f.Properties, Geometry: jsonOrNull(f.Geometry),
	}}
	return out, nil
}

type putInput struct {
	ID          int64  `path:"id" minimum:"1"`
	Key         string `path:"key" maxLength:"2000"`
	Wait        int    `query:"wait" minimum:"0" maximum:"30" doc:"Seconds to wait for the report"`
	IfMatch     string `header:"If-Match" maxLength:"100" doc:"The feature's ETag; * is any. It holds until the edit is published" example:"\"3\""`
	IfNoneMatch string `header:"If-None-Match" maxLength:"100" doc:"*: there must be no such feature, until the edit is published"`
	RawBody     []byte `contentType:"application/geo+json"`
}

// putFeature answers PUT /v1/datasets/{id}/features/{key}.
func (s *server) putFeature(ctx context.Context, in *putInput) (*editOutput, error) {
	return s.editOne(ctx, in, func(now *layers.Feature) ([]byte, error) { return in.RawBody, nil })
}

type patchInput struct {
	ID      int64  `path:"id" minimum:"1"`
	Key     string `path:"key" maxLength:"2000"`
	Wait    int    `query:"wait" minimum:"0" maximum:"30" doc:"Seconds to wait for the report"`
	IfMatch string `header:"If-Match" maxLength:"100" doc:"The feature's ETag. Without it the patch is of what is published now; either holds until the edit is published" example:"\"3\""`
	RawBody []byte `contentType:"application/merge-patch+json"`
}

// patchFeature answers PATCH /v1/datasets/{id}/features/{key}. The whole feature that comes of it is delivered, so it is always bound to what it was made of.
func (s *server) patchFeature(ctx context.Context, in *patchInput) (*editOutput, error) {
	if in.IfMatch == "" {
		in.IfMatch = "*"
	}
	return s.editOne(ctx, &putInput{ID: in.ID, Key: in.Key, Wait: in.Wait, IfMatch: in.IfMatch}, func(now *layers.Feature) ([]byte, error) { return now.Patched(in.RawBody) })
}

// editOne delivers what contents makes of the feature as it is published; that is nil where there is none, and nothing was expected.
func (s *server) editOne(ctx context.Context, in *putInput, contents func(now *layers.Feature) ([]byte, error)) (*editOutput, error) {
	set, err := s.editable(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if strings.TrimSpace(in.Key) == "" {
		return nil, invalid("path.key", in.Key)
	}
	if in.IfMatch != "" && in.IfNoneMatch != "" {
		return nil, &errs.Error{
			Code: "request-invalid", Status: http.StatusUnprocessableEntity, Op: "server.edit", Location: "header.If-None-Match", Value: in.IfNoneMatch,
			Title:  errs.T("درخواست پذیرفته نیست", "The request is not valid"),
			Detail: errs.T("If-Match و If-None-Match با هم پذیرفته نیست.", "If-Match and If-None-Match are not taken together."),
			Next:   errs.T("برای دگرگون کردن If-Match و برای افزودن If-None-Match بفرستید.", "Send If-Match to alter, If-None-Match to add."),
		}
	}
	var body []byte
	r := layers.Request{Mode: layers.Upsert}
	err = pg.InScope(ctx, s.Pool, pg.Agencies(set.AgencyID), pgx.TxOptions{AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		now, err := set.Feature(ctx, tx, in.Key)
		if err != nil && status(err) != http.StatusNotFound {
			return err
		}
		if r.Expected, err = matches(in.Key, in.IfMatch, in.IfNoneMatch, now); err != nil {
			return err
		}
		if err := set.Whole(ctx, tx, now); err != nil {
			return err
		}
		if body, err = contents(now); err != nil {
			return err
		}
		body, r.Mapping, err = set.Edited(ctx, tx, in.Key, now, body)
		return err
	})
	if err != nil {
		return nil, err
	}
	r.Content = &layers.Content{Name: "features.geojson", Body: body}
	return s.editedBy(ctx, set, r, in.Wait)
}
