package layers

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/errs"
	"nsdi/layers/reading"
)

// Proposal is a mapping that a person may confirm as it is.
type Proposal struct {
	Theme   string    `json:"theme"`
	Mapping Mapping   `json:"mapping"`
	Missing []string  `json:"missing,omitempty"` // required attributes for which no column was found
	Unused  []string  `json:"unused,omitempty"`
	From    errs.Text `json:"from"`
}

// propose suggests a mapping for the theme: what the agency confirmed last, where the files still have its columns, or else what the columns' names say.
func (w *work) propose(ctx context.Context, found []InspectedLayer) (*Proposal, error) {
	if w.sub.Theme == "" {
		return nil, nil
	}
	theme, err := findTheme(ctx, w.conn, w.sub.Theme)
	if err != nil {
		return nil, err
	}
	store, err := w.importer.storeOf(theme)
	if err != nil {
		return nil, err
	}
	var columns []string
	for _, l := range found {
		for _, c := range l.Columns {
			if !slices.Contains(columns, c) {
				columns = append(columns, c)
			}
		}
	}
	p := &Proposal{Theme: theme.Code, Mapping: w.sub.Mapping, From: errs.T("داده‌شده با تحویل", "given with the delivery")}
	if p.Mapping.Attributes == nil {
		remembered, err := rememberedMapping(ctx, w.conn, w.sub.AgencyID, theme.Code)
		if err != nil {
			return nil, err
		}
		p.From = errs.T("از نام ستون‌ها", "from the names of the columns")
		if remembered != nil && fits(remembered, columns) {
			p.Mapping, p.From = *remembered, errs.T("همان که پیش‌تر تأیید شد", "as it was confirmed before")
			if slices.ContainsFunc(found, func(l InspectedLayer) bool { return l.CRS != "" }) { // what this file says wins over what another one did not
				p.Mapping.CRS = ""
			}
		} else {
			p.Mapping.Attributes = byNames(theme, columns)
			if store.Plates != nil && p.Mapping.Attributes[store.Plates.Main] == nil && p.Mapping.Plate == nil {
				name := (&binder{columns: columns}).nameOf(store.Plates.Names...)
				if name == "" && store.Plates.labels(found) {
					name = reading.LabelColumn
					maps.DeleteFunc(p.Mapping.Attributes, func(_ string, e *Expr) bool { return e.Column == name })
				}
				if name != "" {
					p.Mapping.Plate = &PlateColumn{Column: name}
				}
			}
		}
	}
	plan := p.Mapping.plan(theme, store.Plates, columns)
	for i, a := range theme.Attributes {
		if a.Required && plan.attributes[i] == nil && (plan.plate == nil || a.Name != store.Plates.Main) {
			p.Missing = append(p.Missing, a.Name)
		}
	}
	p.Unused = plan.unused
	return p, nil
}

// byNames maps the columns that have an attribute's name, title or one of its other names.
func byNames(t *Theme, columns []string) map[string]*Expr {
	out := map[string]*Expr{}
	for i := range t.Attributes {
		b := binder{columns: columns, used: map[string]bool{}}
		if b.byName(&t.Attributes[i]) == nil {
			continue
		}
		for c := range b.used {
			out[t.Attributes[i].Name] = &Expr{Column: c}
		}
	}
	return out
}

// placeholder is a column within a template.
var placeholder = regexp.MustCompile(`\{([^}]*)\}`)

// fits reports whether the columns that a mapping names are there.
func fits(m *Mapping, columns []string) bool {
	if m.Plate != nil && !slices.ContainsFunc(columns, func(c string) bool { return strings.EqualFold(c, m.Plate.Column) }) {
		return false
	}
	there := func(name string) bool {
		return slices.ContainsFunc(columns, func(c string) bool { return strings.EqualFold(c, strings.SplitN(name, ".", 2)[0]) })
	}
	if m.Key != nil {
		for _, name := range placeholder.FindAllStringSubmatch(m.Key.Template, -1) {
			if !strings.HasPrefix(name[1], "$") && !there(name[1]) {
				return false
			}
		}
		if m.Key.Column != "" && !there(m.Key.Column) {
			return false
		}
	}
	for _, e := range m.Attributes {
		if e != nil && e.Column != "" && !there(e.Column) {
			return false
		}
	}
	return true
}

// remember keeps a mapping that a person confirmed for the agency's next files of the theme. One with which no row was accepted is not worth it.
func (w *work) remember(ctx context.Context, tx pgx.Tx) error {
	mapping, err := json.Marshal(w.sub.Mapping)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `
		insert into layers.mapping (agency_id, theme, mapping)
		values ($1, $2, $3)
		on conflict (agency_id, theme) do update
		set mapping = excluded.mapping, confirmed_at = now()`, w.sub.AgencyID, w.sub.Theme, mapping)
	return err
}

func rememberedMapping(ctx context.Context, q Querier, agency int64, theme string) (*Mapping, error) {
	rows, err := q.Query(ctx, `select mapping from layers.mapping where agency_id = $1 and theme = $2`, agency, theme)
	if err != nil {
		return nil, fmt.Errorf("mapping: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowTo[Mapping])
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return &found[0], nil
}
