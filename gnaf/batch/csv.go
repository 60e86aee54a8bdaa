package batch

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"nsdi/internal/errs"
)

// metered refuses to read more than is left, which is set anew for each row.
type metered struct {
	r    io.Reader
	left int
}

func (m *metered) Read(p []byte) (int, error) {
	if m.left <= 0 {
		return 0, rowTooLong()
	}
	n, err := m.r.Read(p[:min(len(p), m.left)])
	m.left -= n
	return n, err
}

type csvSource struct {
	r     *csv.Reader
	meter *metered
	width int
	at    map[Role]int
}

type csvSink struct {
	w     *csv.Writer
	cells []string
}

// openCSV reads the header, and writes it with the columns of the answer behind it. What begins with a byte order mark is answered with one: it comes from a
// spreadsheet and goes back there.
func openCSV(in io.Reader, out io.Writer, o Options) (source, sink, error) {
	c, err := newColumns(o.Columns)
	if err != nil {
		return nil, nil, err
	}
	peek := bufio.NewReaderSize(in, 64<<10)
	const mark = "\uFEFF"
	start := firstLine(peek)
	if strings.HasPrefix(string(start), mark) {
		peek.Discard(len(mark)) //nolint:errcheck // they were peeked at
		if _, err := io.WriteString(out, mark); err != nil {
			return nil, nil, err
		}
	}
	if !text(start) { // of the rows each says it for itself
		return nil, nil, notUTF8()
	}
	meter := &metered{r: peek, left: maxRow}
	r := csv.NewReader(meter)
	r.FieldsPerRecord, r.LazyQuotes, r.Comma = -1, true, delimiter(start)
	header, err := r.Read()
	if err != nil {
		return nil, nil, unreadableFile(err)
	}
	at, err := c.of(header)
	if err != nil {
		return nil, nil, err
	}
	w := csv.NewWriter(out)
	w.Comma = r.Comma
	names, _ := (&Match{}).fields()
	for i := range names {
		for slices.Contains(header, names[i]) { // the file is an answer itself
			names[i] += "_2"
		}
	}
	s := &csvSink{w: w}
	return &csvSource{r: r, meter: meter, width: len(header), at: at}, s, s.record(header, names)
}

// firstLine looks at the first line without taking it, and without waiting for more.
func firstLine(r *bufio.Reader) []byte {
	for n := 1; ; n = r.Buffered() + 1 {
		seen, err := r.Peek(n)
		seen, _ = r.Peek(max(len(seen), r.Buffered()))
		if i := bytes.IndexByte(seen, '\n'); i >= 0 {
			return seen[:i]
		}
		if err != nil {
			return seen
		}
	}
}

// delimiter is the most frequent of those in use, in the first line.
func delimiter(line []byte) rune {
	best, most := ',', 0
	for _, d := range ",;\t|" {
		if n := bytes.Count(line, []byte(string(d))); n > most {
			best, most = d, n
		}
	}
	return best
}

// text reports whether the beginning of a file is UTF-8, but for a character that the end cuts off.
func text(start []byte) bool {
	for range utf8.UTFMax {
		if utf8.Valid(start) || len(start) == 0 {
			return !bytes.ContainsRune(start, 0)
		}
		if r, size := utf8.DecodeLastRune(start); r != utf8.RuneError || size > 1 {
			return false
		}
		start = start[:len(start)-1]
	}
	return false
}

func (s *csvSource) next() (row, error) {
	s.meter.left = maxRow
	cells, err := s.r.Read()
	if errors.Is(err, io.EOF) {
		return row{}, io.EOF
	}
	if err != nil {
		return row{}, unreadableFile(err)
	}
	for len(cells) < s.width {
		cells = append(cells, "")
	}
	r := row{cells: cells}
	for i, cell := range cells {
		if !utf8.ValidString(cell) || strings.ContainsRune(cell, 0) {
			r.bad = errs.Tf("ستون %d متن UTF-8 نیست.", "Column %d is not text in UTF-8.", i+1)
			cells[i] = strings.ReplaceAll(strings.ToValidUTF8(cell, "\uFFFD"), "\x00", "\uFFFD")
		}
	}
	if len(cells) > s.width {
		r.bad = errs.Tf("ردیف %d خانه دارد و سطر نخست %d ستون.", "Cells in the row: %d; columns in the first line: %d.", len(cells), s.width)
		r.cells = append(cells[:s.width-1:s.width-1], strings.Join(cells[s.width-1:], string(s.r.Comma)))
		return r, nil
	}
	if !r.bad.IsZero() {
		return r, nil
	}
	q, asks := queryOf(func(role Role) string {
		if i, ok := s.at[role]; ok {
			return cells[i]
		}
		return ""
	})
	if r.query = q; !asks {
		r.bad = saysNothing()
	}
	return r, nil
}

func (s *csvSource) skip() error {
	s.meter.left, s.r.ReuseRecord = maxRow, true
	_, err := s.r.Read()
	if err != nil && !errors.Is(err, io.EOF) {
		err = unreadableFile(err)
	}
	return err
}

func (s *csvSource) empty() *row { return &row{cells: make([]string, s.width)} }

func (s *csvSink) record(parts ...[]string) error {
	s.cells = s.cells[:0]
	for _, cells := range parts {
		for _, cell := range cells {
			s.cells = append(s.cells, safe(cell))
		}
	}
	return s.w.Write(s.cells)
}

func (s *csvSink) write(r *row, m *Match) error {
	_, values := m.fields()
	return s.record(r.cells, values)
}

func (s *csvSink) flush() error {
	s.w.Flush()
	return s.w.Error()
}
