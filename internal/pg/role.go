package pg

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/errs"
)

// ensureRole makes ApplicationRole where it is absent, and lets the present user take it. A role belongs to the server and not to one database: two
// installations on one server share it, and each grants it its own tables.
func ensureRole(ctx context.Context, conn *pgx.Conn) error {
	var user string
	var exists, member, may bool
	read := func() error {
		return conn.QueryRow(ctx, `
			select current_user,
			       exists (select from pg_roles where rolname = $1),
			       exists (select from pg_roles where rolname = $1 and pg_has_role(current_user, oid, 'member')),
			       (select rolsuper or rolcreaterole from pg_roles where rolname = current_user)`, ApplicationRole).Scan(&user, &exists, &member, &may)
	}
	if err := read(); err != nil {
		return fmt.Errorf("pg.Migrate: reading the roles: %w", err)
	}
	role, self := pgx.Identifier{ApplicationRole}.Sanitize(), pgx.Identifier{user}.Sanitize()
	create, grant := "create role "+role+" nologin", "grant "+role+" to "+self
	if exists && member {
		return nil
	}
	if !may {
		next := grant + ";"
		if !exists {
			next = create + "; " + next
		}
		return &errs.Error{
			Code: "application-role-missing", Status: 503, Op: "pg.Migrate",
			Title: errs.T("نقش برنامه در پایگاه داده نیست", "The application's role is not in the database"),
			Detail: errs.Tf("سرور nsdi با نقش %[1]s کار می‌کند که مالک هیچ چیز نیست، و کاربر %[2]s نمی‌تواند آن را بسازد یا بگیرد.",
				"nsdi's server works as the role %[1]s, which owns nothing, and user %[2]s may not make or take it.", ApplicationRole, user),
			Next: errs.T("با کاربر مدیر اجرا کنید: "+next, "Run as an administrator: "+next),
		}
	}
	if !exists {
		// Another installation on the same server may do the same at the same time.
		if _, err := conn.Exec(ctx, `
			do $$ begin
				`+create+`;
			exception when duplicate_object or unique_violation then null;
			end $$`); err != nil {
			return fmt.Errorf("pg.Migrate: making the application's role: %w", err)
		}
	}
	if err := read(); err != nil || member {
		return err
	}
	if _, err := conn.Exec(ctx, grant); err != nil {
		return fmt.Errorf("pg.Migrate: taking the application's role: %w", err)
	}
	return nil
}

// CheckApplication refuses a pool that row-level security does not hold: one that works as a superuser, as one that bypasses it, or as an owner.
func CheckApplication(ctx context.Context, q Querier) error {
	var user string
	var above bool
	var owned int
	err := q.QueryRow(ctx, `
		select r.rolname, r.rolsuper or r.rolbypassrls,
		       (select count(*)
		          from pg_class c
		          join pg_namespace n on n.oid = c.relnamespace
		         where c.relowner = r.oid
		           and n.nspname in ('nsdi', 'access', 'layers', 'cadastre', 'gnaf', 'progress'))
		  from pg_roles r
		 where r.rolname = current_user`).Scan(&user, &above, &owned)
	if err != nil {
		return fmt.Errorf("pg.CheckApplication: %w", err)
	}
	if !above && owned == 0 {
		return nil
	}
	return &errs.Error{
		Code: "application-role-unfit", Status: 503, Op: "pg.CheckApplication",
		Title: errs.T("نقش برنامه بیش از اندازه توانا است", "The application's role may do too much"),
		Detail: errs.Tf("کاربر %[1]s از دیوار سطر به سطر می‌گذرد یا مالک %[2]d جدول است.",
			"User %[1]s bypasses row-level security or owns %[2]d tables.", user, owned),
		Next: errs.T("با کاربر مدیر اجرا کنید: alter role nsdi_application nosuperuser nobypassrls; و مالکیت جدول‌ها را به نقش مهاجرت برگردانید.",
			"Run as an administrator: alter role nsdi_application nosuperuser nobypassrls; and give the tables back to the role that migrates."),
	}
}
