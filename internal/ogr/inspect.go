package ogr

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path"
	"strconv"
	"strings"
	"syscall"
	"time"

	"nsdi/internal/errs"
)

// File is one data source for GDAL: a main file with its side files.
type File struct {
	Main     string            // name inside the sandbox, made by us
	Files    map[string]string // all names inside the sandbox → paths outside
	Bytes    int64             // size of all files, for the time limit
	Encoding string            // of a shapefile's attributes or a drawing's texts; "" lets GDAL decide
	// FirstGeometry: of several geometries in a feature of GML, which GDAL takes the last of, the first counts.
	FirstGeometry bool
	// OpenRings: there are rings that do not end where they began, which the caller knows. GDAL closes them.
	OpenRings bool
}

// Layer is what an inspection learns of one layer.
type Layer struct {
	Name     string
	Features int64  // as the file claims; -1 unknown
	CRS      string // "EPSG:32639" where the file names an authority for the whole CRS, else WKT; "" when the file declares none
	Geometry string // as GDAL calls its kind, such as "Point"; "" where it says none, or several
	Several  bool   // its features have more than one geometry, each in a column of its own
}

// Inspect lists the layers of a file. Their extent is not asked for: of most formats that is another reading of the whole file. Errors are *errs.Error: file-unreadable, reading-timeout.
func (s *Sandbox) Inspect(ctx context.Context, f File) ([]Layer, error) {
	ctx, cancel := context.WithTimeout(ctx, s.patience(f))
	defer cancel()
	var stderr complaints
	cmd := s.command(ctx, f.Files, "ogrinfo", append(s.openOptions(f), "-ro", "-al", "-so", "-noextent", "-nomd", "-wkt_format", "WKT2_2018", path.Join(inside, f.Main))...)
	cmd.Stderr = &stderr
	var out description
	cmd.Stdout = &out
	err := cmd.Run()
	s.measure(cmd)
	if err != nil {
		return nil, s.readingError(ctx, f, err, &stderr)
	}
	return parseInfo(out.String()), nil
}

// description is what a program tells of a file. Thousands of layers with hundreds of columns fit; more is no delivery.
type description struct{ strings.Builder }

const maxDescription = 32 << 20

func (d *description) Write(p []byte) (int, error) {
	if d.Len()+len(p) > maxDescription {
		return 0, errors.New("the file has too many layers and columns")
	}
	return d.Builder.Write(p)
}

func (s *Sandbox) patience(f File) time.Duration {
	return s.limits.Least + time.Duration(f.Bytes)*s.limits.PerByte
}

func (s *Sandbox) openOptions(f File) []string {
	var options []string
	switch strings.ToLower(path.Ext(f.Main)) {
	case ".gml", ".xml":
		options = []string{"-oo", "DOWNLOAD_SCHEMA=NO"}
		if f.FirstGeometry {
			options = append(options, "--config", "GML_FETCH_ALL_GEOMETRIES", "YES")
		}
		if f.OpenRings {
			options = append(options, "--config", "OGR_GEOMETRY_ACCEPT_UNCLOSED_RING", "YES")
		}
	case ".dxf":
		if f.Encoding != "" {
			options = []string{"--config", "DXF_ENCODING", f.Encoding}
		}
	case ".shp":
		if f.Encoding != "" {
			options = []string{"-oo", "ENCODING=" + f.Encoding}
		}
		if _, ok := f.Files[strings.TrimSuffix(f.Main, ".shp")+".shx"]; !ok {
			options = append(options, "--config", "SHAPE_RESTORE_SHX", "YES") // written beside the file, in the sandbox's own folder
		}
	}
	return options
}

func (s *Sandbox) readingError(ctx context.Context, f File, err error, stderr *complaints) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		seconds := int(s.patience(f).Seconds())
		return &errs.Error{
			Code: "reading-timeout", Status: 422, Op: "ogr", Err: err,
			Title:  errs.T("خواندن پرونده در زمان مجاز تمام نشد", "The file could not be read in the time allowed"),
			Detail: errs.Tf("زمان مجاز برای این اندازه %d ثانیه است.", "%d seconds are allowed for this size.", seconds),
			Next:   errs.T("پرونده را به بخش‌های کوچک‌تر تقسیم کنید یا به صورت GeoPackage تحویل دهید.", "Split the file, or deliver it as a GeoPackage."),
		}
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if killed(err) {
		return &errs.Error{
			Code: "reader-killed", Status: 503, Op: "ogr", Err: err,
			Title:  errs.T("برنامه خواننده پرونده پیش از پایان کار کشته شد", "The program that reads the file was killed before it had ended"),
			Detail: errs.T("شاید حافظه کارساز کم بود. پرونده ناقص خوانده نشد و چیزی از آن منتشر نشده است.", "The server may have been short of memory. Nothing of the file was published."),
			Next:   errs.T("خواندن از نو آغاز می‌شود؛ اگر نشد، دوباره تحویل دهید یا پرونده را به بخش‌های کوچک‌تر تقسیم کنید.", "It is read again; if that does not help, deliver it again, or split the file."),
		}
	}
	detail := errs.T("خواننده دلیل آن را نگفت.", "The reader did not say why.")
	if said := clean(stderr.String()); said != "" {
		detail = errs.Tf("پیام خواننده: \u2066%s\u2069", "The reader said: %s", said)
	}
	return &errs.Error{
		Code: "file-unreadable", Status: 422, Op: "ogr", Err: err,
		Title:  errs.T("پرونده خوانده نشد", "The file could not be read"),
		Detail: detail,
		Next:   errs.T("پرونده را در نرم‌افزار خود باز کنید و دوباره ذخیره کنید؛ اگر آنجا هم باز نمی‌شود، خراب است.", "Open the file in your own software and save it again; if it does not open there either, it is damaged."),
	}
}

// killed reports whether a reading process was killed from outside: the sandbox tells of a killed child by its exit status.
func killed(err error) bool {
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return false
	}
	status, ok := exit.Sys().(syscall.WaitStatus)
	return ok && (status.Signaled() && status.Signal() == syscall.SIGKILL || status.Exited() && status.ExitStatus() == 128+int(syscall.SIGKILL))
}

// clean shortens what GDAL said and takes the sandbox's own paths out of it.
func clean(said string) string {
	var lines []string
	for line := range strings.Lines(said) {
		line = strings.TrimSpace(strings.ReplaceAll(line, inside+"/", ""))
		if line != "" && !strings.HasPrefix(line, "FAILURE") && !strings.HasPrefix(line, "->") && len(lines) < 3 {
			lines = append(lines, strings.ToValidUTF8(line, "�"))
		}
	}
	out := strings.Join(lines, "; ")
	if len(out) > 400 {
		out = strings.ToValidUTF8(out[:400], "") + "…"
	}
	return out
}

// parseInfo reads ogrinfo's text. GDAL 3.6 has no machine-readable form of it.
func parseInfo(text string) []Layer {
	var layers []Layer
	var wkt *strings.Builder
	geometries := 0
	before := ""
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		begins := before == "" && strings.HasPrefix(line, "Layer name: ") // not a column of that name
		before = line
		switch {
		case begins:
			layers = append(layers, Layer{Name: strings.TrimPrefix(line, "Layer name: "), Features: -1})
			wkt, geometries = nil, 0
		case len(layers) == 0:
		case wkt != nil:
			if strings.HasPrefix(line, "Data axis to CRS axis mapping") || !strings.HasPrefix(line, " ") && wkt.Len() > 0 && balanced(wkt.String()) {
				if l := &layers[len(layers)-1]; l.CRS == "" {
					l.CRS = authority(wkt.String())
				}
				wkt = nil
				continue
			}
			wkt.WriteString(line + "\n")
		case strings.HasPrefix(line, "Layer SRS WKT:"), strings.HasPrefix(line, "SRS WKT ("):
			wkt = &strings.Builder{} // with several geometry columns each has its own; they are taken to be one system
		case strings.HasPrefix(line, "Geometry: "):
			layers[len(layers)-1].Geometry = strings.TrimPrefix(line, "Geometry: ")
		case strings.HasPrefix(line, "Geometry ("): // with a single one it is "Geometry: "
			geometries++
			layers[len(layers)-1].Several = geometries > 1
		case strings.HasPrefix(line, "Feature Count: "):
			if n, err := strconv.ParseInt(strings.TrimPrefix(line, "Feature Count: "), 10, 64); err == nil {
				layers[len(layers)-1].Features = n
			}
		}
	}
	return layers
}

func balanced(wkt string) bool { return strings.Count(wkt, "[") == strings.Count(wkt, "]") }

// authority shortens WKT to its EPSG code where the whole CRS has one: the ID that stands last, one level deep.
func authority(wkt string) string {
	wkt = strings.TrimSpace(wkt)
	if wkt == "" || wkt == "(unknown)" {
		return ""
	}
	i := strings.LastIndex(wkt, "ID[\"EPSG\",")
	if i >= 0 && strings.Count(wkt[:i], "[")-strings.Count(wkt[:i], "]") == 1 {
		if code, _, ok := strings.Cut(wkt[i+len("ID[\"EPSG\","):], "]"); ok {
			if n, err := strconv.Atoi(code); err == nil {
				return fmt.Sprintf("EPSG:%d", n)
			}
		}
	}
	return wkt
}
