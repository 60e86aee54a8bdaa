package layers

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/sync/singleflight"

	"nsdi/internal/errs"
	"nsdi/internal/ogr"
)

// Templates makes the files that show what a theme's deliveries look like: an empty template and a small sample, as GeoPackage and CSV. Each is made when it is
// first asked for and kept until the schema changes. It is safe for concurrent use.
type Templates struct {
	Pool    *pgxpool.Pool
	Sandbox *ogr.Sandbox

	mu     sync.Mutex
	made   map[string]*Template // by digest and name
	flight singleflight.Group
}

// Template is a made file.
type Template struct {
	Name   string // "road-template.gpkg"
	Type   string // of its content
	Digest string // of the schema that it was made of
	Body   []byte
}

// maxTemplates bounds what is kept: four files of some hundred themes. Beyond it all are forgotten.
const maxTemplates = 1000

// TemplateNames are the files that there are of each theme.
func TemplateNames() []string {
	return []string{"template.gpkg", "template.csv", "sample.gpkg", "sample.csv"}
}

// File answers one file of a theme, by a name of TemplateNames. Errors are *errs.Error: theme-unknown, template-unavailable.
func (t *Templates) File(ctx context.Context, theme, name string) (*Template, error) {
	d, err := Describe(ctx, t.Pool, theme)
	if err != nil {
		return nil, err
	}
	key := d.Digest + "/" + name
	t.mu.Lock()
	file := t.made[key]
	t.mu.Unlock()
	if file != nil {
		return file, nil
	}
	done := t.flight.DoChan(key, func() (any, error) { return t.make(context.WithoutCancel(ctx), d, name) })
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case r := <-done:
		if r.Err != nil {
			return nil, r.Err
		}
		file := r.Val.(*Template)
		t.mu.Lock()
		defer t.mu.Unlock()
		if t.made == nil || len(t.made) >= maxTemplates {
			t.made = map[string]*Template{}
		}
		t.made[key] = file
		return file, nil
	}
}

func (t *Templates) make(ctx context.Context, d *Description, name string) (*Template, error) {
	kind, format, _ := strings.Cut(name, ".")
	file := &Template{Name: d.Code + "-" + name, Digest: d.Digest}
	if format == "csv" {
		text, _, err := d.table(kind == "sample", false)
		file.Type, file.Body = "text/csv; charset=utf-8", append([]byte(bom), text...)
		return file, err
	}
	if t.Sandbox == nil {
		return nil, &errs.Error{
			Code: "template-unavailable", Status: http.StatusServiceUnavailable, Op: "layers.Templates",
			Title: errs.T("این سرور GeoPackage نمی‌سازد", "This server makes no GeoPackages"),
			Next:  errs.Tf("نسخه CSV را بگیرید: %s.csv", "Take the CSV instead: %s.csv", kind),
		}
	}
	table, err := d.geoPackageTable(kind == "sample")
	if err != nil {
		return nil, err
	}
	file.Type = "application/geopackage+sqlite3"
	if file.Body, err = t.Sandbox.GeoPackage(ctx, table); err != nil {
		return nil, fmt.Errorf("%s: %w", file.Name, err)
	}
	return file, nil
}
