package cluster

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"nsdi/internal/errs"
	"nsdi/internal/pg"
)

// System says where PostgreSQL's versions are installed. Each field holds
// folders named after a major version.
type System struct {
	// Programs holds <major>/bin. Defaults to /usr/lib/postgresql.
	Programs string
	// Shared holds <major>/extension. Defaults to /usr/share/postgresql.
	Shared string
}

// installation is one version of PostgreSQL on this machine.
type installation struct {
	major   int
	bin     string
	postgis bool
}

func (s System) withDefaults() System {
	if s.Programs == "" {
		s.Programs = "/usr/lib/postgresql"
	}
	if s.Shared == "" {
		s.Shared = "/usr/share/postgresql"
	}
	return s
}

// installations lists the server versions that nsdi can use, newest first.
func (s System) installations() []installation {
	var found []installation
	for major := pg.MaxPostgres; major >= pg.MinPostgres; major-- {
		v := strconv.Itoa(major)
		bin := filepath.Join(s.Programs, v, "bin")
		if !isFile(filepath.Join(bin, "postgres")) || !isFile(filepath.Join(bin, "initdb")) {
			continue
		}
		control := filepath.Join(s.Shared, v, "extension", "postgis.control")
		found = append(found, installation{major, bin, isFile(control)})
	}
	return found
}

// choose returns the installation for a cluster of version made ("" for a new
// one): the same version, or the newest with PostGIS.
func (s System) choose(made string) (installation, error) {
	found := s.installations()
	if made != "" {
		i := slices.IndexFunc(found, func(in installation) bool { return strconv.Itoa(in.major) == made })
		if i >= 0 && found[i].postgis {
			return found[i], nil
		}
		return installation{}, errVersionGone(made, found)
	}
	for _, in := range found {
		if in.postgis {
			return in, nil
		}
	}
	return installation{}, errNotInstalled(s, found)
}

func errVersionGone(made string, found []installation) error {
	return &errs.Error{
		Code:  "cluster-version-missing",
		Op:    "cluster.Start",
		Title: errs.T("نسخه PostgreSQL این پوشه داده نصب نیست", "The PostgreSQL version of this data folder is not installed"),
		Detail: errs.Tf("این پوشه با PostgreSQL %[1]s ساخته شده است؛ روی این دستگاه: %[2]s.",
			"The folder was made with PostgreSQL %[1]s; this machine has: %[2]s.", made, listInstallations(found)),
		Next: errs.Tf("بسته postgresql-%[1]s-postgis-3 را نصب کنید، یا NSDI_DATA را به پوشه‌ای تازه ببرید.",
			"Install the package postgresql-%[1]s-postgis-3, or set NSDI_DATA to a new folder.", made),
	}
}

func errNotInstalled(s System, found []installation) error {
	e := &errs.Error{
		Code:  "cluster-postgres-missing",
		Op:    "cluster.Start",
		Title: errs.T("PostgreSQL با PostGIS روی این دستگاه نیست", "PostgreSQL with PostGIS is not on this machine"),
		Detail: errs.Tf("در %[1]s دنبال PostgreSQL %[2]d تا %[3]d با PostGIS گشتیم؛ یافت شد: %[4]s.",
			"Looked in %[1]s for PostgreSQL %[2]d to %[3]d with PostGIS; found: %[4]s.",
			s.Programs, pg.MinPostgres, pg.MaxPostgres, listInstallations(found)),
	}
	if len(found) > 0 {
		e.Next = errs.Tf("نصب کنید: sudo apt-get install postgresql-%[1]s-postgis-3",
			"Install it: sudo apt-get install postgresql-%[1]s-postgis-3", strconv.Itoa(found[0].major))
		return e
	}
	e.Next = errs.T(
		"scripts/install-debian.sh را اجرا کنید، یا نشانی سرور دیگری را در DATABASE_URL بگذارید.",
		"Run scripts/install-debian.sh, or set DATABASE_URL to another server.",
	)
	return e
}

func listInstallations(found []installation) string {
	if len(found) == 0 {
		return "–"
	}
	var names []string
	for _, in := range found {
		name := fmt.Sprintf("PostgreSQL %d", in.major)
		if !in.postgis {
			name += " (no PostGIS)"
		}
		names = append(names, name)
	}
	return strings.Join(names, ", ")
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}
