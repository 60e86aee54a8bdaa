package server

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"
)

// describeFiles tells /openapi.json of the addresses that answer with files, which are no JSON.
func describeFiles(api huma.API) {
	text := func(in, name, doc string, values ...any) *huma.Param {
		return &huma.Param{Name: name, In: in, Description: doc, Required: in == "path", Schema: &huma.Schema{Type: huma.TypeString, Enum: values}}
	}
	format := text("query", "format", "CSV, FlatGeobuf, Shapefile, GML and DXF come zipped, with the provenance sheet beside them; GeoPackage and GeoJSON have it inside. gml (CadastralParcel of INSPIRE 4.0) and dxf (closed polylines with the plate as text) are for parcels; openaddresses (one row for each site) and gnaf (tables of G-NAF, divided by |) are for addresses, without their units", "geojson", "csv", "gpkg", "flatgeobuf", "shapefile", "gml", "dxf", "openaddresses", "gnaf")
	format.Required = true
	crs := text("query", "crs", "Reference system of gpkg, flatgeobuf, shapefile, gml and dxf: EPSG:4326, EPSG:3857, a UTM zone on WGS 84 such as EPSG:32639, or utm for the zone of most features, which is the default of dxf")
	encoding := text("query", "encoding", "Of the text of a Shapefile: UTF-8 by default; what windows-1256 lacks is replaced, and the provenance sheet says what and how often", "UTF-8", "windows-1256")
	clip := text("query", "clip", "intersects, the default: whole features that touch the area. cut: geometries end at its boundary, and keep only parts of their own dimension", "intersects", "cut")
	date := text("query", "as_of", "A moment (RFC 3339), or a day, at whose end in Iran the data stood so; now by default")
	theme := text("path", "theme", "Code of the theme")
	area := &huma.RequestBody{
		Description: "Polygon or MultiPolygon of GeoJSON, or a Feature with one; longitude and latitude, at most 10,000 vertices and 1 MiB", Required: true,
		Content: map[string]*huma.MediaType{"application/geo+json": {Schema: &huma.Schema{Type: huma.TypeObject}}},
	}
	later := func(o *huma.Operation) {
		text := &huma.Schema{Type: huma.TypeString}
		o.Responses["202"] = &huma.Response{
			Description: "Large files are made in the background: Location tells how far it is, and where it is when it is ready",
			Headers:     map[string]*huma.Param{"Location": {Schema: text}, "Retry-After": {Schema: text}},
		}
	}
	add := func(method, path, id, summary string, body *huma.RequestBody, params ...*huma.Param) {
		o := operation(api, method, path, id, summary)
		o.Parameters, o.RequestBody = params, body
		file := &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}
		o.Responses["200"] = &huma.Response{Description: "The file; GET takes Range, If-Range and If-None-Match", Content: map[string]*huma.MediaType{
			"application/geo+json": file, "application/zip": file, "application/geopackage+sqlite3": file,
		}}
		later(&o)
		api.OpenAPI().AddOperation(&o)
	}
	number := func(name, doc string) *huma.Param {
		return &huma.Param{Name: name, In: "path", Description: doc, Required: true, Schema: &huma.Schema{Type: huma.TypeInteger}}
	}
	version := &huma.Param{Name: "version", In: "query", Description: "The newest by default", Schema: &huma.Schema{Type: huma.TypeInteger}}
	add(http.MethodGet, "/v1/datasets/{id}"+exportPath, "download-version", "A version of a public dataset as a file", nil, number("id", "Id of the dataset"), format, version, crs, encoding)
	add(http.MethodGet, "/v1/themes/{theme}"+exportPath, "download-theme", "What all datasets of a public theme have, everywhere or in an area, as a file", nil, theme, format,
		text("query", "unit", "Code of an administrative unit with a boundary"),
		text("query", "sheets", "Sheets of the base map, by number and scale (as /v1/base-map-sheets names them) or by number, divided by commas"), clip, date, crs, encoding)
	add(http.MethodPost, "/v1/themes/{theme}"+exportPath, "download-theme-area", "What all datasets of a public theme have in a drawn area, as a file", area, theme, format, clip, date, crs, encoding)
}
