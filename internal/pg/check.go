package pg

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/errs"
)

// The versions that nsdi is tested with. PostgreSQL by major version, both
// included; PostGIS from this one on.
const (
	MinPostgres = 15
	MaxPostgres = 17
	MinPostGIS  = "3.3"
)

// persianLetter must count as a letter: under LC_CTYPE=C it does not, and then
// trigram search sees no Persian text at all, without any error.
const persianLetter = "ی"

// Querier is what Check and MigrationState need: a connection, a pool or a
// transaction.
type Querier interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// facts is what a server says about itself.
type facts struct {
	versionNum       int
	version          string
	encoding         string
	ctype            string
	lettersKnown     bool
	database         string
	user             string
	superuser        bool
	mayCreate        bool
	postgisInstalled string // version in this database, "" when absent
	postgisSchema    string
	postgisAvailable string // version on the server's disk, "" when absent
}

// Check refuses a database on which nsdi would not work, with everything that
// is missing in one *errs.Error of code "database-unfit". PostGIS may still be
// absent from the database when Migrate will be able to create it.
func Check(ctx context.Context, q Querier) error {
	f, err := readFacts(ctx, q)
	if err != nil {
		return fmt.Errorf("pg.Check: asking the server about itself: %w", err)
	}
	return f.judge()
}

func readFacts(ctx context.Context, q Querier) (facts, error) {
	var f facts
	err := q.QueryRow(
		ctx, `
		select current_setting('server_version_num')::int,
		       current_setting('server_version'),
		       pg_encoding_to_char(d.encoding),
		       d.datctype,
		       d.datname,
		       current_user::text,
		       coalesce((select r.rolsuper from pg_roles r where r.rolname = current_user), false),
		       has_database_privilege(d.datname, 'create'),
		       coalesce((select e.extversion from pg_extension e where e.extname = 'postgis'), ''),
		       coalesce((select e.extnamespace::regnamespace::text from pg_extension e where e.extname = 'postgis'), ''),
		       coalesce((select a.default_version from pg_available_extensions a where a.name = 'postgis'), '')
		  from pg_database d
		 where d.datname = current_database()`,
	).Scan(&f.versionNum, &f.version, &f.encoding, &f.ctype, &f.database, &f.user, &f.superuser, &f.mayCreate,
		&f.postgisInstalled, &f.postgisSchema, &f.postgisAvailable)
	if err != nil {
		return f, err
	}
	if f.encoding != "UTF8" {
		// The letter cannot even be sent to a server of another encoding.
		return f, nil
	}
	err = q.QueryRow(ctx, `select $1::text ~ '^[[:alpha:]]$'`, persianLetter).Scan(&f.lettersKnown)
	return f, err
}

// judge is apart from readFacts so that each message can be tested without a
// server that has the fault.
func (f facts) judge() error {
	var missing []problem
	missing = append(missing, f.judgeServer()...)
	missing = append(missing, f.judgePostGIS()...)
	if len(missing) == 0 {
		return nil
	}
	var detail, next errs.Text
	for i, p := range missing {
		sep := ""
		if i > 0 {
			sep = " "
		}
		detail = errs.T(detail.FA+sep+p.detail.FA, detail.EN+sep+p.detail.EN)
		next = errs.T(next.FA+sep+p.next.FA, next.EN+sep+p.next.EN)
	}
	return &errs.Error{
		Code:   "database-unfit",
		Status: 503,
		Op:     "pg.Check",
		Title:  errs.T("این پایگاه داده برای nsdi آماده نیست", "This database is not ready for nsdi"),
		Detail: detail,
		Next:   next,
	}
}

// problem is one thing that is missing, and how to get it.
type problem struct{ detail, next errs.Text }

func (f facts) judgeServer() []problem {
	var out []problem
	if major := f.versionNum / 10000; major < MinPostgres || major > MaxPostgres {
		out = append(out, problem{
			errs.Tf("نسخه PostgreSQL %[1]s است؛ نسخه %[2]d تا %[3]d لازم است.",
				"PostgreSQL is version %[1]s; versions %[2]d to %[3]d are supported.", f.version, MinPostgres, MaxPostgres),
			errs.Tf("سروری با نسخه %[1]d تا %[2]d به کار ببرید.", "Use a server of version %[1]d to %[2]d.", MinPostgres, MaxPostgres),
		})
	}
	recreate := errs.Tf(
		"پایگاه را از نو بسازید: create database %[1]s template template0 encoding 'UTF8' lc_collate 'C.UTF-8' lc_ctype 'C.UTF-8';",
		"Create the database anew: create database %[1]s template template0 encoding 'UTF8' lc_collate 'C.UTF-8' lc_ctype 'C.UTF-8';",
		pgx.Identifier{f.database}.Sanitize(),
	)
	switch {
	case f.encoding != "UTF8":
		out = append(out, problem{
			errs.Tf("کدگذاری پایگاه %[1]s است و باید UTF8 باشد.", "The database's encoding is %[1]s and must be UTF8.", f.encoding),
			recreate,
		})
	case !f.lettersKnown:
		out = append(out, problem{
			errs.Tf("با LC_CTYPE=%[1]s حرف‌های فارسی حرف شمرده نمی‌شوند و جست‌وجو کار نمی‌کند.",
				"With LC_CTYPE=%[1]s Persian letters do not count as letters, so search would not work.", f.ctype),
			recreate,
		})
	}
	if !f.mayCreate {
		out = append(out, problem{
			errs.Tf("کاربر %[1]s اجازه ساختن schema در پایگاه %[2]s را ندارد.",
				"User %[1]s may not create schemas in database %[2]s.", f.user, f.database),
			errs.Tf("با کاربر مدیر اجرا کنید: grant create on database %[1]s to %[2]s;",
				"Run as an administrator: grant create on database %[1]s to %[2]s;",
				pgx.Identifier{f.database}.Sanitize(), pgx.Identifier{f.user}.Sanitize()),
		})
	}
	return out
}

func (f facts) judgePostGIS() []problem {
	const create = "create extension postgis with schema public;"
	version := f.postgisInstalled
	if version == "" {
		version = f.postgisAvailable
	}
	switch {
	case version == "":
		return []problem{{
			errs.T("PostGIS روی این سرور نصب نیست.", "PostGIS is not installed on this server."),
			errs.Tf("بسته آن را روی سرور نصب کنید (در دبیان: postgresql-%[1]s-postgis-3).",
				"Install its package on the server (Debian: postgresql-%[1]s-postgis-3).", strconv.Itoa(f.versionNum/10000)),
		}}
	case !versionAtLeast(version, MinPostGIS):
		return []problem{{
			errs.Tf("نسخه PostGIS %[1]s است؛ %[2]s یا تازه‌تر لازم است.",
				"PostGIS is version %[1]s; %[2]s or newer is needed.", version, MinPostGIS),
			errs.T("PostGIS را روی سرور تازه کنید و سپس اجرا کنید: alter extension postgis update;",
				"Upgrade PostGIS on the server, then run: alter extension postgis update;"),
		}}
	case f.postgisInstalled == "" && !f.superuser:
		return []problem{{
			errs.Tf("PostGIS در پایگاه %[1]s ساخته نشده و کاربر %[2]s اجازه ساختنش را ندارد.",
				"PostGIS is not created in database %[1]s, and user %[2]s may not create it.", f.database, f.user),
			errs.T("با کاربر مدیر در همین پایگاه اجرا کنید: "+create, "Run as an administrator in this database: "+create),
		}}
	case f.postgisInstalled != "" && f.postgisSchema != "public":
		return []problem{{
			errs.Tf("PostGIS در schema %[1]s است و باید در public باشد.",
				"PostGIS is in schema %[1]s and must be in public.", f.postgisSchema),
			errs.T("پایگاهی تازه بسازید و در آن اجرا کنید: "+create, "Create a new database and run in it: "+create),
		}}
	}
	return nil
}

// versionAtLeast compares dotted versions by their first two numbers.
func versionAtLeast(version, least string) bool {
	vMajor, vMinor := majorMinor(version)
	lMajor, lMinor := majorMinor(least)
	return vMajor > lMajor || vMajor == lMajor && vMinor >= lMinor
}

func majorMinor(version string) (major, minor int) {
	parts := strings.SplitN(version, ".", 3)
	major = leadingInt(parts[0])
	if len(parts) > 1 {
		minor = leadingInt(parts[1])
	}
	return major, minor
}

// leadingInt reads "5dev" as 5.
func leadingInt(s string) int {
	end := 0
	for end < len(s) && s[end] >= '0' && s[end] <= '9' {
		end++
	}
	n, _ := strconv.Atoi(s[:end])
	return n
}
