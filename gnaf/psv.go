package gnaf

import (
	"io"
	"maps"
	"slices"
	"strings"
)

// psv is a file of a table of G-NAF: values divided by |, without quotes.
type psv struct {
	Table
	out io.WriteCloser
}

// cells are the values of a row in the order of the columns.
func (p *psv) cells(row TableRow) []string {
	cells := make([]string, len(p.Columns))
	for i, c := range p.Columns {
		cells[i] = row[c]
	}
	return cells
}

// row is cells by their columns.
func (p *psv) row(cells []string) TableRow {
	row := TableRow{}
	for i, c := range p.Columns {
		row[c] = cells[i]
	}
	return row
}

// line writes values. What divides them in the file is a space in them.
func (p *psv) line(cells []string) error {
	plain := strings.NewReplacer("|", " ", "\r", " ", "\n", " ")
	text := make([]string, len(cells))
	for i, c := range cells {
		text[i] = plain.Replace(c)
	}
	_, err := io.WriteString(p.out, strings.Join(text, "|")+"\r\n")
	return err
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
