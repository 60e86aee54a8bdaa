package upload

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"github.com/tus/tusd/v2/pkg/filestore"
	"github.com/tus/tusd/v2/pkg/handler"

	"nsdi/internal/errs"
	"nsdi/internal/pg"
)

// store keeps bytes with tusd's file store, and adds the row, the disk and what the file store does not look at.
type store struct {
	*Uploads
	files filestore.FileStore
}

func newStore(u *Uploads) *store {
	files := filestore.New(u.Dir)
	files.DirModePerm, files.FileModePerm = 0o700, 0o600
	return &store{u, files}
}

// NewUpload begins an upload: first the files, then the row that makes it one. What a kill leaves in between has no row and is swept.
func (s *store) NewUpload(ctx context.Context, info handler.FileInfo) (handler.Upload, error) {
	x := exchangeOf(ctx)
	inner, err := s.files.NewUpload(ctx, info)
	if err == nil {
		err = errors.Join(syncFile(s.path(info.ID)), syncFile(s.path(info.ID)+infoSuffix), syncDir(s.Dir))
	}
	if err == nil {
		ctx, cancel := aside(ctx)
		defer cancel()
		err = s.begun(ctx, x.state, x.typed)
	}
	if err != nil {
		return nil, x.failed(errors.Join(err, s.unlink(info.ID)))
	}
	return &part{Upload: inner, store: s, x: x}, nil
}

// GetUpload finds the upload of the exchange. An upload of which all is there was cut off while it was finished, and is finished now.
func (s *store) GetUpload(ctx context.Context, id string) (handler.Upload, error) {
	x := exchangeOf(ctx)
	if x.state == nil || x.state.ID != id {
		return nil, x.failed(unknown(id))
	}
	if err := s.undo(id); err != nil {
		return nil, x.failed(err)
	}
	inner, err := s.files.GetUpload(ctx, id)
	if errors.Is(err, handler.ErrNotFound) {
		return nil, x.failed(unknown(id))
	}
	if err != nil {
		return nil, x.failed(err)
	}
	p := &part{Upload: inner, store: s, x: x}
	info, err := p.GetInfo(ctx)
	if err != nil {
		return nil, x.failed(err)
	}
	if info.Offset == info.Size && x.state.CompletedAt == nil {
		if err := p.FinishUpload(ctx); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// AsTerminatableUpload makes an upload one that can be removed.
func (s *store) AsTerminatableUpload(u handler.Upload) handler.TerminatableUpload {
	return u.(*part)
}

// Files beside the bytes.
const (
	infoSuffix = ".info" // what the file store keeps of the metadata
	undoSuffix = ".undo" // see part.WriteChunk
)

// unlink removes all files of an upload, the bytes last, so that a sweep finds what is left.
func (u *Uploads) unlink(id string) error {
	var failed error
	for _, suffix := range []string{undoSuffix, infoSuffix, ""} {
		if err := os.Remove(u.path(id) + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			failed = errors.Join(failed, err)
		}
	}
	return failed
}

// failed keeps an error for the answer, since tusd knows errors of its own only.
func (x *exchange) failed(err error) error {
	if _, ok := errs.As(err); !ok && pg.Full(err) {
		err = noRoom(err)
	}
	x.err = err
	return err
}
