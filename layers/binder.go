package layers

import (
	"encoding/json"
	"path"
	"slices"
	"strconv"
	"strings"

	"nsdi/layers/reading"
)

// binder turns expressions into getters over the columns of one layer.
type binder struct {
	columns []string
	used    map[string]bool
}

// byName binds the column that has the attribute's name, title or one of its other names.
func (b *binder) byName(a *Attribute) getter {
	return b.first(append([]string{a.Name, a.TitleFA, a.TitleEN}, a.Aliases...)...)
}

func (b *binder) bind(e *Expr) getter {
	switch {
	case e.Template != "":
		return b.template(e.Template)
	case e.Column != "":
		return b.column(e.Column)
	default:
		value := e.Value
		return func(*reading.Row) (string, bool) { return value, true }
	}
}

// first binds the first of the names that is a column. DBF cuts names to ten bytes, so a cut name counts too.
func (b *binder) first(names ...string) getter {
	for _, name := range names {
		for _, c := range b.columns {
			if strings.EqualFold(c, name) || len(c) == 10 && len(name) > 10 && strings.EqualFold(c, name[:10]) {
				return b.column(c)
			}
		}
	}
	return nil
}

// nameOf answers the column that first would bind.
func (b *binder) nameOf(names ...string) string {
	other := binder{columns: b.columns, used: map[string]bool{}}
	other.first(names...)
	for c := range other.used {
		return c
	}
	return ""
}

// column binds a column, or a path into a column of JSON text; nil when there is none.
func (b *binder) column(name string) getter {
	at := func(name string) int {
		return slices.IndexFunc(b.columns, func(c string) bool { return strings.EqualFold(c, name) })
	}
	if i := at(name); i >= 0 {
		b.used[b.columns[i]] = true
		return func(r *reading.Row) (string, bool) {
			if i >= len(r.Values) || r.Null[i] || strings.TrimSpace(r.Values[i]) == "" {
				return "", false
			}
			return r.Values[i], true
		}
	}
	head, rest, ok := strings.Cut(name, ".")
	if !ok {
		return nil
	}
	i := at(head)
	if i < 0 {
		return nil
	}
	b.used[b.columns[i]] = true
	return func(r *reading.Row) (string, bool) {
		if i >= len(r.Values) || r.Null[i] {
			return "", false
		}
		return member(r.Values[i], rest)
	}
}

// member takes one member of a JSON object. The whole rest of the path is tried as one name first, since names such as "name:en" may hold dots.
func member(text, path string) (string, bool) {
	var object map[string]json.RawMessage
	if json.Unmarshal([]byte(text), &object) != nil {
		return "", false
	}
	raw, ok := object[path]
	if !ok {
		head, rest, nested := strings.Cut(path, ".")
		if !nested {
			return "", false
		}
		return member(string(object[head]), rest)
	}
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s, strings.TrimSpace(s) != ""
	}
	s = string(raw)
	return s, s != "null"
}

// template binds "{a}/{b}". It is null when all of its columns are.
func (b *binder) template(text string) getter {
	var parts []getter
	for text != "" {
		before, rest, ok := strings.Cut(text, "{")
		if before != "" {
			parts = append(parts, func(*reading.Row) (string, bool) { return before, false })
		}
		if !ok {
			break
		}
		name, after, _ := strings.Cut(rest, "}")
		parts = append(parts, b.variable(name))
		text = after
	}
	return func(r *reading.Row) (string, bool) {
		var out strings.Builder
		any := false
		for _, p := range parts {
			if p == nil {
				continue
			}
			s, ok := p(r)
			out.WriteString(s)
			any = any || ok
		}
		return strings.TrimSpace(out.String()), any
	}
}

func (b *binder) variable(name string) getter {
	switch name {
	case "$file":
		return func(r *reading.Row) (string, bool) { return r.File, true }
	case "$stem":
		return func(r *reading.Row) (string, bool) {
			base := path.Base(r.File)
			return strings.TrimSuffix(base, path.Ext(base)), true
		}
	case "$layer":
		return func(r *reading.Row) (string, bool) { return r.Layer, true }
	case "$row":
		return func(r *reading.Row) (string, bool) { return strconv.FormatInt(r.Number, 10), true }
	}
	return b.column(name)
}
