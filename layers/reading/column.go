package reading

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strings"

	"nsdi/internal/errs"
)

// columnSource is a table of one column, such as a list of keys. GDAL takes no text for a table that has no separator.
type columnSource struct {
	name string // as delivered
	host string // in UTF-8
}

// isColumn answers whether a text, of which head is the beginning, has a single column by its first line.
func isColumn(head []byte) bool {
	line, _, _ := bytes.Cut(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), []byte("\n"))
	line = bytes.TrimRight(line, "\r")
	return len(bytes.TrimSpace(line)) > 0 && len(line) < 1000 && !bytes.ContainsAny(line, ",;\t| ")
}

func (s *columnSource) inspect(context.Context) ([]Layer, error) {
	return []Layer{{File: s.name, Name: s.layer(), Features: -1}}, nil
}

func (s *columnSource) layer() string { return stem(path.Base(s.name)) }

func (s *columnSource) read(ctx context.Context, yield func(*Row) error) error {
	f, err := os.Open(s.host)
	if err != nil {
		return fmt.Errorf("read %s: %w", s.name, err)
	}
	defer f.Close()
	err = readColumn(f, func(row *Row) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		row.File, row.Layer = s.name, s.layer()
		if err := yield(row); err != nil {
			return yielded{err}
		}
		return nil
	})
	var y yielded
	switch {
	case errors.As(err, &y):
		return y.error
	case err != nil && ctx.Err() == nil:
		e := refusal("file-unreadable", s.name, errs.T("پرونده خوانده نشد", "The file could not be read"), errs.T("دوباره از نرم‌افزار خود خروجی بگیرید.", "Export it again."))
		e.Detail = errs.Tf("%v", "%v", err)
		return e
	}
	return err
}

// noSeparator is what no text has: a comma in a later line belongs to its value.
const noSeparator = '\x1f'

// readColumn streams the lines below the first one as rows of one value.
func readColumn(r io.Reader, yield func(*Row) error) error {
	meter := &meter{r: r, left: maxRecord}
	lines := csv.NewReader(skipBOM(meter))
	lines.Comma, lines.LazyQuotes, lines.FieldsPerRecord, lines.ReuseRecord = noSeparator, true, -1, true
	head, err := lines.Read()
	if err != nil {
		return err
	}
	row := &Row{Columns: []string{strings.TrimSpace(head[0])}, Values: make([]string, 1), Null: make([]bool, 1)}
	for {
		meter.left = maxRecord
		fields, err := lines.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		row.Number++
		row.Values[0] = strings.ToValidUTF8(strings.Join(fields, string(noSeparator)), "\ufffd")
		row.Null[0] = row.Values[0] == ""
		if err := yield(row); err != nil {
			return err
		}
	}
}
