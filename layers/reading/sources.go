package reading

import (
	"fmt"
	"path"
	"path/filepath"
	"regexp"
	"strings"

	"nsdi/internal/errs"
	"nsdi/internal/ogr"
)

// addSources groups members to data sources and gives them names of our making.
func (r *Reader) addSources(d *Delivery, members []member) error {
	groups := make(map[string][]member) // by name without extension, in lower case: Windows does not tell ROADS.SHP from roads.shp
	for _, m := range members {
		groups[groupOf(m.name)] = append(groups[groupOf(m.name)], m)
	}
	geodatabases := make(map[string]bool)
	for _, m := range members {
		if gdb, ok := geodatabase(m.name); ok {
			if !geodatabases[gdb] {
				geodatabases[gdb] = true
				if err := r.addGeodatabase(d, gdb, members); err != nil {
					return err
				}
			}
			continue
		}
		switch formatOf(m.name) {
		case none:
			d.Ignored = append(d.Ignored, m.name)
			continue
		case markup: // which shapefiles too have beside them
			if head, err := headOf(m.host, 4096); err != nil || !isGML(head) {
				d.Ignored = append(d.Ignored, m.name)
				continue
			}
		case edigeo:
			if err := r.addEDIGEO(d, m, members); err != nil {
				return err
			}
			continue
		case sidecar:
			if !hasMain(groups[groupOf(m.name)]) && !ofEDIGEO(m, members) {
				d.Ignored = append(d.Ignored, m.name)
			}
			continue
		}
		if err := r.addFile(d, m, groups[groupOf(m.name)]); err != nil {
			return err
		}
	}
	return nil
}

func groupOf(name string) string { return strings.ToLower(stem(name)) }

func stem(name string) string { return strings.TrimSuffix(name, path.Ext(name)) }

func hasMain(group []member) bool {
	for _, m := range group {
		if f := formatOf(m.name); f != none && f != sidecar {
			return true
		}
	}
	return false
}

func (r *Reader) addFile(d *Delivery, m member, group []member) error {
	ext := strings.ToLower(path.Ext(m.name))
	head, err := headOf(m.host, 4096)
	if err != nil {
		return fmt.Errorf("read %s: %w", m.name, err)
	}
	if m.size == 0 {
		return refusal("file-empty", m.name, errs.T("پرونده خالی است", "The file is empty"), errs.T("دوباره از نرم‌افزار خود خروجی بگیرید.", "Export it again."))
	}
	if !magicFits(ext, head) {
		return mismatch(m.name, ext)
	}
	inner := fmt.Sprintf("f%04d", len(d.sources)+1)
	switch formatOf(m.name) {
	case jsonText:
		kind, err := sniffJSON(m.host)
		if err != nil {
			return jsonProblem(m.name, err)
		}
		switch kind {
		case jsonRecords, jsonOverpass:
			if m.size > maxWholeJSON && kind == jsonOverpass {
				return refusal("file-too-large", m.name, errs.T("پاسخ Overpass بزرگ‌تر از ۲۵۶ مگابایت است", "An Overpass answer may have 256 MB at most"),
					errs.T("به GeoJSON تبدیل کنید.", "Convert it to GeoJSON."))
			}
			d.sources = append(d.sources, &jsonSource{name: m.name, host: m.host, kind: kind})
			return nil
		}
	case csvText:
		settled, err := settleCSV(m.host, filepath.Join(d.folder.Dir, inner+ext), d.options.Encoding)
		if err != nil {
			return fmt.Errorf("recode %s: %w", m.name, err)
		}
		m.host = settled
		if head, err = headOf(m.host, 4096); err != nil {
			return fmt.Errorf("read %s: %w", m.name, err)
		}
		if isColumn(head) {
			d.sources = append(d.sources, &columnSource{name: m.name, host: m.host})
			return nil
		}
	}
	if ext == ".xml" {
		ext = ".gml"
	}
	f := ogr.File{Main: inner + ext, Files: map[string]string{inner + ext: m.host}, Bytes: m.size}
	var dbf, cpg string
	for _, side := range group {
		e := strings.ToLower(path.Ext(side.name))
		if !readable[e] {
			continue
		}
		f.Files[inner+e] = side.host
		f.Bytes += side.size
		switch e {
		case ".dbf":
			dbf = side.host
		case ".cpg":
			cpg = side.host
		}
	}
	if ext == ".shp" && dbf != "" {
		f.Encoding = d.options.Encoding
		if f.Encoding == "" {
			f.Encoding = dbfEncoding(dbf, cpg)
		}
		if strings.EqualFold(f.Encoding, "windows-1256") {
			f.Encoding = "CP1256"
		}
	}
	if formatOf(m.name) == drawing {
		s, err := newDrawing(r, d, m, inner, f)
		if err != nil {
			return err
		}
		d.sources = append(d.sources, s)
		return nil
	}
	if ext == ".csv" && len(f.Files) == 1 {
		table, err := plainTable(m.name, m.host)
		if err != nil {
			return fmt.Errorf("read %s: %w", m.name, err)
		}
		if table != nil {
			d.sources = append(d.sources, table)
			return nil
		}
	}
	s := &gisSource{sandbox: r.Sandbox, name: m.name, inner: inner, file: f}
	s.places = ext == ".vfk"
	if ext == ".gml" {
		if head, err = headOf(m.host, sample); err != nil {
			return fmt.Errorf("read %s: %w", m.name, err)
		}
		s.areas = areaOfGML.Match(head)
		open, err := findOpenRings(m.host)
		switch {
		case err != nil:
			return fmt.Errorf("read %s: %w", m.name, err)
		case open.unnamed:
			return open.refusal(m.name)
		case len(open.of) > 0:
			s.open, s.file.OpenRings = open, true
		}
	}
	d.sources = append(d.sources, s)
	return nil
}

var areaOfGML = regexp.MustCompile(`<(?:[A-Za-z_][A-Za-z0-9._-]*:)?(?:Polygon|Surface|MultiSurface|MultiPolygon)[\s>]`)

// geodatabase answers the folder of a file geodatabase that a member lies in.
func geodatabase(name string) (string, bool) {
	dir := path.Dir(name)
	return dir, strings.EqualFold(path.Ext(dir), ".gdb")
}

var plainName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*$`)

func (r *Reader) addGeodatabase(d *Delivery, gdb string, members []member) error {
	inner := fmt.Sprintf("f%04d", len(d.sources)+1)
	f := ogr.File{Main: inner + ".gdb", Files: make(map[string]string)}
	for _, m := range members {
		if dir, ok := geodatabase(m.name); !ok || dir != gdb {
			continue
		}
		base := path.Base(m.name)
		if !plainName.MatchString(base) {
			return archiveProblem(gdb, errs.Tf("نام نامجاز: %q", "Forbidden name: %q", base))
		}
		f.Files[inner+".gdb/"+base] = m.host
		f.Bytes += m.size
	}
	d.sources = append(d.sources, &gisSource{sandbox: r.Sandbox, name: gdb, inner: inner, file: f})
	return nil
}
