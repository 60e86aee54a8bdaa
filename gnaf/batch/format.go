package batch

import (
	"bufio"
	"io"
)

// maxRow is how long one row may be, in bytes: a quotation mark that is never closed must not gather the whole file.
const maxRow = 1 << 20

func open(in io.Reader, out io.Writer, o Options) (source, sink, error) {
	if o.Format == JSONL {
		c, err := newColumns(o.Columns)
		if err != nil {
			return nil, nil, err
		}
		lines := bufio.NewScanner(in)
		lines.Buffer(make([]byte, 64<<10), maxRow)
		return &jsonSource{lines: lines, columns: c}, &jsonSink{w: out}, nil
	}
	return openCSV(in, out, o)
}
