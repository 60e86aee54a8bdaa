package upload

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/errs"
	"nsdi/internal/pg"
)

// Creator is who begins an upload: a person or a key.
type Creator struct{ Person, Key int64 }

// State is what is known of an upload.
type State struct {
	ID, Agency, Theme, Territory string
	AgencyID                     int64
	Creator                      Creator
	Tracking, Name               string
	Bytes, Received              int64
	Checksum, SHA256             []byte
	CreatedAt, ExpiresAt         time.Time
	CompletedAt                  *time.Time
	Submission                   int64 // 0: none took it
}

const stateColumns = `u.id, a.code, coalesce(u.theme, ''), coalesce(u.territory, ''), u.agency_id, coalesce(u.person_id, 0), coalesce(u.key_id, 0), u.tracking, u.name,
	u.bytes, u.received, u.checksum, u.sha256, u.created_at, u.expires_at, u.completed_at, coalesce(u.submission_id, 0)`

func scanState(row pgx.CollectableRow) (State, error) {
	var s State
	err := row.Scan(&s.ID, &s.Agency, &s.Theme, &s.Territory, &s.AgencyID, &s.Creator.Person, &s.Creator.Key, &s.Tracking, &s.Name,
		&s.Bytes, &s.Received, &s.Checksum, &s.SHA256, &s.CreatedAt, &s.ExpiresAt, &s.CompletedAt, &s.Submission)
	return s, err
}

// own answers an upload of the creator. One that is not there, one of somebody else's and what is no id are the same *errs.Error, upload-unknown.
func (u *Uploads) own(ctx context.Context, id string, who Creator) (*State, error) {
	if !validID.MatchString(id) || who == (Creator{}) {
		return nil, unknown(id)
	}
	// Whose it is belongs to the question of permission, so it is asked with nsdi's eyes.
	rows, err := u.System.Query(ctx, `
		select `+stateColumns+`
		from layers.upload u
		join access.agency a on a.id = u.agency_id
		where u.id = $1
		  and coalesce(u.person_id, 0) = $2
		  and coalesce(u.key_id, 0) = $3`, id, who.Person, who.Key)
	if err != nil {
		return nil, fmt.Errorf("upload %s: %w", id, err)
	}
	s, err := pgx.CollectExactlyOneRow(rows, scanState)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, unknown(id)
	}
	if err != nil {
		return nil, fmt.Errorf("upload %s: %w", id, err)
	}
	return &s, nil
}

// Pending answers the creator's uploads that no submission has taken, newest first: those of the ids, or without any the newest 200.
func (u *Uploads) Pending(ctx context.Context, who Creator, ids ...string) ([]State, error) {
	rows, err := u.System.Query(ctx, `
		select `+stateColumns+`
		from layers.upload u
		join access.agency a on a.id = u.agency_id
		where coalesce(u.person_id, 0) = $1
		  and coalesce(u.key_id, 0) = $2
		  and u.submission_id is null
		  and u.expires_at > $3
		  and (cardinality($4::text[]) = 0 or u.id = any($4))
		order by u.created_at desc, u.id
		limit greatest(200, cardinality($4::text[]))`, who.Person, who.Key, u.Now(), append([]string{}, ids...))
	if err != nil {
		return nil, fmt.Errorf("uploads: %w", err)
	}
	all, err := pgx.CollectRows(rows, scanState)
	if err != nil {
		return nil, fmt.Errorf("uploads: %w", err)
	}
	return all, nil
}

// Awaits refuses a delivery of which a submission was made already: what comes later belongs to another one.
func (u *Uploads) Awaits(ctx context.Context, tracking string) error {
	var state string
	if err := u.System.QueryRow(ctx, `select state from access.tracking where id = $1`, tracking).Scan(&state); err != nil {
		return fmt.Errorf("delivery %s: %w", tracking, err)
	}
	if state == Uploading {
		return nil
	}
	return &errs.Error{
		Code: "upload-delivery-closed", Status: http.StatusConflict, Op: "upload.Awaits", Location: "body.uploads", Value: tracking,
		Title:  errs.T("این تحویل پیش‌تر آغاز شده است", "The delivery was handed in already"),
		Detail: errs.Tf("از شناسه پیگیری %s پیش‌تر تحویلی ساخته شده است.", "A submission was made of the tracking identifier %s before.", tracking),
		Next:   errs.T("پرونده را بی‌شناسه پیگیری از نو بارگذاری کنید و جداگانه تحویل دهید.", "Upload the file anew without a tracking identifier, and hand it in by itself."),
	}
}

// there refuses what is no longer to be gone on with.
func (s *State) there(now time.Time) error {
	switch {
	case s.Submission != 0:
		return &errs.Error{
			Code: "upload-taken", Status: http.StatusGone, Op: "upload", Value: s.Tracking,
			Title:  errs.T("پرونده تحویل گرفته شده است", "The file has been taken over"),
			Detail: errs.T("این بارگذاری بخشی از یک تحویل شده است.", "The upload has become part of a submission."),
			Next:   errs.Tf("سرنوشت آن را با شناسه پیگیری %s دنبال کنید.", "Follow it with the tracking identifier %s.", s.Tracking),
		}
	case !now.Before(s.ExpiresAt):
		return &errs.Error{
			Code: "upload-expired", Status: http.StatusGone, Op: "upload",
			Title:  errs.T("مهلت بارگذاری گذشته است", "The upload has expired"),
			Detail: errs.Tf("مهلت آن در %s پایان یافت.", "Its time ended at %s.", s.ExpiresAt.UTC().Format(time.RFC3339)),
			Next:   errs.T("پرونده را از نو بارگذاری کنید.", "Upload the file anew."),
		}
	}
	return nil
}

// within runs f in a transaction that sees the upload's agency and nothing else.
func (u *Uploads) within(ctx context.Context, s *State, f func(pgx.Tx) error) error {
	return pg.InScope(ctx, u.Pool, pg.Agencies(s.AgencyID), pgx.TxOptions{}, f)
}

// arrived writes down how much there is, and gives the upload its time anew.
func (u *Uploads) arrived(ctx context.Context, s *State, received int64) error {
	s.Received, s.ExpiresAt = received, u.Now().Add(u.Limits.Lifetime)
	return u.within(ctx, s, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `
			update layers.upload
			set received = $2, expires_at = $3
			where id = $1
			  and completed_at is null`, s.ID, s.Received, s.ExpiresAt)
		return err
	})
}

// remove ends an upload that no submission took, with a note to its delivery. It is false when there was none.
func (u *Uploads) remove(ctx context.Context, tx pgx.Tx, s *State, note errs.Text) (bool, error) {
	tag, err := tx.Exec(ctx, `delete from layers.upload where id = $1 and submission_id is null`, s.ID)
	if err != nil || tag.RowsAffected() == 0 {
		return false, err
	}
	return true, u.tell(ctx, tx, s, note)
}

// tell writes down what became of a file. The delivery's state stays: it may be far beyond uploading when a file that was left behind ends.
func (u *Uploads) tell(ctx context.Context, tx pgx.Tx, s *State, note errs.Text) error {
	var state string
	if err := tx.QueryRow(ctx, `select state from access.tracking where id = $1 for update`, s.Tracking).Scan(&state); err != nil {
		return err
	}
	return u.Tracker.Moved(ctx, tx, s.Tracking, state, note)
}

func unknown(id string) error {
	return &errs.Error{
		Code: "upload-unknown", Status: http.StatusNotFound, Op: "upload", Location: "path.id", Value: id[:min(len(id), 64)],
		Title:  errs.T("چنین بارگذاری‌ای نیست", "There is no such upload"),
		Detail: errs.T("این نشانی بارگذاری شما نیست، پایان یافته یا برداشته شده است.", "The address is not that of an upload of yours, or it has expired or was removed."),
		Next:   errs.T("پرونده را از نو بارگذاری کنید؛ فهرست بارگذاری‌های شما در ‎/v1/uploads است.", "Upload the file anew; /v1/uploads lists yours."),
	}
}
