package access_test

import (
	"errors"
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/access"
	"nsdi/internal/errs"
	"nsdi/internal/pgtest"
)

const rightPassword = "a long password"

var (
	office   = netip.MustParseAddr("192.0.2.10")
	stranger = netip.MustParseAddr("198.51.100.7")
)

// desk is a guard and its sessions with a clock that the test moves, and a person called sara.
type desk struct {
	*access.Guard
	*access.Sessions
	pool *pgxpool.Pool
	sara int64
	now  time.Time
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{pool: pgtest.New(t), now: time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)}
	clock := func() time.Time { return d.now }
	d.Guard, d.Sessions = &access.Guard{Pool: d.pool, Now: clock}, &access.Sessions{Pool: d.pool, Now: clock}
	var err error
	d.sara, err = access.Create(t.Context(), d.pool, access.Account{Login: "sara", Agency: "post", Role: access.Uploader, Password: rightPassword})
	require.NoError(t, err)
	return d
}

// try answers the code of the refusal, or "" when the attempt was right.
func (d *desk) try(t *testing.T, a access.Attempt) string {
	t.Helper()
	_, err := d.Authenticate(t.Context(), a)
	return errs.Code(err)
}

func TestGuardMakesGuessingWait(t *testing.T) {
	t.Parallel()
	for _, login := range []string{"sara", "nobody"} { // what a prober sees does not depend on whether the login exists
		d := newDesk(t)
		guess := access.Attempt{Login: login, Password: "a wrong password", Remote: stranger}
		for range 5 {
			require.Equal(t, "sign-in-refused", d.try(t, guess), login)
		}
		var waits []time.Duration
		for range 8 {
			_, err := d.Authenticate(t.Context(), guess)
			require.Equal(t, "sign-in-wait", errs.Code(err), login)
			require.Equal(t, 429, errs.Status(err))
			var wait *access.WaitError
			require.True(t, errors.As(err, &wait))
			waits = append(waits, wait.Wait)
			for range 20 { // does not make it longer
				require.Equal(t, "sign-in-wait", d.try(t, guess))
			}
			d.now = d.now.Add(wait.Wait - time.Millisecond)
			require.Equal(t, "sign-in-wait", d.try(t, guess), "the wait is not over yet")
			d.now = d.now.Add(time.Millisecond)
			require.Equal(t, "sign-in-refused", d.try(t, guess), "the wait ends by itself")
		}
		s := time.Second
		assert.Equal(t, []time.Duration{30 * s, 60 * s, 120 * s, 240 * s, 480 * s, 900 * s, 900 * s, 900 * s}, waits, login)
		d.now = d.now.Add(25 * time.Hour)
		for range 5 {
			require.Equal(t, "sign-in-refused", d.try(t, guess), "a day later all is forgotten")
		}
	}
}

func TestRightPasswordEndsTheCountOfItsOwn(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for range 3 {
		for range 4 {
			require.Equal(t, "sign-in-refused", d.try(t, access.Attempt{Login: "sara", Password: "x", Remote: office}))
		}
		require.Empty(t, d.try(t, access.Attempt{Login: "sara", Password: rightPassword, Remote: office}))
	}
}

// However long a prober goes on, from wherever: the person signs in from a browser that is known, and from another network while the prober uses one.
func TestProberLocksNobodyOut(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	browser, err := d.Remember(t.Context(), d.sara, "")
	require.NoError(t, err)
	elsewhere := access.Attempt{Login: "sara", Password: rightPassword, Remote: office}
	for range 40 {
		d.try(t, access.Attempt{Login: "sara", Password: "guess", Remote: stranger})
	}
	require.Empty(t, d.try(t, elsewhere), "the stranger's network waits, and no other")
	// Many networks at once: now strangers to the server wait, wherever they are.
	for i := range 60 {
		d.try(t, access.Attempt{Login: "sara", Password: "guess", Remote: netip.AddrFrom4([4]byte{203, 0, 113, byte(i)})})
	}
	require.Equal(t, "sign-in-wait", d.try(t, elsewhere))
	known := elsewhere
	known.Browser = browser
	require.Empty(t, d.try(t, known))
	known.Remote = stranger
	require.Empty(t, d.try(t, known), "also where the prober sits")
	// The browser is known for its own person only, and does not allow endless guesses either.
	require.Equal(t, "sign-in-wait", d.try(t, access.Attempt{Login: "sara", Password: "guess", Remote: office, Browser: access.GeneratePassword()}), "a forged browser")
	for range 5 {
		require.Equal(t, "sign-in-refused", d.try(t, access.Attempt{Login: "sara", Password: "guess", Remote: office, Browser: browser}))
	}
	require.Equal(t, "sign-in-wait", d.try(t, known))
	d.now = d.now.Add(15 * time.Minute)
	require.Empty(t, d.try(t, elsewhere), "and all of it ends by itself")
	password, err := access.ResetPassword(t.Context(), d.pool, "sara")
	require.NoError(t, err)
	require.Equal(t, "sign-in-refused", d.try(t, elsewhere))
	require.Empty(t, d.try(t, access.Attempt{Login: "sara", Password: password, Remote: office}))
}

func TestNetworkThatSpraysWaits(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	last := ""
	tried := 0
	for last != "sign-in-wait" && tried < 100 {
		last = d.try(t, access.Attempt{Login: access.GeneratePassword(), Password: "Password123!", Remote: netip.MustParseAddr("2001:db8::1")})
		tried++
	}
	assert.Equal(t, 31, tried)
	assert.Equal(t, "sign-in-wait", d.try(t, access.Attempt{Login: "sara", Password: rightPassword, Remote: netip.MustParseAddr("2001:db8::2")}), "the same /64")
	assert.Empty(t, d.try(t, access.Attempt{Login: "sara", Password: rightPassword, Remote: netip.MustParseAddr("2001:db8:0:1::1")}))
}

// Many attempts at once do not pass under the limit.
func TestGuardCountsBeforeItLooks(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	var mu sync.Mutex
	var wg sync.WaitGroup
	codes := map[string]int{}
	for range 16 {
		wg.Go(func() {
			_, err := d.Authenticate(t.Context(), access.Attempt{Login: "sara", Password: "guess", Remote: stranger})
			mu.Lock()
			defer mu.Unlock()
			codes[errs.Code(err)]++
		})
	}
	wg.Wait()
	assert.Equal(t, map[string]int{"sign-in-refused": 5, "sign-in-wait": 11}, codes)
}
