package access_test

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/access"
	"nsdi/internal/errs"
	"nsdi/internal/pgtest"
)

// statements are what a pool has asked.
type statements struct{ asked []string }

func (s *statements) TraceQueryStart(ctx context.Context, _ *pgx.Conn, q pgx.TraceQueryStartData) context.Context {
	s.asked = append(s.asked, q.SQL)
	return ctx
}

func (*statements) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// What takes time is the question to the database, and what is no identifier asks the same as one that is not there: time does not tell them apart.
func TestTrackAsksTheSameOfEveryIdentifier(t *testing.T) {
	t.Parallel()
	s := &statements{}
	config := pgtest.New(t).Config()
	config.ConnConfig.Tracer, config.MaxConns = s, 1
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	require.NoError(t, pool.Ping(t.Context())) // what is asked when it connects
	asks := func(typed string) []string {
		s.asked = nil
		_, err := access.Find(t.Context(), pool, typed)
		require.Equal(t, "tracking-unknown", errs.Code(err))
		return s.asked
	}
	unknown := asks(string(access.NewIdentifier(time.Now())))
	require.Len(t, unknown, 1)
	for _, malformed := range []string{"NSDI-1405-2222-2222-3", "", "x"} {
		assert.Equal(t, unknown, asks(malformed), "%q", malformed)
	}
}
