package layers

import (
	"archive/zip"
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"

	"github.com/peterstace/simplefeatures/geom"

	"nsdi/geo"
	"nsdi/internal/errs"
	"nsdi/internal/ogr"
)

// exporting is one file that is being made.
type exporting struct {
	order   *Order
	querier Querier
	rows    Rows
	theme   *Theme
	sandbox *ogr.Sandbox
	folder  string // for what is needed on the way
	result  string
	sheet   []Line
	most    int64
	made    string                     // when
	kinds   map[geom.GeometryType]bool // that there are
	drawn   bool                       // the file is in metres
	epsg    int                        // its reference system
	project geo.Projection             // to that; nil: degrees
	lacking map[rune]int               // characters that the encoding of the file lacks, and how often they stood in the text
	counts  map[int64]int64            // features by dataset
	formats map[string]TableFormat
}

// each goes through the features and counts them.
func (e *exporting) each(ctx context.Context, yield func(*Feature) error) error {
	return e.rows(ctx, func(f *Feature) error {
		e.counts[f.Dataset]++
		return yield(f)
	})
}

// write makes a file of at most so many bytes.
func (e *exporting) write(file string, fill func(io.Writer) error) error {
	f, err := os.OpenFile(file, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(&limited{f, e.most}, 1<<16)
	return errors.Join(fill(w), w.Flush(), f.Close())
}

// limited breaks off what becomes too large for the disk.
type limited struct {
	io.Writer
	left int64
}

func (l *limited) Write(p []byte) (int, error) {
	if l.left -= int64(len(p)); l.left < 0 {
		return 0, &errs.Error{
			Code: "download-too-large", Status: http.StatusUnprocessableEntity, Op: "layers.Downloads",
			Title:  errs.T("پرونده از اندازه مجاز بزرگ‌تر می‌شود", "The file would be larger than is allowed"),
			Detail: errs.T("داده با این قالب در یک پرونده جا نمی‌شود.", "It does not fit into one file of this format."),
			Next:   errs.T("بخش کوچک‌تری بخواهید، یا عارضه‌ها را صفحه به صفحه از features یا changes بخوانید.", "Ask for a smaller part, or read it page by page from features or changes."),
		}
	}
	return l.Writer.Write(p)
}

func (e *exporting) geoJSON(ctx context.Context) error {
	return e.write(e.result, func(w io.Writer) error {
		if _, err := io.WriteString(w, `{"type":"FeatureCollection","features":[`); err != nil {
			return err
		}
		separator := "\n"
		err := e.each(ctx, func(f *Feature) error {
			shape := string(f.Geometry)
			if shape == "" {
				shape = "null"
			}
			properties := f.Properties
			if e.order.several() {
				properties = marked(properties, f.Dataset)
			}
			_, err := fmt.Fprintf(w, `%s{"type":"Feature","id":%d,"properties":%s,"geometry":%s}`, separator, f.ID, properties, shape)
			separator = ",\n"
			return err
		})
		if err != nil {
			return err
		}
		sheet, err := json.Marshal(e.lines()) // behind the features, since it counts them
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(w, "\n],\"provenance\":%s}\n", sheet)
		return err
	})
}

// provenance writes the sheet as CSV text.
func (e *exporting) provenance(file, start string) error {
	return e.write(file, func(out io.Writer) error {
		if _, err := io.WriteString(out, start); err != nil {
			return err
		}
		w := csv.NewWriter(out)
		rows := [][]string{{"code", "title_fa", "title_en", "value"}}
		for _, l := range e.lines() {
			rows = append(rows, []string{l.Code, l.FA, l.EN, l.Value})
		}
		return w.WriteAll(rows)
	})
}

// pack zips the files with the sheet.
func (e *exporting) pack(files map[string]string) error {
	sheet := filepath.Join(e.folder, "sheet.csv")
	if err := e.provenance(sheet, bom); err != nil {
		return err
	}
	files["provenance.csv"] = sheet
	return e.write(e.result, func(out io.Writer) error {
		z := zip.NewWriter(out)
		for name, file := range files {
			if err := add(z, name, file); err != nil {
				return err
			}
		}
		return z.Close()
	})
}

func add(z *zip.Writer, name, file string) error {
	w, err := z.Create(name)
	if err != nil {
		return err
	}
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.Copy(w, f)
	return err
}
