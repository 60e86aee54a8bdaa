package upload

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"strconv"

	"github.com/jackc/pgx/v5"
	"github.com/tus/tusd/v2/pkg/handler"

	"nsdi/internal/errs"
)

// part is an upload in one exchange, under its lock.
type part struct {
	handler.Upload
	store *store
	x     *exchange
}

// WriteChunk adds what comes, up to where it stops, and waits for the disk before anybody is told of it. A part with a checksum counts as a whole or not at
// all: until it is found right, a file beside the bytes says to where they go back, so that not even a kill lets unchecked bytes count.
func (p *part) WriteChunk(ctx context.Context, offset int64, src io.Reader) (int64, error) {
	n, err := p.write(ctx, offset, src)
	if err != nil {
		return n, p.x.failed(err)
	}
	ctx, cancel := aside(ctx)
	defer cancel()
	if err := p.store.arrived(ctx, p.x.state, offset+n); err != nil {
		return n, p.x.failed(err)
	}
	return n, nil
}

func (p *part) write(ctx context.Context, offset int64, src io.Reader) (int64, error) {
	path, digest := p.store.path(p.x.state.ID), p.x.digest
	file, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	if digest != nil {
		src = io.TeeReader(src, digest.hash)
		if err := p.store.remember(p.x.state.ID, offset); err != nil {
			return 0, err
		}
	}
	n, err := p.Upload.WriteChunk(ctx, offset, &syncing{Reader: src, file: file})
	if digest != nil && (err != nil || !digest.right()) {
		if err == nil {
			err = digest.mismatch()
		}
		return 0, errors.Join(err, p.store.undo(p.x.state.ID))
	}
	if failed := file.Sync(); failed != nil {
		// What the disk did not take may be gone from memory as well: only what was there before is certain.
		return 0, errors.Join(failed, err, cut(path, offset))
	}
	if digest != nil {
		if failed := p.store.forget(p.x.state.ID); failed != nil {
			return 0, failed
		}
	}
	return n, err
}

// FinishUpload ends an upload of which all is there.
func (p *part) FinishUpload(ctx context.Context) error {
	if err := p.store.complete(ctx, p.x.state); err != nil {
		return p.x.failed(err)
	}
	return nil
}

// Terminate removes an upload because its creator wants it.
func (p *part) Terminate(ctx context.Context) error {
	ctx, cancel := aside(ctx)
	defer cancel()
	s := p.x.state
	note := errs.Tf("پرونده «%s» پس گرفته شد.", "The file “%s” was taken back.", s.Name)
	removed := false
	err := p.store.within(ctx, s, func(tx pgx.Tx) (err error) {
		removed, err = p.store.remove(ctx, tx, s, note)
		return err
	})
	if err == nil && !removed {
		err = unknown(s.ID)
	}
	if err != nil {
		return p.x.failed(err)
	}
	if err := p.store.unlink(s.ID); err != nil { // the row is gone, so a sweep does it
		p.store.Log.ErrorContext(ctx, "files of a removed upload", "id", s.ID, "err", err)
	}
	return nil
}

// remember says to where the bytes of an upload go back unless forget comes first.
func (s *store) remember(id string, offset int64) error {
	path := s.path(id) + undoSuffix
	if err := os.WriteFile(path+"-new", strconv.AppendInt(nil, offset, 10), 0o600); err != nil {
		return err
	}
	if err := syncFile(path + "-new"); err != nil {
		return err
	}
	if err := os.Rename(path+"-new", path); err != nil {
		return err
	}
	return syncDir(s.Dir)
}

func (s *store) forget(id string) error {
	if err := os.Remove(s.path(id) + undoSuffix); err != nil {
		return err
	}
	return syncDir(s.Dir)
}

// undo takes back what remember guards, if anything.
func (s *store) undo(id string) error {
	text, err := os.ReadFile(s.path(id) + undoSuffix)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	offset, err := strconv.ParseInt(string(text), 10, 64)
	if err != nil {
		return err
	}
	if err := cut(s.path(id), offset); err != nil {
		return err
	}
	return s.forget(id)
}
