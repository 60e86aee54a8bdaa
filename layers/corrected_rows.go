package layers

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/peterstace/simplefeatures/geom"
)

// correctedRow is one row as it stands.
type correctedRow struct {
	key        *string
	attributes map[string]json.RawMessage
	shape      []byte // WKB
	refused    bool
	source     int
	number     int64
	findings   *string
}

// each gives the rows in the order in which they were delivered; delivered: in the coordinates that they came in.
func (c *correcting) each(ctx context.Context, delivered bool, yield func(*correctedRow) error) error {
	t := tablesOf(c.submission.ID)
	shape := "s.geom"
	if delivered {
		shape = "s.source_geom"
	}
	rows, err := c.tx.Query(ctx, `
		select s.key, s.attributes, public.st_asbinary(`+shape+`), s.refused, s.source, s.row_number, f.texts
		from `+t.staged+` s
		left join (
			select ord, left(string_agg(concat_ws(' ', rule, field || ':', value), '; ' order by rule, field, value), 2000) texts
			from `+t.finding+`
			where $1
			  and rule <> 'fixed'
			group by ord
		) f using (ord)
		where $1
		  or not s.refused
		order by s.ord`, c.all)
	if err != nil {
		return fmt.Errorf("rows: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var r correctedRow
		if err := rows.Scan(&r.key, &r.attributes, &r.shape, &r.refused, &r.source, &r.number, &r.findings); err != nil {
			return fmt.Errorf("rows: %w", err)
		}
		c.rows++
		if err := yield(&r); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("rows: %w", err)
	}
	return nil
}

// marks are the columns beside the attributes: the key where a mapping makes it, and what became of each row where refused ones are among them.
func (c *correcting) marks() (names, types []string) {
	if c.submission.Mapping.Key != nil {
		names, types = append(names, keyColumn), append(types, "String")
	}
	if c.all {
		names = append(names, "nsdi_refused", "nsdi_source", "nsdi_row", "nsdi_findings")
		types = append(types, "Integer(Boolean)", "String", "Integer64", "String")
	}
	return names, types
}

// marked are a row's values under marks.
func (c *correcting) marked(r *correctedRow) (values []any) {
	if c.submission.Mapping.Key != nil {
		values = append(values, r.key)
	}
	if !c.all {
		return values
	}
	source := strconv.Itoa(r.source)
	if report := c.submission.Report; report != nil && r.source < len(report.Sources) {
		source = report.Sources[r.source]
	}
	return append(values, r.refused, source, r.number, r.findings)
}

// types are those of table's columns, as GDAL's .csvt files have them.
func (c *correcting) types() string {
	var all []string
	for _, a := range c.theme.Attributes {
		all = append(all, map[string]string{"int": "Integer64", "number": "Real", "boolean": "Integer(Boolean)"}[a.Type])
		if all[len(all)-1] == "" {
			all[len(all)-1] = "String"
		}
	}
	_, more := c.marks()
	all = append(all, more...)
	if c.theme.Geometry != "none" {
		all = append(all, "WKT")
	}
	return `"` + strings.Join(all, `","`) + `"`
}

// table writes the rows as CSV text: for people in degrees, with points their coordinates and nothing that a spreadsheet takes for a formula.
func (c *correcting) table(ctx context.Context, file string, forPeople bool) error {
	c.kinds = map[string]bool{}
	points := forPeople && c.theme.Geometry == "point"
	return writeFile(file, func(out io.Writer) error {
		var header []string
		for _, a := range c.theme.Attributes {
			header = append(header, a.Name)
		}
		more, _ := c.marks()
		header = append(header, more...)
		if forPeople {
			if _, err := io.WriteString(out, bom); err != nil {
				return err
			}
		}
		if points {
			header = append(header, "lon", "lat")
		} else if c.theme.Geometry != "none" {
			header = append(header, "WKT")
		}
		w := csv.NewWriter(out)
		_ = w.Write(header) // an error is kept until Flush
		err := c.each(ctx, !forPeople && c.crs() != "", func(r *correctedRow) error {
			cells, err := c.cells(r, points)
			for i := range cells {
				if _, number := strconv.ParseFloat(cells[i], 64); forPeople && number != nil { // a number, with its sign, is no formula
					cells[i] = SafeCell(cells[i])
				}
			}
			return errors.Join(err, w.Write(cells))
		})
		w.Flush()
		return errors.Join(err, w.Error())
	})
}

// cells are one row's, in the order of the header.
func (c *correcting) cells(r *correctedRow, points bool) (cells []string, err error) {
	for _, a := range c.theme.Attributes {
		cells = append(cells, plain(r.attributes[a.Name]))
	}
	for _, v := range c.marked(r) {
		text, err := json.Marshal(v)
		if err != nil {
			return nil, err
		}
		cells = append(cells, plain(text))
	}
	if c.theme.Geometry == "none" {
		return cells, nil
	}
	g, there, err := r.geometry()
	if err != nil {
		return nil, err
	}
	if there {
		c.kinds[strings.ToUpper(g.Type().String())] = true
	}
	if !points {
		if !there {
			return append(cells, ""), nil
		}
		return append(cells, g.AsText()), nil
	}
	lon, lat := "", ""
	if p, isPoint := g.AsPoint(); there && isPoint {
		if at, full := p.XY(); full {
			lon, lat = strconv.FormatFloat(at.X, 'f', -1, 64), strconv.FormatFloat(at.Y, 'f', -1, 64)
		}
	}
	return append(cells, lon, lat), nil
}

func (r *correctedRow) geometry() (g geom.Geometry, there bool, err error) {
	if len(r.shape) == 0 {
		return g, false, nil
	}
	g, err = geom.UnmarshalWKB(r.shape, geom.NoValidate{})
	return g, true, err
}

func (c *correcting) geoJSON(ctx context.Context) error {
	names, _ := c.marks()
	return writeFile(c.result, func(w io.Writer) error {
		if _, err := io.WriteString(w, `{"type":"FeatureCollection","features":[`); err != nil {
			return err
		}
		separator := "\n"
		err := c.each(ctx, false, func(r *correctedRow) error {
			properties := make(map[string]any, len(r.attributes)+len(names))
			for name, value := range r.attributes {
				properties[name] = value
			}
			for i, value := range c.marked(r) {
				properties[names[i]] = value
			}
			var shape any
			g, there, err := r.geometry()
			if there {
				shape = g
			}
			if err != nil {
				return err
			}
			body, err := json.Marshal(map[string]any{"type": "Feature", "properties": properties, "geometry": shape})
			if err != nil {
				return err
			}
			_, err = io.WriteString(w, separator+string(body))
			separator = ",\n"
			return err
		})
		if err != nil {
			return err
		}
		_, err = io.WriteString(w, "\n]}\n")
		return err
	})
}

// writeFile makes a file of at most so many bytes as one may have.
func writeFile(file string, fill func(io.Writer) error) error {
	f, err := os.OpenFile(file, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(&limited{f, mostCorrected}, 1<<16)
	return errors.Join(fill(w), w.Flush(), f.Close())
}

// tableName is a theme's code as the name of a layer.
func tableName(code string) string { return strings.ReplaceAll(code, "-", "_") }
