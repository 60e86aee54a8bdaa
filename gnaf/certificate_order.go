package gnaf

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"nsdi/internal/errs"
	"nsdi/layers"
)

// CertificateOrder is what becomes of an inquiry about so many certificates that they are made in the background.
type CertificateOrder struct {
	ID          string
	Inquiry     int64
	Agency      int64    // that asked
	Territories []string // of the grants by which it was asked; none: everywhere
	Base        string   // the address by which nsdi was asked
	Answers     []byte   // JSON: each code with what was found of it
	State       string   // waiting, making, ready or failed
	Total, Done int
	Asked       time.Time
	Finished    *time.Time
}

// Place keeps the order. One that the inquiry placed before stays, and is answered instead; fresh tells that it is not.
func (o *CertificateOrder) Place(ctx context.Context, tx pgx.Tx) (fresh bool, err error) {
	tag, err := tx.Exec(ctx, `
		insert into gnaf.certificate_order (id, inquiry_id, agency_id, territories, base, answers, total, asked_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8)
		on conflict (inquiry_id) do nothing`, o.ID, o.Inquiry, o.Agency, append([]string{}, o.Territories...), o.Base, o.Answers, o.Total, o.Asked)
	if err != nil {
		return false, fmt.Errorf("order of certificates: %w", err)
	}
	was, err := certificateOrder(ctx, tx, `inquiry_id = $1`, o.Inquiry)
	if err == nil {
		*o = *was
	}
	return tag.RowsAffected() == 1, err
}

// FindCertificateOrder answers an order by its id. The error for an unknown one is *errs.Error certificate-order-unknown.
func FindCertificateOrder(ctx context.Context, q layers.Querier, id string) (*CertificateOrder, error) {
	return certificateOrder(ctx, q, `id = $1`, id)
}

func certificateOrder(ctx context.Context, q layers.Querier, which string, arg any) (*CertificateOrder, error) {
	o := &CertificateOrder{}
	err := q.QueryRow(ctx, `
		select id, inquiry_id, agency_id, territories, base, answers, state, total, done, asked_at, finished_at
		from gnaf.certificate_order
		where `+which, arg).Scan(&o.ID, &o.Inquiry, &o.Agency, &o.Territories, &o.Base, &o.Answers, &o.State, &o.Total, &o.Done, &o.Asked, &o.Finished)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, CertificateOrderUnknown()
	}
	if err != nil {
		return nil, fmt.Errorf("order of certificates: %w", err)
	}
	return o, nil
}

// Went keeps how far the order is.
func (o *CertificateOrder) Went(ctx context.Context, pool *pgxpool.Pool, done int, state string, at time.Time) error {
	o.Done, o.State = done, state
	if state == "ready" || state == "failed" {
		o.Finished = &at
	}
	if _, err := pool.Exec(ctx, `update gnaf.certificate_order set done = $2, state = $3, finished_at = $4 where id = $1`, o.ID, done, state, o.Finished); err != nil {
		return fmt.Errorf("order of certificates: %w", err)
	}
	return nil
}

// OpenCertificateOrders answers which orders are not finished.
func OpenCertificateOrders(ctx context.Context, q layers.Querier) ([]string, error) {
	rows, err := q.Query(ctx, `select id from gnaf.certificate_order where state in ('waiting', 'making') order by asked_at`)
	if err != nil {
		return nil, fmt.Errorf("orders of certificates: %w", err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("orders of certificates: %w", err)
	}
	return ids, nil
}

// CertificateOrderUnknown tells that there is no such order, also to whoever may not know of it.
func CertificateOrderUnknown() *errs.Error {
	return &errs.Error{
		Code: "certificate-order-unknown", Status: http.StatusNotFound, Op: "gnaf.FindCertificateOrder", Location: "path.id",
		Title:  errs.T("چنین سفارشی نیست", "There is no such order"),
		Detail: errs.T("هیچ سفارش گواهی با این شناسه برای دستگاه شما نیست.", "No order of certificates has this id, or it is not your agency's."),
		Next:   errs.T("نشانی را از Location پاسخ نخست بردارید.", "Take the address from Location of the first answer."),
	}
}
