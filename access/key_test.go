package access_test

import (
	"cmp"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/access"
	"nsdi/internal/errs"
	"nsdi/internal/pgtest"
)

func TestKeys(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	now := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	keys := &access.Keys{Pool: pool, Now: func() time.Time { return now }}
	made := access.Key{
		Name: "delivery program", Agency: "post", Roles: []access.Role{access.Uploader}, Scopes: []string{"upload:gnaf-address"},
		Networks: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("2001:db8::/32")}, ExpiresAt: now.AddDate(0, 0, 30),
	}
	key, presented, err := keys.Add(t.Context(), made)
	require.NoError(t, err)
	require.Regexp(t, `^nsdi_[a-z2-7]{8}_[a-z2-7]{52}$`, presented)
	inside := netip.MustParseAddr("192.0.2.7")

	s, err := keys.Authenticate(t.Context(), presented, inside)
	require.NoError(t, err)
	assert.Equal(t, key.ID, s.KeyID)
	assert.Zero(t, s.PersonID)
	require.Len(t, s.Memberships, 1)
	assert.Equal(t, "post", s.Memberships[0].Agency)
	assert.Equal(t, []access.Role{access.Uploader}, s.Memberships[0].Roles)
	assert.Equal(t, []string{"upload:gnaf-address"}, s.Scopes)
	for _, from := range []string{"2001:db8::1", "::ffff:192.0.2.9"} {
		_, err := keys.Authenticate(t.Context(), presented, netip.MustParseAddr(from))
		require.NoError(t, err, from)
	}
	// What a key was not made for is told by its own scope, whatever is asked about.
	may := &access.Permissions{Pool: pool, Now: keys.Now}
	for wanted, about := range map[string]access.Resource{"upload:road": {Theme: "road"}, "audit": {}} {
		action, _, _ := strings.Cut(wanted, ":")
		refused, _ := errs.As(may.Can(t.Context(), s, access.Action(action), about, ""))
		require.Equal(t, "not-permitted", refused.Code)
		assert.Contains(t, refused.Detail.FA, "upload:gnaf-address")
		assert.Contains(t, refused.Next.EN, `"`+wanted+`"`)
	}
	refused, _ := errs.As(may.Can(t.Context(), s, access.Upload, access.Resource{DatasetID: 1 << 40}, ""))
	assert.NotContains(t, refused.Detail.FA, "upload:gnaf-address", "whether there is such a dataset is not told")
	// Nothing of the secret is in the database, under any form that could be presented.
	var rows string
	require.NoError(t, pool.QueryRow(t.Context(), `select (select string_agg(k::text, '') from access.key k) || (select string_agg(a::text, '') from access.audit a)`).Scan(&rows))
	assert.NotContains(t, rows, presented[14:])

	other, otherPresented, err := keys.Add(t.Context(), made)
	require.NoError(t, err)
	require.NoError(t, keys.Revoke(t.Context(), other.Prefix))
	require.Equal(t, "key-unknown", errs.Code(keys.Revoke(t.Context(), other.Prefix)), "a key is revoked once")
	last := presented[len(presented)-1:]
	swap := map[bool]string{true: "b", false: "a"}[last == "a"]
	wrong := presented[:30] + map[bool]string{true: "b", false: "a"}[presented[30] == 'a'] + presented[31:]
	var texts []string
	for name, c := range map[string]struct {
		presented, from, code string
		after                 time.Duration
	}{
		"wrong secret":          {presented: wrong},
		"longer":                {presented: presented + "a"},
		"shorter":               {presented: presented[:len(presented)-1]},
		"upper case":            {presented: strings.ToUpper(presented)},
		"unknown":               {presented: "nsdi_aaaaaaaa_" + strings.Repeat(swap, 52)},
		"prefix only":           {presented: "nsdi_" + key.Prefix + "_"},
		"empty":                 {},
		"huge":                  {presented: strings.Repeat("x", 1<<20)},
		"no text":               {presented: "nsdi_\x00\xff"},
		"wrong secret, later":   {presented: wrong, after: 30 * 24 * time.Hour},
		"revoked, wrong secret": {presented: otherPresented[:len(otherPresented)-26] + strings.Repeat("q", 26)},
		"revoked":               {presented: otherPresented, code: "key-revoked"},
		"revoked, elsewhere":    {presented: otherPresented, from: "198.51.100.1", code: "key-revoked"},
		"foreign address":       {presented: presented, from: "198.51.100.1", code: "key-elsewhere"},
		"no address":            {presented: presented, from: "none", code: "key-elsewhere"},
		"expired":               {presented: presented, after: 30 * 24 * time.Hour, code: "key-expired"},
	} {
		from := inside
		if c.from == "none" {
			from = netip.Addr{}
		} else if c.from != "" {
			from = netip.MustParseAddr(c.from)
		}
		then := &access.Keys{Pool: pool, Now: func() time.Time { return now.Add(c.after) }}
		s, err := then.Authenticate(t.Context(), c.presented, from)
		require.Equal(t, cmp.Or(c.code, "key-refused"), errs.Code(err), name)
		require.Equal(t, 401, errs.Status(err))
		assert.Equal(t, access.Subject{}, s, name)
		if c.code == "" {
			texts = append(texts, err.Error())
		}
	}
	for _, text := range texts {
		assert.Equal(t, texts[0], text, "a refusal must not tell which keys there are")
	}
	entries, err := access.Entries(t.Context(), pool, access.AuditFilter{Event: "permission", Limit: 10})
	require.NoError(t, err)
	assert.Len(t, entries, 3, "two keys were added and one revoked")
	_, _, err = access.VerifyAudit(t.Context(), pool)
	require.NoError(t, err)
}

// The last use is written once a minute at most, however many requests come at once.
func TestLastUseIsWrittenSeldom(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	now := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	keys := func(after time.Duration) *access.Keys {
		return &access.Keys{Pool: pool, Now: func() time.Time { return now.Add(after) }}
	}
	_, presented, err := keys(0).Add(t.Context(), access.Key{Name: "x", Agency: "post", Roles: []access.Role{access.Inquirer}, Scopes: []string{"*"}, ExpiresAt: now.AddDate(1, 0, 0)})
	require.NoError(t, err)
	version := func() (xmin string, used time.Time) {
		require.NoError(t, pool.QueryRow(t.Context(), `select xmin::text, last_used_at from access.key`).Scan(&xmin, &used))
		return xmin, used.UTC()
	}
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			_, err := keys(0).Authenticate(t.Context(), presented, netip.Addr{})
			assert.NoError(t, err)
		})
	}
	wg.Wait()
	first, used := version()
	assert.Equal(t, now, used)
	_, err = keys(59*time.Second).Authenticate(t.Context(), presented, netip.Addr{})
	require.NoError(t, err)
	same, _ := version()
	assert.Equal(t, first, same, "the row was not written")
	_, err = keys(time.Minute).Authenticate(t.Context(), presented, netip.Addr{})
	require.NoError(t, err)
	_, used = version()
	assert.Equal(t, now.Add(time.Minute), used)
}

func TestKeysThatAreNotMade(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	now := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	keys := &access.Keys{Pool: pool, Now: func() time.Time { return now }}
	good := func() access.Key {
		return access.Key{Name: "x", Agency: "post", Roles: []access.Role{access.Uploader}, Scopes: []string{"*"}, ExpiresAt: now.Add(time.Hour)}
	}
	for name, c := range map[string]struct {
		spoil func(*access.Key)
		code  string
	}{
		"no name":       {func(k *access.Key) { k.Name = "" }, "key-invalid"},
		"no role":       {func(k *access.Key) { k.Roles = nil }, "key-invalid"},
		"administrator": {func(k *access.Key) { k.Roles = []access.Role{access.Administrator} }, "key-invalid"},
		"unknown role":  {func(k *access.Key) { k.Roles = []access.Role{"king"} }, "key-invalid"},
		"no scope":      {func(k *access.Key) { k.Scopes = nil }, "key-invalid"},
		"unknown scope": {func(k *access.Key) { k.Scopes = []string{"rule:*"} }, "key-invalid"},
		"half a scope":  {func(k *access.Key) { k.Scopes = []string{"read:"} }, "key-invalid"},
		"expired":       {func(k *access.Key) { k.ExpiresAt = now }, "key-invalid"},
		"for ever":      {func(k *access.Key) { k.ExpiresAt = now.AddDate(10, 0, 0) }, "key-invalid"},
		"no agency":     {func(k *access.Key) { k.Agency = "nobody" }, "agency-unknown"},
	} {
		key := good()
		c.spoil(&key)
		_, presented, err := keys.Add(t.Context(), key)
		require.Equal(t, c.code, errs.Code(err), name)
		require.Empty(t, presented)
	}
	all, err := keys.List(t.Context(), "")
	require.NoError(t, err)
	require.Empty(t, all)
	entries, err := access.Entries(t.Context(), pool, access.AuditFilter{Limit: 10})
	require.NoError(t, err)
	require.Empty(t, entries)
	_, _, err = keys.Add(t.Context(), good())
	require.NoError(t, err)
	all, err = keys.List(t.Context(), "post")
	require.NoError(t, err)
	require.Len(t, all, 1)
	none, err := keys.List(t.Context(), "ncc")
	require.NoError(t, err)
	require.Empty(t, none)
}
