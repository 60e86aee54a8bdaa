package layers

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/peterstace/simplefeatures/geom"
)

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
