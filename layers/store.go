package layers

import (
	"context"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/errs"
)

// Store is a table of current features with its history. All stores have the columns id, theme, dataset_id, version_id, key, hash, attributes, geom,
// geom_3857 and valid_from; the history has valid_to and ended_by behind the store's own columns.
type Store struct {
	Table   string // "cadastre.parcel"
	History string // "cadastre.parcel_history"
	// Columns that the store has besides those. An attribute that is a column is not kept a second time in attributes.
	Columns []Column
	// Derive computes values from the theme's attributes; columns use them as derived->>'name'. It may be nil.
	Derive func(attributes map[string]any) map[string]any
	// Alike gives rows a number which is equal in rows that may be the same thing, for examinations to find them by; false: the row is like no other. It may be nil.
	Alike func(attributes, derived map[string]any) (int64, bool)
	// Rules that the store's themes have besides the basic ones, and Check, which finds their breaches in one row's attributes and may take back an
	// attribute whose rule is a warning. They may be nil.
	Rules []Rule
	Check func(attributes map[string]any) []Breach
	// Unread are attributes whose text Check gets as it stands where it cannot be read as their type; Check makes a value of it, or takes it out.
	Unread []string
	// Combined are attributes whose different values in a row together an examination can ask for without going through the rows again. They may be none.
	Combined []string
	// Definitions are rules of the store with all that the catalogue says of them. One that has the code of a rule of all themes takes its place, and is asked by
	// Examine instead. Settings say of each profile, by its code, what it decides beside what it says itself.
	Definitions []Definition
	Settings    map[string][]Setting
	// Examine asks the rules that look at a delivery as a whole and at what is published around it. What it returns goes into the report. It may be nil.
	Examine func(ctx context.Context, e *Examination) ([]errs.Text, error)
	// Prepare makes what Examine needs beside the staged rows, while it is asked which of them are valid. It may be nil.
	Prepare func(ctx context.Context, e *Examination) error
	// Common: Examine asks the rules of all themes itself, by Examination.Common, beside those of its own that take long.
	Common bool
	// UniqueDerived, where set, names a derived value that no two rows of a delivery may share: the second and later rows break the rule of that code.
	UniqueDerived map[string]string
	// Plates, where set, reads columns that hold main and sub plate together.
	Plates *Plates
	// Split, where set, takes an attribute apart that holds others.
	Split *Split
	// Shown are values beside the attributes that lists of features show, as SQL over a row of the store. They may be nil.
	Shown []Column
	// Withheld are attributes of the theme that are kept as the others are, and are in no list, file or tile, like private columns.
	Withheld []string
	// Hidden is SQL over a row of the store for the private attributes of the theme, by their names; null where the reader may not see them. It may be "".
	Hidden string
	// Inspire are values that only files of INSPIRE show, as Shown are: inspire_label, inspire_reference and inspire_zoning. They may be nil.
	Inspire []Column
	// AfterPublish runs in the publishing transaction, after the features are written: pg_temp.changed (feature_id, op, box) lists them. What it returns goes into
	// the report. It may be nil.
	AfterPublish func(ctx context.Context, tx pgx.Tx, p Publication) ([]errs.Text, error)
}

// Breach is one rule that a row breaks.
type Breach struct {
	Rule  string
	Field string
	Value string
	Found errs.Text
}

// Column is filled from SQL over a staged row: attributes and derived (jsonb), geom (EPSG:4326).
type Column struct {
	Name string
	Expr string
	// Private columns are in no list, file or tile: only a service that asks who wants to know tells them.
	Private bool
	// Holds are the attributes that the column stands for, where it is not one itself.
	Holds []string
	// Early columns follow from geom, and take so long that they are computed while other rules are asked: see Examination.Compute.
	Early bool
}

// AttributeColumn is a column that is an attribute of the theme, cast to its SQL type.
func AttributeColumn(name, sqlType string) Column {
	return Column{Name: name, Expr: "(attributes->>'" + name + "')::" + sqlType}
}

// Publication names what AfterPublish follows.
type Publication struct {
	Theme     string
	DatasetID int64
	VersionID int64
}

// FeatureStore is the common store.
func FeatureStore() Store {
	return Store{Table: "layers.feature", History: "layers.feature_history", AfterPublish: syncAdminUnits}
}

// rules are the basic ones and the store's own, by code.
func (s *Store) rules() map[string]Rule {
	set := basicRules()
	for _, r := range append(modeRules(), s.Rules...) {
		set[r.Code] = r
	}
	return set
}

// ident quotes a schema-qualified name.
func ident(qualified string) string { return pgx.Identifier(strings.Split(qualified, ".")).Sanitize() }

// targets lists the columns that a publication writes, and expressions their values, in the same order; $1 theme, $2 dataset, $3 version, $4 time. Given are the attributes
// that rows may have; nil: all. What no row has is not looked for in a million of them.
func (s *Store) targets(given []string) (columns, expressions []string) {
	absent := func(name string) bool { return given != nil && !slices.Contains(given, name) }
	columns = []string{"theme", "dataset_id", "version_id", "valid_from", "key", "hash", "geom", "geom_3857", "attributes"}
	var kept []string // in columns of their own
	for _, c := range s.Columns {
		if c.keptAs() {
			kept = append(kept, c.Name)
		}
		kept = append(kept, c.Holds...)
	}
	kept = slices.DeleteFunc(kept, absent)
	rest := "attributes"
	if len(kept) > 0 {
		rest += " - '{" + strings.Join(kept, ",") + "}'::text[]"
	}
	expressions = []string{"$1::text", "$2::bigint", "$3::bigint", "$4::timestamptz", "key", "hash", "geom", "public.st_transform(geom, 3857)", rest}
	for _, c := range s.Columns {
		columns = append(columns, pgx.Identifier{c.Name}.Sanitize())
		expr := c.Expr
		if c.keptAs() && absent(c.Name) {
			expr = strings.Replace(expr, "attributes->>'"+c.Name+"'", "null::text", 1)
		}
		expressions = append(expressions, expr)
	}
	return columns, expressions
}
