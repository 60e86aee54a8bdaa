package main

import (
	"context"
	"encoding/json"
	"errors"
	"path/filepath"

	"nsdi/layers"
)

// importCommand is “nsdi import”.
type importCommand struct {
	Theme         string   `help:"Theme of the catalogue, such as road or cadastre-urban."`
	Agency        string   `help:"Code of the agency that delivers."`
	Territory     string   `help:"Admin unit within which the features lie, such as IR-02; none: the agency's whole territory."`
	Mapping       string   `type:"existingfile" help:"JSON file that maps columns to attributes; see docs/data-formats.md."`
	Layer         []string `help:"Take only the layers of this name (regular expression). Can be repeated."`
	CRS           string   `name:"crs" help:"Coordinate reference system, such as EPSG:32639, where the file declares none or a wrong one."`
	Encoding      string   `help:"Text encoding of CSV and shapefile attributes, such as windows-1256."`
	AllowRemovals bool     `help:"Confirm that more than a fifth of the published features may be removed."`
	Mode          string   `enum:"replace,append,upsert,delete" default:"replace" help:"What the files are: replace: the whole dataset; append: new features; upsert: new and altered ones; delete: keys of those that go."`
	Profile       string   `help:"Profile of rules that decides how grave a finding is: standard, strict or trial; see /v1/rules."`
	Manifest      string   `type:"existingfile" help:"Take all deliveries of a manifest.json, as “nsdi sample” writes it."`
	Lang          string   `enum:"fa,en," default:"" env:"NSDI_LANG" help:"Language of the report: fa or en; that of the locale by default."`
	JSON          bool     `name:"json" help:"Print the report as JSON."`
	Files         []string `arg:"" optional:"" help:"Files of one delivery: GeoPackage, zipped Shapefile, GeoJSON, CSV, FlatGeobuf, KML, GML, DXF, DGN, XLSX, FileGDB; .gz and .zip."`
}

// Validate tells a wrong combination before anything runs.
func (i *importCommand) Validate() error {
	switch {
	case i.Manifest != "" && (len(i.Files) > 0 || i.Theme != "" || i.Agency != ""):
		return errors.New("--manifest stands alone")
	case i.Manifest == "" && (i.Theme == "" || i.Agency == "" || len(i.Files) == 0):
		return errors.New("name a theme (--theme), an agency (--agency) and at least one file, or a --manifest")
	}
	return nil
}

// Run imports one delivery, or those of a manifest.
func (i *importCommand) Run(ctx context.Context, c *cli, t terminal) (err error) {
	db, err := openDatabase(ctx, c, false, t.err)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.close()) }()
	// As the server does it, so that the staging tables belong to one role and the server can go on where this is killed.
	pools, err := db.application(ctx)
	if err != nil {
		return err
	}
	defer pools.close()
	im, err := newImporter(ctx, pools.system, c.Data)
	if err != nil {
		return err
	}
	if err := im.Sweep(ctx); err != nil {
		return err
	}
	if i.Manifest != "" {
		return importManifest(ctx, im, db.pool, i.Manifest, terminalLang(i.Lang), t.out, t.err)
	}
	mapping := &layers.Mapping{}
	if i.Mapping != "" {
		if mapping, err = layers.ReadMapping(i.Mapping); err != nil {
			return err
		}
	}
	i.override(mapping)
	bar := newProgressBar(t.err)
	report, err := im.Import(ctx, layers.Request{
		Theme: i.Theme, Agency: i.Agency, Territory: i.Territory, Files: i.Files, Mapping: *mapping, Mode: layers.Mode(i.Mode), Profile: i.Profile, AllowRemovals: i.AllowRemovals, Progress: bar.show,
	})
	bar.end()
	if i.JSON {
		e := json.NewEncoder(t.out)
		e.SetIndent("", "  ")
		return errors.Join(err, e.Encode(report))
	}
	printReport(t.out, terminalLang(i.Lang), filepath.Base(i.Files[0]), report)
	return err
}

// override lets flags win over the mapping file.
func (i *importCommand) override(m *layers.Mapping) {
	if len(i.Layer) > 0 {
		m.Layers = i.Layer
	}
	if i.CRS != "" {
		m.CRS = i.CRS
	}
	if i.Encoding != "" {
		m.Encoding = i.Encoding
	}
}
