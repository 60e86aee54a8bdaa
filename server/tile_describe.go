package server

import (
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"nsdi/tiles"
)

const (
	noReader      = "The dataset is of a restricted theme, and nobody is signed in or sends a key"
	notThisReader = "The dataset is of a restricted theme, and the caller may not read it, or only download it"
)

// describeTiles tells /openapi.json of tiles, and of the documents by which clients of maps find them.
func describeTiles(api huma.API) {
	text := &huma.Schema{Type: huma.TypeString}
	part := func(name, doc string, schema *huma.Schema) *huma.Param {
		return &huma.Param{Name: name, In: "path", Description: doc, Required: true, Schema: schema}
	}
	whole := &huma.Schema{Type: huma.TypeInteger, Minimum: new(float64)}
	layer := part("layer", "A theme of /v1/themes with geometry, dataset-ID for one dataset, base-map, or progress-CODE with the code of an obligation of /v1/progress; of a restricted theme there are only datasets, for those who may read them", text)
	z, x, y := part("z", "Zoom; within minzoom and maxzoom of the layer's TileJSON, which clients enlarge for deeper ones", whole), part("x", "Column, from the west", whole), part("y", "Row, from the north", whole)
	version := &huma.Param{Name: "v", In: "query", Description: "Version of the layer, as TileJSON writes it: such a tile may be kept for good. Without one, or with one that is gone, it is the newest, and asked for again each time", Schema: text}
	known := &huma.Param{Name: "If-None-Match", In: "header", Description: "ETag of the client's copy", Schema: text}
	problems := func(o *huma.Operation, told map[string]string) {
		for status, why := range told {
			o.Responses[status] = &huma.Response{Description: why, Content: o.Responses["default"].Content}
		}
	}
	tile := func(path, id, summary string, params ...*huma.Param) {
		o := operation(api, http.MethodGet, path, id, summary)
		o.Parameters = append(params, version, known)
		o.Responses["200"] = &huma.Response{
			Description: "Mapbox Vector Tile 2.1 with a layer of the theme's code (several in base-map); empty where the layer has nothing. As br, zstd or gzip where Accept-Encoding has it",
			Content:     map[string]*huma.MediaType{tiles.MediaType: {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}},
			Headers: map[string]*huma.Param{
				"ETag":          {Description: "Strong, of the content: a tile in which nothing changed keeps it from version to version", Schema: text},
				"Cache-Control": {Description: "immutable with the version that the layer has; private, no-cache of a restricted theme", Schema: text},
			},
		}
		o.Responses["304"] = &huma.Response{Description: "The client's copy is the tile as it is now"}
		problems(&o, map[string]string{
			"400": "z, x or y is no whole number",
			"401": noReader,
			"403": notThisReader,
			"404": "No such layer, no tiles of it at this zoom, or no such tile in WebMercatorQuad; a tile without features is 200",
			"429": "Too many; Retry-After says when to go on",
			"503": "Too many tiles are being made, or the database does not answer; Retry-After says when to ask again",
		})
		api.OpenAPI().AddOperation(&o)
	}
	tile(tilePath, "tile", "A vector tile of a layer", layer, z, x, y)
	tile(matrixTilePath, "tile-of-matrix-set", "The same tile by the address of OGC API - Tiles, in which the row stands before the column", layer,
		part("matrix_set", "Tile matrix set", &huma.Schema{Type: huma.TypeString, Enum: []any{tiles.MatrixSet}}), z, y, x)

	document := func(path, id, summary string, of reflect.Type) {
		o := operation(api, http.MethodGet, path, id, summary)
		o.Parameters = []*huma.Param{layer}
		o.Responses["200"] = &huma.Response{Description: "As it is now", Content: map[string]*huma.MediaType{"application/json": {Schema: api.OpenAPI().Components.Schemas.Schema(of, true, id)}}}
		problems(&o, map[string]string{"401": noReader, "403": notThisReader, "404": "No such layer"})
		api.OpenAPI().AddOperation(&o)
	}
	document(tileJSONPath, "tilejson", "TileJSON 3.0.0 of a layer: addresses of its tiles, bounds, zooms and fields", reflect.TypeFor[tiles.TileJSON]())
	document(mapStylePath, "map-style", "MapLibre style of a layer, with its legend in metadata; the one that its agency wrote, or else the one that nsdi makes", reflect.TypeFor[tiles.Style]())
}
