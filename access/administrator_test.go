package access_test

import (
	"sync"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/access"
	"nsdi/internal/errs"
	"nsdi/internal/pgtest"
)

// administrators makes accounts of these names that administer the installation.
func administrators(t *testing.T, pool *pgxpool.Pool, logins ...string) {
	t.Helper()
	for _, login := range logins {
		_, err := access.Create(t.Context(), pool, access.Account{Login: login, Agency: "committee", Role: access.Administrator, Password: rightPassword})
		require.NoError(t, err)
	}
}

func TestLastAdministratorStays(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	ctx := t.Context()
	administrators(t, pool, "admin")
	// Who administers another agency, or is something else at the committee, is no replacement.
	require.NoError(t, access.Grant(ctx, pool, "admin", "committee", access.Auditor))
	_, err := access.Create(ctx, pool, access.Account{Login: "sara", Agency: "post", Role: access.Administrator, Password: rightPassword})
	require.NoError(t, err)
	require.NoError(t, access.Grant(ctx, pool, "sara", "committee", access.CommitteeMember))

	steering := access.Agency{Code: "committee", Kind: "ministry", NameFA: "کمیته راهبری SDI", NameEN: "SDI steering committee"}
	refused := func(why string) {
		t.Helper()
		for name, change := range map[string]func() error{
			"disable":  func() error { return access.Disable(ctx, pool, "admin", true) },
			"withdraw": func() error { return access.Withdraw(ctx, pool, "admin", "committee", access.Administrator) },
			"kind":     func() error { return access.EnsureAgency(ctx, pool, steering) },
		} {
			err := change()
			require.Equal(t, "last-administrator", errs.Code(err), "%s, %s", name, why)
			e, _ := errs.As(err)
			assert.Equal(t, 409, e.Status)
			assert.Contains(t, e.Next.EN, "nsdi user role")
			assert.Contains(t, e.Next.FA, "nsdi user role")
		}
	}
	before := len(lines(t, pool))
	refused("nobody else")
	assert.Len(t, lines(t, pool), before, "what was refused changed nothing")
	_, err = access.Authenticate(ctx, pool, "admin", rightPassword)
	require.NoError(t, err)
	require.NoError(t, access.Withdraw(ctx, pool, "admin", "committee", access.Auditor), "another role may go")

	administrators(t, pool, "second")
	require.NoError(t, access.Disable(ctx, pool, "second", true))
	refused("the other account is closed")
	require.NoError(t, access.Disable(ctx, pool, "second", false))
	require.NoError(t, access.Disable(ctx, pool, "admin", true))
	require.NoError(t, access.Withdraw(ctx, pool, "admin", "committee", access.Administrator), "of a closed account")
	require.Equal(t, "last-administrator", errs.Code(access.Disable(ctx, pool, "second", true)))
}

// Of two who close each other's accounts at once one stays, however the changes meet.
func TestLastAdministratorStaysHoweverManyLeave(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	logins := []string{"a1", "a2", "a3", "a4", "a5", "a6"}
	administrators(t, pool, logins...)
	var wg sync.WaitGroup
	var mu sync.Mutex
	codes := map[string]int{}
	for i, login := range logins {
		wg.Go(func() {
			leave := func() error { return access.Disable(t.Context(), pool, login, true) }
			if i%2 == 0 {
				leave = func() error { return access.Withdraw(t.Context(), pool, login, "committee", access.Administrator) }
			}
			code := errs.Code(leave())
			mu.Lock()
			defer mu.Unlock()
			codes[code]++
		})
	}
	wg.Wait()
	assert.Equal(t, map[string]int{"": 5, "last-administrator": 1}, codes)
	people, err := access.People(t.Context(), pool)
	require.NoError(t, err)
	open := 0
	for _, p := range people {
		if p.DisabledAt == nil && len(p.Memberships) > 0 {
			open++
		}
	}
	assert.Equal(t, 1, open)
}

// Where nobody administers yet, there is nothing to keep.
func TestWithoutAdministratorNothingIsKept(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	require.NoError(t, access.Disable(t.Context(), d.pool, "sara", true))
	require.NoError(t, access.Withdraw(t.Context(), d.pool, "sara", "post", access.Uploader))
}
