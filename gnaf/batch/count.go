package batch

import (
	"errors"
	"io"

	"nsdi/internal/errs"
)

// beatRows is after how many rows a count looks up.
const beatRows = 4096

// Count answers how many rows Run will look up: a line break within quotation marks ends none. Of a file that fails on its way it is the rows before. beat, when set,
// is called now and then, and its error ends the count.
func Count(in io.Reader, o Options, beat func() error) (rows int64, err error) {
	from, _, err := open(in, io.Discard, o)
	if err != nil {
		return 0, err
	}
	for {
		err := from.skip()
		if _, told := errs.As(err); told || errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return rows, err
		}
		if rows++; rows%beatRows == 0 && beat != nil {
			if err := beat(); err != nil {
				return rows, err
			}
		}
	}
}
