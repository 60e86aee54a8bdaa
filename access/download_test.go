package access_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/access"
	"nsdi/internal/errs"
	"nsdi/internal/fixture"
)

// downloads hands out what the bureau granted.
func (d *bureau) downloads() *access.Downloads {
	clock := func() time.Time { return d.now }
	return &access.Downloads{Pool: d.app, Can: d.can, Now: clock, Signer: &access.Signer{Pool: d.pool, Now: clock}}
}

func here() netip.Addr { return netip.MustParseAddr("192.0.2.7") }

func (d *bureau) offer(t *testing.T, who access.Subject) string {
	t.Helper()
	token, expires, err := d.downloads().Offer(t.Context(), who, d.dataset, 1)
	require.NoError(t, err)
	require.Equal(t, d.now.Add(15*time.Minute), expires.UTC())
	return token
}

func (d *bureau) redeem(t *testing.T, caller access.Subject, token string) string {
	t.Helper()
	_, err := d.downloads().Redeem(t.Context(), caller, here(), token)
	if err == nil {
		return ""
	}
	_, ok := errs.As(err)
	require.True(t, ok, "%v", err)
	return errs.Code(err)
}

func TestTokensThatAreNotRight(t *testing.T) {
	t.Parallel()
	d := newBureau(t)
	d.granted(t, d.asked(), access.Decision{})
	token := d.offer(t, d.applicant)
	require.Empty(t, d.redeem(t, d.applicant, token))
	require.Empty(t, d.redeem(t, access.Subject{}, token), "the address alone is enough")
	other := d.named(t, "municipality", access.Inquirer)
	require.NotEmpty(t, d.offer(t, other), "may have one of her own")
	assert.Equal(t, "download-refused", d.redeem(t, other, token), "somebody else's")
	key := d.applicant
	key.KeyID = 9
	assert.Equal(t, "download-refused", d.redeem(t, key, token), "a key is not its holder")

	parts := strings.Split(token, ".")
	require.Len(t, parts, 6)
	with := func(i int, value string) string {
		changed := append([]string{}, parts...)
		changed[i] = value
		return strings.Join(changed, ".")
	}
	until, err := strconv.ParseInt(parts[3], 10, 64)
	require.NoError(t, err)
	for name, wrong := range map[string]string{
		"unknown kid":        with(0, "aaaaaaaa"),
		"another version":    with(1, parts[1]+"0"),
		"another subject":    with(2, "p"+fmt.Sprint(other.PersonID)),
		"the public":         with(2, "n"),
		"a key":              with(2, "k1"),
		"longer":             with(3, strconv.FormatInt(until+60, 10)),
		"shorter":            with(3, strconv.FormatInt(until-60, 10)),
		"another nonce":      with(4, "AAAAAAAAAAAAAAAA"),
		"no signature":       with(5, ""),
		"another signature":  with(5, strings.Repeat("A", 43)),
		"cut":                token[:len(token)-1],
		"longer at the end":  token + "A",
		"one part more":      "x." + token,
		"empty":              "",
		"dots":               ".....",
		"no text":            "\x00" + token,
		"not UTF-8":          "\xff" + token,
		"long":               strings.Repeat("A", 1<<20),
		"long after a point": token + "." + strings.Repeat("A", 1000),
	} {
		assert.Equal(t, "download-refused", d.redeem(t, access.Subject{}, wrong), name)
	}
	// Nothing that differs in one character is taken for the token.
	for i := range token {
		changed := []byte(token)
		if changed[i] == 'A' {
			changed[i] = 'B'
		} else {
			changed[i] = 'A'
		}
		require.Equal(t, "download-refused", d.redeem(t, access.Subject{}, string(changed)), "character %d", i)
	}
	// A token that another key signed is not taken for one of this key.
	_, err = d.pool.Exec(t.Context(), `update access.signing_key set secret = sha256(secret)`)
	require.NoError(t, err)
	assert.Equal(t, "download-refused", d.redeem(t, access.Subject{}, token))
}

func TestTokensAndTheClock(t *testing.T) {
	t.Parallel()
	d := newBureau(t)
	d.granted(t, d.asked(), access.Decision{})
	token := d.offer(t, d.applicant)
	made := d.now
	for after, want := range map[time.Duration]string{
		0: "", 15*time.Minute - time.Second: "", 15 * time.Minute: "download-expired", 30 * 24 * time.Hour: "download-expired",
		-30 * time.Second: "not-permitted", // by a clock that is behind, which is before the grant
	} {
		d.now = made.Add(after)
		assert.Equal(t, want, d.redeem(t, d.applicant, token), after)
	}
	d.now = made.Add(time.Hour)
	token = d.offer(t, d.applicant)
	d.now = made.Add(time.Hour - 30*time.Second)
	assert.Empty(t, d.redeem(t, d.applicant, token), "signed by a clock half a minute ahead")
	d.now = made.Add(time.Hour - 5*time.Minute)
	assert.Equal(t, "download-refused", d.redeem(t, d.applicant, token), "signed by a clock that is wrong: it would live too long")
	d.now = made
	short := d.downloads()
	short.Signer.Life = time.Minute
	_, expires, err := short.Offer(t.Context(), d.applicant, d.dataset, 1)
	require.NoError(t, err)
	assert.Equal(t, made.Add(time.Minute), expires.UTC())
	short.Signer.Life = time.Hour
	_, expires, err = short.Offer(t.Context(), d.applicant, d.dataset, 1)
	require.NoError(t, err)
	assert.Equal(t, made.Add(15*time.Minute), expires.UTC(), "never longer")
}

// Keys follow one another; what the one before signed works to its end.
func TestSigningKeysRotate(t *testing.T) {
	t.Parallel()
	d := newBureau(t)
	asked := d.asked()
	asked.Until = d.now.Add(365 * 24 * time.Hour)
	d.granted(t, asked, access.Decision{})
	kid := func(token string) string { return token[:strings.IndexByte(token, '.')] }
	first := d.offer(t, d.applicant)
	require.Equal(t, kid(first), kid(d.offer(t, d.applicant)))
	d.now = d.now.Add(30*24*time.Hour - time.Minute)
	last := d.offer(t, d.applicant)
	require.Equal(t, kid(first), kid(last))
	d.now = d.now.Add(2 * time.Minute)
	next := d.offer(t, d.applicant)
	require.NotEqual(t, kid(first), kid(next))
	assert.Empty(t, d.redeem(t, d.applicant, last))
	assert.Empty(t, d.redeem(t, d.applicant, next))
	d.now = d.now.Add(20 * time.Minute)
	assert.Equal(t, "download-refused", d.redeem(t, d.applicant, last), "its key is not asked any more")
	assert.Equal(t, "download-expired", d.redeem(t, d.applicant, next))
	// Processes that need a first key at once make one.
	_, err := d.pool.Exec(t.Context(), `delete from access.signing_key`)
	require.NoError(t, err)
	tokens := make(chan string, 8)
	for range cap(tokens) {
		go func() {
			token, _, err := d.downloads().Offer(t.Context(), d.applicant, d.dataset, 1)
			tokens <- kid(token + fmt.Sprint(err) + ".")
		}()
	}
	one := <-tokens
	for range cap(tokens) - 1 {
		assert.Equal(t, one, <-tokens)
	}
}

// What ended between the signing and the use ends the token.
func TestPermissionIsAskedAgain(t *testing.T) {
	t.Parallel()
	d := newBureau(t)
	q := d.granted(t, d.asked(), access.Decision{})
	token := d.offer(t, d.applicant)
	keys := &access.Keys{Pool: d.pool, Now: func() time.Time { return d.now }}
	add := func(networks ...netip.Prefix) (access.Key, access.Subject) {
		key, presented, err := keys.Add(t.Context(), access.Key{
			Name: "program", Agency: "municipality", Roles: []access.Role{access.Inquirer}, Scopes: []string{"export"}, Networks: networks, ExpiresAt: d.now.Add(10 * time.Minute),
		})
		require.NoError(t, err)
		from := here()
		if len(networks) > 0 {
			from = networks[0].Addr()
		}
		s, err := keys.Authenticate(t.Context(), presented, from)
		require.NoError(t, err)
		return key, s
	}
	key, program := add()
	byKey := d.offer(t, program)
	require.Empty(t, d.redeem(t, program, byKey))
	require.Empty(t, d.redeem(t, access.Subject{}, byKey))
	_, elsewhere := add(netip.MustParsePrefix("198.51.100.0/24"))
	assert.Equal(t, "download-refused", d.redeem(t, access.Subject{}, d.offer(t, elsewhere)), "from outside the key's networks")
	_, ending := add()
	ended := d.offer(t, ending)
	_, removed := add()
	gone := d.offer(t, removed)
	_, err := d.pool.Exec(t.Context(), `delete from access.key where id = $1`, removed.KeyID)
	require.NoError(t, err)
	assert.Equal(t, "download-refused", d.redeem(t, access.Subject{}, gone), "a deleted key")
	require.NoError(t, keys.Revoke(t.Context(), key.Prefix))
	assert.Equal(t, "download-refused", d.redeem(t, access.Subject{}, byKey), "a revoked key")
	d.now = d.now.Add(11 * time.Minute)
	assert.Equal(t, "download-refused", d.redeem(t, access.Subject{}, ended), "an expired key")

	role := func(sql string) {
		_, err := d.pool.Exec(t.Context(), sql, d.applicant.PersonID)
		require.NoError(t, err)
	}
	require.Empty(t, d.redeem(t, access.Subject{}, token))
	role(`update access.membership set role = 'uploader' where person_id = $1`)
	assert.Equal(t, "not-permitted", d.redeem(t, access.Subject{}, token), "another role")
	role(`update access.membership set role = 'inquirer' where person_id = $1`)
	role(`update access.person set disabled_at = now() where id = $1`)
	assert.Equal(t, "download-refused", d.redeem(t, access.Subject{}, token), "a closed account")
	role(`update access.person set disabled_at = null where id = $1`)
	require.Empty(t, d.redeem(t, access.Subject{}, token))
	_, err = d.requests.Revoke(t.Context(), d.custodian, string(q.Tracking), "r")
	require.NoError(t, err)
	assert.Equal(t, "not-permitted", d.redeem(t, d.applicant, token))
	_, _, err = d.downloads().Offer(t.Context(), d.applicant, d.dataset, 1)
	assert.Equal(t, "not-permitted", errs.Code(err))
	_, _, err = d.downloads().Offer(t.Context(), access.Subject{}, d.dataset, 1)
	assert.Equal(t, "sign-in-needed", errs.Code(err))
}

func TestOnlyTheLastVersion(t *testing.T) {
	t.Parallel()
	d := newBureau(t)
	token := d.offer(t, d.custodian)
	dl, err := d.downloads().Redeem(t.Context(), d.custodian, here(), token)
	require.NoError(t, err)
	fixture.Publish(t, d.pool, "electricity", "energy", nil, fixture.Feature{Key: "in", WKT: "LINESTRING(51.1 35.1,51.3 35.3)", Attributes: map[string]any{"line_id": "in"}})
	assert.Equal(t, "version-not-kept", d.redeem(t, d.custodian, token))
	_, err = d.downloads().Write(t.Context(), dl, &bytes.Buffer{}, nil)
	assert.Equal(t, "version-not-kept", errs.Code(err), "published after it was redeemed")
	for seq, want := range map[int]string{1: "version-not-kept", 3: "version-unknown"} {
		_, _, err := d.downloads().Offer(t.Context(), d.custodian, d.dataset, seq)
		assert.Equal(t, want, errs.Code(err))
	}
	_, _, err = d.downloads().Offer(t.Context(), d.custodian, 99999, 1)
	assert.Equal(t, "version-unknown", errs.Code(err))
}

// collection is a file as a reader of GeoJSON sees it.
type collection struct {
	Type       string
	Provenance map[string]any
	Features   []struct {
		Type       string
		ID         int64
		Geometry   map[string]any
		Properties map[string]any
	}
}

func (d *bureau) file(t *testing.T, who access.Subject) (c collection, lines []string) {
	t.Helper()
	dl, err := d.downloads().Redeem(t.Context(), who, here(), d.offer(t, who))
	require.NoError(t, err)
	var out bytes.Buffer
	rows, err := d.downloads().Write(t.Context(), dl, &out, nil)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(out.Bytes(), &c))
	require.EqualValues(t, len(c.Features), rows)
	require.Equal(t, "FeatureCollection", c.Type)
	for _, f := range c.Features {
		lines = append(lines, fmt.Sprint(f.Properties["line_id"]))
	}
	return c, lines
}

func TestWhatIsInAFile(t *testing.T) {
	t.Parallel()
	d := newBureau(t)
	whole, lines := d.file(t, d.custodian)
	assert.ElementsMatch(t, []string{"in", "across", "out"}, lines)
	assert.Equal(t, []any{"electricity", "energy", float64(1), true, d.custodian.Name, nil}, []any{
		whole.Provenance["theme"], whole.Provenance["agency"], whole.Provenance["version"], whole.Provenance["restricted"], whole.Provenance["made_for"], whole.Provenance["grant"],
	})
	q := d.granted(t, d.asked(), access.Decision{Territory: inside, Attributes: []string{"line_id", "kind"}, Reason: "only what is needed"})
	part, lines := d.file(t, d.applicant)
	assert.ElementsMatch(t, []string{"in", "across"}, lines, "what touches the unit")
	for _, f := range part.Features {
		assert.Equal(t, map[string]any{"line_id": f.Properties["line_id"], "kind": "overhead"}, f.Properties)
		assert.Equal(t, "LineString", f.Geometry["type"])
		assert.NotZero(t, f.ID)
	}
	assert.Equal(t, []any{string(q.Tracking), inside, []any{"line_id", "kind"}}, []any{part.Provenance["grant"], part.Provenance["granted_territory"], part.Provenance["granted_attributes"]})
	// Where the boundary is not known it cannot be kept to, so nothing is handed out.
	d.granted(t, d.asked(), access.Decision{Territory: "other-23", Reason: "r"})
	_, err := d.requests.Revoke(t.Context(), d.custodian, string(q.Tracking), "r")
	require.NoError(t, err)
	_, _, err = d.downloads().Offer(t.Context(), d.applicant, d.dataset, 1)
	assert.Equal(t, "territory-without-boundary", errs.Code(err))
}

// Every store can be handed out, with what it keeps in columns of its own.
func TestPublicDataForEverybody(t *testing.T) {
	t.Parallel()
	d := newBureau(t)
	fixture.Publish(t, d.pool, "gnaf-address", "post", nil,
		fixture.Feature{Key: "a1", WKT: "POINT(51.5 35.5)", Attributes: map[string]any{"city": "تهران", "city_key": "تهران", "street": "خیابان آزادی", "number": 12, "use": "مسکونی", "street_key": "ازادی"}})
	fixture.Publish(t, d.pool, "cadastre-urban", "registry", nil,
		fixture.Feature{Key: "p1", WKT: "POLYGON((51 35,51 36,52 36,51 35))", Attributes: map[string]any{"section": "3"}})
	_, err := d.pool.Exec(t.Context(), `update cadastre.parcel set deed_id = cadastre.keep_deed(dataset_id, '98/123', 'single-sheet', '2020-03-20')`)
	require.NoError(t, err)
	for theme, want := range map[string]map[string]any{
		"gnaf-address":   {"street": "خیابان آزادی", "number": float64(12), "use": "مسکونی"},
		"cadastre-urban": {"section": "3", "parcel_id": "p1"},
	} {
		require.NoError(t, d.pool.QueryRow(t.Context(), `select id from layers.dataset where theme = $1`, theme).Scan(&d.dataset))
		c, _ := d.file(t, access.Subject{})
		require.Len(t, c.Features, 1)
		for name, value := range want {
			assert.Equal(t, value, c.Features[0].Properties[name], "%s: %s", theme, name)
		}
		assert.Nil(t, c.Provenance["made_for"])
		if theme == "cadastre-urban" {
			assert.NotContains(t, c.Features[0].Properties, "deed_number", "what is private of a parcel is in no file")
			assert.NotContains(t, c.Features[0].Properties, "deed_type")
			assert.NotContains(t, c.Features[0].Properties, "deed_date")
			ring := c.Features[0].Geometry["coordinates"].([]any)[0].([]any)
			assert.Equal(t, []any{float64(52), float64(36)}, ring[1], "outer rings go against the clock (RFC 7946)")
		}
	}
}

// A writer that fails ends the work at once.
func TestWriterThatFails(t *testing.T) {
	t.Parallel()
	d := newBureau(t)
	many(t, d, 5000)
	dl, err := d.downloads().Redeem(t.Context(), d.custodian, here(), d.offer(t, d.custodian))
	require.NoError(t, err)
	rows, err := d.downloads().Write(t.Context(), dl, broken{}, nil)
	require.ErrorIs(t, err, errBroken)
	assert.Less(t, rows, int64(2000))
}

var errBroken = errors.New("the client went away")

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errBroken }

// many puts n lines more into the version.
func many(t *testing.T, d *bureau, n int) {
	t.Helper()
	_, err := d.pool.Exec(t.Context(), `
		insert into layers.restricted_feature (theme, dataset_id, version_id, key, hash, attributes, geom, valid_from)
		select 'electricity', $1, 1, 'n' || i, '', jsonb_build_object('line_id', 'n' || i, 'voltage_kv', i, 'owner', repeat('x', 100)),
		  st_setsrid(st_makeline(st_point(51 + i / 1e5, 35), st_point(51, 36)), 4326), now()
		from generate_series(1, $2) i`, d.dataset, n)
	require.NoError(t, err)
}

// Memory does not grow with the dataset: eight times the features, the same heap.
func TestDownloadIsStreamed(t *testing.T) { // not in parallel: it looks at the heap of the whole process
	d := newBureau(t)
	peak := func() (peak, rows int64, size uint64) {
		dl, err := d.downloads().Redeem(t.Context(), d.custodian, here(), d.offer(t, d.custodian))
		require.NoError(t, err)
		out := &measure{}
		rows, err = d.downloads().Write(t.Context(), dl, out, nil)
		require.NoError(t, err)
		return out.peak, rows, out.size
	}
	many(t, d, 5_000)
	small, few, _ := peak()
	_, err := d.pool.Exec(t.Context(), `delete from layers.restricted_feature where key like 'n%'`)
	require.NoError(t, err)
	many(t, d, 40_000)
	large, lots, size := peak()
	require.Equal(t, []int64{5_003, 40_003}, []int64{few, lots})
	t.Logf("peak heap %d kB and %d kB; the larger file has %d kB", small>>10, large>>10, size>>10)
	require.Greater(t, size, uint64(8<<20))
	require.Less(t, large, small+4<<20)
}

// measure throws away what is written and looks at the heap now and then.
type measure struct {
	peak  int64
	size  uint64
	calls int
}

func (m *measure) Write(p []byte) (int, error) {
	m.size += uint64(len(p))
	if m.calls++; m.calls%16 == 1 {
		runtime.GC() // what is garbage is not kept
		var s runtime.MemStats
		runtime.ReadMemStats(&s)
		m.peak = max(m.peak, int64(s.HeapAlloc))
	}
	return len(p), nil
}
