package layers

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/errs"
)

// Description is all that the catalogue says of a theme.
type Description struct {
	Theme
	Definition  errs.Text
	Restricted  bool // its features are not for everybody
	Legal       []Article
	Obligation  *string
	Deliverer   errs.Text
	DeliveredBy []string
	Cycle       *Cycle
	MinZoom     int
	MaxZoom     int
	Origin      []float64 // longitude and latitude near which the sample lies; empty: anywhere
	Version     int       // of the catalogue that wrote it; 0: it is an operator's own
	Digest      string    // another schema, another digest
}

// Article is what a theme rests on in law.
type Article struct {
	Article string    `json:"article"`
	Text    errs.Text `json:"text"`
}

// Cycle is how often a theme has to be brought up to date.
type Cycle struct {
	Duration string `json:"duration" doc:"ISO 8601 duration"`
	errs.Text
}

var themeCode = regexp.MustCompile(`^[a-z][a-z0-9-]{1,40}$`)

// Describe reads a theme's description. The error for an unknown code is *errs.Error theme-unknown.
func Describe(ctx context.Context, q Querier, code string) (*Description, error) {
	d := Description{Theme: Theme{Code: code}}
	var attributes []byte
	err := pgx.ErrNoRows
	if themeCode.MatchString(code) { // what is no code may be no text for PostgreSQL either
		err = q.QueryRow(ctx, `
		select store, geometry, title_fa, title_en, key_attributes, attributes, territory_buffer_m, mass_removal, definition_fa, definition_en, legal_basis,
		  obligation, deliverer_fa, deliverer_en, delivered_by, update_cycle, min_zoom, max_zoom, coalesce(sample_origin, '{}'), catalogue_version,
		  restricted
		from layers.theme
		where code = $1`, code).
			Scan(&d.Store, &d.Geometry, &d.Title.FA, &d.Title.EN, &d.KeyAttributes, &attributes, &d.BufferMetres, &d.MassRemoval, &d.Definition.FA, &d.Definition.EN, &d.Legal,
				&d.Obligation, &d.Deliverer.FA, &d.Deliverer.EN, &d.DeliveredBy, &d.Cycle, &d.MinZoom, &d.MaxZoom, &d.Origin, &d.Version, &d.Restricted)
	}
	if errors.Is(err, pgx.ErrNoRows) {
		e := unknown("theme-unknown", code, errs.T("چنین موضوعی در فهرست نیست", "There is no such theme in the catalogue"),
			errs.T("فهرست موضوع‌ها در نشانی ‎/v1/themes‎ است.", "The themes are listed at /v1/themes."))
		e.Status, e.Location = http.StatusNotFound, "path.theme"
		return nil, e
	}
	if err != nil {
		return nil, fmt.Errorf("describe theme: %w", err)
	}
	if err := json.Unmarshal(attributes, &d.Attributes); err != nil {
		return nil, fmt.Errorf("describe theme %s: %w", code, err)
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%s\x00%v\x00%v\x00%s", code, d.Geometry, d.KeyAttributes, d.Origin, attributes))
	d.Digest = hex.EncodeToString(sum[:12])
	return &d, nil
}
