package access

import (
	"context"
	"fmt"
	"net/http"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/errs"
)

// administratorLock is the advisory lock under which administrators become fewer, so that of two changes at once the second sees what the first left.
const administratorLock = 0x6e736469_0001

// keepingAdministrator makes a change that may leave the installation without anybody who administers it, and refuses it then. An installation that has no
// such account yet is left alone.
func keepingAdministrator(ctx context.Context, tx pgx.Tx, op string, change func() error) error {
	if _, err := tx.Exec(ctx, `select pg_advisory_xact_lock($1)`, administratorLock); err != nil {
		return err
	}
	before, err := administrators(ctx, tx)
	if err != nil {
		return err
	}
	if err := change(); err != nil {
		return err
	}
	after, err := administrators(ctx, tx)
	if err != nil || after > 0 || before == 0 {
		return err
	}
	return &errs.Error{
		Code: "last-administrator", Status: http.StatusConflict, Op: op,
		Title: errs.T("آخرین سرپرست سامانه می‌ماند", "The last administrator stays"),
		Detail: errs.T("پس از این تغییر هیچ حساب باز با نقش سرپرست در کمیته راهبری نمی‌ماند.",
			"After this change no open account would be an administrator of the steering committee."),
		Next: errs.T("نخست به دیگری این نقش را بدهید، در صفحه اداره یا با nsdi user role LOGIN --agency committee --role administrator",
			"Give somebody else the role first, on the page of administration or with nsdi user role LOGIN --agency committee --role administrator"),
	}
}

// administrators counts the open accounts that administer the installation: those of the steering committee.
func administrators(ctx context.Context, tx pgx.Tx) (n int, err error) {
	err = tx.QueryRow(ctx, `
		select count(distinct p.id)
		from access.person p
		join access.membership m on m.person_id = p.id
		join access.agency a on a.id = m.agency_id
		where p.disabled_at is null
		  and m.role = $1
		  and a.kind = $2`, string(Administrator), kindCommittee).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("counting administrators: %w", err)
	}
	return n, nil
}
