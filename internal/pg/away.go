package pg

import (
	"errors"
	"io"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"
)

// Away reports whether an error says that the database could not be asked, or went away while it was: the same question may be answered later.
func Away(err error) bool {
	var connecting *pgconn.ConnectError
	var refused *pgconn.PgError
	switch {
	case err == nil:
		return false
	case errors.As(err, &refused):
		switch refused.Code {
		case "57P01", "57P02", "57P03", "53300": // shutdown, crash, not yet up, too many connections
			return true
		}
		return strings.HasPrefix(refused.Code, "08")
	case errors.As(err, &connecting):
		return true
	}
	return pgconn.SafeToRetry(err) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}

// Full reports whether an error says that there is no room, on this machine's disk or on the database's.
func Full(err error) bool {
	var refused *pgconn.PgError
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.As(err, &refused) && refused.Code == "53100"
}

// NotText reports whether an error says that a value cannot be text in the database: bytes that are not UTF-8, or the null character.
func NotText(err error) bool {
	var refused *pgconn.PgError
	return errors.As(err, &refused) && (refused.Code == "22021" || refused.Code == "22P05")
}
