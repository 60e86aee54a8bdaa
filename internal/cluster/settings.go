package cluster

import (
	"fmt"
	"os"
	"os/user"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"nsdi/internal/pg"
)

const (
	settingsName = "nsdi.conf"
	localName    = "local.conf"
	hbaName      = "pg_hba.conf"
	identName    = "pg_ident.conf"
)

const mib = 1 << 20

// setting is one line of PostgreSQL's configuration.
type setting struct{ name, value string }

// settings fit the cluster to this machine.
func (h home) settings(socket string, durable bool, memory, sharedMemory uint64) []setting {
	out := []setting{
		{"listen_addresses", ""},
		{"port", "5432"},
		{"unix_socket_directories", socket},
		{"unix_socket_permissions", "0700"},
		{"hba_file", h.file(hbaName)},
		{"ident_file", h.file(identName)},
		{"external_pid_file", ""},
		{"timezone", "UTC"},
		{"log_timezone", "UTC"},
		// One file a weekday, a week long, without a rotation service.
		{"logging_collector", "on"},
		{"log_directory", h.file(logName)},
		{"log_filename", "postgresql-%a.log"},
		{"log_rotation_age", "1d"},
		{"log_rotation_size", "0"},
		{"log_truncate_on_rotation", "on"},
		{"log_line_prefix", "%m [%p] %q%a@%d "},
		{"cluster_name", "nsdi"},
		{"shared_buffers", megabytes(clamp(memory/4, 128*mib, 2048*mib))},
		{"effective_cache_size", megabytes(max(memory/2, 256*mib))},
		{"maintenance_work_mem", megabytes(clamp(memory/16, 64*mib, 512*mib))},
		{"work_mem", megabytes(clamp(memory/256, 8*mib, 64*mib))},
		{"checkpoint_timeout", "15min"},
		// A publication writes more in a second than the disk confirms: with PostgreSQL's own 16 MB it would wait for every flush.
		{"wal_buffers", megabytes(clamp(memory/64, 16*mib, 128*mib))},
		{"wal_writer_flush_after", "8MB"},
		// Data folders are on solid-state disks or in the cache.
		{"random_page_cost", "1.1"},
		{"effective_io_concurrency", "64"},
		// Compiling a query costs more than our short queries take.
		{"jit", "off"},
	}
	if sharedMemory < 256*mib {
		// Containers often have a /dev/shm too small for parallel queries.
		out = append(out, setting{"dynamic_shared_memory_type", "mmap"})
	}
	if durable {
		return append(out,
			// Files of the log are kept to be written again: a new one is filled with zeros and flushed first, and for these 20 to 130 ms no commit is. By
			// PostgreSQL's own 80 MB the log of the daily delivery would meet new ones after each quiet night.
			setting{"max_wal_size", "4GB"}, setting{"min_wal_size", "1GB"},
			setting{"fsync", "on"}, setting{"full_page_writes", "on"}, setting{"synchronous_commit", "on"})
	}
	return append(out,
		setting{"max_wal_size", "1GB"},
		setting{"fsync", "off"}, setting{"full_page_writes", "off"}, setting{"synchronous_commit", "off"},
		setting{"wal_level", "minimal"}, setting{"max_wal_senders", "0"},
		setting{"shared_preload_libraries", "postgis-3"}, // loading it takes 10 ms, and the connections of tests are short
		setting{"max_connections", "400"})                // tests of several packages at once have a pool each, or several
}

// writeSettings writes what PostgreSQL reads at start: initdb's file comes
// first, ours over it, the operator's over both.
func (h home) writeSettings(socket string, durable bool) error {
	var b strings.Builder
	b.WriteString("# Written anew by nsdi at each start. Your own settings belong in " + localName + " beside this file.\n")
	fmt.Fprintf(&b, "include %s\n", quote(h.data()+"/postgresql.conf"))
	for _, s := range h.settings(socket, durable, machineMemory(), freeSpace("/dev/shm")) {
		fmt.Fprintf(&b, "%s = %s\n", s.name, quote(s.value))
	}
	fmt.Fprintf(&b, "include_if_exists %s\n", quote(h.file(localName)))
	if err := h.write(settingsName, b.String()); err != nil {
		return err
	}
	if err := h.write(hbaName, "# Written anew by nsdi at each start.\nlocal all "+strings.Join(logins(), ",")+" peer map=nsdi\n"); err != nil {
		return err
	}
	b.Reset()
	b.WriteString("# Written anew by nsdi at each start: who runs nsdi, and who runs PostgreSQL.\n")
	for _, name := range h.peers() {
		for _, role := range logins() {
			fmt.Fprintf(&b, "nsdi \"%s\" %s\n", name, role)
		}
	}
	if err := h.write(identName, b.String()); err != nil {
		return err
	}
	return h.makeLogDir()
}

// logins are the roles that may connect.
func logins() []string { return []string{superuser, roleName, pg.ApplicationRole} }

// peers are the system users who may connect.
func (h home) peers() []string {
	names := []string{h.name}
	if u, err := user.Current(); err == nil {
		names = append(names, u.Username)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// write replaces a file of the home as a whole, readable for PostgreSQL's user only.
// The file is new each time, so a link put in its place is not followed.
func (h home) write(name, text string) error {
	f, err := os.CreateTemp(h.path, name+".new-*")
	if err != nil {
		return errFolder(h.path, err)
	}
	defer os.Remove(f.Name())
	_, err = f.WriteString(text)
	if err == nil {
		err = h.give(f.Name())
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(f.Name(), h.file(name))
	}
	if err != nil {
		return errFolder(h.path, err)
	}
	return nil
}

// quote writes a value as PostgreSQL's configuration files want it.
func quote(v string) string { return "'" + strings.ReplaceAll(v, "'", "''") + "'" }

func megabytes(n uint64) string { return strconv.FormatUint(n/mib, 10) + "MB" }

func clamp(n, low, high uint64) uint64 { return min(max(n, low), high) }

// machineMemory is the memory in bytes that this machine, or the container that
// nsdi runs in, has; 1 GiB when it cannot be known.
func machineMemory() uint64 {
	memory := uint64(1024 * mib)
	var info syscall.Sysinfo_t
	if err := syscall.Sysinfo(&info); err == nil {
		memory = uint64(info.Totalram) * uint64(info.Unit)
	}
	if b, err := os.ReadFile("/sys/fs/cgroup/memory.max"); err == nil {
		if limit, err := strconv.ParseUint(strings.TrimSpace(string(b)), 10, 64); err == nil {
			memory = min(memory, limit)
		}
	}
	return memory
}

// freeSpace is the room in bytes that a file system has left, 0 when it is absent.
func freeSpace(path string) uint64 {
	var s syscall.Statfs_t
	if err := syscall.Statfs(path, &s); err != nil {
		return 0
	}
	return s.Bavail * uint64(s.Bsize)
}
