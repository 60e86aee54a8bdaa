package sample

import (
	"context"
	"encoding/xml"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// fileDate is the date that every made file carries instead of today's, so that equal seeds give equal files.
const (
	fileDate      = "2026-03-21"
	fileTimestamp = fileDate + "T00:00:00.000Z"
)

// bundle is a set of layers that become one file.
type bundle struct {
	dir    string
	tables []*table
}

func newBundle(work string) (*bundle, error) {
	dir, err := os.MkdirTemp(work, "bundle")
	if err != nil {
		return nil, err
	}
	return &bundle{dir: dir}, nil
}

func (b *bundle) table(layer, geometry, srs string, columns ...columnDef) (*table, error) {
	t, err := newTable(b.dir, layer, geometry, srs, columns)
	if err == nil {
		b.tables = append(b.tables, t)
	}
	return t, err
}

// The VRT states every type, so that nothing is guessed from the rows.
type vrtSource struct {
	XMLName xml.Name   `xml:"OGRVRTDataSource"`
	Layers  []vrtLayer `xml:"OGRVRTLayer"`
}

type vrtLayer struct {
	Name   string `xml:"name,attr"`
	Source struct {
		Relative int    `xml:"relativeToVRT,attr"`
		Path     string `xml:",chardata"`
	} `xml:"SrcDataSource"`
	Options struct {
		Option struct {
			Key   string `xml:"key,attr"`
			Value string `xml:",chardata"`
		} `xml:"OOI"`
	} `xml:"OpenOptions"`
	SrcLayer string `xml:"SrcLayer"`
	Geometry struct {
		Encoding string `xml:"encoding,attr"`
		Field    string `xml:"field,attr"`
		Type     string `xml:"GeometryType"`
		SRS      string `xml:"SRS"`
	} `xml:"GeometryField"`
	Fields []vrtField `xml:"Field"`
}

type vrtField struct {
	Name string `xml:"name,attr"`
	Src  string `xml:"src,attr"`
	Type string `xml:"type,attr"`

	Width     int `xml:"width,attr,omitempty"`
	Precision int `xml:"precision,attr,omitempty"`
}

func (t *table) vrt() vrtLayer {
	l := vrtLayer{Name: t.layer, SrcLayer: t.layer}
	l.Source.Relative, l.Source.Path = 1, t.layer+".csv"
	l.Options.Option.Key, l.Options.Option.Value = "EMPTY_STRING_AS_NULL", "YES"
	l.Geometry.Encoding, l.Geometry.Field = "WKT", "wkt"
	l.Geometry.Type, l.Geometry.SRS = t.geometry, t.srs
	for _, c := range t.columns {
		l.Fields = append(l.Fields, vrtField{Name: c.name, Src: c.name, Type: c.kind, Width: c.width, Precision: c.precision})
	}
	return l
}

// write turns the layers into a file with ogr2ogr and removes the working files.
func (b *bundle) write(ctx context.Context, format, out string, options ...string) error {
	defer os.RemoveAll(b.dir)
	var source vrtSource
	for _, t := range b.tables {
		if err := t.close(); err != nil {
			return err
		}
		source.Layers = append(source.Layers, t.vrt())
	}
	data, err := xml.Marshal(source)
	if err != nil {
		return err
	}
	vrt := filepath.Join(b.dir, "layers.vrt")
	if err := os.WriteFile(vrt, data, 0o600); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(out), 0o755); err != nil {
		return err
	}
	args := append([]string{"-f", format, "-gt", "65536"}, options...)
	cmd := exec.CommandContext(ctx, "ogr2ogr", append(args, out, vrt)...)
	cmd.Env = append(os.Environ(), "OGR_CURRENT_DATE="+fileTimestamp, "OGR_SQLITE_SYNCHRONOUS=OFF")
	if message, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("write %s with ogr2ogr: %w: %s", filepath.Base(out), err, strings.TrimSpace(string(message)))
	}
	return nil
}

// discard removes the working files of a bundle that is not written.
func (b *bundle) discard() {
	for _, t := range b.tables {
		t.file.Close()
	}
	os.RemoveAll(b.dir)
}
