package upload

import (
	"context"
	"fmt"
	"net/http"
	"os"

	"nsdi/internal/errs"
)

// Lend gives a finished upload of the creator a second name, for work that is no delivery. The upload stays until it expires or is removed.
func (u *Uploads) Lend(ctx context.Context, id string, who Creator, to string) (bytes int64, err error) {
	s, err := u.own(ctx, id, who)
	if err != nil {
		return 0, err
	}
	if s.CompletedAt == nil || s.Submission != 0 {
		return 0, &errs.Error{
			Code: "upload-unfinished", Status: http.StatusConflict, Op: "upload.Lend", Location: "body.upload", Value: id,
			Title: errs.Tf("«%s» هنوز کامل نرسیده یا تحویل شده است", "“%s” is not complete yet, or was taken over by a delivery", s.Name),
			Next:  errs.T("بارگذاری را به پایان برسانید و دوباره بخواهید.", "Finish the upload, and ask again."),
		}
	}
	if err := os.Link(u.path(id), to); err != nil {
		return 0, fmt.Errorf("lending upload %s: %w", id, err)
	}
	return s.Bytes, nil
}
