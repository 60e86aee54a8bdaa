package layers

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"nsdi/internal/ogr"
)

// Downloads makes files of versions and keeps them for a while: a version never changes, so a file once made serves everybody who may have it.
type Downloads struct {
	Sandbox *ogr.Sandbox
	Folder  string
	Keep    time.Duration // how long a file is kept after it was made; 24 h by default
	Most    int64         // bytes of all files that are kept, and of any one that is made; 4 GiB by default
	MostRow int64         // features of one file; 5 million by default
	AtOnce  int64         // features of a file that is made while its asker waits; 50,000 by default
	Now     func() time.Time
	Stamp   func(time.Time) string // writes a moment for people; RFC 3339 by default
	// Private reads what an export has that is for somebody, once it was asked whether he may have it still.
	Private func(context.Context, *Export) (Rows, error)
	// Tables are formats of tables that the domain packages know, by the name of the format.
	Tables map[string]TableFormat

	jobs   *Jobs    // nil: whoever asks waits
	making sync.Map // key → chan struct{} that holds one token
}

// Download is a file that is ready.
type Download struct {
	Path        string
	Name        string // for whoever saves it
	ContentType string
	ETag        string
	Rows        int64 // only where the order is for somebody
}

// format is one that files are made in.
type format struct {
	extension, contentType string
	make                   func(*exporting, context.Context) error
	crs                    bool   // it can hold any reference system
	drawn                  bool   // it is in metres
	beside                 string // store of names that it reads beside the features
}

func formats() map[string]format {
	return map[string]format{
		"geojson":    {"geojson", "application/geo+json", (*exporting).geoJSON, false, false, ""},
		"csv":        {"csv.zip", "application/zip", (*exporting).csv, false, false, ""},
		"gpkg":       {"gpkg", "application/geopackage+sqlite3", (*exporting).geoPackage, true, false, ""},
		"flatgeobuf": {"fgb.zip", "application/zip", (*exporting).flatGeobuf, true, false, ""},
		"shapefile":  {"shp.zip", "application/zip", (*exporting).shapefile, true, false, ""},
		"gml":        {"gml.zip", "application/zip", (*exporting).gml, true, false, ""},
		"dxf":        {"dxf.zip", "application/zip", (*exporting).dxf, true, true, ""},

		"openaddresses": {"csv.zip", "application/zip", (*exporting).tables, false, false, "gnaf.name"},
		"gnaf":          {"psv.zip", "application/zip", (*exporting).tables, false, false, "gnaf.name"},
	}
}

// File answers the file of an order, and makes it where it is not kept. Those who want the same wait for each other. Rows, where it is not nil, gives the
// features instead of what the order names.
func (d *Downloads) File(ctx context.Context, q Querier, o *Order, rows Rows) (*Download, error) {
	f, key, err := o.key()
	if err != nil {
		return nil, err
	}
	token, _ := d.making.LoadOrStore(key, make(chan struct{}, 1))
	select {
	case token.(chan struct{}) <- struct{}{}:
		defer func() { <-token.(chan struct{}) }()
	case <-ctx.Done():
		return nil, fmt.Errorf("download: %w", ctx.Err())
	}
	if err := d.sweep(); err != nil {
		return nil, err
	}
	out, err := d.Kept(o)
	if err != nil || out != nil {
		return out, err
	}
	if rows == nil {
		rows = o.rows(q)
	}
	if err := d.create(ctx, q, o, rows, f, d.place(f, key)); err != nil {
		return nil, fmt.Errorf("download of %s as %s: %w", o.Name, o.Format, err)
	}
	if out, err = d.Kept(o); err == nil && out == nil {
		err = errors.New("download: it was swept before it was handed out")
	}
	return out, err
}

func (d *Downloads) place(f format, key string) string {
	return filepath.Join(d.Folder, key+"."+f.extension)
}

// Kept answers the file of an order that is made already; nil: it is not.
func (d *Downloads) Kept(o *Order) (*Download, error) {
	f, key, err := o.key()
	if err != nil {
		return nil, err
	}
	out := &Download{Path: d.place(f, key), ContentType: f.contentType, Name: o.Name + "." + f.extension}
	info, err := os.Stat(out.Path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && d.Now().Sub(info.ModTime()) > d.keep(key) {
		return nil, nil
	}
	if err == nil && o.For != "" {
		var rows []byte
		if rows, err = os.ReadFile(out.Path + rowsBeside); errors.Is(err, fs.ErrNotExist) {
			return nil, nil
		}
		if err == nil {
			out.Rows, err = strconv.ParseInt(string(rows), 10, 64)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("download: %w", err)
	}
	out.ETag = fmt.Sprintf(`"%s-%x-%x"`, key[len(key)-8:], info.ModTime().UnixNano(), info.Size())
	return out, nil
}

// create makes the file beside its place, so that half of one is never there.
func (d *Downloads) create(ctx context.Context, q Querier, o *Order, rows Rows, f format, file string) (err error) {
	theme, err := findTheme(ctx, q, o.Theme)
	if err != nil {
		return err
	}
	theme.Attributes = slices.DeleteFunc(theme.Attributes, func(a Attribute) bool { return a.Private })
	folder, err := os.MkdirTemp(d.Folder, "making-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	e := &exporting{
		order: o, querier: q, rows: rows, theme: theme, sandbox: d.Sandbox, folder: folder, sheet: slices.Clone(o.Sheet), most: d.most(), result: filepath.Join(folder, "result"),
		made: d.stamp(d.Now()), counts: map[int64]int64{}, formats: d.Tables,
	}
	if o.Attributes != nil {
		theme.Attributes = slices.DeleteFunc(theme.Attributes, func(a Attribute) bool { return !slices.Contains(o.Attributes, a.Name) })
	}
	e.drawn = f.drawn
	if err := e.settle(ctx); err != nil {
		return err
	}
	if err := f.make(e, ctx); err != nil {
		return err
	}
	if o.For != "" {
		rows := strconv.FormatInt(e.total(), 10)
		if err := os.WriteFile(file+rowsBeside, []byte(rows), 0o600); err != nil {
			return err
		}
	}
	return os.Rename(e.result, file)
}

// rowsBeside ends the name of what stands beside a file that is for somebody: how many features it has, for the record of its use.
const rowsBeside = ".rows"

func (d *Downloads) stamp(at time.Time) string {
	if d.Stamp == nil {
		return at.UTC().Format(time.RFC3339)
	}
	return d.Stamp(at)
}

// privateKeep is how long a file is kept that is for somebody.
const privateKeep = 3 * time.Hour

func (d *Downloads) keep(key string) time.Duration {
	keep := cmp.Or(d.Keep, 24*time.Hour)
	if strings.HasPrefix(key, private) {
		return min(keep, privateKeep)
	}
	return keep
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
		if age := d.Now().Sub(info.ModTime()); age > d.keep(info.Name()) {
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
