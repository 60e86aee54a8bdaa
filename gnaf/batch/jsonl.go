package batch

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"nsdi/internal/errs"
)

type jsonSource struct {
	lines   *bufio.Scanner
	columns *columns
}

func (s *jsonSource) next() (row, error) {
	line, err := s.line()
	if err != nil {
		return row{}, err
	}
	r := row{raw: bytes.Clone(line)}
	object := members(line)
	if object == nil {
		r.bad = errs.T("سطر یک شیء JSON نیست.", "The line is no JSON object.")
		return r, nil
	}
	values := map[Role]string{}
	for _, name := range slices.Sorted(maps.Keys(object)) {
		role := s.columns.role(name)
		if _, twice := values[role]; role == "" || twice {
			continue
		}
		var text string
		var number json.Number
		if json.Unmarshal(object[name], &text) == nil || json.Unmarshal(object[name], &number) == nil {
			values[role] = cmp.Or(text, number.String())
		}
	}
	q, asks := queryOf(func(role Role) string { return values[role] })
	if r.query = q; !asks {
		r.bad = saysNothing()
	}
	return r, nil
}

func (s *jsonSource) skip() error {
	_, err := s.line()
	return err
}

// line is the next that is not empty, until the one after it is asked for.
func (s *jsonSource) line() ([]byte, error) {
	for s.lines.Scan() {
		if line := bytes.TrimSpace(s.lines.Bytes()); len(line) > 0 {
			return line, nil
		}
	}
	if err := s.lines.Err(); err != nil {
		if errors.Is(err, bufio.ErrTooLong) {
			err = rowTooLong()
		}
		return nil, unreadableFile(err)
	}
	return nil, io.EOF
}

func (*jsonSource) empty() *row { return &row{raw: []byte("{}")} }

// members takes an object apart; nil where the line is none.
func members(line []byte) (object map[string]json.RawMessage) {
	if !utf8.Valid(line) || json.Unmarshal(line, &object) != nil {
		return nil
	}
	return object
}

type jsonSink struct{ w io.Writer }

// write adds the member match to the object, whose own text stays as it is. A line that is no object becomes the member input of one.
func (s *jsonSink) write(r *row, m *Match) error {
	match, err := json.Marshal(m)
	if err != nil {
		return err
	}
	object := bytes.TrimRight(r.raw, " \t\r\n")
	name := `"match"`
	own := members(object)
	if own == nil {
		input, err := json.Marshal(strings.ToValidUTF8(string(object), "\uFFFD"))
		if err != nil {
			return err
		}
		object, own = []byte(`{"input":`+string(input)+`}`), map[string]json.RawMessage{"input": nil}
	}
	if _, taken := own["match"]; taken {
		name = `"match_2"`
	}
	comma := ","
	if len(own) == 0 {
		comma = ""
	}
	_, err = fmt.Fprintf(s.w, "%s%s%s:%s}\n", object[:len(object)-1], comma, name, match)
	return err
}

func (*jsonSink) flush() error { return nil }
