package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/jackc/pgx/v5"

	"nsdi/access"
	"nsdi/internal/errs"
	"nsdi/tiles"
	"nsdi/tiles/styling"
)

const stylePath = "/v1/layers/{layer}/style"

// styleAPI is about how a layer is drawn: the style that is there, those that were, and another one.
func (s *server) styleAPI(api huma.API) {
	respond(s, api, operation(api, http.MethodGet, stylePath, "style", "MapLibre style of a layer, as it is now or was in a version, with the ETag by which changes are bound to what was read"), s.layerStyle)
	get(s, api, stylePath+"/versions", "style-versions", "Versions of a layer's style, newest first", s.styleVersions)
	o := operation(api, http.MethodPut, stylePath, "put-style", "Give a layer another style; If-Match is needed")
	o.MaxBodyBytes, o.SkipValidateBody = styling.MostBytes+1, true // it is said better what is wrong
	respond(s, api, o, s.putStyle)
	respond(s, api, operation(api, http.MethodPost, stylePath+"/restore", "restore-style", "Take an earlier style of a layer back, or the one that nsdi makes"), s.restoreStyle)
}

type styleInput struct {
	AskedAt
	Layer       string `path:"layer" maxLength:"64" doc:"As in the addresses of tiles: a theme, base-map, dataset-ID, progress-CODE"`
	Version     int    `query:"version" minimum:"0" maximum:"2147483647" doc:"An earlier version; left out: the style as it is now"`
	IfNoneMatch string `header:"If-None-Match" maxLength:"1000"`
}

type styleOutput struct {
	Status       int
	CacheControl string `header:"Cache-Control"`
	ETag         string `header:"ETag" doc:"For If-Match"`
	Body         *styleBody
}

// styleBody is a MapLibre style.
type styleBody struct{ style *tiles.Style }

// MarshalJSON writes the style.
func (b *styleBody) MarshalJSON() ([]byte, error) { return json.Marshal(b.style) }

// layerStyle answers GET /v1/layers/{layer}/style.
func (s *server) layerStyle(ctx context.Context, in *styleInput) (*styleOutput, error) {
	style, tag, err := s.Tiles.StyleOf(ctx, in.Layer, s.originOf(&in.AskedAt), in.Version)
	if err != nil {
		return nil, err
	}
	out := &styleOutput{Status: http.StatusOK, CacheControl: "no-cache", ETag: tag}
	for known := range strings.SplitSeq(in.IfNoneMatch, ",") {
		if known = strings.TrimPrefix(strings.TrimSpace(known), "W/"); known == tag || known == "*" {
			out.Status = http.StatusNotModified
			return out, nil
		}
	}
	out.Body = &styleBody{style}
	return out, nil
}

type styleLayerInput struct {
	Layer string `path:"layer" maxLength:"64"`
}

type styleVersionsBody struct {
	Layer    string               `json:"layer"`
	Versions []tiles.StyleVersion `json:"versions" doc:"Newest first; empty: nobody has written one"`
	Editable bool                 `json:"editable" doc:"True: the caller may give the layer another style"`
}

// styleVersions answers GET /v1/layers/{layer}/style/versions.
func (s *server) styleVersions(ctx context.Context, in *styleLayerInput) (*styleVersionsBody, error) {
	body := &styleVersionsBody{Layer: in.Layer, Versions: []tiles.StyleVersion{}}
	all, err := s.Tiles.Styles(ctx, in.Layer)
	if err != nil {
		return nil, err
	}
	body.Versions = append(body.Versions, all...)
	_, err = s.mayStyle(ctx, in.Layer)
	if body.Editable = err == nil; err != nil && errs.Status(err) >= 500 {
		return nil, err
	}
	return body, nil
}

type putStyleInput struct {
	Layer   string `path:"layer" maxLength:"64"`
	Reason  string `query:"reason" maxLength:"2000" doc:"Why; everybody sees it"`
	IfMatch string `header:"If-Match" maxLength:"100" doc:"ETag of the style that was read; * is any" example:"\"3-0a1b2c3d\""`
	RawBody []byte `contentType:"application/json"`
}

type styleSetOutput struct {
	CacheControl string `header:"Cache-Control"`
	ETag         string `header:"ETag"`
	Body         struct {
		Layer   string `json:"layer"`
		Version int    `json:"version"`
	}
}

// putStyle answers PUT /v1/layers/{layer}/style.
func (s *server) putStyle(ctx context.Context, in *putStyleInput) (*styleSetOutput, error) {
	if in.RawBody == nil {
		in.RawBody = []byte{}
	}
	return s.setStyle(ctx, in.Layer, tiles.NewStyle{Style: in.RawBody, Reason: in.Reason, Expected: in.IfMatch})
}

type restoreStyleInput struct {
	Layer   string `path:"layer" maxLength:"64"`
	IfMatch string `header:"If-Match" maxLength:"100" doc:"ETag of the style that was read; * is any" example:"\"3-0a1b2c3d\""`
	Body    struct {
		Version int    `json:"version" minimum:"0" maximum:"2147483647" doc:"The version that the style is to be again; 0: the style that nsdi makes of the catalogue"`
		Reason  string `json:"reason" maxLength:"2000" doc:"Why; everybody sees it"`
	}
}

// restoreStyle answers POST /v1/layers/{layer}/style/restore.
func (s *server) restoreStyle(ctx context.Context, in *restoreStyleInput) (*styleSetOutput, error) {
	return s.setStyle(ctx, in.Layer, tiles.NewStyle{Taken: in.Body.Version, Reason: in.Body.Reason, Expected: in.IfMatch})
}

func (s *server) setStyle(ctx context.Context, layer string, n tiles.NewStyle) (*styleSetOutput, error) {
	action, err := s.mayStyle(ctx, layer)
	if err != nil {
		return nil, err
	}
	if n.Expected == "" {
		return nil, &errs.Error{
			Code: "if-match-needed", Status: http.StatusPreconditionRequired, Op: "server.setStyle", Location: "header.If-Match",
			Title:  errs.T("If-Match لازم است", "If-Match is needed"),
			Detail: errs.T("تا کار کسی دیگر نادیده از میان نرود، نشان (ETag) شیوه‌نامه‌ای را که خوانده‌اید بفرستید.", "Send the ETag of the style that you read, so that nobody else's change is lost unseen."),
			Next:   errs.T("شیوه‌نامه را بخوانید و ETag آن را در If-Match بفرستید.", "Read the style, and send its ETag in If-Match."),
		}
	}
	n.Agency = access.SubjectFrom(ctx).Memberships[0].Agency
	out := &styleSetOutput{CacheControl: "no-store"}
	out.Body.Layer = layer
	err = pgx.BeginFunc(ctx, s.System, func(tx pgx.Tx) (err error) {
		if out.Body.Version, out.ETag, err = s.Tiles.SetStyle(ctx, tx, layer, n); err != nil {
			return err
		}
		detail := fmt.Sprintf("version %d", out.Body.Version)
		switch {
		case n.Style == nil && n.Taken == 0:
			detail += ", the generated style"
		case n.Style == nil:
			detail += fmt.Sprintf(", as version %d", n.Taken)
		}
		return s.trail.Record(ctx, tx, access.Entry{Event: "style", Action: action, Agency: n.Agency, Resource: "layer:" + layer, Detail: strings.TrimSpace(detail + " " + n.Reason)})
	})
	return out, err
}

// mayStyle asks whether the caller may say how a layer is drawn, and answers by which right. The layer of a dataset is its agency's matter, every other one a national one.
func (s *server) mayStyle(ctx context.Context, layer string) (access.Action, error) {
	who := access.SubjectFrom(ctx)
	id, _ := strings.CutPrefix(layer, "dataset-")
	dataset, err := strconv.ParseInt(id, 10, 64)
	if err != nil || dataset < 1 {
		return access.Administer, s.Permissions.Can(ctx, who, access.Administer, access.Resource{}, "")
	}
	about := access.Resource{DatasetID: dataset}
	refused := s.Permissions.Can(ctx, who, access.Rollback, about, "")
	if refused == nil {
		return access.Rollback, nil
	}
	if e, ok := errs.As(refused); !ok || e.Status >= 500 || errors.Is(refused, context.Canceled) {
		return "", refused
	}
	return access.Administer, s.Permissions.Can(ctx, who, access.Administer, about, "")
}
