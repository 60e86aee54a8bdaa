package cluster

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

const (
	// homeName is the cluster's home, or a link to it, inside the data folder.
	homeName = "postgres"
	// storeDir takes the homes of data folders that the user postgres may not
	// enter. It is used by root only.
	storeDir = "/var/lib/nsdi"
	// madeForName is the file in such a home that says whose it is.
	madeForName = "made-for"
)

// home is the folder of one cluster, with the account that runs it.
type home struct {
	path string // no links in it
	account
}

func (h home) data() string            { return filepath.Join(h.path, "data") }
func (h home) file(name string) string { return filepath.Join(h.path, name) }

// version is the major version with which the cluster was made, "" when it has
// not been made yet.
func (h home) version() string {
	b, err := os.ReadFile(filepath.Join(h.data(), "PG_VERSION"))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(b))
}

// openHome finds the home of the data folder dir, or makes an empty one.
func openHome(dir string, log io.Writer) (home, error) {
	root := os.Geteuid() == 0
	mode := fs.FileMode(0o700)
	if root {
		mode = 0o755 // PostgreSQL's user must pass through; what is private inside has its own mode
	}
	if err := os.MkdirAll(dir, mode); err != nil {
		return home{}, errFolder(dir, err)
	}
	// Two processes may make the home at once: one waits here.
	d, err := os.Open(dir)
	if err != nil {
		return home{}, errFolder(dir, err)
	}
	defer d.Close()
	if err := syscall.Flock(int(d.Fd()), syscall.LOCK_EX); err != nil {
		return home{}, errFolder(dir, err)
	}
	path, err := filepath.EvalSymlinks(filepath.Join(dir, homeName))
	switch {
	case err == nil:
		return existingHome(path, root)
	case !errors.Is(err, fs.ErrNotExist):
		return home{}, errFolder(dir, err)
	}
	if target, err := os.Readlink(filepath.Join(dir, homeName)); err == nil {
		return home{}, errLinkBroken(filepath.Join(dir, homeName), target)
	}
	if !root {
		return newHome(dir)
	}
	return newRootHome(dir, log)
}

func existingHome(path string, root bool) (home, error) {
	if !root {
		a, err := currentAccount()
		if err != nil {
			return home{}, err
		}
		owner, err := ownerAccount(path)
		if err == nil && owner.uid != a.uid {
			return home{}, errForeign(path, owner.name)
		}
		return home{path, a}, err
	}
	// A home that root has made belongs to root, and the data in it to PostgreSQL's
	// user; a home that an ordinary user has made belongs to that user.
	for _, p := range []string{path, filepath.Join(path, "data")} {
		a, err := ownerAccount(p)
		if err == nil && a.uid != 0 {
			h := home{path, a}
			if !a.canEnter(path) {
				return home{}, errUnreachable(path, a.name)
			}
			return h, nil
		}
	}
	a, err := postgresAccount()
	if err == nil && !a.canEnter(path) {
		err = errUnreachable(path, a.name)
	}
	return home{path, a}, err
}

func newHome(dir string) (home, error) {
	a, err := currentAccount()
	if err != nil {
		return home{}, err
	}
	if err := os.Mkdir(filepath.Join(dir, homeName), 0o700); err != nil {
		return home{}, errFolder(dir, err)
	}
	path, err := filepath.EvalSymlinks(filepath.Join(dir, homeName))
	return home{path, a}, err
}

func newRootHome(dir string, log io.Writer) (home, error) {
	a, err := postgresAccount()
	if err != nil {
		return home{}, err
	}
	path := filepath.Join(dir, homeName)
	if a.canEnter(dir) {
		if err := mkdirMode(path, 0o711); err != nil {
			return home{}, errFolder(dir, err)
		}
		path, err = filepath.EvalSymlinks(path)
		return home{path, a}, err
	}
	if err := mkdirMode(storeDir, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
		return home{}, errFolder(storeDir, err)
	}
	tellOfOldHomes(dir, log)
	if !a.canEnter(storeDir) {
		return home{}, errUnreachable(storeDir, a.name)
	}
	// The name is random: when someone removes the data folder to begin anew, the
	// new one must not come up with the old one's data.
	target, err := os.MkdirTemp(storeDir, filepath.Base(dir)+"-*")
	if err != nil {
		return home{}, errFolder(storeDir, err)
	}
	err = errors.Join(
		os.Chmod(target, 0o711),
		os.WriteFile(filepath.Join(target, madeForName), []byte(dir+"\n"), 0o600),
		os.Symlink(target, path),
	)
	if err != nil {
		return home{}, errors.Join(errFolder(dir, err), os.RemoveAll(target))
	}
	return home{target, a}, nil
}

// tellOfOldHomes names the homes that an earlier data folder of this name has
// left: nothing but a person may decide that their data is not needed any more.
func tellOfOldHomes(dir string, log io.Writer) {
	notes, err := filepath.Glob(filepath.Join(storeDir, "*", madeForName))
	if err != nil {
		return
	}
	for _, note := range notes {
		if b, err := os.ReadFile(note); err == nil && strings.TrimSpace(string(b)) == dir {
			fmt.Fprintf(log, "an earlier database of %s is still in %s; remove it when it is not needed\n", dir, filepath.Dir(note))
		}
	}
}

// mkdirMode makes a folder of exactly this mode, whatever the umask.
func mkdirMode(path string, mode fs.FileMode) error {
	if err := os.Mkdir(path, mode); err != nil {
		return err
	}
	return os.Chmod(path, mode)
}
