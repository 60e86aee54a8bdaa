package ogr

import (
	"bufio"
	"context"
	"encoding/hex"
	"errors"
	"io"
	"path"
	"slices"
	"strings"
)

// Row is one feature as GDAL read it.
type Row struct {
	Layer   string
	Number  int64    // from 1 within the layer
	Columns []string // shared by all rows of the layer
	Values  []string // as text; see Null
	Null    []bool
	Geoms   [][]byte // EWKB; as many as the feature has
	TooLong bool     // the row was longer than a row may be and was not kept
}

const (
	geomColumn = "nsdi_geom"
	// maxLine bounds the text of one row: two million vertices.
	maxLine = 64 << 20
	// maxStatement bounds a statement that has line feeds in its names.
	maxStatement = 1 << 20
)

// Read streams all layers of a file to yield, in the file's order. The row's slices are valid until yield returns. Curves are made straight, Z and M are dropped.
// Points, lines and polygons come as multi-geometries: a shapefile of polygons holds polygons of several parts too, and GDAL's writer takes one kind a layer.
//
// GDAL passes over a feature that it cannot make, and says so: these are returned as lost. When it complains and the rows that came and were lost
// are not as many as the inspection counted, others went without a word, and the file is refused as a whole. So it is when it complains of features with
// several geometries: of those it neither names nor counts the ones that it passes over.
// Errors are *errs.Error: file-unreadable, reading-timeout; or what yield answered.
func (s *Sandbox) Read(ctx context.Context, f File, layers []Layer, yield func(*Row) error) (lost []Lost, err error) {
	ctx, cancel := context.WithTimeout(ctx, s.patience(f))
	defer cancel()
	args := append(s.openOptions(f), "-f", "PGDUMP", "/vsistdout/", path.Join(inside, f.Main),
		"-skipfailures", "-dim", "XY", "-nlt", "PROMOTE_TO_MULTI", "-nlt", "CONVERT_TO_LINEAR", "-unsetFieldWidth",
		"-lco", "LAUNDER=NO", "-lco", "GEOMETRY_NAME="+geomColumn, "-lco", "FID=nsdi_fid", "-lco", "SPATIAL_INDEX=NONE", "-lco", "CREATE_SCHEMA=NO", "-lco", "DROP_TABLE=NO")
	var stderr complaints
	cmd := s.command(ctx, f.Files, "ogr2ogr", args...)
	cmd.Stderr = &stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, s.readingError(ctx, f, err, &stderr)
	}
	missing := int64(0) // rows that the inspection counted and the reading has not met
	for _, l := range layers {
		missing += l.Features
	}
	parseErr := parseDump(stdout, func(r *Row) error {
		missing--
		return yield(r)
	})
	if parseErr != nil {
		cancel()
	}
	waitErr := cmd.Wait()
	s.measure(cmd)
	several := slices.ContainsFunc(layers, func(l Layer) bool { return l.Several })
	switch complete := missing == int64(len(stderr.lost)) && !several; {
	case parseErr != nil:
		return nil, parseErr
	case waitErr != nil && cmd.ProcessState.ExitCode() != 1, (waitErr != nil || stderr.failed()) && !complete:
		return nil, s.readingError(ctx, f, waitErr, &stderr)
	}
	return stderr.lost, nil
}

// parseDump reads the COPY blocks of a PostgreSQL dump and passes over everything else.
func parseDump(r io.Reader, yield func(*Row) error) error {
	lines := bufio.NewReaderSize(r, 1<<20)
	var row *Row
	var names []string             // with the geometry columns
	geoms := make(map[string]bool) // columns that are geometries
	var buf []byte
	statement := "" // whose quoted name goes on in the next line
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
			if statement != "" {
				text = statement + "\n" + text
			}
			if statement = ""; unfinished(text) {
				statement = text
				continue
			}
			if _, column, ok := geometryColumn(text); ok {
				geoms[column] = true
			}
			if layer, columns, ok := copyHeader(text); ok {
				names = columns
				row = &Row{Layer: layer}
				for _, c := range columns {
					if !geoms[c] {
						row.Columns = append(row.Columns, c)
					}
				}
			}
		case !long && text == `\.`:
			row = nil
			clear(geoms)
		default:
			row.Number++
			row.TooLong = long
			row.fill(names, geoms, text)
			if err := yield(row); err != nil {
				return err
			}
		}
	}
}

// unfinished answers whether one of the two statements that count ends within a quoted name: names may hold line feeds.
func unfinished(text string) bool {
	return len(text) < maxStatement && (strings.HasPrefix(text, "COPY ") && strings.Count(text, `"`)%2 == 1 ||
		strings.HasPrefix(text, "SELECT AddGeometryColumn(") && strings.Count(text, "'")%2 == 1)
}

// geometryColumn reads `SELECT AddGeometryColumn('public','layer','column',4326,'POINT',2);`. A quote within a name is doubled.
func geometryColumn(line string) (layer, column string, ok bool) {
	rest, ok := strings.CutPrefix(line, "SELECT AddGeometryColumn(")
	if !ok {
		return "", "", false
	}
	ids := quoted(rest, '\'')
	if len(ids) < 3 {
		return "", "", false
	}
	return ids[1], ids[2], true
}

// fill splits a COPY record into the row's values.
func (r *Row) fill(names []string, geoms map[string]bool, record string) {
	r.Values, r.Null, r.Geoms = r.Values[:0], r.Null[:0], nil
	if r.TooLong {
		return
	}
	more := true
	for _, name := range names {
		field, null := "", true
		if more {
			field, null, record, more = nextField(record)
		}
		if geoms[name] {
			if b, err := hex.DecodeString(field); err == nil && !null {
				r.Geoms = append(r.Geoms, b)
			}
			continue
		}
		r.Values = append(r.Values, field)
		r.Null = append(r.Null, null)
	}
}

// nextField takes the text up to the next bare tab and undoes its escapes; more answers whether another field follows. A record that has fewer fields than
// its header goes on with nulls.
func nextField(s string) (field string, null bool, rest string, more bool) {
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
	if more = end < len(s); more {
		rest = s[end+1:]
	}
	switch {
	case s[:end] == `\N`:
		return "", true, rest, more
	case escaped:
		return unescape(s[:end]), false, rest, more
	default:
		return s[:end], false, rest, more
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
	ids := quoted(strings.TrimSuffix(rest, " FROM STDIN;"), '"')
	if len(ids) < 2 {
		return "", nil, false
	}
	return ids[1], ids[2:], true
}

// quoted lists the quoted names of a line in their order; a doubled quote within one stands for itself.
func quoted(s string, quote byte) []string {
	var out []string
	q := string(quote)
	for {
		_, rest, ok := strings.Cut(s, q)
		if !ok {
			return out
		}
		var name strings.Builder
		for {
			part, after, ok := strings.Cut(rest, q)
			name.WriteString(part)
			if !ok {
				return append(out, name.String())
			}
			if !strings.HasPrefix(after, q) {
				s = after
				break
			}
			name.WriteByte(quote)
			rest = after[1:]
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
