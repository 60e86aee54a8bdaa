package cluster

import (
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"strconv"
	"syscall"

	"nsdi/internal/errs"
)

// account is the system user as whom PostgreSQL runs.
type account struct {
	name     string
	uid, gid int
	// other is set when this is not the user who runs nsdi, which then is root.
	other bool
}

// currentAccount is the account of an ordinary user's cluster.
func currentAccount() (account, error) {
	u, err := user.Current()
	if err != nil {
		return account{}, fmt.Errorf("cluster: who runs this process: %w", err)
	}
	return account{name: u.Username, uid: os.Geteuid(), gid: os.Getegid()}, nil
}

// postgresAccount is the account that Debian's packages make.
func postgresAccount() (account, error) {
	u, err := user.Lookup("postgres")
	if err != nil {
		return account{}, &errs.Error{
			Code:   "cluster-no-account",
			Op:     "cluster.Start",
			Title:  errs.T("کاربر postgres روی این دستگاه نیست", "There is no user postgres on this machine"),
			Detail: errs.T("PostgreSQL با کاربر root اجرا نمی‌شود.", "PostgreSQL does not run as root."),
			Next: errs.T("scripts/install-debian.sh را اجرا کنید، یا nsdi را با کاربری جز root اجرا کنید.",
				"Run scripts/install-debian.sh, or run nsdi as another user than root."),
			Err: err,
		}
	}
	return toAccount(u)
}

// ownerAccount is the account of a cluster that exists: whoever owns path.
func ownerAccount(path string) (account, error) {
	info, err := os.Stat(path)
	if err != nil {
		return account{}, err
	}
	uid := info.Sys().(*syscall.Stat_t).Uid
	u, err := user.LookupId(strconv.Itoa(int(uid)))
	if err != nil {
		return account{}, fmt.Errorf("cluster: owner of %s: %w", path, err)
	}
	return toAccount(u)
}

func toAccount(u *user.User) (account, error) {
	uid, err := strconv.Atoi(u.Uid)
	if err != nil {
		return account{}, fmt.Errorf("cluster: user %s: %w", u.Username, err)
	}
	gid, err := strconv.Atoi(u.Gid)
	if err != nil {
		return account{}, fmt.Errorf("cluster: user %s: %w", u.Username, err)
	}
	return account{name: u.Username, uid: uid, gid: gid, other: uid != os.Geteuid()}, nil
}

// give makes path belong to the account.
func (a account) give(path string) error {
	if !a.other {
		return nil
	}
	return os.Lchown(path, a.uid, a.gid)
}

// command prepares a program to run as the account, in a session of its own so
// that the terminal's Ctrl-C does not reach it, with an environment that holds
// nothing of the caller's: PGDATA, PGHOST and others would be obeyed.
func (a account) command(dir, program string, args ...string) *exec.Cmd {
	cmd := exec.Command(program, args...)
	cmd.Dir = dir
	cmd.Env = []string{"PATH=/usr/bin:/bin", "LC_ALL=" + locale, "TZ=UTC", "HOME=" + dir}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if a.other {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(a.uid), Gid: uint32(a.gid)}
	}
	return cmd
}

// canEnter reports whether the account can enter the folder at path: a trial,
// because access lists and mounts say more than the mode bits.
func (a account) canEnter(path string) bool {
	if !a.other {
		return true
	}
	return a.command("/", "/usr/bin/test", "-x", path).Run() == nil
}
