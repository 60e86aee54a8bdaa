package reading

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path"

	"nsdi/internal/errs"
)

// jsonKind is what a JSON file holds.
type jsonKind int

const (
	jsonGIS      jsonKind = iota // GeoJSON and its relatives: GDAL's
	jsonRecords                  // a list, or an object of keys, whose values are flat objects
	jsonOverpass                 // {"elements": […]}: an answer of the Overpass API
)

// maxWholeJSON bounds the files that have to be held in memory as a whole.
const maxWholeJSON = 256 << 20

// sniffJSON tells the kind from the first tokens.
func sniffJSON(host string) (jsonKind, error) {
	f, err := os.Open(host)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	d := json.NewDecoder(io.LimitReader(skipBOM(f), 64<<20))
	first, err := d.Token()
	if err != nil {
		return 0, err
	}
	if first == json.Delim('[') {
		second, err := d.Token()
		if err != nil {
			return 0, err
		}
		if second == json.Delim('{') {
			return jsonRecords, nil
		}
		return 0, errors.New("a list of something else than objects")
	}
	for key := range maxKeys {
		token, err := d.Token()
		if err != nil {
			return 0, err
		}
		name, ok := token.(string)
		if !ok {
			return 0, errors.New("an object without content")
		}
		switch name {
		case "elements":
			return jsonOverpass, nil
		case "type", "features", "geometry", "crs", "coordinates", "bbox":
			return jsonGIS, nil
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return 0, err
		}
		if key == 0 && bytes.HasPrefix(value, []byte("{")) && !bytes.Contains(value, []byte(`"type"`)) && name != "osm3s" {
			return jsonRecords, nil
		}
	}
	return jsonGIS, nil
}

// maxKeys of the outermost object are looked at to tell its kind.
const maxKeys = 16

func skipBOM(r io.Reader) io.Reader {
	b := bufio.NewReader(r)
	if head, err := b.Peek(3); err == nil && bytes.Equal(head, []byte("\xef\xbb\xbf")) {
		_, _ = b.Discard(3) // three bytes are there: Peek saw them
	}
	return b
}

func jsonProblem(file string, err error) error {
	e := refusal("json-invalid", file, errs.T("JSON نادرست است", "The JSON is not well-formed"),
		errs.T("پرونده را با یک برنامه استاندارد از نو بسازید.", "Write the file again with a standard program."))
	e.Detail = errs.Tf("%s", "%s", fmt.Sprint(err))
	return e
}

// jsonSource is a JSON file that is not GeoJSON.
type jsonSource struct {
	name string
	host string
	kind jsonKind
}

func (s *jsonSource) inspect(context.Context) ([]Layer, error) {
	return []Layer{{File: s.name, Name: s.layer(), Features: -1, CRS: "EPSG:4326"}}, nil
}

func (s *jsonSource) layer() string { return stem(path.Base(s.name)) }

func (s *jsonSource) read(ctx context.Context, yield func(*Row) error) error {
	f, err := os.Open(s.host)
	if err != nil {
		return fmt.Errorf("read %s: %w", s.name, err)
	}
	defer f.Close()
	each := func(row *Row) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		row.File, row.Layer, row.CRS = s.name, s.layer(), "EPSG:4326"
		if err := yield(row); err != nil {
			return yielded{err}
		}
		return nil
	}
	if s.kind == jsonOverpass {
		err = readOverpass(skipBOM(f), each)
	} else {
		err = readRecords(skipBOM(f), each)
	}
	var y yielded
	switch {
	case errors.As(err, &y):
		return y.error
	case err != nil && ctx.Err() == nil:
		return jsonProblem(s.name, err)
	}
	return err
}

// yielded marks an error of the callback, which is not the file's fault.
type yielded struct{ error }
