package server

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/go-chi/chi/v5"

	"nsdi/layers"
)

type themeInput struct {
	Theme string `path:"theme" maxLength:"64"`
}

type themeBody struct {
	Code             string          `json:"code"`
	Title            bilingual       `json:"title"`
	Definition       bilingual       `json:"definition"`
	LegalBasis       []articleBody   `json:"legal_basis"`
	Obligation       *string         `json:"obligation"`
	Deliverer        bilingual       `json:"deliverer" doc:"Who must deliver it"`
	DeliveredBy      []string        `json:"delivered_by" doc:"Kinds of agencies of which every one may deliver it"`
	UpdateCycle      *cycleBody      `json:"update_cycle"`
	Restricted       bool            `json:"restricted" doc:"True when its features are not for everybody; how deliveries look is"`
	Geometry         string          `json:"geometry" enum:"none,point,line,polygon,any"`
	Store            string          `json:"store"`
	KeyAttributes    []string        `json:"key_attributes" doc:"Their values, joined by /, are the feature's key"`
	TerritoryBuffer  float64         `json:"territory_buffer_m" doc:"How far outside its territory a feature may lie, in metres"`
	MassRemoval      float64         `json:"mass_removal" doc:"Share of a dataset that one delivery may take away without a confirmation"`
	MinZoom          int             `json:"min_zoom"`
	MaxZoom          int             `json:"max_zoom"`
	CatalogueVersion int             `json:"catalogue_version" doc:"0: the theme is an operator's own"`
	Attributes       []attributeBody `json:"attributes"`
	Files            []fileLink      `json:"files" doc:"Empty template and filled sample"`
}

type articleBody struct {
	Article string    `json:"article"`
	Text    bilingual `json:"text"`
}

type cycleBody struct {
	Duration string    `json:"duration" doc:"ISO 8601"`
	Text     bilingual `json:"text"`
}

// attributeBody is a column, with the words of ISO 19110 where they fit.
type attributeBody struct {
	Name       string        `json:"name"`
	ValueType  string        `json:"value_type" enum:"text,int,number,date,boolean"`
	Required   bool          `json:"required"`
	Title      bilingual     `json:"title"`
	Definition bilingual     `json:"definition"`
	Unit       *string       `json:"unit"`
	Min        *float64      `json:"min"`
	Max        *float64      `json:"max"`
	Listed     []listedValue `json:"listed_values"`
	Extensible bool          `json:"extensible" doc:"The listed values are suggestions, and others are taken"`
	Aliases    []string      `json:"aliases" doc:"Other names that the column goes by in files"`
	Examples   []string      `json:"examples"`
}

type listedValue struct {
	Code  string    `json:"code"`
	Label bilingual `json:"label"`
}

type fileLink struct {
	Href string `json:"href"`
	Type string `json:"type"`
}

// theme answers GET /v1/themes/{theme}.
func (s *server) theme(ctx context.Context, in *themeInput) (*themeBody, error) {
	d, err := layers.Describe(ctx, s.Pool, in.Theme)
	if err != nil {
		return nil, err
	}
	b := &themeBody{
		Code: d.Code, Title: bilingual(d.Title), Definition: bilingual(d.Definition), LegalBasis: []articleBody{}, Obligation: d.Obligation,
		Deliverer: bilingual(d.Deliverer), DeliveredBy: append([]string{}, d.DeliveredBy...), Restricted: d.Restricted, Geometry: d.Geometry, Store: d.Store, KeyAttributes: d.KeyAttributes,
		TerritoryBuffer: d.BufferMetres, MassRemoval: d.MassRemoval, MinZoom: d.MinZoom, MaxZoom: d.MaxZoom, CatalogueVersion: d.Version,
		Attributes: []attributeBody{}, Files: []fileLink{},
	}
	for _, a := range d.Legal {
		b.LegalBasis = append(b.LegalBasis, articleBody{a.Article, bilingual(a.Text)})
	}
	if d.Cycle != nil {
		b.UpdateCycle = &cycleBody{d.Cycle.Duration, bilingual(d.Cycle.Text)}
	}
	for i := range d.Attributes {
		b.Attributes = append(b.Attributes, attributeOf(&d.Attributes[i]))
	}
	for _, name := range layers.TemplateNames() {
		kind := "text/csv"
		if strings.HasSuffix(name, ".gpkg") {
			kind = "application/geopackage+sqlite3"
		}
		b.Files = append(b.Files, fileLink{"/v1/themes/" + d.Code + "/" + name, kind})
	}
	return b, nil
}

func attributeOf(a *layers.Attribute) attributeBody {
	b := attributeBody{
		Name: a.Name, ValueType: a.Type, Required: a.Required, Title: bilingual(a.Title()), Definition: bilingual{a.DefinitionFA, a.DefinitionEN}, Min: a.Min, Max: a.Max,
		Listed: []listedValue{}, Extensible: len(a.Suggested) > 0, Aliases: append([]string{}, a.Aliases...), Examples: append([]string{}, a.Examples...),
	}
	if a.Unit != "" {
		b.Unit = &a.Unit
	}
	for _, code := range append(append([]string{}, a.Domain...), a.Suggested...) {
		label, named := a.Labels[code]
		if !named {
			label.FA, label.EN = code, code
		}
		b.Listed = append(b.Listed, listedValue{code, bilingual(label)})
	}
	return b
}

// template answers GET /v1/themes/{theme}/template.gpkg, template.csv, sample.gpkg and sample.csv.
func (s *server) template(name string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		file, err := s.Templates.File(r.Context(), chi.URLParam(r, "theme"), name)
		if err != nil {
			s.fail(w, r, err)
			return
		}
		tag := `"` + file.Digest + `"`
		h := w.Header()
		h.Set("ETag", tag)
		h.Set("Cache-Control", "no-cache")
		if r.Header.Get("If-None-Match") == tag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		h.Set("Content-Type", file.Type)
		h.Set("Content-Disposition", `attachment; filename="`+file.Name+`"`)
		h.Set("Content-Length", strconv.Itoa(len(file.Body)))
		_, _ = w.Write(file.Body) // the client went away: nobody is left to tell
	}
}
