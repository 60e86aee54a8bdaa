package layers

import (
	"archive/zip"
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/peterstace/simplefeatures/geom"

	"nsdi/geo"
	"nsdi/internal/errs"
	"nsdi/internal/ogr"
)

// exporting is one file that is being made.
type exporting struct {
	order   *Order
	rows    Rows
	theme   *Theme
	sandbox *ogr.Sandbox
	folder  string // for what is needed on the way
	result  string
	sheet   []Line
	most    int64
	made    string                     // when
	kinds   map[geom.GeometryType]bool // that there are
	drawn   bool                       // the file is in metres
	epsg    int                        // its reference system
	project geo.Projection             // to that; nil: degrees
	lacking map[rune]int               // characters that the encoding of the file lacks, and how often they stood in the text
	counts  map[int64]int64            // features by dataset
	formats map[string]TableFormat
}

// each goes through the features and counts them.
func (e *exporting) each(ctx context.Context, yield func(*Feature) error) error {
	return e.rows(ctx, func(f *Feature) error {
		e.counts[f.Dataset]++
		return yield(f)
	})
}

// write makes a file of at most so many bytes.
func (e *exporting) write(file string, fill func(io.Writer) error) error {
	f, err := os.OpenFile(file, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(&limited{f, e.most}, 1<<16)
	return errors.Join(fill(w), w.Flush(), f.Close())
}

// limited breaks off what becomes too large for the disk.
type limited struct {
	io.Writer
	left int64
}

func (l *limited) Write(p []byte) (int, error) {
	if l.left -= int64(len(p)); l.left < 0 {
		return 0, &errs.Error{
			Code: "download-too-large", Status: http.StatusUnprocessableEntity, Op: "layers.Downloads",
			Title:  errs.T("پرونده از اندازه مجاز بزرگ‌تر می‌شود", "The file would be larger than is allowed"),
			Detail: errs.T("داده با این قالب در یک پرونده جا نمی‌شود.", "It does not fit into one file of this format."),
			Next:   errs.T("بخش کوچک‌تری بخواهید، یا عارضه‌ها را صفحه به صفحه از features یا changes بخوانید.", "Ask for a smaller part, or read it page by page from features or changes."),
		}
	}
	return l.Writer.Write(p)
}

func (e *exporting) geoJSON(ctx context.Context) error {
	return e.write(e.result, func(w io.Writer) error {
		if _, err := io.WriteString(w, `{"type":"FeatureCollection","features":[`); err != nil {
			return err
		}
		separator := "\n"
		err := e.each(ctx, func(f *Feature) error {
			shape := string(f.Geometry)
			if shape == "" {
				shape = "null"
			}
			properties := f.Properties
			if e.order.several() {
				properties = marked(properties, f.Dataset)
			}
			_, err := fmt.Fprintf(w, `%s{"type":"Feature","id":%d,"properties":%s,"geometry":%s}`, separator, f.ID, properties, shape)
			separator = ",\n"
			return err
		})
		if err != nil {
			return err
		}
		sheet, err := json.Marshal(e.lines()) // behind the features, since it counts them
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(w, "\n],\"provenance\":%s}\n", sheet)
		return err
	})
}

// datasetColumn is what a file of several datasets has besides the theme's attributes: which one a feature is of.
const datasetColumn = "dataset_id"

// marked adds the dataset to a feature's properties.
func marked(properties json.RawMessage, dataset int64) json.RawMessage {
	text := strings.TrimSpace(string(properties))
	member := fmt.Sprintf(`{"%s":%d`, datasetColumn, dataset)
	if rest := strings.TrimSpace(text[1:]); rest != "}" {
		member += ","
	}
	return json.RawMessage(member + text[1:])
}

// table writes the version as CSV text: the theme's attributes, with points their coordinates, and the geometry as WKT where there is one.
func (e *exporting) table(ctx context.Context, file string, forPeople bool, names []string) error {
	e.kinds = map[geom.GeometryType]bool{}
	return e.write(file, func(out io.Writer) error {
		header := append([]string{}, names...)
		if forPeople {
			if _, err := io.WriteString(out, bom); err != nil {
				return err
			}
			if e.theme.Geometry == "point" {
				header = append(header, "lon", "lat")
			}
		}
		if e.theme.Geometry != "none" {
			header = append(header, "WKT")
		}
		w := csv.NewWriter(out)
		if err := w.Write(header); err != nil {
			return err
		}
		err := e.each(ctx, func(f *Feature) error {
			cells, err := e.cells(f, forPeople)
			if err != nil {
				return fmt.Errorf("feature %d: %w", f.ID, err)
			}
			return w.Write(cells)
		})
		w.Flush()
		return errors.Join(err, w.Error())
	})
}

// cells are one feature's, in the order of the header.
func (e *exporting) cells(f *Feature, forPeople bool) ([]string, error) {
	var properties map[string]json.RawMessage
	if err := json.Unmarshal(f.Properties, &properties); err != nil {
		return nil, err
	}
	var cells []string
	for _, a := range e.theme.Attributes {
		cells = append(cells, e.encodable(plain(properties[a.Name])))
	}
	if e.order.several() {
		cells = append(cells, strconv.FormatInt(f.Dataset, 10))
	}
	if e.theme.Geometry == "none" {
		return cells, nil
	}
	lon, lat, text := "", "", ""
	if len(f.Geometry) > 0 {
		g, _, err := e.shape(f)
		if err != nil {
			return nil, err
		}
		text = g.AsText()
		e.kinds[g.Type()] = true
		if xy, ok := g.AsPoint(); ok {
			if at, there := xy.XY(); there {
				lon, lat = strconv.FormatFloat(at.X, 'f', -1, 64), strconv.FormatFloat(at.Y, 'f', -1, 64)
			}
		}
	}
	if forPeople && e.theme.Geometry == "point" {
		cells = append(cells, lon, lat)
	}
	return append(cells, text), nil
}

// plain writes a value of JSON as a cell. A truth value is a number, as the formats have it.
func plain(value json.RawMessage) string {
	var text string
	switch s := string(value); {
	case s == "" || s == "null":
		return ""
	case s == "true":
		return "1"
	case s == "false":
		return "0"
	case json.Unmarshal(value, &text) == nil:
		return text
	default:
		return s
	}
}

func (e *exporting) names() (names []string) {
	for _, a := range e.theme.Attributes {
		names = append(names, a.Name)
	}
	if e.order.several() {
		names = append(names, datasetColumn)
	}
	return names
}

func (e *exporting) csv(ctx context.Context) error {
	file := filepath.Join(e.folder, "data.csv")
	if err := e.table(ctx, file, true, e.names()); err != nil {
		return err
	}
	return e.pack(map[string]string{e.order.Theme + ".csv": file})
}

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

// provenance writes the sheet as CSV text.
func (e *exporting) provenance(file, start string) error {
	return e.write(file, func(out io.Writer) error {
		if _, err := io.WriteString(out, start); err != nil {
			return err
		}
		w := csv.NewWriter(out)
		rows := [][]string{{"code", "title_fa", "title_en", "value"}}
		for _, l := range e.lines() {
			rows = append(rows, []string{l.Code, l.FA, l.EN, l.Value})
		}
		return w.WriteAll(rows)
	})
}

// pack zips the files with the sheet.
func (e *exporting) pack(files map[string]string) error {
	sheet := filepath.Join(e.folder, "sheet.csv")
	if err := e.provenance(sheet, bom); err != nil {
		return err
	}
	files["provenance.csv"] = sheet
	return e.write(e.result, func(out io.Writer) error {
		z := zip.NewWriter(out)
		for name, file := range files {
			if err := add(z, name, file); err != nil {
				return err
			}
		}
		return z.Close()
	})
}

func add(z *zip.Writer, name, file string) error {
	w, err := z.Create(name)
	if err != nil {
		return err
	}
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.Copy(w, f)
	return err
}
