package layers

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/errs"
)

// Examination is a delivery as a store's own rules see it: its rows are staged and placed, and the rules of all themes have looked at them. Rules of rows are
// better asked by Check; an examination is for what rows have to do with each other, with what is published, and with their territory.
type Examination struct {
	Conn  *pgx.Conn
	Theme string
	// Staged is the table of delivered rows: ord, row_number, key, attributes, derived, alike, geom (EPSG:4326, null where there is none), crs (an index into CRS). Findings is the
	// table of what was found so far: ord, rule. Published is the store's table.
	Staged, Findings, Published string
	Rows                        int64
	Dataset                     int64
	Territories                 []string // admin units within which the features must lie; none: not restricted
	Mode                        Mode
	CRS                         []string
	// Time is how long a rule that compares features with each other may take, and Most how many such things it may find. What it did not come to is said in a note.
	Time time.Duration
	Most int64

	staging *staging
	common  func(context.Context, *staging) error
}

// Beside runs rules on a connection of their own while work is done on the examination's. Either only reads what is staged, and what either finds is kept. Where no second
// connection is free, the rules are asked first.
func (e *Examination) Beside(ctx context.Context, rules func(context.Context, *Examination) error, work func(context.Context) error) error {
	return e.staging.beside(ctx, func(ctx context.Context, s *staging) error {
		other := *e
		other.Conn, other.staging = s.conn, s
		return rules(ctx, &other)
	}, work)
}

// Common asks the rules of all themes about how rows stand to each other and to their territory. Only the examination of a store that says Common calls it.
func (e *Examination) Common(ctx context.Context) error { return e.common(ctx, e.staging) }

// Sighting is one thing that a rule found.
type Sighting struct {
	Ord   int64 // of the staged row; 0: it is about the delivery as a whole
	Rule  string
	Field string
	Value string
	Found errs.Text
	Place []byte // EWKB in EPSG:4326: a point, a line or an area; nil: the middle of the feature
	// Measure in Unit: m, m², %, °. NaN is no measure.
	Measure *float64
	Unit    string
	Other   string // key of the other feature
	// Proposed is what would be right; only what has one can be accepted as a correction.
	Proposed string
}

// Asks reports whether the profile asks a rule.
func (e *Examination) Asks(rule string) bool {
	_, known := e.staging.rules[rule]
	return known && !e.staging.off(rule)
}

// Parameter is a number that a rule goes by, as the profile has it.
func (e *Examination) Parameter(rule, name string) float64 { return e.staging.rules[rule].value(name) }

// Record keeps what rules have found. What a rule found that the profile does not ask is left out.
func (e *Examination) Record(ctx context.Context, found []Sighting) error {
	rows := make([][]any, 0, len(found))
	for _, f := range found {
		if !e.Asks(f.Rule) {
			continue
		}
		words := ""
		if f.Found.EN != "" {
			words = f.Found.FA + bilingual + f.Found.EN
		}
		rows = append(rows, []any{f.Ord, f.Rule, nilIfEmpty(f.Field), nilIfEmpty(shown(f.Value)), nilIfEmpty(words), f.Place, f.Measure, nilIfEmpty(f.Unit), nilIfEmpty(f.Other), nilIfEmpty(f.Proposed)})
	}
	_, err := e.Conn.CopyFrom(ctx, identifier(e.Findings), []string{"ord", "rule", "field", "value", "found", "place", "measure", "unit", "other_key", "proposed"}, pgx.CopyFromRows(rows))
	if err != nil {
		return fmt.Errorf("findings: %w", err)
	}
	return nil
}

// Query records what a query finds: ord, field, value, found, place, measure, unit, other key. Its parameters begin at $1.
func (e *Examination) Query(ctx context.Context, rule, query string, args ...any) error {
	if !e.Asks(rule) {
		return nil
	}
	_, err := e.Conn.Exec(ctx, `
		insert into `+e.Findings+` (ord, rule, field, value, found, place, measure, unit, other_key)
		select q.ord, '`+rule+`', q.field, q.value, q.found, q.place, q.measure, q.unit, q.other_key
		from (`+query+`) q (ord, field, value, found, place, measure, unit, other_key)`, args...)
	if err != nil {
		return fmt.Errorf("rule %s: %w", rule, err)
	}
	return nil
}

// Parts asks a rule that compares features with each other, in parts of the rows, within its time and for as many findings as it may have; what it did not come to is said
// in the report. The query answers what Query does; its rows are those after $1 up to $2, and $3 is a limit of the rule's.
func (e *Examination) Parts(ctx context.Context, rule, query string, limit float64) error {
	if !e.Asks(rule) {
		return nil
	}
	return e.staging.inParts(ctx, e.staging.rules[rule], `
		select q.ord, $1, q.field, q.value, q.found, q.place, null, q.measure, q.unit, q.other_key
		from (`+parameters.Replace(query)+`) q (ord, field, value, found, place, measure, unit, other_key)
		limit $4`, limit)
}

// parameters are those of inParts: the rule stands first, and the limit of findings before that of the rule.
var parameters = strings.NewReplacer("$1", "$2", "$2", "$3", "$3", "$5")

// examination is the delivery as the store's own rules see it.
func (s *staging) examination(d *dataset) *Examination {
	return &Examination{
		Conn: s.conn, Theme: s.theme.Code, Staged: s.tables.staged, Findings: s.tables.finding, Published: ident(s.store.Table), Rows: s.ord, Dataset: d.id,
		Territories: d.territories, Mode: s.mode, CRS: s.crs, Time: s.timeOfRule(), Most: s.mostPairs, staging: s,
	}
}

// examine asks the store's own rules after the rules of all themes, or beside them where the store says so.
func (s *staging) examine(ctx context.Context, d *dataset) (notes []errs.Text, err error) {
	common := func(ctx context.Context, s *staging) (err error) {
		notes, err = s.checkCommon(ctx, d)
		return err
	}
	if !s.store.Common {
		if err := common(ctx, s); err != nil {
			return nil, err
		}
	}
	if s.store.Examine == nil {
		return notes, nil
	}
	e := s.examination(d)
	e.common = common
	more, err := s.store.Examine(ctx, e)
	if err != nil {
		return nil, fmt.Errorf("examine: %w", err)
	}
	return append(notes, more...), nil
}
