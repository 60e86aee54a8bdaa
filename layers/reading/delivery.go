package reading

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"nsdi/internal/errs"
	"nsdi/internal/ogr"
)

// Reader opens deliveries. It is safe for concurrent use.
type Reader struct {
	Sandbox *ogr.Sandbox
	Limits  Limits
	TempDir string // where archives are unpacked; "" is the system's
}

// Options of one delivery, as its deliverer confirmed them.
type Options struct {
	Layers   []*regexp.Regexp // which layers are taken, by name; none means all
	Encoding string           // of text files and shapefile attributes; "" to tell from the files
}

// Delivery is a set of files that were found readable. Close it.
type Delivery struct {
	Layers  []Layer
	Ignored []string // files that are not data: by name
	sources []source
	options Options
	folder  *ogr.Folder
}

// source is one readable file.
type source interface {
	inspect(ctx context.Context) ([]Layer, error)
	read(ctx context.Context, yield func(*Row) error) error
}

// Open unpacks the files and lists their layers. Nothing is read of a delivery that has a file which cannot be read: errors are *errs.Error that name it.
func (r *Reader) Open(ctx context.Context, files []string, options Options) (_ *Delivery, err error) {
	if options.Encoding != "" {
		if err := checkEncoding(options.Encoding); err != nil {
			return nil, err
		}
	}
	folder, err := ogr.NewFolder(r.TempDir, ogr.DeliveryFolder)
	if err != nil {
		return nil, err
	}
	d := &Delivery{folder: folder, options: options}
	defer func() {
		if err != nil {
			d.Close()
		}
	}()
	for i, file := range files {
		members, err := r.members(file, filepath.Join(folder.Dir, fmt.Sprintf("d%d", i)))
		if err != nil {
			return nil, err
		}
		if len(members) == 0 {
			return nil, refusal("archive-empty", filepath.Base(file), errs.T("در پرونده فشرده چیزی نیست", "The archive is empty"),
				errs.T("پرونده‌های لایه را در آن بگذارید و دوباره بفرستید.", "Put the layer's files into it, and deliver it again."))
		}
		if err := r.addSources(d, members); err != nil {
			return nil, err
		}
	}
	if len(d.sources) == 0 {
		return nil, unsupported(strings.Join(displayNames(files), ", "))
	}
	for _, s := range d.sources {
		layers, err := s.inspect(ctx)
		if err != nil {
			return nil, err
		}
		d.Layers = append(d.Layers, layers...)
	}
	if len(d.Layers) == 0 {
		return nil, refusal("no-layers", strings.Join(displayNames(files), ", "), errs.T("هیچ لایه‌ای در پرونده نیست", "The file has no layers"),
			errs.T("بررسی کنید که لایه‌ها در خروجی آمده باشند.", "Check that the layers were exported."))
	}
	return d, nil
}

// Sweep removes what killed processes have left of deliveries that they had unpacked, and of files that they were writing.
func (r *Reader) Sweep() { ogr.SweepFolders(r.TempDir) }

// Close removes what was unpacked.
func (d *Delivery) Close() error { return d.folder.Remove() }

// Read streams the rows of the layers that were chosen.
func (d *Delivery) Read(ctx context.Context, yield func(*Row) error) error {
	for _, s := range d.sources {
		err := s.read(ctx, func(row *Row) error {
			if !d.Chosen(row.Layer) {
				return nil
			}
			return yield(row)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Chosen answers whether a layer is taken.
func (d *Delivery) Chosen(layer string) bool { return d.options.Chosen(layer) }

// Chosen answers whether a layer is taken.
func (o Options) Chosen(layer string) bool {
	return len(o.Layers) == 0 || slices.ContainsFunc(o.Layers, func(re *regexp.Regexp) bool { return re.MatchString(layer) })
}

func displayNames(files []string) []string {
	var out []string
	for _, f := range files {
		out = append(out, filepath.Base(f))
	}
	return out
}

// members gives what a delivered file consists of: itself, or what was packed in it, or for a bare .shp the files beside it.
func (r *Reader) members(file, dir string) ([]member, error) {
	name := filepath.Base(file)
	info, err := os.Stat(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, refusal("file-missing", file, errs.T("پرونده پیدا نشد", "There is no such file"), errs.T("نشانی پرونده را بررسی کنید.", "Check the path."))
	case err != nil:
		return nil, fmt.Errorf("open delivery: %w", err)
	case !info.Mode().IsRegular():
		return nil, refusal("file-special", file, errs.T("این یک پرونده معمولی نیست", "This is not a regular file"), errs.T("پوشه را فشرده (zip) کنید.", "Pack the folder as a zip."))
	case info.Size() == 0:
		return nil, refusal("file-empty", name, errs.T("پرونده خالی است", "The file is empty"), errs.T("دوباره از نرم‌افزار خود خروجی بگیرید.", "Export it again."))
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, fmt.Errorf("open delivery: %w", err)
	}
	file, err = filepath.Abs(file)
	if err != nil {
		return nil, fmt.Errorf("open delivery: %w", err)
	}
	limits := r.Limits.withDefaults()
	if _, ok := tarPacking(name); ok {
		return limits.unpackTar(name, file, dir, info.Size())
	}
	switch strings.ToLower(path.Ext(name)) {
	case ".zip":
		return limits.unpackZip(name, file, dir)
	case ".gz":
		m, err := limits.unpackGzip(name, file, dir, info.Size())
		return []member{m}, err
	case ".shp":
		return besides(file), nil
	}
	return []member{{name: name, host: file, size: info.Size()}}, nil
}

// WithSideFiles answers the file and, for a bare shapefile, the files beside it that belong to it.
func WithSideFiles(file string) []string {
	if !strings.EqualFold(path.Ext(file), ".shp") {
		return []string{file}
	}
	out := []string{file}
	for _, m := range besides(file) {
		if m.host != file {
			out = append(out, m.host)
		}
	}
	return out
}

// IsSideFile reports whether a file says something only together with a shapefile of the same name.
func IsSideFile(name string) bool { return formatOf(name) == sidecar }

// besides lists a bare shapefile with its side files.
func besides(shp string) []member {
	stem := strings.TrimSuffix(shp, path.Ext(shp))
	var out []member
	entries, _ := filepath.Glob(globQuote(stem) + ".*") // the pattern is quoted, so it is never bad
	for _, e := range entries {
		if info, err := os.Stat(e); err == nil && info.Mode().IsRegular() && (e == shp || formatOf(e) == sidecar) {
			out = append(out, member{name: filepath.Base(e), host: e, size: info.Size()})
		}
	}
	return out
}

func globQuote(s string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(s)
}
