package server

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-chi/chi/v5"

	"nsdi/internal/errs"
	"nsdi/progress"
)

const (
	tracePath      = "/v1/progress/trace"
	traceSheetPath = tracePath + ".csv"
)

// traceAPI is what each figure is the sum of.
func (s *server) traceAPI(r chi.Router, api huma.API) {
	get(s, api, tracePath, "progress-trace", "The list behind a figure: pieces of ground, addresses or layers, whose sum it is", s.trace)
	get(s, api, tracePath+".geojson", "progress-trace-map", "The same for a map, as GeoJSON", s.traceMap)
	r.With(s.admit(s.downloadGate)).Get(traceSheetPath, s.traceSheet)
	get(s, api, outlinesPath, "progress-outlines", "Where the units below a unit lie, for a map of their figures", s.outlines)
	get(s, api, denominatorsPath, "denominators", "What 100 per cent is in a unit by decision of the committee", s.denominators)
	get(s, api, approvalsPath, "denominator-layers", "Layers that figures are measured by, and whether the committee approved them in their newest version", s.denominatorLayers)
	post(s, api, approvalsPath, "approve-denominator", "Approve a version of a layer that figures are measured by, by decision of the committee", s.approve)
	post(s, api, denominatorsPath, "set-denominator", "Set what 100 per cent is in a unit, or that nothing is due there, by decision of the committee", s.setDenominator)
}

// outlinesPath is what a map of the figures is drawn from.
const outlinesPath = "/v1/progress/outlines"

// outlines answers GET /v1/progress/outlines.
func (s *server) outlines(ctx context.Context, in *UnitInput) (*progress.Outlines, error) {
	return s.Progress.Outlines(ctx, in.Unit)
}

type traceInput struct {
	UnitInput
	Obligation string `query:"obligation" required:"true" maxLength:"32" doc:"An obligation that is measured by area, A26-LAYERS or A27-GNAF"`
	Measure    string `query:"measure" maxLength:"32" doc:"A measure beside the headline that has a list of its own: area, plates, built-parcels, households, small-villages, any-scale, scale-500, scale-2000, sheets-500, sheets-2000; of base maps also year-2024"`
	Cell       string `query:"cell" maxLength:"16" doc:"H3 index of one of the pieces: lists its features, with who delivered them, when, and which do not count"`
	After      string `query:"after" maxLength:"2000" doc:"The next of the page before"`
	Limit      int    `query:"limit" default:"100" minimum:"1" maximum:"1000"`
}

func (in *traceInput) query(shapes bool) progress.TraceQuery {
	return progress.TraceQuery{Obligation: in.Obligation, Unit: in.Unit, Measure: in.Measure, Cell: in.Cell, After: in.After, Limit: in.Limit, Shapes: shapes}
}

// trace answers GET /v1/progress/trace.
func (s *server) trace(ctx context.Context, in *traceInput) (*progress.Trace, error) {
	return s.Progress.Trace(ctx, in.query(false))
}

type traceMapBody struct {
	Type     string           `json:"type" enum:"FeatureCollection"`
	Total    progress.Portion `json:"total"`
	Features []tracedShape    `json:"features"`
	Next     *string          `json:"next" doc:"Value of after for the next page; null at the end"`
}

type tracedShape struct {
	Type       string          `json:"type" enum:"Feature"`
	Properties progress.Traced `json:"properties"`
	Geometry   json.RawMessage `json:"geometry"`
}

// ContentType answers the media type of GeoJSON.
func (*traceMapBody) ContentType(string) string { return "application/geo+json" }

// traceMap answers GET /v1/progress/trace.geojson.
func (s *server) traceMap(ctx context.Context, in *traceInput) (*traceMapBody, error) {
	t, err := s.Progress.Trace(ctx, in.query(true))
	if err != nil {
		return nil, err
	}
	body := &traceMapBody{Type: "FeatureCollection", Total: t.Total, Features: []tracedShape{}, Next: t.Next}
	for _, i := range t.Items {
		f := tracedShape{Type: "Feature", Properties: i, Geometry: i.Geometry}
		if f.Geometry == nil {
			f.Geometry = json.RawMessage("null")
		}
		f.Properties.Geometry = nil
		body.Features = append(body.Features, f)
	}
	return body, nil
}

// traceSheetHead names the columns. The mark before the first is the one by which spreadsheets know UTF-8.
var traceSheetHead = []string{"\ufeffkind", "cell", "unit", "feature", "key", "theme", "agency", "dataset", "version", "published_at", "state", "denominator", "delivered", "validated", "published", "fresh"}

// traceSheet answers GET /v1/progress/trace.csv: the whole list, written as it is read.
func (s *server) traceSheet(w http.ResponseWriter, r *http.Request) {
	var q progress.TraceQuery
	for name, to := range map[string]*string{"obligation": &q.Obligation, "unit": &q.Unit, "measure": &q.Measure, "cell": &q.Cell} {
		*to = r.URL.Query().Get(name)
		if len(*to) > 64 {
			s.fail(w, r, &errs.Error{
				Code: "query-too-long", Status: http.StatusUnprocessableEntity, Op: "server.traceSheet", Location: "query." + name,
				Title: errs.T("مقدار بلندتر از شناسه است", "The value is longer than a code"), Next: errs.T("شناسه را از ‎/v1/progress بردارید.", "Take the code from /v1/progress."),
			})
			return
		}
	}
	h := w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="progress.csv"`)
	c := http.NewResponseController(w)
	_ = c.SetReadDeadline(time.Time{}) // else the server would take the request for broken off when the time for reading it is over
	out := &counter{Writer: &patient{w, c}}
	sheet := csv.NewWriter(out)
	err := sheet.Write(traceSheetHead)
	if err == nil {
		err = s.Progress.TraceAll(r.Context(), q, func(i *progress.Traced) error { return sheet.Write(traceSheetRow(i)) })
	}
	if err == nil {
		sheet.Flush()
		err = sheet.Error()
	}
	switch {
	case err == nil:
	case out.bytes == 0: // what is wrong with the question is known before anything has left
		h.Del("Content-Disposition")
		s.fail(w, r, err)
	default:
		if r.Context().Err() == nil {
			s.Log.ErrorContext(r.Context(), "list broken off", "obligation", q.Obligation, "err", err)
		}
		panic(http.ErrAbortHandler) // half a sheet must not look like a whole one
	}
}

func traceSheetRow(i *progress.Traced) []string {
	at := ""
	if i.PublishedAt != nil {
		at = i.PublishedAt.UTC().Format(time.RFC3339)
	}
	row := []string{i.Kind, i.Cell, i.Unit, blank(i.Feature), i.Key, i.Theme, i.Agency, blank(i.Dataset), blank(int64(i.Version)), at, i.State}
	for n := range row {
		row[n] = cell(row[n])
	}
	for _, v := range []float64{i.Portion.Denominator, i.Portion.Delivered, i.Portion.Validated, i.Portion.Published, i.Portion.Fresh} {
		row = append(row, strconv.FormatFloat(v, 'f', -1, 64))
	}
	return row
}

func blank(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}
