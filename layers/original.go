package layers

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"

	"nsdi/internal/errs"
)

// Original opens a file of a submission as it was received. One that is not of the submission, or that was left where it was, is *errs.Error file-unknown.
func (im *Importer) Original(s *Submission, name string) (*os.File, File, error) {
	at := slices.IndexFunc(s.Files, func(f File) bool { return f.Name == name })
	if at < 0 || s.Folder == "" || s.Files[at].Path != "" || im.Dir == "" {
		return nil, File{}, &errs.Error{
			Code: "file-unknown", Status: http.StatusNotFound, Op: "layers.Original", Location: "path.name", Value: name,
			Title:  errs.T("چنین پرونده‌ای نیست", "There is no such file"),
			Detail: errs.T("پرونده‌ای با این نام در این تحویل نگه داشته نشده است.", "No file of this name is kept of the submission."),
			Next:   errs.T("نام‌ها در فهرست files تحویل است.", "The names are in the submission's files."),
		}
	}
	f, err := os.OpenInRoot(filepath.Join(im.Dir, s.Folder), name)
	if err != nil {
		return nil, File{}, fmt.Errorf("file of submission %d: %w", s.ID, err)
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%w: no regular file", fs.ErrInvalid)
	}
	if err == nil && info.Size() != s.Files[at].Bytes {
		err = fmt.Errorf("%d bytes of %d", info.Size(), s.Files[at].Bytes)
	}
	if err != nil {
		return nil, File{}, fmt.Errorf("file of submission %d: %w", s.ID, errors.Join(err, f.Close()))
	}
	return f, s.Files[at], nil
}
