package cluster

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/pg"
)

// furnish makes what nsdi expects in its cluster, and finds it made at every
// later start. Each step may be the one at which an earlier run was killed.
func (c *Cluster) furnish(ctx context.Context) error {
	template := c.url(superuser, "template1")
	main := c.url(superuser, databaseName)
	if err := c.with(ctx, template, func(conn *pgx.Conn) error { return prepareTemplate(ctx, conn) }); err != nil {
		return fmt.Errorf("cluster: preparing the template database: %w", err)
	}
	err := c.with(ctx, c.url(superuser, "postgres"), func(conn *pgx.Conn) error { return makeDatabase(ctx, conn) })
	if err != nil {
		return fmt.Errorf("cluster: making the database %s: %w", databaseName, err)
	}
	if err := c.with(ctx, main, func(conn *pgx.Conn) error { return updatePostGIS(ctx, conn) }); err != nil {
		return fmt.Errorf("cluster: updating PostGIS: %w", err)
	}
	return c.with(ctx, c.URL(), func(conn *pgx.Conn) error { return pg.Check(ctx, conn) })
}

// prepareTemplate puts PostGIS into the template of every new database, so that
// nsdi's role, which is not a superuser, finds it there; and closes schema public.
func prepareTemplate(ctx context.Context, conn *pgx.Conn) error {
	for _, sql := range []string{
		`alter schema public owner to postgres`,
		`revoke create on schema public from public`,
		`create extension if not exists postgis with schema public`,
		// Reference systems without an EPSG code are registered when a delivery brings them.
		`grant insert on public.spatial_ref_sys to public`,
	} {
		if _, err := conn.Exec(ctx, sql); err != nil {
			return fmt.Errorf("%s: %w", sql, err)
		}
	}
	return updatePostGIS(ctx, conn)
}

func makeDatabase(ctx context.Context, conn *pgx.Conn) error {
	var haveRole, haveApplication, haveDatabase bool
	err := conn.QueryRow(
		ctx, `
		select exists (select from pg_roles where rolname = $1),
		       exists (select from pg_roles where rolname = $2),
		       exists (select from pg_database where datname = $3)`,
		roleName, pg.ApplicationRole, databaseName,
	).Scan(&haveRole, &haveApplication, &haveDatabase)
	if err != nil {
		return err
	}
	role, application, database := pgx.Identifier{roleName}.Sanitize(), pgx.Identifier{pg.ApplicationRole}.Sanitize(), pgx.Identifier{databaseName}.Sanitize()
	if !haveRole {
		if _, err := conn.Exec(ctx, `create role `+role+` login createdb`); err != nil {
			return err
		}
	}
	if !haveApplication {
		if _, err := conn.Exec(ctx, `create role `+application+` login`); err != nil {
			return err
		}
	}
	// An earlier version's cluster has a role of its own only. The grant is repeated: the run that made the role may have been killed before it.
	if _, err := conn.Exec(ctx, `grant `+application+` to `+role); err != nil {
		return err
	}
	if !haveDatabase {
		if _, err := conn.Exec(ctx, `create database `+database+` owner `+role); err != nil {
			return err
		}
	}
	return nil
}

// updatePostGIS brings the extension to the version that the system's package
// has since been upgraded to.
func updatePostGIS(ctx context.Context, conn *pgx.Conn) error {
	var stale bool
	err := conn.QueryRow(
		ctx, `
		select exists (select
		                 from pg_available_extensions
		                where name = 'postgis'
		                  and installed_version is not null
		                  and installed_version <> default_version)`,
	).Scan(&stale)
	if err != nil || !stale {
		return err
	}
	_, err = conn.Exec(ctx, `alter extension postgis update`)
	return err
}
