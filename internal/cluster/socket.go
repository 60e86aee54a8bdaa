package cluster

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

const (
	socketName   = "socket"
	socketPrefix = "nsdi-"
	// socketFile is what PostgreSQL makes in the folder; with the folder's short
	// name the path stays far below the 107 bytes that a socket's path may have.
	socketFile = ".s.PGSQL.5432"
)

// socketParents are where the socket's folder may go. The data folder's own
// path may be too long.
func socketParents() []string {
	if os.Geteuid() == 0 {
		return []string{"/run", "/tmp"}
	}
	return []string{"/tmp"}
}

// makeSocketDir makes a fresh folder that only the account may enter. The name
// is random, so nobody can have put something in its place before.
func (h home) makeSocketDir() (string, error) {
	if old, err := h.readSocket(); err == nil {
		if err := h.removeSocketDir(old); err != nil {
			return "", err
		}
	}
	var failed []error
	for _, parent := range socketParents() {
		dir, err := os.MkdirTemp(parent, socketPrefix)
		if err != nil {
			failed = append(failed, err)
			continue
		}
		err = errors.Join(h.give(dir), h.write(socketName, dir+"\n"))
		if err != nil {
			return "", errors.Join(fmt.Errorf("cluster: socket folder: %w", err), os.Remove(dir))
		}
		return dir, nil
	}
	return "", fmt.Errorf("cluster: socket folder: %w", errors.Join(failed...))
}

// readSocket returns the socket's folder of the last start.
func (h home) readSocket() (string, error) {
	b, err := os.ReadFile(h.file(socketName))
	return strings.TrimSpace(string(b)), err
}

// removeSocketDir removes what a start has made, and nothing else: the name is
// checked because it was read from a file.
func (h home) removeSocketDir(dir string) error {
	if !strings.HasPrefix(filepath.Base(dir), socketPrefix) || filepath.Dir(filepath.Clean(dir)) == "/" {
		return nil
	}
	info, err := os.Lstat(dir)
	if err != nil || !info.IsDir() || int(info.Sys().(*syscall.Stat_t).Uid) != h.uid {
		// Gone with a reboot, and the name perhaps taken by someone else.
		return nil
	}
	for _, name := range []string{socketFile, socketFile + ".lock"} {
		if err := os.Remove(filepath.Join(dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("cluster: old socket: %w", err)
		}
	}
	if err := os.Remove(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("cluster: old socket folder: %w", err)
	}
	return nil
}
