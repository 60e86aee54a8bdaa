package layers

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"time"

	"nsdi/internal/errs"
)

// TableFormat makes files of several tables of text from what the themes of one store have.
type TableFormat struct {
	Store string // "gnaf.address"
	// Write goes through the features once and puts the tables into files of the making.
	Write func(ctx context.Context, m *Making) error
}

// Making is what a TableFormat works on. Nothing of it outlives the file.
type Making struct {
	e     *exporting
	files map[string]string
}

// tables has the store's format make its tables, and zips them with the sheet.
func (e *exporting) tables(ctx context.Context) error {
	f, there := e.formats[e.order.Format]
	if !there || f.Store != e.theme.Store {
		return &errs.Error{
			Code: "format-of-addresses", Status: http.StatusUnprocessableEntity, Op: "layers.Downloads", Location: "query.format", Value: e.order.Format,
			Title:  errs.T("این قالب تنها برای نشانی‌هاست", "The format is for addresses only"),
			Detail: errs.Tf("موضوع %[1]s نشانی ندارد.", "The theme %[1]s has no addresses.", e.theme.Code),
			Next:   errs.T("قالب gpkg یا geojson را بخواهید.", "Ask for gpkg or geojson."),
		}
	}
	m := &Making{e: e, files: map[string]string{}}
	if err := f.Write(ctx, m); err != nil {
		return err
	}
	return e.pack(m.files)
}

// Each goes through the features.
func (m *Making) Each(ctx context.Context, yield func(*Feature) error) error {
	return m.e.each(ctx, yield)
}

// Agency is the agency whose dataset it is.
func (m *Making) Agency(dataset int64) string {
	if i := slices.IndexFunc(m.e.order.Parts, func(p Part) bool { return p.Dataset == dataset }); i >= 0 {
		return m.e.order.Parts[i].Agency
	}
	return ""
}

// Beside reads what belongs to the features and is not theirs, when all of them were gone through. Of what has a history the state of that time is meant, so that the
// same order makes the same file.
func (m *Making) Beside() (Querier, time.Time) { return m.e.querier, m.e.order.youngest() }

// Table begins a file of the zip.
func (m *Making) Table(name string) (io.WriteCloser, error) {
	m.files[name] = filepath.Join(m.e.folder, name)
	return m.Scratch(name)
}

// Scratch begins a file that is needed on the way; Open reads it. Like all that is made it may be of so many bytes, and no more.
func (m *Making) Scratch(name string) (io.WriteCloser, error) {
	f, err := os.OpenFile(filepath.Join(m.e.folder, name), os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, err
	}
	return &buffered{bufio.NewWriterSize(&limited{f, m.e.most}, 1<<14), f}, nil
}

// Open reads a file of Scratch.
func (m *Making) Open(name string) (io.ReadCloser, error) {
	return os.Open(filepath.Join(m.e.folder, name))
}

type buffered struct {
	*bufio.Writer
	file *os.File
}

// Close writes what is left.
func (b *buffered) Close() error { return errors.Join(b.Flush(), b.file.Close()) }
