package pg

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
)

// ScopeSetting is what row-level security goes by: for whom a transaction, or a whole connection, reads and writes.
const ScopeSetting = "nsdi.agency"

// Scope is a value of ScopeSetting. The zero Scope sees no row of any table with an agency.
type Scope string

// The scopes that name no agency.
const (
	Nothing    Scope = ""
	Public     Scope = "public" // what is for everybody
	Everything Scope = "all"    // nsdi itself, and its operator
)

// Agencies is the scope of a caller who belongs to these: what is public, and their rows.
func Agencies(ids ...int64) Scope {
	if len(ids) == 0 {
		return Public
	}
	parts := make([]string, len(ids))
	for i, id := range ids {
		parts[i] = strconv.FormatInt(id, 10)
	}
	return Scope(strings.Join(parts, ","))
}

// valid scopes can be put between quotes.
func (s Scope) valid() bool {
	return strings.Trim(string(s), "abcdefghijklmnopqrstuvwxyz0123456789,") == ""
}

// TxBeginner is a pool or a connection.
type TxBeginner interface {
	BeginTx(ctx context.Context, o pgx.TxOptions) (pgx.Tx, error)
}

// InScope runs f in a transaction that sees what the scope allows, and commits it. Settings are names and values of what else holds until its end, such as
// statement_timeout; both are written by the program, never taken from a request. All of it is said together with "begin", so it costs no round trip.
func InScope(ctx context.Context, b TxBeginner, s Scope, o pgx.TxOptions, f func(pgx.Tx) error, settings ...string) error {
	if !s.valid() || len(settings)%2 != 0 {
		return fmt.Errorf("pg.InScope: %q with %q is no scope", s, settings)
	}
	var sql strings.Builder
	sql.WriteString("begin")
	for _, part := range []string{string(o.AccessMode), string(o.DeferrableMode)} {
		if part != "" {
			sql.WriteString(" " + part)
		}
	}
	if o.IsoLevel != "" {
		sql.WriteString(" isolation level " + string(o.IsoLevel))
	}
	if s != Nothing {
		settings = append([]string{ScopeSetting, string(s)}, settings...)
	}
	for i := 0; i < len(settings); i += 2 {
		fmt.Fprintf(&sql, "; set local %s = '%s'", settings[i], settings[i+1])
	}
	o.BeginQuery = sql.String()
	return pgx.BeginTxFunc(ctx, b, o, f)
}
