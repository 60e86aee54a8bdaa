package layers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/errs"
)

// Theme is a kind of layer in the catalogue.
type Theme struct {
	Code          string
	Store         string // "layers.feature", "layers.restricted_feature", "cadastre.parcel", "gnaf.address" or "gnaf.name"
	Geometry      string // none, point, line, polygon or any
	Title         errs.Text
	KeyAttributes []string // whose values, joined by "/", are the business key
	Attributes    []Attribute
	BufferMetres  float64 // how far outside its territory a feature may lie
	MassRemoval   float64 // the share of a dataset that a delivery may take away without a named confirmation
}

// Querier is what pools, connections and transactions have in common.
type Querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// findTheme reads one theme. The error for an unknown code is *errs.Error theme-unknown.
func findTheme(ctx context.Context, q Querier, code string) (*Theme, error) {
	t := Theme{Code: code}
	var attributes []byte
	err := q.QueryRow(ctx, `
		select store, geometry, title_fa, title_en, key_attributes, attributes, territory_buffer_m, mass_removal
		from layers.theme
		where code = $1`, code).
		Scan(&t.Store, &t.Geometry, &t.Title.FA, &t.Title.EN, &t.KeyAttributes, &attributes, &t.BufferMetres, &t.MassRemoval)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, unknown("theme-unknown", code, errs.T("چنین موضوعی در فهرست نیست", "There is no such theme in the catalogue"),
			errs.T("فهرست موضوع‌ها در نشانی ‎/v1/themes‎ است.", "The themes are listed at /v1/themes."))
	}
	if err != nil {
		return nil, fmt.Errorf("read theme: %w", err)
	}
	if err := json.Unmarshal(attributes, &t.Attributes); err != nil {
		return nil, fmt.Errorf("read theme %s: %w", code, err)
	}
	for i := range t.Attributes {
		t.Attributes[i].prepare()
	}
	return &t, nil
}

// called tells which theme is delivered, as people call it.
func called(ctx context.Context, q Querier, code string) (errs.Text, error) {
	t, err := findTheme(ctx, q, code)
	if err != nil {
		return errs.Text{}, err
	}
	return errs.T("موضوع: "+t.Title.FA, "Theme: "+t.Title.EN), nil
}

func unknown(code, value string, title, next errs.Text) *errs.Error {
	return &errs.Error{Code: code, Status: http.StatusUnprocessableEntity, Op: "layers", Title: title, Detail: errs.T(value, value), Next: next, Value: value}
}

// takes answers whether a geometry of the given dimension (-1: collection) belongs in the theme.
func (t *Theme) takes(dimension int) bool {
	switch t.Geometry {
	case "any":
		return true
	case "point":
		return dimension == 0
	case "line":
		return dimension == 1
	case "polygon":
		return dimension == 2
	default:
		return false
	}
}
