package pg

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5/pgxpool"

	"nsdi/internal/errs"
)

const (
	// ApplicationName is what pg_stat_activity shows, unless the URL says another.
	ApplicationName = "nsdi"
	// searchPath: see the package comment.
	searchPath = "pg_catalog, public"
	// defaultMaxConns leaves room for several processes below PostgreSQL's usual
	// limit of 100 connections. "pool_max_conns" in the URL overrides it.
	defaultMaxConns = 16
	// ApplicationRole is what the server works as: it owns nothing and is held by row-level security.
	ApplicationRole = "nsdi_application"
)

// Config returns the pool configuration for a PostgreSQL URL or key-value
// string, with nsdi's session settings.
func Config(url string) (*pgxpool.Config, error) {
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, &errs.Error{
			Code:   "database-url-invalid",
			Op:     "pg.Config",
			Title:  errs.T("نشانی پایگاه داده خوانده نمی‌شود", "The database address cannot be read"),
			Detail: errs.T("مقدار DATABASE_URL نشانی درستی نیست.", "DATABASE_URL is not a valid address."),
			Next: errs.T(
				"آن را به شکل postgres://user:password@host:5432/dbname بنویسید، یا خالی بگذارید تا پایگاه خصوصی ساخته شود.",
				"Write it as postgres://user:password@host:5432/dbname, or leave it empty for a private cluster.",
			),
			Err: err,
		}
	}
	if !strings.Contains(url, "pool_max_conns") {
		cfg.MaxConns = defaultMaxConns
	}
	params := cfg.ConnConfig.RuntimeParams
	params["search_path"] = searchPath
	params["timezone"] = "UTC"
	if params["application_name"] == "" {
		params["application_name"] = ApplicationName
	}
	return cfg, nil
}

// Connect opens the operator's pool on the database at url, which sees everything, and
// proves that it answers. It does not check the database's fitness and does not migrate
// it: see Check and Migrate.
func Connect(ctx context.Context, url string) (*pgxpool.Pool, error) {
	cfg, err := Config(url)
	if err != nil {
		return nil, err
	}
	cfg.ConnConfig.RuntimeParams[ScopeSetting] = string(Everything)
	return open(ctx, cfg)
}

// ConnectApplication opens a pool that works as ApplicationRole, in the scope that every
// connection begins with. The login in the url is that role or a member of it.
func ConnectApplication(ctx context.Context, url string, s Scope) (*pgxpool.Pool, error) {
	cfg, err := Config(url)
	if err != nil {
		return nil, err
	}
	params := cfg.ConnConfig.RuntimeParams
	params["role"] = ApplicationRole
	if s != Nothing {
		params[ScopeSetting] = string(s)
	}
	return open(ctx, cfg)
}

func open(ctx context.Context, cfg *pgxpool.Config) (*pgxpool.Pool, error) {
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, unreachable(cfg, err)
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, unreachable(cfg, err)
	}
	return pool, nil
}

func unreachable(cfg *pgxpool.Config, err error) error {
	c := cfg.ConnConfig
	return &errs.Error{
		Code:   "database-unreachable",
		Status: 503,
		Op:     "pg.Connect",
		Title:  errs.T("پایگاه داده پاسخ نمی‌دهد", "The database does not answer"),
		Detail: errs.Tf(
			"اتصال به پایگاه %[1]s روی %[2]s درگاه %[3]d با کاربر %[4]s برقرار نشد.",
			"No connection to database %[1]s on %[2]s port %[3]d as user %[4]s.",
			c.Database, c.Host, c.Port, c.User,
		),
		Next: errs.T(
			"ببینید سرور PostgreSQL روشن است و نشانی، کاربر و گذرواژه در DATABASE_URL درست است.",
			"See that the PostgreSQL server runs, and that address, user and password in DATABASE_URL are right.",
		),
		Err: err,
	}
}
