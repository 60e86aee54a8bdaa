package reading

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
)

// readRecords streams the objects of a JSON list, or the values of a JSON object, as rows. Columns are the keys met so far, in their order of appearance.
// Nested values stay JSON text.
func readRecords(r io.Reader, yield func(*Row) error) error {
	meter := &meter{r: r, left: maxRecord}
	d := json.NewDecoder(meter)
	d.UseNumber()
	open, err := d.Token()
	if err != nil {
		return err
	}
	keyed := open == json.Delim('{')
	row := &Row{}
	for d.More() {
		meter.left = maxRecord
		if keyed {
			if _, err := d.Token(); err != nil {
				return err
			}
		}
		var raw json.RawMessage
		if err := d.Decode(&raw); err != nil {
			return err
		}
		if err := row.setObject(raw); err != nil {
			return fmt.Errorf("record %d: %w", row.Number+1, err)
		}
		row.Number++
		if err := yield(row); err != nil {
			return err
		}
	}
	_, err = d.Token()
	return err
}

const (
	// maxRecord bounds one record, in bytes: it is held as a whole.
	maxRecord = 16 << 20
	// maxColumns bounds the keys of all records together: each row has them all.
	maxColumns = 2000
)

// meter ends the reading of a record that is too large.
type meter struct {
	r    io.Reader
	left int
}

func (m *meter) Read(p []byte) (int, error) {
	if m.left <= 0 {
		return 0, fmt.Errorf("a record is larger than %d bytes", maxRecord)
	}
	n, err := m.r.Read(p[:min(len(p), m.left)])
	m.left -= n
	return n, err
}

// setObject fills the row from a flat JSON object.
func (r *Row) setObject(raw []byte) error {
	var object map[string]json.RawMessage
	if err := json.Unmarshal(raw, &object); err != nil {
		return err
	}
	known := len(r.Columns)
	for key := range object {
		if !slices.Contains(r.Columns[:known], key) {
			r.Columns = append(r.Columns, key)
		}
	}
	if len(r.Columns) > maxColumns {
		return fmt.Errorf("the records have more than %d different keys", maxColumns)
	}
	slices.Sort(r.Columns[known:]) // maps have no order; rows must not differ between runs
	r.Values, r.Null = r.Values[:0], r.Null[:0]
	for _, c := range r.Columns {
		text, null := scalar(object[c])
		r.Values = append(r.Values, text)
		r.Null = append(r.Null, null)
	}
	return nil
}

func scalar(raw json.RawMessage) (text string, null bool) {
	s := strings.TrimSpace(string(raw))
	if s == "" || s == "null" {
		return "", true
	}
	if strings.HasPrefix(s, `"`) {
		if err := json.Unmarshal(raw, &text); err == nil {
			return text, false
		}
	}
	return s, false
}
