package server

import (
	"encoding/json"
	"net/http"

	"github.com/go-chi/chi/v5"

	"nsdi/tiles"
)

// Routes of what clients of maps ask for; tilePath is the one of tiles that TileJSON names.
const (
	tilePath       = "/tiles/{layer}/{z}/{x}/{y}"
	matrixTilePath = "/tiles/{layer}/{matrix_set}/{z}/{y}/{x}" // the order of OGC API - Tiles
	tileJSONPath   = "/tiles/{layer}.json"
	mapStylePath   = "/styles/{layer}.json"
)

// fromAnywhere lets pages of other servers read an answer that anybody may have: maps of agencies draw the layers, too. A browser shows them nothing that was asked for with a cookie.
func fromAnywhere(h http.Header) { h.Set("Access-Control-Allow-Origin", "*") }

// tileOfMatrix answers GET /tiles/{layer}/{matrix_set}/{z}/{y}/{x}.
func (s *server) tileOfMatrix(w http.ResponseWriter, r *http.Request) {
	fromAnywhere(w.Header())
	if err := tiles.CheckMatrixSet(chi.URLParam(r, "matrix_set")); err != nil {
		s.fail(w, r, err)
		return
	}
	s.tile(w, r)
}

// tile answers GET /tiles/{layer}/{z}/{x}/{y}.
func (s *server) tile(w http.ResponseWriter, r *http.Request) {
	fromAnywhere(w.Header())
	at, err := tiles.ParseAddress(chi.URLParam(r, "z"), chi.URLParam(r, "x"), chi.URLParam(r, "y"))
	if err != nil {
		s.fail(w, r, err)
		return
	}
	t, err := s.Tiles.TileOf(r.Context(), chi.URLParam(r, "layer"), at, tiles.VersionOf(r))
	if err != nil {
		s.fail(w, r, err)
		return
	}
	together(t, w, r)
}

// tileJSON answers GET /tiles/{layer}.json.
func (s *server) tileJSON(w http.ResponseWriter, r *http.Request) {
	s.document(w, r, func(layer string) (any, error) { return s.Tiles.TileJSON(r.Context(), layer, s.origin(r)) })
}

// style answers GET /styles/{layer}.json.
func (s *server) style(w http.ResponseWriter, r *http.Request) {
	s.document(w, r, func(layer string) (any, error) { return s.Tiles.Style(r.Context(), layer, s.origin(r)) })
}

// document answers with what is said of the layer that the path names.
func (s *server) document(w http.ResponseWriter, r *http.Request, of func(layer string) (any, error)) {
	fromAnywhere(w.Header())
	doc, err := of(chi.URLParam(r, "layer"))
	if err != nil {
		s.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "private, no-cache") // a dataset may not be for everybody
	_ = json.NewEncoder(w).Encode(doc)                   // the client went away: nobody is left to tell
}
