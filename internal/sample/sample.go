package sample

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// Defaults and limits of Options.
const (
	DefaultAddresses = 5000
	MaxAddresses     = 10_000_000
)

// Options say what to write.
type Options struct {
	// Dir is the folder to write into. It is made when missing. A folder that holds an earlier sample is emptied; one
	// with other content is refused.
	Dir string
	// Addresses is the number of addresses in the clean deliveries. Defaults to 5,000; from 100 to 10,000,000.
	Addresses int
	// Seed chooses one of the possible countries. Equal seeds give equal files.
	Seed uint64
	// Progress, when set, is called from time to time with the addresses written so far.
	Progress func(done, total int)
}

// Summary says what was written. Counts are of the clean deliveries.
type Summary struct {
	Provinces, Counties, Cities, Villages int
	Addresses, Parcels                    int
	Deliveries, Dirty                     int    // deliveries in the manifest, and how many of them are dirty
	Manifest                              string // path of manifest.json
}

// Write writes the sample country. The manifest is written last: without it the folder is not complete.
func Write(ctx context.Context, o Options) (Summary, error) {
	if o.Addresses == 0 {
		o.Addresses = DefaultAddresses
	}
	if o.Addresses < 100 || o.Addresses > MaxAddresses {
		return Summary{}, fmt.Errorf("sample: addresses must be between 100 and %d, not %d", MaxAddresses, o.Addresses)
	}
	if o.Dir == "" {
		return Summary{}, errors.New("sample: no folder to write into")
	}
	if _, err := exec.LookPath("ogr2ogr"); err != nil {
		return Summary{}, errors.New("sample: ogr2ogr is missing; install the package gdal-bin")
	}
	if err := prepare(o.Dir); err != nil {
		return Summary{}, fmt.Errorf("sample: %w", err)
	}
	p, err := newPlan(ctx, o)
	if err != nil {
		return Summary{}, fmt.Errorf("sample: plan the country: %w", err)
	}
	work, err := os.MkdirTemp(o.Dir, "work")
	if err != nil {
		return Summary{}, fmt.Errorf("sample: %w", err)
	}
	defer os.RemoveAll(work)
	w := &writer{plan: p, dir: o.Dir, work: work, progress: o.Progress}
	if err := w.run(ctx); err != nil {
		return Summary{}, fmt.Errorf("sample: %w", err)
	}
	return w.summary, nil
}

// folders are the sub-folders that a sample consists of.
func folders() []string {
	return []string{"interior", "statistics", "forests", "ports", "ncc", "registry", "post", "municipality", "dirty"}
}

// prepare makes the folder, or removes an earlier sample from it.
func prepare(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if len(entries) > 0 {
		if _, err := os.Stat(filepath.Join(dir, labelName)); err != nil {
			return fmt.Errorf("folder %s is not empty and holds no earlier sample; choose another one", dir)
		}
		if err := os.RemoveAll(filepath.Join(dir, "manifest.json")); err != nil {
			return err
		}
		for _, name := range folders() {
			if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
				return err
			}
		}
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, labelName), []byte(labelText), 0o644)
}

// writer carries the state of one run.
type writer struct {
	plan     *plan
	dir      string
	work     string
	manifest manifest
	summary  Summary
	progress func(done, total int)
	plates   statedCount
}

func (w *writer) path(rel string) string { return filepath.Join(w.dir, filepath.FromSlash(rel)) }

func (w *writer) deliver(d delivery) { w.manifest.Deliveries = append(w.manifest.Deliveries, d) }

// run writes everything in the order of the manifest: units before what lies in them, dirty deliveries last.
func (w *writer) run(ctx context.Context) error {
	w.manifest.Label = label{FA: "داده نمونه ساختگی", EN: "Synthetic sample data"}
	steps := []func(context.Context) error{
		w.adminUnits, w.settlementLayers, w.expectedAddresses, w.rangeAndForest, w.sea, w.requiredScales, w.requiredSheets, w.requiredThemes, w.sheets, w.baseMapFeatures,
		w.counties, w.registeredPlates, w.dirtyDeliveries,
	}
	for _, step := range steps {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := step(ctx); err != nil {
			return err
		}
	}
	s := &w.summary
	s.Provinces, s.Counties = len(w.plan.provinces), len(w.plan.counties)
	s.Deliveries = len(w.manifest.Deliveries)
	s.Manifest = w.path("manifest.json")
	return writeJSON(s.Manifest, w.manifest)
}
