package reading

import (
	"path"
	"strings"

	"nsdi/internal/errs"
	"nsdi/internal/ogr"
)

// edigeoPart answers whether a name is that of a file of EDIGEO besides the one that names them all.
func edigeoPart(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".vec", ".dic", ".gen", ".geo", ".qal", ".scd":
		return true
	}
	return false
}

// ofEDIGEO answers whether a file is a part of one that lies in the same folder.
func ofEDIGEO(m member, members []member) bool {
	if !edigeoPart(m.name) {
		return false
	}
	for _, other := range members {
		if formatOf(other.name) == edigeo && path.Dir(other.name) == path.Dir(m.name) {
			return true
		}
	}
	return false
}

// addEDIGEO adds an exchange with all files of its folder, under their own names: it calls them by these.
func (r *Reader) addEDIGEO(d *Delivery, main member, members []member) error {
	head, err := headOf(main.host, 4096)
	if err != nil || !magicFits(".thf", head) {
		return mismatch(main.name, ".thf")
	}
	inner := "f" + strings.ToLower(strings.TrimSuffix(path.Base(main.name), path.Ext(main.name)))
	f := ogr.File{Main: path.Join(inner, path.Base(main.name)), Files: make(map[string]string)}
	parts := 0
	for _, m := range members {
		if m != main && (!edigeoPart(m.name) || path.Dir(m.name) != path.Dir(main.name)) {
			continue
		}
		base := path.Base(m.name)
		if !plainName.MatchString(base) {
			return archiveProblem(main.name, errs.Tf("نام نامجاز: %q", "Forbidden name: %q", base))
		}
		f.Files[path.Join(inner, base)] = m.host
		f.Bytes += m.size
		parts++
	}
	if parts == 1 {
		return refusal("file-incomplete", main.name, errs.T("پرونده‌های همراه EDIGEO نیست", "The files that belong to the EDIGEO exchange are missing"),
			errs.T("همه پرونده‌های برگ را با هم در یک ‎.tar.bz2‎ یا ‎.zip‎ بفرستید.", "Deliver all files of the sheet in one .tar.bz2 or .zip."))
	}
	d.sources = append(d.sources, &gisSource{sandbox: r.Sandbox, name: main.name, inner: inner, file: f})
	return nil
}
