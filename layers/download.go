package layers

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"nsdi/internal/errs"
	"nsdi/internal/ogr"
)

// Downloads makes files of versions and keeps them for a while: a version never changes, so a file once made serves everybody who may have it.
type Downloads struct {
	Sandbox *ogr.Sandbox
	Folder  string
	Keep    time.Duration // how long a file is kept after it was made; 24 h by default
	Most    int64         // bytes of all files that are kept, and of any one that is made; 4 GiB by default
	Now     func() time.Time

	making sync.Map // key → chan struct{} that holds one token
}

// Download is a file that is ready.
type Download struct {
	Path        string
	Name        string // for whoever saves it
	ContentType string
	ETag        string
}

// Line is one line of the provenance sheet, which goes with every file.
type Line struct {
	Code  string `json:"code"`
	FA    string `json:"fa"`
	EN    string `json:"en"`
	Value string `json:"value"`
}

// format is one that files are made in.
type format struct {
	extension, contentType string
	make                   func(*exporting, context.Context) error
}

func formats() map[string]format {
	return map[string]format{
		"geojson":    {"geojson", "application/geo+json", (*exporting).geoJSON},
		"csv":        {"csv.zip", "application/zip", (*exporting).csv},
		"gpkg":       {"gpkg", "application/geopackage+sqlite3", (*exporting).geoPackage},
		"flatgeobuf": {"fgb.zip", "application/zip", (*exporting).flatGeobuf},
		"shapefile":  {"shp.zip", "application/zip", (*exporting).shapefile},
	}
}

// File answers the file of a version, and makes it where it is not kept. Those who want the same wait for each other.
func (d *Downloads) File(ctx context.Context, q Querier, set *Set, v Version, name string, sheet []Line) (*Download, error) {
	f, ok := formats()[name]
	if !ok {
		return nil, unknown("format-unknown", name, errs.T("چنین قالبی نیست", "There is no such format"),
			errs.T("قالب‌ها: geojson، csv، gpkg، flatgeobuf، shapefile", "The formats are geojson, csv, gpkg, flatgeobuf and shapefile."))
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "dataset %d version %d as %s", set.ID, v.id, name))
	key := hex.EncodeToString(sum[:16])
	token, _ := d.making.LoadOrStore(key, make(chan struct{}, 1))
	select {
	case token.(chan struct{}) <- struct{}{}:
		defer func() { <-token.(chan struct{}) }()
	case <-ctx.Done():
		return nil, fmt.Errorf("download: %w", ctx.Err())
	}
	out := &Download{
		Path: filepath.Join(d.Folder, key+"."+f.extension), ContentType: f.contentType,
		Name: fmt.Sprintf("%s-%s-%d-v%d.%s", set.Theme, set.Agency, set.ID, v.Seq, f.extension),
	}
	if err := d.sweep(); err != nil {
		return nil, err
	}
	info, err := os.Stat(out.Path)
	if errors.Is(err, fs.ErrNotExist) {
		if err := d.create(ctx, q, set, v, f, out.Path, sheet); err != nil {
			return nil, fmt.Errorf("download of dataset %d, version %d, as %s: %w", set.ID, v.Seq, name, err)
		}
		info, err = os.Stat(out.Path)
	}
	if err != nil {
		return nil, fmt.Errorf("download: %w", err)
	}
	out.ETag = fmt.Sprintf(`"%s-%x-%x"`, key[:8], info.ModTime().UnixNano(), info.Size())
	return out, nil
}

// create makes the file beside its place, so that half of one is never there.
func (d *Downloads) create(ctx context.Context, q Querier, set *Set, v Version, f format, file string, sheet []Line) (err error) {
	theme, err := findTheme(ctx, q, set.Theme)
	if err != nil {
		return err
	}
	theme.Attributes = slices.DeleteFunc(theme.Attributes, func(a Attribute) bool { return a.Private })
	folder, err := os.MkdirTemp(d.Folder, "making-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	e := &exporting{q: q, set: set, version: v, theme: theme, sandbox: d.Sandbox, folder: folder, sheet: sheet, most: d.most(), result: filepath.Join(folder, "result")}
	if err := f.make(e, ctx); err != nil {
		return err
	}
	return os.Rename(e.result, file)
}

func (d *Downloads) most() int64 { return cmp.Or(d.Most, 4<<30) }

// sweep removes what is too old, what a process that ended left behind, and the oldest files where all are too large together.
func (d *Downloads) sweep() error {
	if err := os.MkdirAll(d.Folder, 0o700); err != nil {
		return fmt.Errorf("downloads: %w", err)
	}
	entries, err := os.ReadDir(d.Folder)
	if err != nil {
		return fmt.Errorf("downloads: %w", err)
	}
	var kept []fs.FileInfo
	total := int64(0)
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil { // another download swept it
			continue
		}
		if age := d.Now().Sub(info.ModTime()); age > cmp.Or(d.Keep, 24*time.Hour) {
			if err := os.RemoveAll(filepath.Join(d.Folder, info.Name())); err != nil {
				return fmt.Errorf("downloads: %w", err)
			}
			continue
		}
		if info.Mode().IsRegular() {
			kept, total = append(kept, info), total+info.Size()
		}
	}
	slices.SortFunc(kept, func(a, b fs.FileInfo) int { return a.ModTime().Compare(b.ModTime()) })
	for _, info := range kept {
		if total <= d.most() {
			return nil
		}
		if err := os.Remove(filepath.Join(d.Folder, info.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("downloads: %w", err)
		}
		total -= info.Size()
	}
	return nil
}
