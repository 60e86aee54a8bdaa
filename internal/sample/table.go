package sample

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
)

// The field types of a VRT.
const (
	typeText    = "String"
	typeInteger = "Integer"
	typeReal    = "Real"
)

// columnDef is a column. The widths matter in dBASE only, where every row takes the full width of every field.
type columnDef struct {
	name, kind       string
	width, precision int
}

// table collects the rows of one layer as CSV with WKT. It becomes a layer of a bundle.
type table struct {
	layer, geometry, srs string
	columns              []columnDef
	file                 *os.File
	w                    *bufio.Writer
	buf                  []byte
	n                    int
}

func newTable(dir, layer, geometry, srs string, columns []columnDef) (*table, error) {
	f, err := create(filepath.Join(dir, layer+".csv"))
	if err != nil {
		return nil, err
	}
	t := &table{layer: layer, geometry: geometry, srs: srs, columns: columns, file: f, w: bufio.NewWriter(f)}
	t.buf = append(t.buf[:0], "wkt"...)
	for _, c := range columns {
		t.buf = append(append(t.buf, ','), c.name...)
	}
	t.buf = append(t.buf, '\n')
	_, err = t.w.Write(t.buf)
	return t, err
}

func (t *table) point(p xy, values ...any) error {
	t.buf = append(t.buf[:0], "\"POINT("...)
	t.position(p)
	return t.row(")\"", values)
}

func (t *table) line(a, b xy, values ...any) error {
	t.buf = append(t.buf[:0], "\"LINESTRING("...)
	t.position(a)
	t.buf = append(t.buf, ',')
	t.position(b)
	return t.row(")\"", values)
}

func (t *table) polygon(ring []xy, values ...any) error {
	t.buf = append(t.buf[:0], "\"POLYGON(("...)
	for _, p := range ring {
		t.position(p)
		t.buf = append(t.buf, ',')
	}
	t.position(ring[0])
	return t.row("))\"", values)
}

func (t *table) position(p xy) {
	t.buf = strconv.AppendFloat(t.buf, p.X, 'f', -1, 64)
	t.buf = append(t.buf, ' ')
	t.buf = strconv.AppendFloat(t.buf, p.Y, 'f', -1, 64)
}

// row ends a row: nil is an empty cell, which the reader takes for a missing value.
func (t *table) row(end string, values []any) error {
	if len(values) != len(t.columns) {
		return fmt.Errorf("layer %s: %d values for %d columns", t.layer, len(values), len(t.columns))
	}
	t.buf = append(t.buf, end...)
	for _, v := range values {
		t.buf = append(t.buf, ',')
		switch v := v.(type) {
		case nil:
		case int:
			t.buf = strconv.AppendInt(t.buf, int64(v), 10)
		case float64:
			t.buf = strconv.AppendFloat(t.buf, v, 'f', -1, 64)
		case string:
			t.buf = append(t.buf, '"')
			for i := range len(v) {
				if v[i] == '"' {
					t.buf = append(t.buf, '"')
				}
				t.buf = append(t.buf, v[i])
			}
			t.buf = append(t.buf, '"')
		default:
			return fmt.Errorf("layer %s: a value of type %T", t.layer, v)
		}
	}
	t.buf = append(t.buf, '\n')
	t.n++
	_, err := t.w.Write(t.buf)
	return err
}

func (t *table) close() error {
	if err := t.w.Flush(); err != nil {
		t.file.Close()
		return err
	}
	return t.file.Close()
}
