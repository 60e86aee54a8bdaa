package cluster

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Remove deletes a stopped cluster with all its data, and leaves the rest of
// the data folder alone. It fails with code "cluster-running" while it runs.
func Remove(dir string) error {
	link := filepath.Join(dir, homeName)
	path, err := filepath.EvalSymlinks(link)
	if errors.Is(err, fs.ErrNotExist) {
		return os.RemoveAll(link) // a link to nothing
	}
	if err != nil {
		return errFolder(dir, err)
	}
	h := home{path: path}
	if owner, err := ownerAccount(h.data()); err == nil {
		h.account = owner
	}
	lock, err := h.lock()
	if err != nil {
		return err
	}
	defer unlock(lock) //nolint:errcheck // the lock goes with the process at the latest
	if err := h.clearDead(context.Background(), io.Discard); err != nil {
		return err
	}
	if socket, err := h.readSocket(); err == nil {
		if err := h.removeSocketDir(socket); err != nil {
			return err
		}
	}
	if err := os.RemoveAll(path); err != nil {
		return fmt.Errorf("cluster.Remove: %w", err)
	}
	return os.RemoveAll(link)
}
