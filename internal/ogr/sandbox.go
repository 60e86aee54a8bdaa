package ogr

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"nsdi/internal/errs"
)

// Drivers that may read a delivery. Formats that can open other files (VRT, PDF, WFS …) are not among them. PGDUMP only writes.
var allowed = []string{
	"GPKG", "ESRI Shapefile", "GeoJSON", "GeoJSONSeq", "FlatGeobuf", "KML", "LIBKML", "GML", "DXF", "DGN", "CSV", "XLSX", "OpenFileGDB", "EDIGEO", "VFK", "LVBAG", "PGDUMP",
}

// Limits of one reading process.
type Limits struct {
	Memory  int64         // bytes of private memory; default 512 MiB
	Output  int64         // bytes that it may write to any one file; it needs none but small caches. Default 64 MiB
	Least   time.Duration // wall time for the smallest file; default 25 s
	PerByte time.Duration // wall time added for each byte of input; default 1 µs, that is one second a megabyte
}

// Sandbox starts GDAL's programs. It is safe for concurrent use.
type Sandbox struct {
	limits Limits
	skip   string // GDAL_SKIP: the drivers that are switched off
	// cpuSeconds is a last resort, far above what the wall time lets a process use.
	cpuSeconds int
	// Version is what ogr2ogr says of itself.
	Version string
	filter  []byte // of system calls
	peak    atomic.Int64
}

// NewSandbox finds the programs and proves that only the drivers of the allow-list stay enabled. Errors are *errs.Error with code gdal-missing,
// sandbox-missing or sandbox-unsafe.
func NewSandbox(ctx context.Context, limits Limits) (*Sandbox, error) {
	limits.Memory = positive(limits.Memory, 512<<20)
	limits.Output = positive(limits.Output, 64<<20)
	limits.Least = positive(limits.Least, 25*time.Second)
	limits.PerByte = positive(limits.PerByte, time.Microsecond)
	for _, p := range []struct{ program, code, pkg string }{
		{"ogr2ogr", "gdal-missing", "gdal-bin"}, {"ogrinfo", "gdal-missing", "gdal-bin"}, {"bwrap", "sandbox-missing", "bubblewrap"}, {"prlimit", "sandbox-missing", "util-linux"},
	} {
		if _, err := exec.LookPath(p.program); err != nil {
			return nil, &errs.Error{
				Code: p.code, Status: 503, Op: "ogr.NewSandbox", Err: err,
				Title: errs.T("برنامه لازم برای خواندن پرونده‌ها نصب نیست", "A program that reads deliveries is not installed"),
				Next:  errs.Tf("بسته %s را نصب کنید.", "Install the package %s.", p.pkg),
			}
		}
	}
	s := &Sandbox{limits: limits, cpuSeconds: 4 * 3600}
	var err error
	if s.filter, err = filterProgram(); err != nil {
		return nil, unsafe(err)
	}
	all, err := s.drivers(ctx)
	if err != nil {
		return nil, unsafe(err)
	}
	s.skip = strings.Join(slices.DeleteFunc(all, func(d string) bool { return slices.Contains(allowed, d) }), ",")
	left, err := s.drivers(ctx)
	if err != nil {
		return nil, unsafe(err)
	}
	for _, d := range left {
		if !slices.Contains(allowed, d) {
			return nil, unsafe(fmt.Errorf("driver %q cannot be switched off", d))
		}
	}
	s.Version, err = s.output(ctx, "ogr2ogr", "--version")
	if err != nil {
		return nil, unsafe(err)
	}
	s.Version = strings.TrimSpace(s.Version)
	return s, nil
}

func positive[T int64 | time.Duration](v, fallback T) T {
	if v > 0 {
		return v
	}
	return fallback
}

func unsafe(err error) error {
	return &errs.Error{
		Code: "sandbox-unsafe", Status: 503, Op: "ogr.NewSandbox", Err: err,
		Title: errs.T("محیط ایزوله خواندن پرونده‌ها کار نمی‌کند؛ هیچ پرونده‌ای خوانده نمی‌شود", "The sandbox for reading deliveries does not work; no file is read"),
		Next:  errs.T("فضای نام کاربری (user namespaces) هسته و بسته‌های bubblewrap و gdal-bin را بررسی کنید.", "Check that the kernel allows user namespaces and that bubblewrap and gdal-bin are whole."),
	}
}

// driverLine reads "  ESRI Shapefile -vector- (rw+v): ESRI Shapefile"; what follows the colon may hold dashes and brackets too.
var driverLine = regexp.MustCompile(`^  (.+?) -[a-z, -]+- \([^)]*\):`)

// drivers lists the vector drivers that are enabled inside the sandbox.
func (s *Sandbox) drivers(ctx context.Context) ([]string, error) {
	out, err := s.output(ctx, "ogrinfo", "--formats")
	if err != nil {
		return nil, err
	}
	var names []string
	for line := range strings.Lines(out) {
		if !strings.HasPrefix(line, "  ") {
			continue
		}
		m := driverLine.FindStringSubmatch(line)
		if m == nil { // a driver that is not understood cannot be switched off
			return nil, fmt.Errorf("ogrinfo lists a driver in an unknown form: %q", line)
		}
		names = append(names, m[1])
	}
	if len(names) == 0 {
		return nil, errors.New("ogrinfo names no drivers")
	}
	return names, nil
}

func (s *Sandbox) output(ctx context.Context, program string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, s.limits.Least)
	defer cancel()
	var stderr complaints
	cmd := s.command(ctx, nil, program, args...)
	var out bytes.Buffer
	cmd.Stderr, cmd.Stdout = &stderr, &out
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("%s: %w: %s", program, err, stderr.String())
	}
	return out.String(), nil
}

// inside is the folder in which the sandbox shows the delivered files.
const inside = "/in"

// command makes the process: bubblewrap → prlimit → GDAL's program. Files maps names inside the sandbox to paths outside.
func (s *Sandbox) command(ctx context.Context, files map[string]string, program string, args ...string) *process {
	size := strconv.FormatInt(4*s.limits.Output, 10) // of each folder that it may write to
	argv := []string{
		"--unshare-all", "--unshare-user", "--uid", "65534", "--gid", "65534", "--die-with-parent", "--new-session", "--cap-drop", "ALL", "--clearenv", "--seccomp", filterAt,
		"--setenv", "PATH", "/usr/bin", "--setenv", "LC_ALL", "C.UTF-8",
		"--setenv", "GDAL_SKIP", s.skip,
		"--setenv", "GDAL_DATA", "/usr/share/gdal", "--setenv", "PROJ_NETWORK", "OFF", "--setenv", "CPL_VSIL_CURL_ALLOWED_EXTENSIONS", ".none",
		"--setenv", "GDAL_DISABLE_READDIR_ON_OPEN", "FALSE", "--setenv", "GDAL_CACHEMAX", "32", "--setenv", "GML_SKIP_CORRUPTED_FEATURES", "YES",
		"--setenv", "CPL_TMPDIR", "/tmp", "--setenv", "OGR_GEOJSON_MAX_OBJ_SIZE", "100", "--setenv", "PG_USE_COPY", "YES", "--setenv", "OGR_GEOMETRY_ACCEPT_UNCLOSED_RING", "NO",
		"--ro-bind", "/usr", "/usr", "--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64", "/lib64", "--symlink", "usr/bin", "/bin",
		"--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache", "--ro-bind-try", "/etc/alternatives", "/etc/alternatives",
		"--proc", "/proc", "--dev", "/dev", "--size", size, "--tmpfs", "/tmp", "--size", size, "--tmpfs", inside,
	}
	for name, host := range files {
		argv = append(argv, "--ro-bind", host, path.Join(inside, name))
	}
	argv = append(argv, "--chdir", inside, "--",
		"prlimit", "--data="+strconv.FormatInt(s.limits.Memory, 10), "--as="+strconv.FormatInt(4*s.limits.Memory, 10),
		"--fsize="+strconv.FormatInt(s.limits.Output, 10), "--nofile=256", "--core=0", "--cpu="+strconv.Itoa(s.cpuSeconds), program)
	cmd := exec.CommandContext(ctx, "bwrap", append(argv, args...)...)
	cmd.Env = []string{"PATH=/usr/bin:/bin"}
	cmd.WaitDelay = 5 * time.Second
	killWhole(cmd)
	return &process{cmd, s.filter}
}
