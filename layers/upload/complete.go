package upload

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/errs"
)

// complete ends an upload whose bytes are all there: with their SHA-256 in its row, or, if the sender announced another, with its removal.
func (u *Uploads) complete(ctx context.Context, s *State) error {
	sum, err := fileSum(u.path(s.ID)) // of a large file on a slow disk this takes a while
	if err != nil {
		return fmt.Errorf("upload %s: %w", s.ID, err)
	}
	ctx, cancel := aside(ctx)
	defer cancel()
	if s.Checksum != nil && !bytes.Equal(s.Checksum, sum) {
		return u.damaged(ctx, s, sum)
	}
	now := u.Now()
	err = u.within(ctx, s, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `
			update layers.upload
			set received = bytes, sha256 = $2, completed_at = $3, expires_at = $4
			where id = $1
			  and completed_at is null`, s.ID, sum, now, now.Add(u.Limits.Lifetime))
		if err != nil || tag.RowsAffected() == 0 {
			return err
		}
		return u.tell(ctx, tx, s, errs.Tf("پرونده «%s» کامل رسید؛ SHA-256: %s", "The file “%s” is complete; SHA-256: %s", s.Name, hex.EncodeToString(sum)))
	})
	if err != nil {
		return fmt.Errorf("upload %s: %w", s.ID, err)
	}
	s.Received, s.SHA256, s.CompletedAt, s.ExpiresAt = s.Bytes, sum, &now, now.Add(u.Limits.Lifetime)
	return nil
}

// damaged removes an upload that is not what its sender announced.
func (u *Uploads) damaged(ctx context.Context, s *State, sum []byte) error {
	err := u.within(ctx, s, func(tx pgx.Tx) error {
		_, err := u.remove(ctx, tx, s, errs.Tf("پرونده «%s» با چک‌سام خود نمی‌خواند و برداشته شد.", "The file “%s” did not match its checksum and was removed.", s.Name))
		return err
	})
	if err == nil {
		err = u.unlink(s.ID)
	}
	if err != nil {
		return fmt.Errorf("upload %s: %w", s.ID, err)
	}
	return &errs.Error{
		Code: "upload-checksum-mismatch", Status: http.StatusUnprocessableEntity, Op: "upload.complete",
		Location: "header.Upload-Metadata.checksum", Value: hex.EncodeToString(s.Checksum),
		Title: errs.T("پرونده در راه دگرگون شده است", "The file was changed on its way"),
		Detail: errs.Tf("SHA-256 آنچه رسید %s است؛ بارگذاری برداشته شد.", "The SHA-256 of what arrived is %s; the upload was removed.",
			hex.EncodeToString(sum)),
		Next: errs.Tf("پرونده را دوباره بسنجید و با شناسه پیگیری %s از نو بفرستید.", "Check the file, and send it anew with the tracking identifier %s.", s.Tracking),
	}
}

func fileSum(path string) (sum []byte, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return nil, err
	}
	return h.Sum(nil), nil
}
