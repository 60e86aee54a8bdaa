package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/jackc/pgx/v5/pgxpool"

	"nsdi/access"
	"nsdi/internal/errs"
	"nsdi/layers"
)

// manifest lists agencies and deliveries that belong together, in the order in which they are taken.
type manifest struct {
	Label      errs.Text       `json:"label"`
	Agencies   []access.Agency `json:"agencies"`
	Deliveries []struct {
		Theme     string   `json:"theme"`
		Agency    string   `json:"agency"`
		Territory string   `json:"territory"`
		Files     []string `json:"files"`
		Mapping   string   `json:"mapping"`
		Layers    []string `json:"layers"`
		Dirty     bool     `json:"dirty"` // refused rows are expected
	} `json:"deliveries"`
}

// importManifest takes all deliveries. An agency is made as soon as the units of its territory are there, which deliveries may bring.
func importManifest(ctx context.Context, im *layers.Importer, pool *pgxpool.Pool, file, lang string, out, progress io.Writer) error {
	b, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("manifest: %w", err)
	}
	var m manifest
	if err := json.Unmarshal(b, &m); err != nil {
		return fmt.Errorf("manifest %s: %w", file, err)
	}
	if !m.Label.IsZero() {
		if err := layers.PutNotice(ctx, pool, synthetic, m.Label); err != nil {
			return err
		}
	}
	waiting, err := ensureAgencies(ctx, pool, m.Agencies)
	if err != nil {
		return err
	}
	dir := filepath.Dir(file)
	bar := newProgressBar(progress)
	for _, d := range m.Deliveries {
		mapping := &layers.Mapping{}
		if d.Mapping != "" {
			if mapping, err = layers.ReadMapping(filepath.Join(dir, d.Mapping)); err != nil {
				return err
			}
		}
		if len(d.Layers) > 0 {
			mapping.Layers = d.Layers
		}
		var files []string
		for _, f := range d.Files {
			files = append(files, filepath.Join(dir, f))
		}
		report, err := im.Import(ctx, layers.Request{Theme: d.Theme, Agency: d.Agency, Territory: d.Territory, Files: files, Mapping: *mapping, Progress: bar.show})
		bar.end()
		var problem *errs.Error
		if err != nil && !(d.Dirty && errors.As(err, &problem)) {
			printReport(out, lang, d.Files[0], report)
			return fmt.Errorf("%s: %w", d.Files[0], err)
		}
		fmt.Fprintf(out, "  %-24s %-28s %8d accepted %6d refused  %s\n", d.Theme, d.Agency, report.Accepted, report.Refused, report.State)
		if d.Theme == "admin-unit" || d.Theme == "admin-division" {
			if waiting, err = ensureAgencies(ctx, pool, waiting); err != nil {
				return err
			}
		}
	}
	if len(waiting) > 0 {
		return fmt.Errorf("manifest %s: the territory of agency %s is not an administrative unit", file, waiting[0].Code)
	}
	return layers.CompleteNotice(ctx, pool, synthetic)
}

// synthetic is the notice that data of a labelled manifest was taken in.
const synthetic = "synthetic"

// ensureAgencies makes the agencies whose territory is there, and gives back those that wait for theirs.
func ensureAgencies(ctx context.Context, pool *pgxpool.Pool, agencies []access.Agency) (waiting []access.Agency, err error) {
	for _, a := range agencies {
		err := access.EnsureAgency(ctx, pool, a)
		switch {
		case errs.Code(err) == "territory-unknown":
			waiting = append(waiting, a)
		case err != nil:
			return nil, err
		}
	}
	return waiting, nil
}
