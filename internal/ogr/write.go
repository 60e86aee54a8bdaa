package ogr

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Table is text to make a file of: a CSV with a header, the type of each column as GDAL's .csvt files name them, and one column "WKT" for the geometry.
type Table struct {
	Name     string // of the layer
	Geometry string // NONE, POINT, MULTILINESTRING, MULTIPOLYGON or GEOMETRY
	CSV      []byte
	Types    []string // "String", "Integer", "Real", "Date", "Integer(Boolean)"; "WKT" for the geometry
}

// GeoPackage makes a GeoPackage with a layer in EPSG:4326 of each table, which the program itself wrote. Empty cells become null; a table without rows makes
// a layer without features, with all its columns.
func (s *Sandbox) GeoPackage(ctx context.Context, tables ...Table) (_ []byte, err error) {
	folder, err := NewFolder("", writeFolder)
	if err != nil {
		return nil, fmt.Errorf("write a GeoPackage: %w", err)
	}
	defer func() { err = errors.Join(err, folder.Remove()) }()
	dir := folder.Dir
	out := filepath.Join(dir, "out")
	if err := os.Mkdir(out, 0o700); err != nil {
		return nil, fmt.Errorf("write a GeoPackage: %w", err)
	}
	for i, t := range tables {
		if err := s.addLayer(ctx, dir, out, t, i > 0); err != nil {
			return nil, fmt.Errorf("write a GeoPackage: %w", err)
		}
	}
	body, err := os.ReadFile(filepath.Join(out, "table.gpkg"))
	if err != nil {
		return nil, fmt.Errorf("write a GeoPackage: %w", err)
	}
	return body, nil
}

// addLayer writes one table into the file, which is there when it is to be updated.
func (s *Sandbox) addLayer(ctx context.Context, dir, out string, t Table, update bool) error {
	types := `"` + strings.Join(t.Types, `","`) + `"`
	files := map[string]string{}
	for name, body := range map[string][]byte{"table.csv": t.CSV, "table.csvt": []byte(types)} {
		files[name] = filepath.Join(dir, name)
		if err := os.WriteFile(files[name], body, 0o600); err != nil {
			return err
		}
	}
	args := []string{"-f", "GPKG", outside + "/table.gpkg", inside + "/table.csv", "-nln", t.Name, "-nlt", t.Geometry, "-oo", "KEEP_GEOM_COLUMNS=NO", "-oo", "EMPTY_STRING_AS_NULL=YES"}
	if update {
		args = append(args, "-update")
	}
	if t.Geometry != "NONE" {
		args = append(args, "-a_srs", "EPSG:4326")
	}
	ctx, cancel := context.WithTimeout(ctx, s.limits.Least)
	defer cancel()
	cmd := s.command(ctx, files, "ogr2ogr", args...)
	at := slices.Index(cmd.Args, "--chdir")
	cmd.Args = slices.Insert(cmd.Args, at, "--bind", out, outside)
	var stderr complaints
	cmd.Stderr = &stderr
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return fmt.Errorf("%w: %s", err, clean(stderr.String()))
	}
	return nil
}

// outside is the folder in which the sandbox may write a file that leaves it.
const outside = "/out"
