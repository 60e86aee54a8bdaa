package layers

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/peterstace/simplefeatures/geom"

	"nsdi/internal/errs"
	"nsdi/internal/ogr"
)

// export has GDAL make a file of the version.
func (e *exporting) export(ctx context.Context, driver, file string, names []string) error {
	text := filepath.Join(e.folder, "table.csv")
	if err := e.table(ctx, text, false, names); err != nil {
		return err
	}
	kinds := map[string]string{"text": "String", "int": "Integer64", "number": "Real", "date": "String", "boolean": "Integer(Boolean)"}
	var types []string
	for _, a := range e.theme.Attributes {
		types = append(types, `"`+kinds[a.Type]+`"`)
	}
	if e.order.several() {
		types = append(types, `"Integer64"`)
	}
	if e.theme.Geometry != "none" {
		types = append(types, `"WKT"`)
	}
	geometry, err := e.geometry(driver)
	if err != nil {
		return err
	}
	return e.run(ctx, ogr.Export{Driver: driver, File: file, Layer: strings.ReplaceAll(e.order.Theme, "-", "_"), Geometry: geometry, CSV: text, CRS: fmt.Sprintf("EPSG:%d", e.epsg), Encoding: e.order.Encoding}, types)
}

func (e *exporting) run(ctx context.Context, x ogr.Export, types []string) error {
	x.Types, x.Folder, x.Most = x.CSV+"t", filepath.Join(e.folder, "out"), e.most
	if err := os.WriteFile(x.Types, []byte(strings.Join(types, ",")), 0o600); err != nil {
		return err
	}
	if err := os.MkdirAll(x.Folder, 0o700); err != nil {
		return err
	}
	info, err := os.Stat(x.CSV)
	if err != nil {
		return err
	}
	x.Bytes = info.Size()
	return e.sandbox.Export(ctx, x)
}

// geometry names the kind of the file's layer: the only one of the version, or any; a shapefile takes parts of several, and points only by themselves.
func (e *exporting) geometry(driver string) (string, error) {
	if e.theme.Geometry == "none" {
		return "NONE", nil
	}
	dimensions := map[int]bool{}
	several := false
	only := "GEOMETRY"
	for kind := range e.kinds {
		dimension := map[geom.GeometryType]int{
			geom.TypePoint: 0, geom.TypeMultiPoint: 0, geom.TypeLineString: 1, geom.TypeMultiLineString: 1, geom.TypePolygon: 2, geom.TypeMultiPolygon: 2, geom.TypeGeometryCollection: math.MaxInt,
		}[kind]
		dimensions[dimension] = true
		several = several || kind == geom.TypeMultiPoint
		only = strings.ToUpper(kind.String())
	}
	if driver != "ESRI Shapefile" {
		if len(e.kinds) > 1 {
			only = "GEOMETRY"
		}
		return only, nil
	}
	for dimension := range dimensions {
		if len(dimensions) > 1 || dimension == math.MaxInt {
			return "", &errs.Error{
				Code: "format-takes-one-kind", Status: http.StatusUnprocessableEntity, Op: "layers.Downloads", Location: "query.format", Value: "shapefile",
				Title:  errs.T("Shapefile تنها یک گونه هندسه می‌گیرد", "A Shapefile takes one kind of geometry"),
				Detail: errs.T("داده نقطه، خط و سطح را با هم دارد.", "There are points, lines and areas together."),
				Next:   errs.T("قالب gpkg یا geojson را بخواهید.", "Ask for gpkg or geojson."),
			}
		}
		return map[int]string{0: map[bool]string{false: "POINT", true: "MULTIPOINT"}[several], 1: "MULTILINESTRING", 2: "MULTIPOLYGON"}[dimension], nil
	}
	// A version without a geometry.
	return map[string]string{"point": "POINT", "line": "LINESTRING", "polygon": "POLYGON", "any": "POLYGON"}[e.theme.Geometry], nil
}

func (e *exporting) geoPackage(ctx context.Context) error {
	if err := e.export(ctx, "GPKG", "data.gpkg", e.names()); err != nil {
		return err
	}
	sheet := filepath.Join(e.folder, "provenance.csv")
	if err := e.provenance(sheet, ""); err != nil {
		return err
	}
	types := []string{`"String"`, `"String"`, `"String"`, `"String"`}
	if err := e.run(ctx, ogr.Export{Driver: "GPKG", File: "data.gpkg", Layer: "provenance", Geometry: "NONE", CSV: sheet, Append: true}, types); err != nil {
		return err
	}
	return os.Rename(filepath.Join(e.folder, "out", "data.gpkg"), e.result)
}

func (e *exporting) flatGeobuf(ctx context.Context) error {
	if err := e.export(ctx, "FlatGeobuf", "data.fgb", e.names()); err != nil {
		return err
	}
	return e.pack(map[string]string{e.order.Theme + ".fgb": filepath.Join(e.folder, "out", "data.fgb")})
}

func (e *exporting) shapefile(ctx context.Context) error {
	names := shortNames(e.names())
	for i, a := range e.theme.Attributes {
		if names[i] != a.Name {
			e.sheet = append(e.sheet, Line{"column", "ستون کوتاه‌شده " + names[i], "Shortened column " + names[i], a.Name})
		}
	}
	if err := e.export(ctx, "ESRI Shapefile", "data.shp", names); err != nil {
		return err
	}
	e.sheet = append(e.sheet, e.replaced()...)
	parts, err := filepath.Glob(filepath.Join(e.folder, "out", "data.*"))
	if err != nil {
		return err
	}
	files := map[string]string{}
	for _, part := range parts {
		files[e.order.Theme+filepath.Ext(part)] = part
	}
	return e.pack(files)
}

// shortNames cuts names to the ten characters that DBF has, each to another one.
func shortNames(names []string) []string {
	short := make([]string, len(names))
	taken := map[string]bool{}
	for i, name := range names {
		cut := name[:min(len(name), 10)]
		for n := 1; taken[strings.ToLower(cut)]; n++ {
			end := strconv.Itoa(n)
			cut = name[:min(len(name), 10-len(end))] + end
		}
		short[i], taken[strings.ToLower(cut)] = cut, true
	}
	return short
}
