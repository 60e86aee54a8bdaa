package ogr

import (
	"bufio"
	"context"
	"encoding/hex"
	"errors"
	"io"
	"path"
	"strings"
)

// Row is one feature as GDAL read it.
type Row struct {
	Layer   string
	Number  int64    // from 1 within the layer
	Columns []string // shared by all rows of the layer
	Values  []string // as text; see Null
	Null    []bool
	Geom    []byte // EWKB; nil when the feature has none
	TooLong bool   // the row was longer than a row may be and was not kept
}

const (
	geomColumn = "nsdi_geom"
	// maxLine bounds the text of one row: two million vertices.
	maxLine = 64 << 20
)

// Read streams all layers of a file to yield, in the file's order. The row's slices are valid until yield returns. Curves are made straight, Z and M are dropped.
// Errors are *errs.Error: file-unreadable, reading-timeout; or what yield answered.
func (s *Sandbox) Read(ctx context.Context, f File, yield func(*Row) error) error {
	ctx, cancel := context.WithTimeout(ctx, s.patience(f))
	defer cancel()
	args := append(s.openOptions(f), "-f", "PGDUMP", "/vsistdout/", path.Join(inside, f.Main),
		"-dim", "XY", "-nlt", "CONVERT_TO_LINEAR", "-unsetFieldWidth",
		"-lco", "LAUNDER=NO", "-lco", "GEOMETRY_NAME="+geomColumn, "-lco", "FID=nsdi_fid", "-lco", "SPATIAL_INDEX=NONE", "-lco", "CREATE_SCHEMA=NO", "-lco", "DROP_TABLE=NO")
	var stderr tail
	cmd := s.command(ctx, f.Files, "ogr2ogr", args...)
	cmd.Stderr = &stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return s.readingError(ctx, f, err, &stderr)
	}
	parseErr := parseDump(stdout, yield)
	if parseErr != nil {
		cancel()
	}
	waitErr := cmd.Wait()
	switch {
	case parseErr != nil:
		return parseErr
	case waitErr != nil || stderr.failed():
		return s.readingError(ctx, f, waitErr, &stderr)
	}
	return nil
}

// parseDump reads the COPY blocks of a PostgreSQL dump and passes over everything else.
func parseDump(r io.Reader, yield func(*Row) error) error {
	lines := bufio.NewReaderSize(r, 1<<20)
	var row *Row
	var names []string // with the geometry column
	var buf []byte
	for {
		line, long, err := readLine(lines, buf[:0])
		buf = line
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		text := string(line)
		switch {
		case row == nil:
			if layer, columns, ok := copyHeader(text); ok {
				names = columns
				row = &Row{Layer: layer}
				for _, c := range columns {
					if !isGeom(c) {
						row.Columns = append(row.Columns, c)
					}
				}
			}
		case !long && text == `\.`:
			row = nil
		default:
			row.Number++
			row.TooLong = long
			row.fill(names, text)
			if err := yield(row); err != nil {
				return err
			}
		}
	}
}

// isGeom tells the geometry columns: the one that we named, and further ones that keep the source's name after it.
func isGeom(column string) bool { return strings.HasPrefix(column, geomColumn) }

// fill splits a COPY record into the row's values. The first geometry that is there counts.
func (r *Row) fill(names []string, record string) {
	r.Values, r.Null, r.Geom = r.Values[:0], r.Null[:0], nil
	if r.TooLong {
		return
	}
	for _, name := range names {
		var field string
		var null bool
		field, null, record = nextField(record)
		if isGeom(name) {
			if b, err := hex.DecodeString(field); err == nil && !null && r.Geom == nil {
				r.Geom = b
			}
			continue
		}
		r.Values = append(r.Values, field)
		r.Null = append(r.Null, null)
	}
}

// nextField takes the text up to the next bare tab and undoes its escapes. A record that has fewer fields than its header goes on with nulls.
func nextField(s string) (field string, null bool, rest string) {
	end := 0
	escaped := false
	for end < len(s) && s[end] != '\t' {
		if s[end] == '\\' {
			escaped = true
			end++
		}
		end++
	}
	end = min(end, len(s))
	if end < len(s) {
		rest = s[end+1:]
	}
	switch {
	case s == "" || s[:end] == `\N`:
		return "", true, rest
	case escaped:
		return unescape(s[:end]), false, rest
	default:
		return s[:end], false, rest
	}
}

// readLine reads one record without its end: a line, and the next ones while the line's end is escaped. A record over maxLine is read to its end and
// reported as long.
func readLine(r *bufio.Reader, buf []byte) (line []byte, long bool, err error) {
	for {
		part, err := r.ReadSlice('\n')
		goesOn := err == nil && escapedEnd(part)
		if !long {
			buf = append(buf, part...)
		}
		if len(buf) > maxLine {
			long, buf = true, buf[:0]
		}
		switch {
		case goesOn:
		case err == nil:
			if n := len(buf); n > 0 && buf[n-1] == '\n' {
				buf = buf[:n-1]
			}
			return buf, long, nil
		case errors.Is(err, bufio.ErrBufferFull):
		case errors.Is(err, io.EOF) && (len(buf) > 0 || long):
			return buf, long, nil
		default:
			return buf, long, err
		}
	}
}

// escapedEnd answers whether the line feed at the end of line is escaped by an odd number of backslashes before it.
func escapedEnd(line []byte) bool {
	n := 0
	for i := len(line) - 2; i >= 0 && line[i] == '\\'; i-- {
		n++
	}
	return n%2 == 1
}

// copyHeader reads `COPY "public"."layer" ("a", "b") FROM STDIN;`.
func copyHeader(line string) (layer string, columns []string, ok bool) {
	rest, ok := strings.CutPrefix(line, "COPY ")
	if !ok || !strings.HasSuffix(line, " FROM STDIN;") {
		return "", nil, false
	}
	ids := identifiers(strings.TrimSuffix(rest, " FROM STDIN;"))
	if len(ids) < 2 {
		return "", nil, false
	}
	return ids[1], ids[2:], true
}

// identifiers lists the double-quoted identifiers of a line in their order.
func identifiers(s string) []string {
	var out []string
	for {
		_, rest, ok := strings.Cut(s, `"`)
		if !ok {
			return out
		}
		var name strings.Builder
		for {
			part, after, ok := strings.Cut(rest, `"`)
			name.WriteString(part)
			if !ok {
				return append(out, name.String())
			}
			if strings.HasPrefix(after, `"`) { // a doubled quote stands for one
				name.WriteByte('"')
				rest = after[1:]
				continue
			}
			s = after
			break
		}
		out = append(out, name.String())
	}
}

// unescape undoes the escapes of COPY text; a backslash before any other character stands for that character.
func unescape(s string) string {
	escapes := map[byte]byte{'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t', 'v': '\v'}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == '\\' && i+1 < len(s) {
			i++
			c = s[i]
			if e, ok := escapes[c]; ok {
				c = e
			}
		}
		b = append(b, c)
	}
	return string(b)
}
