package ogr

import (
	"cmp"
	"context"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Export is a file to make of a table that the program itself wrote: CSV text, with what Table says of it, at a path.
type Export struct {
	Driver   string // GPKG, FlatGeobuf or ESRI Shapefile
	File     string // its name, made by the program
	Layer    string // the name of the layer
	Geometry string // as ogr2ogr's -nlt takes it; NONE for a table without geometry
	CSV      string // path of the text
	Types    string // path of the types, as GDAL's .csvt files have them
	Bytes    int64  // size of the text, for the time limit
	Folder   string // where the file is made; nothing else is written
	Most     int64  // bytes that any one file may have
	Append   bool   // one more layer of the file, which is there
	CRS      string // of the coordinates; EPSG:4326 by default
	Encoding string // of a shapefile's text: UTF-8 by default, or windows-1256
}

// Export makes the file. The process sees the table and the folder, and no database. Empty cells become null.
func (s *Sandbox) Export(ctx context.Context, e Export) error {
	args := []string{
		"--config", "OGR_CSV_MAX_LINE_SIZE", "-1", // one geometry may be longer than the 10 MB that GDAL takes of a stranger
		"-f", e.Driver, path.Join(outside, e.File), inside + "/table.csv", "-nln", e.Layer, "-nlt", e.Geometry, "-oo", "KEEP_GEOM_COLUMNS=NO", "-oo", "EMPTY_STRING_AS_NULL=YES",
	}
	if e.Geometry != "NONE" {
		args = append(args, "-a_srs", cmp.Or(e.CRS, "EPSG:4326"))
	}
	if e.Append {
		args = append(args, "-update")
	}
	if e.Driver == "ESRI Shapefile" {
		encoding := "UTF-8"
		if e.Encoding == "windows-1256" {
			encoding = "CP1256"
		}
		args = append(args, "-lco", "ENCODING="+encoding)
	}
	ctx, cancel := context.WithTimeout(ctx, s.limits.Least+time.Duration(e.Bytes)*s.limits.PerByte)
	defer cancel()
	cmd := s.command(ctx, map[string]string{"table.csv": e.CSV, "table.csvt": e.Types}, "ogr2ogr", args...)
	cmd.Args = slices.Insert(cmd.Args, slices.Index(cmd.Args, "--chdir"), "--bind", e.Folder, outside)
	if i := slices.IndexFunc(cmd.Args, func(a string) bool { return strings.HasPrefix(a, "--fsize=") }); i >= 0 {
		cmd.Args[i] = "--fsize=" + strconv.FormatInt(e.Most, 10)
	}
	var stderr complaints
	cmd.Stderr = &stderr
	err := cmd.Run()
	s.measure(cmd)
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("write %s: %w", e.Driver, ctx.Err())
	case err != nil:
		return fmt.Errorf("write %s: %w: %s", e.Driver, err, clean(stderr.String()))
	case stderr.failed(): // a feature that did not come along
		return fmt.Errorf("write %s: %s", e.Driver, clean(stderr.String()))
	}
	return nil
}
