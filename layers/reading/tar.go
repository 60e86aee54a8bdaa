package reading

import (
	"archive/tar"
	"compress/bzip2"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"nsdi/internal/errs"
)

// tarPacking tells how a tar file is packed; "" for one that is not, and false for what is no tar file.
func tarPacking(name string) (packing string, ok bool) {
	lower := strings.ToLower(name)
	for ending, packing := range map[string]string{".tar": "", ".tar.gz": "gzip", ".tgz": "gzip", ".tar.bz2": "bzip2", ".tbz2": "bzip2"} {
		if strings.HasSuffix(lower, ending) {
			return packing, true
		}
	}
	return "", false
}

// unpackTar writes the archive's files to dir, under the same rules as those of a zip. A tar is packed as a whole, so the ratio is that of the whole.
func (l Limits) unpackTar(file, host, dir string, packed int64) ([]member, error) {
	in, err := os.Open(host)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", file, err)
	}
	defer in.Close()
	var plain io.Reader = in
	switch packing, _ := tarPacking(file); packing {
	case "gzip":
		if plain, err = gzip.NewReader(in); err != nil {
			return nil, damagedTar(file, err)
		}
	case "bzip2":
		plain = bzip2.NewReader(in)
	}
	// What stands between the files counts too, or an archive of nothing but headers would go on for ever.
	source := &quota{r: plain, left: min(l.Bytes, freeBytes+packed*l.Ratio) + int64(l.Entries)*tarOverhead}
	t := tar.NewReader(source)
	seen := make(map[string]bool)
	var members []member
	var total int64
	for {
		h, err := t.Next()
		switch {
		case errors.Is(err, io.EOF):
			return members, nil
		case errors.Is(err, errTooBig):
			return nil, unpackProblem(file, file, err)
		case err != nil:
			return nil, damagedTar(file, err)
		}
		name := decodedName(h.Name)
		if h.Typeflag == tar.TypeXGlobalHeader || h.Typeflag == tar.TypeDir {
			continue
		}
		if junk(name) {
			continue
		}
		if err := admit(file, name, h.FileInfo().Mode().IsRegular() && h.Typeflag == tar.TypeReg, seen); err != nil {
			return nil, err
		}
		if len(seen) > l.Entries {
			return nil, archiveProblem(file, errs.Tf("بیش از %d پرونده دارد.", "It holds more than %d files.", l.Entries))
		}
		target := filepath.Join(dir, fmt.Sprintf("m%04d", len(seen)))
		n, err := l.copyOut(target, t, packed, l.Bytes-total)
		if err != nil {
			return nil, unpackProblem(file, name, err)
		}
		total += n
		members = append(members, member{name: file + "/" + name, host: target, size: n})
	}
}

// tarOverhead is what a file takes in a tar besides its content: header, long name and filling.
const tarOverhead = 4096

func damagedTar(file string, err error) error {
	e := archiveProblem(file, errs.T("پرونده tar خراب است.", "The tar file is damaged."))
	e.Err = err
	return e
}

// quota breaks off a stream that becomes too long.
type quota struct {
	r    io.Reader
	left int64
}

func (q *quota) Read(p []byte) (int, error) {
	n, err := q.r.Read(p)
	if q.left -= int64(n); q.left < 0 {
		return 0, errTooBig
	}
	return n, err
}
