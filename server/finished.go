package server

import (
	"context"
	"encoding/hex"
	"net/http"
	"slices"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/errs"
	"nsdi/layers"
	"nsdi/layers/upload"
)

// tusUploads are the finished uploads of the tus handler.
type tusUploads struct{ *upload.Uploads }

// Tracking refuses uploads of somebody else, and those that were begun for another agency, as if they were not there.
func (t tusUploads) Tracking(ctx context.Context, agency string, ids []string) (string, error) {
	pending, err := t.Pending(ctx, creator(ctx), ids...)
	if err != nil {
		return "", err
	}
	tracking := ""
	for _, id := range ids {
		at := slices.IndexFunc(pending, func(s upload.State) bool { return s.ID == id && s.Agency == agency })
		if at < 0 {
			return "", &errs.Error{
				Code: "upload-unknown", Status: http.StatusNotFound, Op: "server.deliver", Location: "body.uploads", Value: id[:min(len(id), 64)],
				Title:  errs.T("چنین بارگذاری‌ای نیست", "There is no such upload"),
				Detail: errs.T("این بارگذاری از آن شما و این دستگاه نیست، یا پیش‌تر تحویل شده است.", "The upload is not yours for this agency, or was delivered before."),
				Next:   errs.T("فهرست بارگذاری‌های خود را در ‎/v1/uploads ببینید.", "See your uploads at /v1/uploads."),
			}
		}
		tracking = pending[at].Tracking
	}
	return tracking, t.Awaits(ctx, tracking)
}

// Attach takes the uploads over.
func (t tusUploads) Attach(ctx context.Context, tx pgx.Tx, ids []string, submission int64, folder string) ([]layers.File, error) {
	taken, err := t.Take(ctx, tx, ids, submission, folder)
	if err != nil {
		return nil, err
	}
	var files []layers.File
	for _, f := range taken {
		files = append(files, layers.File{Name: f.Name, Bytes: f.Bytes, SHA256: hex.EncodeToString(f.SHA256)})
	}
	return files, nil
}
