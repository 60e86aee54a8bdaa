package upload

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"nsdi/internal/errs"
	"nsdi/internal/pg"
)

// begun enters an upload, within the quotas of its agency, in a delivery that is there or in a new one. s.AgencyID is known.
func (u *Uploads) begun(ctx context.Context, s *State, typed string) error {
	err := u.within(ctx, s, func(tx pgx.Tx) error {
		if err := u.announce(ctx, tx, s); err != nil { // first: it holds the row of the day, so that the agency's others wait
			return err
		}
		note := errs.Tf("پرونده «%s»، %v", "file “%s”, %v", s.Name, errs.Bytes(s.Bytes))
		var err error
		if typed == "" {
			s.Tracking, err = u.Tracker.Opened(ctx, tx, s.Agency, note)
		} else if s.Tracking, err = u.joined(ctx, tx, s.AgencyID, typed); err == nil {
			err = u.Tracker.Moved(ctx, tx, s.Tracking, Uploading, note)
		}
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `
			insert into layers.upload (id, agency_id, theme, territory, person_id, key_id, tracking, name, bytes, checksum, created_at, expires_at)
			values ($1, $2, nullif($3, ''), nullif($4, ''), nullif($5::bigint, 0), nullif($6::bigint, 0), $7, $8, $9, $10, $11, $12)`,
			s.ID, s.AgencyID, s.Theme, s.Territory, s.Creator.Person, s.Creator.Key, s.Tracking, s.Name, s.Bytes, s.Checksum, s.CreatedAt, s.ExpiresAt)
		return err
	})
	var refused *pgconn.PgError
	if errors.As(err, &refused) && refused.ConstraintName == "upload_name" {
		return &errs.Error{
			Code: "upload-name-taken", Status: http.StatusConflict, Op: "upload", Location: "header.Upload-Metadata.filename", Value: s.Name,
			Title:  errs.T("پرونده‌ای به این نام در همین تحویل هست", "The delivery has a file of this name"),
			Detail: errs.Tf("در تحویل %[2]s پرونده «%[1]s» هست یا در راه است.", "The delivery %[2]s has “%[1]s”, or it is under way.", s.Name, s.Tracking),
			Next:   errs.T("نام دیگری بدهید، یا آن بارگذاری را ادامه دهید یا پاک کنید.", "Give another name, or resume or delete that upload."),
		}
	}
	return err
}

// announce counts the bytes of a new upload for its agency's day, and refuses what is too much.
func (u *Uploads) announce(ctx context.Context, tx pgx.Tx, s *State) error {
	tehran := time.FixedZone("+0330", 3*60*60+30*60)
	day := s.CreatedAt.In(tehran).Format(time.DateOnly)
	var total int64
	err := pgx.ErrNoRows
	if s.Bytes <= u.Limits.DayBytes {
		err = tx.QueryRow(ctx, `
			insert into layers.upload_day as d (agency_id, day, bytes)
			values ($1, $2, $3)
			on conflict (agency_id, day) do update
			set bytes = d.bytes + excluded.bytes
			where d.bytes + excluded.bytes <= $4
			returning bytes`, s.AgencyID, day, s.Bytes, u.Limits.DayBytes).Scan(&total)
	}
	if errors.Is(err, pgx.ErrNoRows) {
		return overQuota(errs.Tf("بیش از %v در روز از این دستگاه پذیرفته نمی‌شود.", "No more than %v a day are taken from the agency.", errs.Bytes(u.Limits.DayBytes)),
			errs.T("فردا به وقت ایران ادامه دهید، یا از سرپرست سامانه سقف بیشتری بخواهید.", "Go on tomorrow by Iran's clock, or ask the operator for more."))
	}
	if err != nil {
		return err
	}
	var open int
	err = tx.QueryRow(ctx, `
		select count(*)
		from layers.upload
		where agency_id = $1
		  and completed_at is null
		  and expires_at > $2`, s.AgencyID, s.CreatedAt).Scan(&open)
	if err == nil && open >= u.Limits.Open {
		return overQuota(errs.Tn(open, "این دستگاه %d بارگذاری ناتمام دارد؛ بیش از این پذیرفته نمی‌شود.", "The agency has %d unfinished upload; no more are taken.", "The agency has %d unfinished uploads; no more are taken.", open),
			errs.T("یکی از آن‌ها را به پایان برسانید یا پاک کنید؛ فهرست در ‎/v1/uploads است.", "Finish or delete one of them; /v1/uploads lists them."))
	}
	return err
}

// joined finds the delivery that a file is to belong to: one of the same agency, of which files still come.
func (u *Uploads) joined(ctx context.Context, tx pgx.Tx, agency int64, typed string) (string, error) {
	id, err := u.Tracker.Parse(typed)
	if err == nil {
		err = tx.QueryRow(ctx, `
			select id
			from access.tracking
			where id = $1
			  and agency_id = $2
			  and kind = 'submission'
			  and state = $3
			for update`, id, agency, Uploading).Scan(&id)
	} else {
		err = pgx.ErrNoRows
	}
	if errors.Is(err, pgx.ErrNoRows) {
		return "", &errs.Error{
			Code: "upload-tracking-closed", Status: 422, Op: "upload", Location: "header.Upload-Metadata.tracking", Value: typed[:min(len(typed), 64)],
			Title:  errs.T("به این شناسه پیگیری پرونده‌ای افزوده نمی‌شود", "No file can be added to this tracking identifier"),
			Detail: errs.T("چنین تحویلی از این دستگاه نیست، یا دیگر در حال بارگذاری نیست.", "There is no such delivery of the agency, or its files no longer come."),
			Next:   errs.T("شناسه را وارسی کنید، یا بی‌شناسه بفرستید تا تحویل تازه‌ای آغاز شود.", "Check the identifier, or leave it out to begin a new delivery."),
		}
	}
	return id, err
}

// agencyID answers the number of an agency whose code the permission was asked for.
func (u *Uploads) agencyID(ctx context.Context, code string) (id int64, err error) {
	err = pg.InScope(ctx, u.Pool, pg.Public, pgx.TxOptions{AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		return tx.QueryRow(ctx, `select id from access.agency where code = $1`, code).Scan(&id)
	})
	return id, err
}

func overQuota(detail, next errs.Text) error {
	return &errs.Error{
		Code: "upload-quota-exceeded", Status: http.StatusTooManyRequests, Op: "upload",
		Title:  errs.T("سهمیه بارگذاری دستگاه پر شده است", "The agency's quota of uploads is used up"),
		Detail: detail, Next: next,
	}
}
