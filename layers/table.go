package layers

import (
	"bytes"
	"encoding/csv"
	"fmt"

	"nsdi/internal/ogr"
)

// sampleRows is how many rows a sample has.
const sampleRows = 3

// bom tells spreadsheet programs that the text is UTF-8.
const bom = "\xef\xbb\xbf"

// table writes the theme's columns, and with sample some made-up rows, as CSV text. Points have the columns lon and lat, other geometries WKT; with wkt
// points have that too.
func (d *Description) table(sample, wkt bool) ([]byte, []string, error) {
	var header, types []string
	for _, a := range d.Attributes {
		header, types = append(header, a.Name), append(types, columnTypes()[a.Type])
	}
	place := func(int) []string { return nil }
	switch {
	case d.Geometry == "none":
	case d.Geometry == "point" && !wkt:
		header, types = append(header, "lon", "lat"), append(types, "Real", "Real")
		place = func(i int) []string {
			x, y := d.corner(i)
			return []string{degrees(x), degrees(y)}
		}
	default:
		header, types = append(header, "WKT"), append(types, "WKT")
		place = func(i int) []string { return []string{d.shape(i)} }
	}
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	if err := w.Write(header); err != nil {
		return nil, nil, fmt.Errorf("template of %s: %w", d.Code, err)
	}
	for i := 0; sample && i < sampleRows; i++ {
		var cells []string
		for j := range d.Attributes {
			cells = append(cells, d.Attributes[j].example(i))
		}
		if err := w.Write(append(cells, place(i)...)); err != nil {
			return nil, nil, fmt.Errorf("sample of %s: %w", d.Code, err)
		}
	}
	w.Flush()
	return out.Bytes(), types, w.Error()
}

// columnTypes are the types of GDAL's .csvt files.
func columnTypes() map[string]string {
	return map[string]string{"text": "String", "int": "Integer", "number": "Real", "date": "Date", "boolean": "Integer(Boolean)"}
}

// example of the row, as the catalogue gives it, or some value that the attribute takes where the theme is an operator's own.
func (a *Attribute) example(row int) string {
	switch {
	case len(a.Examples) > 0:
		return a.Examples[row%len(a.Examples)]
	case len(a.Domain) > 0:
		return a.Domain[row%len(a.Domain)]
	case !a.Required:
		return ""
	}
	switch a.Type {
	case "date":
		return fmt.Sprintf("2025-03-%02d", row+1)
	case "boolean":
		return "true"
	default:
		return fmt.Sprint(row + 1)
	}
}

// corner is where the row's made-up feature lies: side by side, in degrees.
func (d *Description) corner(row int) (lon, lat float64) {
	lon, lat = 51.4, 35.7
	if len(d.Origin) == 2 {
		lon, lat = d.Origin[0], d.Origin[1]
	}
	return lon + 0.002*float64(row), lat
}

// shape is the row's made-up geometry as WKT, about a hundred metres large.
func (d *Description) shape(row int) string {
	x, y := d.corner(row)
	const size = 0.001
	point := fmt.Sprintf("POINT (%s %s)", degrees(x), degrees(y))
	line := fmt.Sprintf("LINESTRING (%s %s,%s %s,%s %s)", degrees(x), degrees(y), degrees(x+size), degrees(y), degrees(x+size), degrees(y+size))
	polygon := fmt.Sprintf("POLYGON ((%[1]s %[2]s,%[3]s %[2]s,%[3]s %[4]s,%[1]s %[4]s,%[1]s %[2]s))", degrees(x), degrees(y), degrees(x+size), degrees(y+size))
	switch d.Geometry {
	case "point":
		return point
	case "line":
		return line
	case "polygon":
		return polygon
	default:
		return []string{point, line, polygon}[row%3]
	}
}

func degrees(v float64) string { return fmt.Sprintf("%.6f", v) }

// gpkgGeometry is the type of the layer: of several parts, since features of several parts are taken too.
func (d *Description) gpkgGeometry() string {
	switch d.Geometry {
	case "none":
		return "NONE"
	case "point":
		return "POINT"
	case "line":
		return "MULTILINESTRING"
	case "polygon":
		return "MULTIPOLYGON"
	default:
		return "GEOMETRY"
	}
}

func (d *Description) geoPackageTable(sample bool) (ogr.Table, error) {
	text, types, err := d.table(sample, true)
	return ogr.Table{Name: d.Code, Geometry: d.gpkgGeometry(), CSV: text, Types: types}, err
}
