package layers

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"

	"nsdi/geo"
	"nsdi/internal/errs"
	"nsdi/layers/reading"
)

// Mapping says how the columns of a file become the attributes of a theme. It is given as a JSON file or in a call, so that a delivery needs no clicks.
// A mapping with attributes is complete: what it leaves out is not taken in. Without attributes, columns are matched by name.
type Mapping struct {
	Layers     []string         `json:"layers,omitempty"`   // regular expressions over layer names; none takes all
	CRS        string           `json:"crs,omitempty"`      // "EPSG:32639"; overrides what the file declares
	Encoding   string           `json:"encoding,omitempty"` // of CSV text and shapefile attributes
	Key        *Expr            `json:"key,omitempty"`      // the business key, instead of the theme's key attributes
	Point      *PointColumns    `json:"point,omitempty"`
	Plate      *PlateColumn     `json:"plate,omitempty"`      // of parcels: the column that holds main and sub plate
	Attributes map[string]*Expr `json:"attributes,omitempty"` // by theme attribute
}

// PointColumns name the columns that hold coordinates, in the mapping's CRS or EPSG:4326.
type PointColumns struct {
	Lon string `json:"lon"`
	Lat string `json:"lat"`
}

// Expr gives a value for a row: a source column, a template or a constant. A column may be a path into JSON text: "tags.name".
type Expr struct {
	Column   string
	Template string // "{a}/{b}"; also {$file}, {$stem}, {$layer}, {$row}
	Value    string
}

// UnmarshalJSON reads "COLUMN", {"template": "…"} or {"value": "…"}.
func (e *Expr) UnmarshalJSON(b []byte) error {
	if bytes.HasPrefix(bytes.TrimSpace(b), []byte(`"`)) {
		return json.Unmarshal(b, &e.Column)
	}
	var object struct{ Column, Template, Value string }
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&object); err != nil {
		return err
	}
	*e = Expr(object)
	return nil
}

// MarshalJSON writes what UnmarshalJSON reads.
func (e *Expr) MarshalJSON() ([]byte, error) {
	switch {
	case e.Template != "":
		return json.Marshal(map[string]string{"template": e.Template})
	case e.Column != "":
		return json.Marshal(e.Column)
	default:
		return json.Marshal(map[string]string{"value": e.Value})
	}
}

// ReadMapping reads a mapping file. Errors are *errs.Error mapping-invalid.
func ReadMapping(file string) (*Mapping, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, mappingProblem(file, err)
	}
	return ParseMapping(bytes.NewReader(b), file)
}

// ParseMapping reads a mapping that came from a place, such as a file or a part of a request. Errors are *errs.Error mapping-invalid.
func ParseMapping(r io.Reader, place string) (*Mapping, error) {
	var m Mapping
	d := json.NewDecoder(r)
	d.DisallowUnknownFields()
	if err := d.Decode(&m); err != nil {
		return nil, mappingProblem(place, err)
	}
	return &m, nil
}

func mappingProblem(place string, err error) error {
	return &errs.Error{
		Code: "mapping-invalid", Status: 422, Op: "layers", Location: place,
		Title:  errs.T("نگاشت ستون‌ها نادرست است", "The column mapping is wrong"),
		Detail: errs.Tf("%v", "%v", err),
		Next:   errs.T("شکل نگاشت در docs/data-formats.md آمده است.", "docs/data-formats.md shows the form of a mapping."),
	}
}

// options compiles what the reader needs.
func (m *Mapping) options() (reading.Options, error) {
	o := reading.Options{Encoding: m.Encoding}
	for _, l := range m.Layers {
		re, err := regexp.Compile("^(?:" + l + ")$")
		if err != nil {
			return o, mappingProblem("layers", err)
		}
		o.Layers = append(o.Layers, re)
	}
	return o, nil
}

// check compares the mapping with a theme: an attribute that the theme does not have is a mistake of whoever wrote the mapping.
func (m *Mapping) check(t *Theme) error {
	for name := range m.Attributes {
		if !slices.ContainsFunc(t.Attributes, func(a Attribute) bool { return a.Name == name }) {
			return mappingProblem("attributes."+name, fmt.Errorf("the theme %s has no attribute %q", t.Code, name))
		}
	}
	if m.CRS != "" && !crsCode.MatchString(m.CRS) {
		return mappingProblem("crs", fmt.Errorf("%q is not of the form EPSG:32639", m.CRS))
	}
	return nil
}

var crsCode = regexp.MustCompile(`^EPSG:[0-9]{4,6}$`)

// plan is a mapping made ready for the columns of one layer.
type plan struct {
	source     int      // number of the file and layer
	attributes []getter // in the theme's order; nil where nothing is mapped
	key        getter
	lon, lat   getter
	degrees    bool     // an earlier row's undeclared coordinates were degrees, so those of all rows are
	unused     []string // columns that nothing takes

	plate                  getter // where one column may hold the whole plate
	plateColumn, plateSide string
	plateOnly              bool // nothing else gives the main plate
}

// isTable answers whether a file is one of text cells, which has no place to declare a reference system in.
func isTable(file string) bool {
	return slices.Contains([]string{".csv", ".tsv", ".xlsx"}, strings.ToLower(path.Ext(file)))
}

// degreesOf gives EPSG:4326 to a geometry of a table without a declared system, as point does to coordinate columns.
func (p *plan) degreesOf(s geo.Shape) string {
	p.degrees = p.degrees || !s.Empty && s.Box.MinX >= -180 && s.Box.MaxX <= 180 && s.Box.MinY >= -90 && s.Box.MaxY <= 90
	if p.degrees {
		return "EPSG:4326"
	}
	return ""
}

// getter gives a row's text; ok is false for null.
type getter func(r *reading.Row) (text string, ok bool)

func (m *Mapping) plan(t *Theme, plates *Plates, columns []string) *plan {
	b := binder{columns: columns, used: make(map[string]bool)}
	p := &plan{}
	for _, a := range t.Attributes {
		switch e := m.Attributes[a.Name]; {
		case e != nil:
			p.attributes = append(p.attributes, b.bind(e))
		case m.Attributes != nil:
			p.attributes = append(p.attributes, nil)
		default:
			p.attributes = append(p.attributes, b.byName(&a))
		}
	}
	if plates != nil {
		m.planPlate(p, t, plates, &b)
	}
	switch {
	case m.Key != nil:
		p.key = b.bind(m.Key)
	case m.Attributes == nil: // a file that was made here says the keys that it has
		p.key = b.column(keyColumn)
	}
	if m.Point != nil {
		p.lon, p.lat = b.column(m.Point.Lon), b.column(m.Point.Lat)
	} else {
		p.lon, p.lat = b.first("lon", "lng", "long", "longitude", "x"), b.first("lat", "latitude", "y")
	}
	for _, c := range columns {
		if !b.used[c] {
			p.unused = append(p.unused, c)
		}
	}
	return p
}
