package server

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-chi/chi/v5"
	"github.com/jackc/pgx/v5"

	"nsdi/access"
	"nsdi/internal/errs"
	"nsdi/internal/pg"
	"nsdi/layers"
	"nsdi/tiles"
)

// findingAPI is what the rules found, and what becomes of it.
func (s *server) findingAPI(api huma.API) {
	get(s, api, "/v1/rules", "rules", "The rules that deliveries are checked by, and the profiles", s.rules)
	get(s, api, submissionPath+"/findings", "findings", "What the rules found in a submission, in the order of its rows", s.findings)
	get(s, api, "/v1/datasets/{id}/open-findings", "open-findings", "Where published parcels of a dataset do not fit those of others", s.openFindings)
	post(s, api, submissionPath+"/fixes", "accept-fixes", "Accept proposed values, and have the submission checked again", s.acceptFixes)
}

// findingFiles are the findings as files and on the map.
func (s *server) findingFiles(r chi.Router) {
	r.Get(submissionPath+"/findings.csv", s.findingsFile("csv"))
	r.Get(submissionPath+"/findings.xlsx", s.findingsFile("xlsx"))
	r.Get(submissionPath+"/findings.gpkg", s.findingsFile("gpkg"))
	r.Get(submissionPath+"/findings/tiles.json", s.findingsTileJSON)
	r.Get(submissionPath+"/findings/tiles/{z}/{x}/{y}", s.findingsTile)
}

type findingsInput struct {
	Tracking string `path:"tracking" doc:"Tracking identifier"`
	Rule     string `query:"rule" maxLength:"64"`
	Severity string `query:"severity" enum:"E,W,I"`
	State    string `query:"state" enum:"open,fixed,exception,accepted"`
	Key      string `query:"key" maxLength:"200" doc:"Business key of a feature"`
	After    int64  `query:"after" minimum:"0" doc:"The next of the page before"`
	Limit    int    `query:"limit" default:"100" minimum:"1" maximum:"1000"`
}

type findingsBody struct {
	Findings []layers.KeptFinding `json:"findings" doc:"Of each rule the first 10,000; the report has the exact counts"`
	Next     *int64               `json:"next" doc:"Value of after for the next page; null at the end"`
}

// findings answers GET /v1/submissions/{tracking}/findings.
func (s *server) findings(ctx context.Context, in *findingsInput) (*findingsBody, error) {
	body := &findingsBody{}
	err := s.reading(ctx, in.Tracking, func(tx pgx.Tx, found *layers.Submission) (err error) {
		body.Findings, err = layers.ListFindings(ctx, tx, found.ID, layers.FindingFilter{
			Rule: in.Rule, Severity: in.Severity, State: in.State, Key: in.Key, After: in.After, Limit: in.Limit + 1,
		})
		return err
	})
	if err != nil {
		return nil, err
	}
	if len(body.Findings) > in.Limit {
		body.Findings = body.Findings[:in.Limit]
		body.Next = &body.Findings[in.Limit-1].Seq
	}
	return body, nil
}

// reading runs f over a submission that the caller may look into, in the scope of its agency.
func (s *server) reading(ctx context.Context, tracking string, f func(tx pgx.Tx, found *layers.Submission) error) error {
	found, err := s.submissionFor(ctx, tracking, access.ReadRestricted)
	if err != nil {
		return err
	}
	return pg.InScope(ctx, s.Pool, pg.Agencies(found.AgencyID), pgx.TxOptions{AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error { return f(tx, found) })
}

// findingsFile answers GET /v1/submissions/{tracking}/findings.csv, .xlsx and .gpkg. A file is made whole before it leaves, so that an error is an answer of its
// own; the findings of a submission are bounded.
func (s *server) findingsFile(format string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		lang := r.URL.Query().Get("lang")
		if lang != "" && lang != "fa" && lang != "en" {
			s.fail(w, r, invalid("query.lang", lang))
			return
		}
		var file bytes.Buffer
		name, kind := "", ""
		err := s.reading(r.Context(), chi.URLParam(r, "tracking"), func(tx pgx.Tx, found *layers.Submission) error {
			name = found.Tracking + "-findings." + format
			switch format {
			case "csv":
				kind = "text/csv; charset=utf-8"
				return layers.WriteFindingsCSV(r.Context(), tx, found.ID, &file)
			case "xlsx":
				kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
				return layers.WriteFindingsXLSX(r.Context(), tx, found.ID, lang, &file)
			default:
				kind = "application/geopackage+sqlite3"
				if err := s.makesGeoPackages(); err != nil {
					return err
				}
				return layers.WriteFindingsGeoPackage(r.Context(), s.Importer.Reader.Sandbox, tx, found.ID, &file)
			}
		})
		if err != nil {
			s.fail(w, r, err)
			return
		}
		h := w.Header()
		h.Set("Content-Type", kind)
		h.Set("Content-Disposition", `attachment; filename="`+name+`"`)
		h.Set("Content-Length", fmt.Sprint(file.Len()))
		h.Set("Cache-Control", "no-store")
		_, _ = io.Copy(w, &file) // the client went away: nobody is left to tell
	}
}

func (s *server) makesGeoPackages() error {
	if s.Importer.Reader != nil && s.Importer.Reader.Sandbox != nil {
		return nil
	}
	return &errs.Error{
		Code: "format-unavailable", Status: http.StatusServiceUnavailable, Op: "server.findings",
		Title: errs.T("این سرور GeoPackage نمی‌سازد", "This server makes no GeoPackages"), Next: errs.T("نسخه CSV را بگیرید.", "Take the CSV instead."),
	}
}

// findingsTile answers GET /v1/submissions/{tracking}/findings/tiles/{z}/{x}/{y}.
func (s *server) findingsTile(w http.ResponseWriter, r *http.Request) {
	at, err := tiles.ParseAddress(chi.URLParam(r, "z"), chi.URLParam(r, "x"), chi.URLParam(r, "y"))
	if err != nil {
		s.fail(w, r, err)
		return
	}
	var tile []byte
	err = s.reading(r.Context(), chi.URLParam(r, "tracking"), func(tx pgx.Tx, found *layers.Submission) error {
		tile, err = layers.FindingsTile(r.Context(), tx, found.ID, int(at.Z), int(at.X), int(at.Y))
		return err
	})
	if err != nil {
		s.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", tiles.MediaType)
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(tile) // the client went away: nobody is left to tell
}

// findingsTileJSON answers GET /v1/submissions/{tracking}/findings/tiles.json. Findings come and go with each check, so the address of the tiles names no version.
func (s *server) findingsTileJSON(w http.ResponseWriter, r *http.Request) {
	tracking := chi.URLParam(r, "tracking")
	var where *[4]float64
	err := s.reading(r.Context(), tracking, func(tx pgx.Tx, found *layers.Submission) (err error) {
		where, err = layers.FindingsBounds(r.Context(), tx, found.ID)
		return err
	})
	if err != nil {
		s.fail(w, r, err)
		return
	}
	doc := tiles.TileJSON{
		TileJSON: "3.0.0", Name: "findings", Description: "یافته‌های تحویل | Findings of a submission", Version: "1.0.0", Scheme: "xyz", MaxZoom: findingsZoom, Bounds: where,
		Tiles: []string{s.origin(r) + strings.Replace(submissionPath, "{tracking}", url.PathEscape(tracking), 1) + "/findings/tiles/{z}/{x}/{y}"},
	}
	doc.VectorLayers = []tiles.VectorLayer{{ID: "findings", Description: doc.Description, MaxZoom: findingsZoom, Fields: map[string]string{
		"rule": "String", "severity": "String: E, W, I", "state": "String: open, fixed, exception, accepted", "key": "String", "field": "String", "message_fa": "String", "message_en": "String",
	}}}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(w).Encode(doc) // the client went away: nobody is left to tell
}

// findingsZoom is the deepest zoom that the tiles of findings are described to; clients enlarge it.
const findingsZoom = 18

type fixesInput struct {
	Tracking string `path:"tracking" doc:"Tracking identifier"`
	Body     struct {
		Rules []string     `json:"rules,omitempty" maxItems:"100" doc:"Codes of rules whose proposed values are accepted in all rows"`
		Rows  []acceptedIn `json:"rows,omitempty" maxItems:"10000" doc:"Single findings whose proposed value is accepted"`
	}
}

type acceptedIn struct {
	Rule   string `json:"rule" maxLength:"64"`
	Source string `json:"source" maxLength:"1000" doc:"File and layer, as in the finding"`
	Row    int64  `json:"row" minimum:"1"`
}

// acceptFixes answers POST /v1/submissions/{tracking}/fixes, for whoever may hand in the like.
func (s *server) acceptFixes(ctx context.Context, in *fixesInput) (*delivered, error) {
	who := access.SubjectFrom(ctx)
	found, err := s.submissionFor(ctx, in.Tracking, access.ReadRestricted)
	if err != nil {
		return nil, err
	}
	if err := s.mayDeliver(ctx, who, found.Agency, found.Theme, found.Territory); err != nil {
		return nil, err
	}
	var list []layers.Correction
	for _, rule := range in.Body.Rules {
		list = append(list, layers.Correction{Rule: rule})
	}
	for _, row := range in.Body.Rows {
		list = append(list, layers.Correction{Rule: row.Rule, Source: row.Source, Row: row.Row})
	}
	if len(list) == 0 {
		return nil, invalid("body.rules", "")
	}
	return s.decided(ctx, found, access.Upload, "correction", fmt.Sprintf("%d corrections: %v", len(list), in.Body.Rules), func(tx pgx.Tx) error {
		return s.Importer.AcceptFixes(ctx, tx, found, layers.Actor{Person: who.PersonID, Key: who.KeyID}, list)
	})
}
