package pg_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"nsdi/internal/pg"
	"nsdi/internal/pgtest"
)

// What the driver really says of a connection that was ended, and of a server that is not there.
func TestAway(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	conn, err := pool.Acquire(t.Context())
	require.NoError(t, err)
	defer conn.Release()
	_, err = pool.Exec(t.Context(), `select pg_terminate_backend($1)`, conn.Conn().PgConn().PID())
	require.NoError(t, err)
	for range 2 { // the answer is the reason, and later that the connection is closed
		_, err = conn.Exec(t.Context(), `select 1`)
		require.Error(t, err)
		require.True(t, pg.Away(err), "%v", err)
	}
	_, err = pgconn.Connect(t.Context(), "postgres://nobody@/none?host="+filepath.Join(t.TempDir(), "none"))
	require.Error(t, err)
	require.True(t, pg.Away(err), "%v", err)
	require.True(t, pg.Away(fmt.Errorf("read: %w", io.ErrUnexpectedEOF)))

	_, err = pool.Exec(t.Context(), `select 1/0`)
	require.Error(t, err)
	for _, other := range []error{nil, err, context.Canceled, errors.New("x"), os.ErrNotExist} {
		require.False(t, pg.Away(other), "%v", other)
		require.False(t, pg.Full(other), "%v", other)
	}
	require.True(t, pg.Full(fmt.Errorf("write: %w", &pgconn.PgError{Code: "53100"})))
	file, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	require.NoError(t, err)
	defer file.Close()
	_, err = file.Write([]byte("x"))
	require.True(t, pg.Full(err), "%v", err)
}
