package reading

import (
	"archive/zip"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"nsdi/internal/errs"
)

// Limits of unpacking.
type Limits struct {
	Entries int   // files in one archive; default 1000
	Bytes   int64 // unpacked bytes of one delivery; default 8 GiB
	Ratio   int64 // unpacked to packed, beyond the first 16 MiB; default 100
}

func (l Limits) withDefaults() Limits {
	if l.Entries <= 0 {
		l.Entries = 1000
	}
	if l.Bytes <= 0 {
		l.Bytes = 8 << 30
	}
	if l.Ratio <= 0 {
		l.Ratio = 100
	}
	return l
}

// freeBytes may be unpacked whatever the ratio: small files of zeros are harmless.
const freeBytes = 16 << 20

// member is one file of a delivery after unpacking.
type member struct {
	name string // as delivered, with its archive before it
	host string // where it is now
	size int64
}

// unpackZip writes the archive's files to dir. Nothing is written outside dir whatever the names say, since names are ours.
func (l Limits) unpackZip(file, host, dir string) ([]member, error) {
	z, err := zip.OpenReader(host)
	if err != nil {
		e := archiveProblem(file, errs.T("پرونده zip خراب است.", "The zip file is damaged."))
		e.Err = err
		return nil, e
	}
	defer z.Close()
	if len(z.File) > l.Entries {
		return nil, archiveProblem(file, errs.Tf("بیش از %d پرونده دارد.", "It holds more than %d files.", l.Entries))
	}
	seen := make(map[string]bool)
	var members []member
	var total int64
	for i, f := range z.File {
		name := decodedName(f.Name)
		if strings.HasSuffix(name, "/") || junk(name) {
			continue
		}
		if err := admit(file, name, f.Mode().IsRegular(), seen); err != nil {
			return nil, err
		}
		r, err := f.Open()
		if err != nil {
			return nil, archiveProblem(file, errs.Tf("%q باز نشد.", "%q cannot be opened.", name))
		}
		target := filepath.Join(dir, fmt.Sprintf("m%04d", i))
		n, err := l.copyOut(target, r, int64(f.CompressedSize64), l.Bytes-total)
		r.Close()
		if err != nil {
			return nil, unpackProblem(file, name, err)
		}
		total += n
		members = append(members, member{name: file + "/" + name, host: target, size: n})
	}
	return members, nil
}

// admit refuses an entry of an archive that no delivery has, and remembers the name.
func admit(file, name string, regular bool, seen map[string]bool) error {
	switch {
	case !filepath.IsLocal(name) || strings.ContainsAny(name, "\\\x00"):
		return archiveProblem(file, errs.Tf("نام نامجاز: %q", "Forbidden name: %q", name))
	case !regular:
		return archiveProblem(file, errs.Tf("پیوند یا پرونده ویژه: %q", "A link or special file: %q", name))
	case seen[strings.ToLower(name)]:
		return archiveProblem(file, errs.Tf("نام تکراری: %q", "The same name twice: %q", name))
	case isArchive(name):
		return archiveProblem(file, errs.Tf("پرونده فشرده تودرتو: %q", "An archive within the archive: %q", name))
	}
	seen[strings.ToLower(name)] = true
	return nil
}

// unpackGzip writes the one file of a gzip stream to dir.
func (l Limits) unpackGzip(file, host, dir string, packed int64) (member, error) {
	in, err := os.Open(host)
	if err != nil {
		return member{}, fmt.Errorf("open %s: %w", file, err)
	}
	defer in.Close()
	r, err := gzip.NewReader(in)
	if err != nil {
		e := archiveProblem(file, errs.T("پرونده gzip خراب است.", "The gzip file is damaged."))
		e.Err = err
		return member{}, e
	}
	target := filepath.Join(dir, "gz")
	n, err := l.copyOut(target, r, packed, l.Bytes)
	if err != nil {
		return member{}, unpackProblem(file, file, err)
	}
	return member{name: file[:len(file)-len(".gz")], host: target, size: n}, nil
}

var errTooBig = errors.New("unpacked size over the limit")

// copyOut unpacks one stream, and stops as soon as it is larger than the quota or the ratio allow, whatever its header claims.
func (l Limits) copyOut(target string, r io.Reader, packed, quota int64) (int64, error) {
	limit := min(quota, freeBytes+packed*l.Ratio)
	out, err := os.OpenFile(target, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return 0, fmt.Errorf("unpack: %w", err)
	}
	n, err := io.Copy(out, io.LimitReader(r, limit+1))
	if err == nil && n > limit {
		err = errTooBig
	}
	if cerr := out.Close(); err == nil {
		err = cerr
	}
	return n, err
}

func unpackProblem(file, name string, err error) error {
	var pathErr *os.PathError
	switch {
	case errors.Is(err, errTooBig):
		return archiveProblem(file, errs.Tf("%q پس از باز شدن بیش از اندازه مجاز است.", "%q is larger than allowed once unpacked.", name))
	case errors.As(err, &pathErr): // our disk, not their file
		return fmt.Errorf("unpack %s: %w", file, err)
	default:
		e := archiveProblem(file, errs.Tf("%q خراب است.", "%q is damaged.", name))
		e.Err = err
		return e
	}
}

// decodedName reads a name that is not UTF-8 from windows-1256, as archives made on Persian Windows have it.
func decodedName(name string) string {
	if utf8.ValidString(name) {
		return name
	}
	if s, err := charmap.Windows1256.NewDecoder().String(name); err == nil {
		return s
	}
	return strings.ToValidUTF8(name, "_")
}

// junk tells the files that operating systems add to archives.
func junk(name string) bool {
	base := path.Base(name)
	return strings.HasPrefix(name, "__MACOSX/") || base == ".DS_Store" || base == "Thumbs.db" || base == "desktop.ini"
}

func isArchive(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".zip", ".kmz", ".gz", ".tgz", ".tar", ".bz2", ".tbz2", ".xz", ".7z", ".rar":
		return true
	}
	return false
}
