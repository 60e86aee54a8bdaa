// Package pg opens nsdi's database and keeps its shape: the connection pool,
// the check that a server is fit, and the migrations.
//
// Rules:
//   - The search path of every connection is "pg_catalog, public". PostGIS lives in
//     schema public, so its types and functions resolve; nsdi's own tables are
//     always named with their schema, and an unqualified "create table" fails,
//     because the first schema of the path is one where nothing can be created.
//     An extension therefore needs "with schema public" where it is created.
//   - The session's time zone is UTC: what a person sees is converted where it is
//     shown.
//   - Migrations run under an advisory lock, so any number of processes may start
//     at once on one database.
//   - A server that is unfit is refused at start with everything that is missing,
//     in one message, with the next step in Persian and English.
package pg
