package cluster

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"syscall"

	"nsdi/internal/errs"
)

// locale is in every glibc since 2.35 and in Debian's before that. It sorts by
// code point, so an upgrade of the system never breaks an index, and it knows the
// Persian letters, which the locale "C" does not.
const locale = "C.UTF-8"

// initdb makes the cluster. It becomes visible under its own name only when it is whole:
// a run that is killed half way leaves a folder that the next run removes.
func (h home) initdb(ctx context.Context, in installation, durable bool) error {
	half := h.halfMade()
	if err := os.RemoveAll(half); err != nil {
		return errFolder(h.path, err)
	}
	if err := os.Mkdir(half, 0o700); err != nil {
		return errFolder(h.path, err)
	}
	if err := h.give(half); err != nil {
		return errFolder(h.path, err)
	}
	args := []string{
		"--pgdata=" + half,
		"--username=" + superuser,
		"--encoding=UTF8",
		"--locale=" + locale,
		"--auth-local=peer",
		"--auth-host=reject",
		"--no-instructions",
	}
	if durable {
		args = append(args, "--data-checksums")
	} else {
		args = append(args, "--no-sync")
	}
	log, err := h.openStartLog()
	if err != nil {
		return err
	}
	defer log.Close()
	cmd := h.command(h.path, filepath.Join(in.bin, "initdb"), args...)
	cmd.Stdout, cmd.Stderr = log, log
	p, err := launch(cmd, syscall.SIGKILL)
	if err != nil {
		return fmt.Errorf("cluster: running initdb: %w", err)
	}
	select {
	case <-p.done:
	case <-ctx.Done():
		p.signal(syscall.SIGKILL)
		<-p.done
		return ctx.Err()
	}
	if p.err != nil {
		return h.errStart("initdb", p.err)
	}
	if err := os.Rename(half, h.data()); err != nil {
		return errFolder(h.path, err)
	}
	return nil
}

func (h home) halfMade() string { return h.file("data.new") }

// errStart carries the end of what the program said, because that is what names
// the reason.
func (h home) errStart(program string, cause error) error {
	return &errs.Error{
		Code:   "cluster-start-failed",
		Op:     "cluster.Start",
		Title:  errs.T("پایگاه خصوصی بالا نیامد", "The private cluster did not start"),
		Detail: errs.Tf("برنامه %[1]s گفت:\n%[2]s", "%[1]s said:\n%[2]s", program, h.lastWords()),
		Next: errs.Tf("%[1]s و %[2]s را ببینید؛ جای خالی دیسک و حافظه را هم بررسی کنید.",
			"Look at %[1]s and %[2]s; see also that disk and memory are not full.", h.file(startLogName), h.file(logName)),
		Err: cause,
	}
}
