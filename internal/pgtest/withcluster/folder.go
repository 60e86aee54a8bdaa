package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"nsdi/internal/cluster"
	"nsdi/internal/errs"
)

const (
	dirPrefix = "nsdi-withcluster-"
	onDisk    = "/tmp"
	inMemory  = "/dev/shm"
	// enough memory for the databases of a whole test run beside the tests themselves.
	enough = 6 << 30
)

// parent is the folder for throw-away clusters: memory where there is plenty,
// because there a database is cloned ten times as fast. A durable one lies on the disk.
func parent(durable bool) string {
	var space syscall.Statfs_t
	if durable || syscall.Statfs(inMemory, &space) != nil {
		return onDisk
	}
	if min(availableMemory(), space.Bavail*uint64(space.Bsize)) < enough {
		return onDisk
	}
	return inMemory
}

// availableMemory in bytes, with what the kernel would give up from its caches;
// 0 when it cannot be known.
func availableMemory() uint64 {
	b, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(b), "MemAvailable:")
	var kibibytes uint64
	if _, err := fmt.Sscan(rest, &kibibytes); err != nil {
		return 0
	}
	return kibibytes << 10
}

func remove(dir string) error {
	if err := cluster.Remove(dir); err != nil {
		return err
	}
	return os.RemoveAll(dir)
}

// removeLeft removes what runs that were killed outright have left. A cluster
// that still runs is locked, so Remove refuses it; one that is being made is
// not a minute old.
func removeLeft() {
	var dirs []string
	for _, parent := range []string{onDisk, inMemory} {
		found, err := filepath.Glob(filepath.Join(parent, dirPrefix+"*"))
		if err == nil {
			dirs = append(dirs, found...)
		}
	}
	for _, dir := range dirs {
		info, err := os.Lstat(dir)
		if err != nil || !info.IsDir() || time.Since(info.ModTime()) < time.Minute ||
			int(info.Sys().(*syscall.Stat_t).Uid) != os.Geteuid() {
			continue
		}
		if err := remove(dir); err != nil && errs.Code(err) != "cluster-running" {
			fmt.Fprintf(os.Stderr, "withcluster: cannot remove %s: %v\n", dir, err)
		}
	}
}
