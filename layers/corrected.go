package layers

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/errs"
	"nsdi/internal/ogr"
)

// keyColumn holds the key of a feature where its key attributes do not make it. A file that has it needs no mapping for that.
const keyColumn = "nsdi_key"

// CorrectedFile is a file of a submission's rows as they stand after the accepted corrections. It has no name in any folder, so it goes when it is closed.
type CorrectedFile struct {
	*os.File
	ContentType string
	Rows        int64
}

// mostCorrected bounds a file, and each of those that are needed on the way.
const mostCorrected = 4 << 30

// Corrected makes a file (gpkg, csv or geojson) of the accepted rows of a checked submission, for its agency to take back into its own system; with all set of the
// refused ones too, which it marks. Rows go from the database to the disk one by one. The transaction is of one snapshot (repeatable read). A submission whose
// rows are not there is *errs.Error rows-not-there (409).
func (im *Importer) Corrected(ctx context.Context, tx pgx.Tx, s *Submission, format string, all bool) (_ *CorrectedFile, err error) {
	switch s.State {
	case Validated, Submitted, Reviewed:
	default:
		return nil, noRows(s)
	}
	theme, err := findTheme(ctx, tx, s.Theme)
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp(im.Reader.TempDir, "corrected-")
	if err != nil {
		return nil, fmt.Errorf("corrected file: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	c := &correcting{tx: tx, submission: s, theme: theme, all: all, folder: folder, result: filepath.Join(folder, "result")}
	if err := c.there(ctx); err != nil {
		return nil, err
	}
	f := &CorrectedFile{}
	switch format {
	case "gpkg":
		f.ContentType, err = "application/geopackage+sqlite3", c.geoPackage(ctx, im.Reader.Sandbox)
	case "csv":
		f.ContentType, err = "text/csv; charset=utf-8", c.table(ctx, c.result, true)
	case "geojson":
		f.ContentType, err = "application/geo+json", c.geoJSON(ctx)
	default:
		err = unknown("format-unknown", format, errs.T("چنین قالبی نیست", "There is no such format"), errs.T("قالب‌ها: gpkg، csv، geojson", "The formats are gpkg, csv and geojson."))
	}
	if err != nil {
		return nil, fmt.Errorf("corrected file of submission %d: %w", s.ID, err)
	}
	f.Rows = c.rows
	if f.File, err = os.Open(c.result); err != nil {
		return nil, fmt.Errorf("corrected file: %w", err)
	}
	return f, nil
}

// correcting is one such file that is being made.
type correcting struct {
	tx             pgx.Tx
	submission     *Submission
	theme          *Theme
	all            bool
	folder, result string
	rows           int64
	kinds          map[string]bool // of geometries
}

// there refuses what was emptied by a crash of the server, or is being made anew.
func (c *correcting) there(ctx context.Context) error {
	var staged int64
	err := c.tx.QueryRow(ctx, `select count(*) from `+tablesOf(c.submission.ID).staged+` where not refused`).Scan(&staged)
	if undefined(err) || err == nil && staged != c.submission.StagedRows {
		return stale(c.submission)
	}
	if err != nil {
		return fmt.Errorf("corrected file: %w", err)
	}
	return nil
}

func noRows(s *Submission) error {
	next := errs.T("وضع و گزارش تحویل را بخوانید.", "Read the submission's state and report.")
	switch s.State {
	case Published, Unchanged:
		next = errs.Tf("نسخه منتشرشده را از ‎/v1/datasets/%s/download‎ بگیرید.", "Take the published version from /v1/datasets/%s/download.", strconv.FormatInt(s.DatasetID, 10))
	case Received, Inspected, Confirmed:
		next = errs.T("صبر کنید تا گزارش آماده شود.", "Wait for its report.")
	case Returned, Withdrawn, Refused:
		next = errs.T("پرونده را دوباره تحویل دهید؛ تا پیش از پایان تحویل، پرونده اصلاح‌شده گرفتنی است.", "Deliver the file again: the corrected one can be had until the submission ends.")
	default:
	}
	return &errs.Error{
		Code: "rows-not-there", Status: http.StatusConflict, Op: "layers.Corrected", Location: "path.tracking", Value: s.Tracking,
		Title:  errs.T("ردیف‌های بررسی‌شده در دست نیست", "The checked rows are not at hand"),
		Detail: errs.Tf("تحویل در مرحله «%[1]s» است.", "The submission is %[1]s.", s.State), Next: next,
	}
}

// geoPackage is in the reference system of the delivery, where that is one with a code; every other file is in EPSG:4326.
func (c *correcting) geoPackage(ctx context.Context, sandbox *ogr.Sandbox) error {
	if sandbox == nil {
		return errors.New("no sandbox is wired")
	}
	table := filepath.Join(c.folder, "table.csv")
	if err := c.table(ctx, table, false); err != nil {
		return err
	}
	if err := os.WriteFile(table+"t", []byte(c.types()), 0o600); err != nil {
		return err
	}
	info, err := os.Stat(table)
	if err != nil {
		return err
	}
	out := filepath.Join(c.folder, "out")
	if err := os.Mkdir(out, 0o700); err != nil {
		return err
	}
	err = sandbox.Export(ctx, ogr.Export{
		Driver: "GPKG", File: "data.gpkg", Layer: tableName(c.theme.Code), Geometry: c.kind(), CRS: c.crs(), CSV: table, Types: table + "t", Bytes: info.Size(),
		Folder: out, Most: mostCorrected,
	})
	if err != nil {
		return err
	}
	return os.Rename(filepath.Join(out, "data.gpkg"), c.result)
}

// crs is the one that all coordinates were delivered in; "" where there is more than one, or none with a code.
func (c *correcting) crs() string {
	if r := c.submission.Report; r != nil && len(r.CRS) == 1 && crsCode.MatchString(r.CRS[0]) {
		return r.CRS[0]
	}
	return ""
}

// kind is the only one of the file's geometries, or any.
func (c *correcting) kind() string {
	if c.theme.Geometry == "none" {
		return "NONE"
	}
	only := "GEOMETRY"
	for kind := range c.kinds {
		only = kind
	}
	if len(c.kinds) > 1 {
		return "GEOMETRY"
	}
	return only
}
