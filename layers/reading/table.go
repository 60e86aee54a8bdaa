package reading

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"slices"
	"strings"

	"nsdi/internal/errs"
)

const (
	// maxTableLine and maxTableColumns bound what is read here. What has more GDAL reads.
	maxTableLine    = 1 << 20
	maxTableColumns = 500
	// wktColumn is the name of a column that GDAL takes for geometries.
	wktColumn = "wkt"
)

// tableSource is a text whose values are separated by one character and quoted by the book, which every program takes apart alike. It takes a ninth of
// the time that it takes another process to read it and tell of it. GDAL reads any other text.
type tableSource struct {
	name, host string
	separator  byte
	columns    []string
	rows       int64
	geometry   int // the column of WKT; -1: there is none
}

// errPlain: GDAL may read it otherwise than it is read here.
var errPlain = errors.New("no plain table")

// plainTable answers the table that a text in UTF-8 holds; nil where GDAL has to read it. It goes through the whole text, so that nobody begins to read what he cannot end.
func plainTable(name, host string) (*tableSource, error) {
	t := &tableSource{name: name, host: host}
	err := t.scan(context.Background(), func(fields []string) error {
		t.rows++
		_, err := t.geom(fields)
		return err
	})
	if errors.Is(err, errPlain) {
		return nil, nil
	}
	return t, err
}

func (t *tableSource) inspect(context.Context) ([]Layer, error) {
	return []Layer{{File: t.name, Name: stem(path.Base(t.name)), Features: t.rows}}, nil
}

func (t *tableSource) read(ctx context.Context, yield func(*Row) error) error {
	row := Row{File: t.name, Layer: stem(path.Base(t.name)), Columns: t.columns, Null: make([]bool, len(t.columns))}
	err := t.scan(ctx, func(fields []string) error {
		row.Number++
		for len(fields) < len(t.columns) {
			fields = append(fields, "")
			row.Null[len(fields)-1] = true
		}
		row.Values = fields[:len(t.columns)]
		geom, err := t.geom(row.Values)
		if err != nil {
			return err
		}
		if row.Geoms = nil; geom != nil {
			row.Geoms = [][]byte{geom}
		}
		err = yield(&row)
		clear(row.Null)
		return err
	})
	if errors.Is(err, errPlain) {
		return refusal("file-unreadable", t.name, errs.T("پرونده خوانده نشد", "The file could not be read"), errs.T("دوباره از نرم‌افزار خود خروجی بگیرید.", "Export it again."))
	}
	return err
}

// geom is the geometry of a record; nil where it has none.
func (t *tableSource) geom(fields []string) ([]byte, error) {
	if t.geometry < 0 || t.geometry >= len(fields) || fields[t.geometry] == "" {
		return nil, nil
	}
	geom, ok := plainWKT(fields[t.geometry])
	if !ok {
		return nil, errPlain
	}
	return geom, nil
}

// scan gives the values of each record below the header, whose names it keeps; they are valid until yield returns. Empty lines are no records.
func (t *tableSource) scan(ctx context.Context, yield func([]string) error) error {
	f, err := os.Open(t.host)
	if err != nil {
		return fmt.Errorf("read %s: %w", t.name, err)
	}
	defer f.Close()
	lines := tableLines{r: bufio.NewReaderSize(skipBOM(f), maxTableLine)}
	header, err := lines.next()
	if err != nil {
		return noEnd(err)
	}
	if t.separator, t.columns, err = tableHeader(header); err != nil {
		return err
	}
	t.geometry = slices.IndexFunc(t.columns, func(c string) bool { return strings.EqualFold(c, wktColumn) })
	var fields []string
	var record []byte
	for n := 1; ; n++ {
		if n%1000 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		line, err := lines.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if len(line) == 0 {
			continue
		}
		record = append(record[:0], line...)
		for quotes := bytes.Count(line, quote); quotes%2 == 1; quotes += bytes.Count(line, quote) {
			if line, err = lines.next(); err != nil {
				return noEnd(err)
			}
			if record = append(append(record, '\n'), line...); len(record) > maxTableLine {
				return errPlain
			}
		}
		if fields, err = split(string(record), t.separator, fields[:0]); err != nil {
			return err
		}
		if err := yield(fields); err != nil {
			return err
		}
	}
}

// noEnd: a text that ends too early is no table that is read here.
func noEnd(err error) error {
	if errors.Is(err, io.EOF) {
		return errPlain
	}
	return err
}

// tableLines are the lines of a text without their ends.
type tableLines struct{ r *bufio.Reader }

func (l *tableLines) next() ([]byte, error) {
	line, err := l.r.ReadSlice('\n')
	switch {
	case errors.Is(err, bufio.ErrBufferFull):
		return nil, errPlain
	case errors.Is(err, io.EOF) && len(line) > 0:
	case err != nil:
		return nil, err
	default:
		line = bytes.TrimSuffix(line[:len(line)-1], []byte("\r"))
	}
	if bytes.IndexByte(line, '\r') >= 0 || bytes.IndexByte(line, 0) >= 0 {
		return nil, errPlain
	}
	return line, nil
}

// tableHeader tells the separator and the names of columns by the first line. A name that says nothing, or that GDAL may take for a geometry, for a value or for another column,
// is left to it.
func tableHeader(line []byte) (separator byte, columns []string, err error) {
	kinds := 0
	for _, c := range []byte(",;\t") {
		if bytes.IndexByte(line, c) >= 0 {
			separator = c
			kinds++
		}
	}
	if kinds != 1 {
		return 0, nil, errPlain
	}
	columns, err = split(string(line), separator, nil)
	if err != nil || len(columns) > maxTableColumns {
		return 0, nil, errPlain
	}
	met := make(map[string]bool, len(columns))
	for _, c := range columns {
		name := strings.ToLower(c)
		if name == "" || met[name] || name != strings.TrimSpace(name) || strings.ContainsAny(name, `"'\`) || strings.ContainsAny(name[:1], "0123456789+-.") || slices.ContainsFunc(
			[]string{"wkt", "_wkt", "nsdi_", "ogc_fid", "nan", "inf"}, func(start string) bool { return name != wktColumn && strings.HasPrefix(name, start) },
		) {
			return 0, nil, errPlain
		}
		met[name] = true
	}
	return separator, columns, nil
}

var quote = []byte{'"'}

// split appends the values of a record to fields.
func split(record string, separator byte, fields []string) ([]string, error) {
	quotes := strings.IndexByte(record, '"') >= 0
	for {
		var value string
		end := 0
		if quotes && strings.HasPrefix(record, `"`) {
			if value, end = quotedValue(record); end < 0 || end < len(record) && record[end] != separator {
				return nil, errPlain
			}
		} else {
			if end = strings.IndexByte(record, separator); end < 0 {
				end = len(record)
			}
			if value = record[:end]; quotes && strings.IndexByte(value, '"') >= 0 {
				return nil, errPlain
			}
		}
		fields = append(fields, value)
		if end == len(record) {
			return fields, nil
		}
		record = record[end+1:]
	}
}

// quotedValue reads a value that begins with a quote, and answers where it ends, -1: it does not. A doubled quote within it stands for itself.
func quotedValue(s string) (value string, end int) {
	doubled := false
	for end = 1; ; end += 2 {
		next := strings.IndexByte(s[end:], '"')
		if next < 0 {
			return "", -1
		}
		if end += next; !strings.HasPrefix(s[end+1:], `"`) {
			break
		}
		doubled = true
	}
	if value = s[1:end]; doubled {
		value = strings.ReplaceAll(value, `""`, `"`)
	}
	return value, end + 1
}
