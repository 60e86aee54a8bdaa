package cluster

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"nsdi/internal/errs"
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
func openHome(dir string) (home, error) {
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
	return newRootHome(dir)
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

func newRootHome(dir string) (home, error) {
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
	if err := os.MkdirAll(storeDir, 0o755); err != nil {
		return home{}, errFolder(storeDir, err)
	}
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

// mkdirMode makes a folder of exactly this mode, whatever the umask.
func mkdirMode(path string, mode fs.FileMode) error {
	if err := os.Mkdir(path, mode); err != nil {
		return err
	}
	return os.Chmod(path, mode)
}

// Remove deletes a stopped cluster with all its data, and leaves the rest of
// the data folder alone. It fails with code "cluster-running" while it runs.
func Remove(dir string) error {
	link := filepath.Join(dir, homeName)
	path, err := filepath.EvalSymlinks(link)
	if errors.Is(err, fs.ErrNotExist) {
		return os.RemoveAll(link)
	}
	if err != nil {
		return errFolder(dir, err)
	}
	h := home{path: path}
	lock, err := h.lock()
	if err != nil {
		return err
	}
	defer lock.Close()
	if err := os.RemoveAll(path); err != nil {
		return fmt.Errorf("cluster.Remove: %w", err)
	}
	return os.RemoveAll(link)
}

func errFolder(dir string, err error) error {
	return &errs.Error{
		Code:   "cluster-folder",
		Op:     "cluster.Start",
		Title:  errs.T("پوشه داده به کار نمی‌آید", "The data folder cannot be used"),
		Detail: errs.Tf("پوشه: %[1]s", "Folder: %[1]s", dir),
		Next: errs.T("اجازه‌های پوشه را درست کنید، یا NSDI_DATA را به پوشه‌ای ببرید که بتوانید در آن بنویسید.",
			"Correct the folder's permissions, or set NSDI_DATA to a folder in which you may write."),
		Err: err,
	}
}

func errForeign(path, owner string) error {
	return &errs.Error{
		Code:   "cluster-foreign",
		Op:     "cluster.Start",
		Title:  errs.T("این پوشه داده از آن کاربر دیگری است", "This data folder belongs to another user"),
		Detail: errs.Tf("%[1]s از آن %[2]s است.", "%[1]s belongs to %[2]s.", path, owner),
		Next: errs.Tf("nsdi را با کاربر %[1]s اجرا کنید، یا NSDI_DATA را به پوشه دیگری ببرید.",
			"Run nsdi as %[1]s, or set NSDI_DATA to another folder.", owner),
	}
}

func errUnreachable(path, user string) error {
	return &errs.Error{
		Code:   "cluster-unreachable",
		Op:     "cluster.Start",
		Title:  errs.T("کاربر PostgreSQL به پوشه پایگاه راه ندارد", "PostgreSQL's user cannot enter the cluster's folder"),
		Detail: errs.Tf("کاربر %[2]s به %[1]s راه ندارد.", "User %[2]s may not enter %[1]s.", path, user),
		Next: errs.T("به پوشه‌های بالاتر اجازه گذر بدهید (chmod o+x)، یا NSDI_DATA را به پوشه دیگری ببرید.",
			"Let others pass through the folders above it (chmod o+x), or set NSDI_DATA to another folder."),
	}
}

func errLinkBroken(link, target string) error {
	return &errs.Error{
		Code:   "cluster-gone",
		Op:     "cluster.Start",
		Title:  errs.T("پوشه پایگاه داده پیدا نمی‌شود", "The cluster's folder is gone"),
		Detail: errs.Tf("%[1]s به %[2]s اشاره می‌کند که نیست.", "%[1]s points to %[2]s, which is absent.", link, target),
		Next: errs.Tf("آن پوشه را برگردانید، یا %[1]s را پاک کنید تا پایگاهی خالی ساخته شود.",
			"Restore that folder, or remove %[1]s to begin with an empty database.", link),
	}
}
