package layers

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"nsdi/internal/errs"
)

// Reference systems that have no EPSG code are registered in spatial_ref_sys from this number on. PostGIS reserves numbers from 999000.
const firstCustomSRID = 910_000

// srid gives PostGIS's number of a reference system: "EPSG:n" or WKT. A WKT that is new is registered, since PostGIS remembers a transformation between
// numbers and makes one between texts anew for every row. Errors are *errs.Error crs-unknown.
func (s *staging) srid(ctx context.Context, crs string) (int, error) { return sridOf(ctx, s.conn, crs) }

func sridOf(ctx context.Context, conn *pgx.Conn, crs string) (int, error) {
	if code, ok := strings.CutPrefix(crs, "EPSG:"); ok {
		n, err := strconv.Atoi(code)
		if err != nil {
			return 0, unknownCRS(crs)
		}
		var known bool
		if err := conn.QueryRow(ctx, `select exists (select from public.spatial_ref_sys where srid = $1)`, n).Scan(&known); err != nil {
			return 0, fmt.Errorf("reference system: %w", err)
		}
		if !known {
			return 0, unknownCRS(crs)
		}
		return n, nil
	}
	if len(crs) > 2048 { // spatial_ref_sys holds no more
		return 0, unknownCRS(shortened([]string{crs})[0])
	}
	return registerCRS(ctx, conn, crs)
}

func registerCRS(ctx context.Context, conn *pgx.Conn, wkt string) (int, error) {
	find := func(q Querier) (srid int, err error) {
		err = q.QueryRow(ctx, `
			select srid
			from public.spatial_ref_sys
			where srid >= $1 and srtext = $2`, firstCustomSRID, wkt).Scan(&srid)
		return srid, err
	}
	srid, err := find(conn)
	if !errors.Is(err, pgx.ErrNoRows) {
		return srid, err
	}
	err = pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `select pg_advisory_xact_lock($1, 0)`, lockCRS); err != nil {
			return err
		}
		srid, err = find(tx) // another process may have been faster
		if !errors.Is(err, pgx.ErrNoRows) {
			return err
		}
		return tx.QueryRow(ctx, `
			insert into public.spatial_ref_sys (srid, srtext)
			select coalesce(max(srid), $1 - 1) + 1, $2
			from public.spatial_ref_sys
			where srid between $1 and 998000
			returning srid`, firstCustomSRID, wkt).Scan(&srid)
	})
	if pgErr, ok := errors.AsType[*pgconn.PgError](err); ok && pgErr.Code == insufficientPrivilege {
		return 0, mayNotRegister(err)
	}
	if err != nil {
		return 0, fmt.Errorf("register reference system: %w", err)
	}
	return srid, nil
}

// insufficientPrivilege is insufficient_privilege.
const insufficientPrivilege = "42501"

func mayNotRegister(err error) error {
	return &errs.Error{
		Code: "crs-not-registered", Status: http.StatusUnprocessableEntity, Op: "layers", Err: err,
		Title: errs.T("این سامانه مختصات شناسه EPSG ندارد و پایگاه داده اجازه ثبت آن را نمی‌دهد", "The reference system has no EPSG code, and the database does not allow to register it"),
		Next: errs.T("هنگام تأیید سامانه‌ای با شناسه EPSG برگزینید (در خط فرمان با ‎--crs‎)، یا مدیر پایگاه این اجازه را بدهد: grant select, insert on public.spatial_ref_sys",
			"Choose a system with an EPSG code when confirming (--crs on the command line), or have the database's administrator grant: grant select, insert on public.spatial_ref_sys"),
	}
}

func unknownCRS(crs string) error {
	return &errs.Error{
		Code: "crs-unknown", Status: http.StatusUnprocessableEntity, Op: "layers", Value: crs,
		Title:  errs.T("این سامانه مختصات شناخته نیست", "This coordinate reference system is not known"),
		Detail: errs.T(crs, crs),
		Next:   errs.T("سامانه‌ای با شناسه EPSG به کار ببرید، مانند EPSG:32639.", "Use a system that has an EPSG code, such as EPSG:32639."),
	}
}
