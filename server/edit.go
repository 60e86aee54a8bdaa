package server

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/jackc/pgx/v5"

	"nsdi/access"
	"nsdi/internal/errs"
	"nsdi/internal/pg"
	"nsdi/layers"
)

// maxEditBytes bounds the body of an edit. What is larger is uploaded.
const maxEditBytes = 8 << 20

// editAPI takes features without a file. Each call is a delivery as any other: checked by the same rules, kept, submitted, and published by somebody else.
func (s *server) editAPI(api huma.API) {
	o := operation(api, http.MethodPost, "/v1/datasets/{id}/features", "edit-features", "Add or replace features of a dataset: a delivery that is checked and submitted at once")
	o.DefaultStatus, o.MaxBodyBytes = http.StatusAccepted, maxEditBytes
	respond(s, api, o, s.editFeatures)
	s.featureAPI(api)
	o = operation(api, http.MethodDelete, featurePath, "remove-feature", "Remove a feature of a dataset: a delivery that is checked and submitted at once")
	o.DefaultStatus = http.StatusAccepted
	respond(s, api, o, s.removeFeature)
}

type editInput struct {
	ID      int64  `path:"id" minimum:"1"`
	Mode    string `query:"mode" enum:"upsert,append" default:"upsert" doc:"append: a feature whose key is published already is refused"`
	Wait    int    `query:"wait" minimum:"0" maximum:"30" doc:"Seconds to wait for the report"`
	IfMatch string `header:"If-Match" maxLength:"100" doc:"For one feature: its ETag; * is any. It holds until the edit is published" example:"\"3\""`
	RawBody []byte `contentType:"application/geo+json"`
}

type removeInput struct {
	ID      int64  `path:"id" minimum:"1"`
	Key     string `path:"key" maxLength:"2000"`
	Wait    int    `query:"wait" minimum:"0" maximum:"30" doc:"Seconds to wait for the report"`
	IfMatch string `header:"If-Match" maxLength:"100" doc:"The feature's ETag; * is any. It holds until the removal is published" example:"\"3\""`
}

type editOutput struct {
	CacheControl string `header:"Cache-Control"`
	Location     string `header:"Location" doc:"Address of the submission"`
	Body         *delivered
}

// editFeatures answers POST /v1/datasets/{id}/features.
func (s *server) editFeatures(ctx context.Context, in *editInput) (*editOutput, error) {
	set, err := s.editable(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	edit, err := layers.ParseEdit(in.RawBody)
	if err != nil {
		return nil, err
	}
	var expected *layers.Expected
	if in.IfMatch != "" {
		if expected, err = s.unchangedSince(ctx, set, edit, in.IfMatch); err != nil {
			return nil, err
		}
	}
	return s.editedBy(ctx, set, layers.Request{Mode: layers.Mode(in.Mode), Expected: expected, Content: &layers.Content{Name: "features.geojson", Body: in.RawBody}}, in.Wait)
}

// unchangedSince refuses an edit of what is not any more what the caller has seen, and answers what it has to be until it is published.
func (s *server) unchangedSince(ctx context.Context, set *layers.Set, edit *layers.Edit, match string) (expected *layers.Expected, err error) {
	if !edit.Single {
		return nil, &errs.Error{
			Code: "request-invalid", Status: http.StatusUnprocessableEntity, Op: "server.edit", Location: "header.If-Match", Value: match,
			Title:  errs.T("درخواست پذیرفته نیست", "The request is not valid"),
			Detail: errs.T("If-Match با یک Feature پذیرفته است و نه با مجموعه.", "If-Match is taken with a single Feature, and not with a collection."),
			Next:   errs.T("عارضه‌ها را یک‌یک بفرستید.", "Send the features one by one."),
		}
	}
	return expected, pg.InScope(ctx, s.Pool, pg.Agencies(set.AgencyID), pgx.TxOptions{AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		key, found, err := set.KeyOf(ctx, tx, edit.Features[0])
		if err != nil {
			return err
		}
		var now *layers.Feature
		if found {
			if now, err = set.Feature(ctx, tx, key); err != nil && status(err) != http.StatusNotFound {
				return err
			}
		}
		expected, err = matches(key, match, "", now)
		return err
	})
}

// matches compares If-Match and If-None-Match with the feature as it is published, nil where it is not, and answers what it has to be until the edit is: nil where
// nothing was asked for.
func matches(key, match, noneMatch string, now *layers.Feature) (*layers.Expected, error) {
	expected := &layers.Expected{Key: key}
	switch {
	case match != "" && now != nil:
		for one := range strings.SplitSeq(match, ",") {
			if one = strings.TrimSpace(one); one == "*" || one == etagOf(now) {
				expected.Version = now.Version
			}
		}
	case match != "":
	case noneMatch == "*":
		expected.Absent = true
	case noneMatch != "":
		return nil, invalid("header.If-None-Match", noneMatch)
	default:
		return nil, nil
	}
	return expected, expected.Met(now)
}

// etagOf is the version that wrote the feature: another one writes it whenever it is altered.
func etagOf(f *layers.Feature) string { return `"` + strconv.Itoa(f.Version) + `"` }

// removeFeature answers DELETE /v1/datasets/{id}/features/{key}.
func (s *server) removeFeature(ctx context.Context, in *removeInput) (*editOutput, error) {
	set, err := s.editable(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	var body []byte
	var mapping layers.Mapping
	var expected *layers.Expected
	err = pg.InScope(ctx, s.Pool, pg.Agencies(set.AgencyID), pgx.TxOptions{AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		now, err := set.Feature(ctx, tx, in.Key)
		if err != nil {
			return err
		}
		if expected, err = matches(in.Key, in.IfMatch, "", now); err != nil {
			return err
		}
		body, mapping, err = set.Removal(ctx, tx, now)
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.editedBy(ctx, set, layers.Request{
		Mode: layers.Delete, Mapping: mapping, Expected: expected, Content: &layers.Content{Name: "removed.geojson", Body: body},
		AllowRemovals: true, // it is named, and no incomplete file
	}, in.Wait)
}

// editable finds a dataset that the caller may deliver to.
func (s *server) editable(ctx context.Context, id int64) (set *layers.Set, err error) {
	err = s.read(ctx, func(tx pgx.Tx) error {
		set, err = s.versions.Open(ctx, tx, id)
		return err
	})
	if err != nil {
		return nil, err
	}
	return set, s.mayDeliver(ctx, access.SubjectFrom(ctx), set.Agency, set.Theme, territoryOf(set))
}

func territoryOf(set *layers.Set) string {
	if set.Territory == nil {
		return ""
	}
	return *set.Territory
}

// editedBy delivers for the caller, and waits for the report as long as he or she wants to.
func (s *server) editedBy(ctx context.Context, set *layers.Set, r layers.Request, wait int) (*editOutput, error) {
	if s.Importer == nil {
		return nil, fmt.Errorf("edit of dataset %d: no importer is wired", set.ID)
	}
	by := creator(ctx)
	r.Theme, r.Agency, r.Territory, r.Through, r.Person, r.Key = set.Theme, set.Agency, territoryOf(set), layers.Submitted, by.Person, by.Key
	made, err := s.Importer.Receive(ctx, r)
	if err != nil {
		return nil, err
	}
	until := time.Now().Add(time.Duration(wait) * time.Second)
	for pause := 50 * time.Millisecond; !made.Waits() && time.Now().Add(pause).Before(until); pause = min(2*pause, time.Second) {
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(pause):
		}
		if made, err = s.submissionIn(ctx, pg.Agencies(set.AgencyID), made.Tracking); err != nil {
			return nil, err
		}
	}
	return &editOutput{CacheControl: "no-store", Location: "/v1/submissions/" + made.Tracking, Body: deliveredOf(made, true)}, nil
}
