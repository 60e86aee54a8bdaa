package access

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"nsdi/internal/errs"
)

// decoyIdentifier is looked up in place of what is none, so that it takes the time of one that is not there. Its check character is wrong.
const decoyIdentifier Identifier = "NSDI-1300-2222-2222-2"

// Find answers what a typed identifier stands for, with its events. What is not an identifier and one that is not there are the same *errs.Error,
// tracking-unknown.
func Find(ctx context.Context, pool *pgxpool.Pool, typed string) (*Tracked, error) {
	id, err := ParseIdentifier(typed)
	if err != nil {
		id = decoyIdentifier
	}
	d := Tracked{ID: id}
	err = pool.QueryRow(ctx, `
		select t.kind, coalesce(t.agency_id, 0), coalesce(a.code, ''), t.state, t.created_at, t.updated_at
		from access.tracking t
		left join access.agency a on a.id = t.agency_id
		where t.id = $1`, id).Scan(&d.Kind, &d.AgencyID, &d.Agency, &d.State, &d.CreatedAt, &d.UpdatedAt)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, trackingUnknown()
	}
	if err != nil {
		return nil, fmt.Errorf("tracking: %w", err)
	}
	rows, err := pool.Query(ctx, `
		select `+eventColumns+`
		from access.tracking_event e
		where e.tracking = $1
		order by e.seq`, id)
	if err != nil {
		return nil, fmt.Errorf("tracking %s: %w", id, err)
	}
	d.Events, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (Event, error) {
		var e Event
		return e, row.Scan(e.scan()...)
	})
	if err != nil {
		return nil, fmt.Errorf("tracking %s: %w", id, err)
	}
	return &d, nil
}

func trackingUnknown() *errs.Error {
	return &errs.Error{
		Code: "tracking-unknown", Status: http.StatusNotFound, Op: "access.Find",
		Title:  errs.T("چنین شناسه پیگیری‌ای نیست", "There is no such tracking identifier"),
		Detail: errs.T("این شناسه یافت نشد یا درست نوشته نشده است.", "The identifier was not found, or is not written as it was given."),
		Next:   errs.T("شناسه را با رسید خود بسنجید؛ مانند NSDI-1405-K7Q2-93FX-8.", "Compare it with your receipt; it looks like NSDI-1405-K7Q2-93FX-8."),
	}
}
