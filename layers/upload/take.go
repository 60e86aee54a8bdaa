package upload

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/errs"
)

// File is one that a submission has taken over.
type File struct {
	Name   string
	Path   string // where it is now
	Bytes  int64
	SHA256 []byte
}

// Take hands finished uploads of one delivery over to a submission, within its transaction, in the order of the ids, and moves their files into the folder,
// which it makes, under their names. The files are on the disk when it returns. A transaction that fails after it, or a kill, leaves the uploads as they were,
// and files in the folder, which the next Take of the same uploads into the same folder finds there. Sweep removes the names of what was taken.
func (u *Uploads) Take(ctx context.Context, tx pgx.Tx, ids []string, submission int64, into string) ([]File, error) {
	rows, err := tx.Query(ctx, `
		select `+stateColumns+`
		from layers.upload u
		join access.agency a on a.id = u.agency_id
		where u.id = any($1)
		order by array_position($1, u.id)
		for update of u`, ids)
	if err != nil {
		return nil, fmt.Errorf("taking uploads: %w", err)
	}
	states, err := pgx.CollectRows(rows, scanState)
	if err != nil {
		return nil, fmt.Errorf("taking uploads: %w", err)
	}
	if err := u.takeable(ids, states); err != nil {
		return nil, err
	}
	if _, err := tx.Exec(ctx, `update layers.upload set submission_id = $2 where id = any($1)`, ids, submission); err != nil {
		return nil, fmt.Errorf("taking uploads: %w", err)
	}
	if err := os.MkdirAll(into, 0o700); err != nil {
		return nil, fmt.Errorf("taking uploads: %w", err)
	}
	var files []File
	for _, s := range states {
		f := File{Name: s.Name, Path: filepath.Join(into, s.Name), Bytes: s.Bytes, SHA256: s.SHA256}
		if err := u.move(&s, f.Path); err != nil {
			return nil, fmt.Errorf("taking upload %s: %w", s.ID, err)
		}
		files = append(files, f)
	}
	if err := errors.Join(syncDir(into), syncDir(filepath.Dir(into)), syncDir(u.Dir)); err != nil {
		return nil, fmt.Errorf("taking uploads: %w", err)
	}
	return files, nil
}

// takeable refuses what is not there, not finished, taken already, or of several deliveries.
func (u *Uploads) takeable(ids []string, states []State) error {
	refuse := func(code string, status int, id string, detail errs.Text) error {
		return &errs.Error{
			Code: code, Status: status, Op: "upload.Take", Location: "body.uploads", Value: id,
			Title:  errs.T("بارگذاری را نمی‌توان تحویل گرفت", "The upload cannot be taken over"),
			Detail: detail,
			Next:   errs.T("فهرست بارگذاری‌های خود را در ‎/v1/uploads ببینید و آن‌ها را به پایان برسانید.", "See your uploads at /v1/uploads, and finish them."),
		}
	}
	if len(ids) == 0 {
		return refuse("upload-none", http.StatusUnprocessableEntity, "", errs.T("هیچ بارگذاری‌ای نام برده نشده است.", "No upload is named."))
	}
	for i, id := range ids {
		at := slices.IndexFunc(states, func(s State) bool { return s.ID == id })
		if at < 0 || slices.Contains(ids[:i], id) {
			return refuse("upload-unknown", http.StatusNotFound, id[:min(len(id), 64)], errs.T("این بارگذاری یافت نشد یا دو بار آمده است.", "The upload was not found, or is named twice."))
		}
		s := states[at]
		switch {
		case s.Submission != 0:
			return refuse("upload-taken", http.StatusConflict, id, errs.Tf("«%s» بخشی از تحویل دیگری است.", "“%s” is part of another submission.", s.Name))
		case s.CompletedAt == nil:
			return refuse("upload-unfinished", http.StatusConflict, id, errs.Tf("«%s» هنوز کامل نرسیده است.", "“%s” is not complete yet.", s.Name))
		case s.Tracking != states[0].Tracking:
			return refuse("upload-of-another-delivery", http.StatusConflict, id, errs.Tf("«%s» به شناسه پیگیری دیگری است.", "“%s” belongs to another tracking identifier.", s.Name))
		}
	}
	return nil
}

// move brings the bytes to their place, unless an earlier attempt did. The upload keeps its name for them until it is taken for certain, where the disk lets
// a file have two.
func (u *Uploads) move(s *State, to string) error {
	_, err := os.Lstat(to)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if err := os.Link(u.path(s.ID), to); err != nil {
			if err := os.Rename(u.path(s.ID), to); err != nil {
				return err
			}
		}
	case err != nil:
		return err
	default: // is it that file?
		sum, err := fileSum(to)
		if err != nil {
			return err
		}
		if !bytes.Equal(sum, s.SHA256) {
			return fmt.Errorf("%s is another file than the upload: %w", strings.ToValidUTF8(to, "?"), fs.ErrExist)
		}
	}
	return syncFile(to)
}
