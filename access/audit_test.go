package access_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/access"
	"nsdi/internal/errs"
	"nsdi/internal/pgtest"
)

func TestAuditTrail(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	now := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	a := &access.AuditTrail{Now: func() time.Time { now = now.Add(time.Hour); return now }}
	sara := access.WithSubject(t.Context(), access.Subject{PersonID: 7, Name: "sara", Memberships: []access.Membership{{Agency: "post"}}})
	require.NoError(t, a.Record(sara, pool, access.Entry{Event: "sign-in", Address: "192.0.2.1"}))
	require.NoError(t, a.Record(t.Context(), pool, access.Entry{Event: "sign-in", Refused: true, Name: "no\x00body\xff", Detail: strings.Repeat("x", 5000)}))
	require.NoError(t, a.Record(sara, pool, access.Entry{Event: "export", Action: access.Export, Agency: "ncc", Resource: "theme:road"}))
	boom := errors.New("boom")
	require.ErrorIs(t, pgx.BeginFunc(sara, pool, func(tx pgx.Tx) error {
		require.NoError(t, a.Record(sara, tx, access.Entry{Event: "publication"}))
		return boom
	}), boom)
	require.Error(t, a.Record(sara, pool, access.Entry{Event: "Not a code!"}))

	seqs := func(f access.AuditFilter) []int64 {
		f.Limit = max(f.Limit, 2)
		entries, err := access.Entries(t.Context(), pool, f)
		require.NoError(t, err)
		found := []int64{}
		for _, e := range entries {
			found = append(found, e.Seq)
		}
		return found
	}
	assert.Equal(t, []int64{3, 2}, seqs(access.AuditFilter{}))
	assert.Equal(t, []int64{1}, seqs(access.AuditFilter{Before: 2}))
	assert.Equal(t, []int64{2, 1}, seqs(access.AuditFilter{Event: "sign-in"}))
	assert.Equal(t, []int64{2}, seqs(access.AuditFilter{Outcome: "refused"}))
	assert.Equal(t, []int64{1}, seqs(access.AuditFilter{Agency: "post"}))
	assert.Equal(t, []int64{3, 1}, seqs(access.AuditFilter{Person: "sara"}))
	assert.Equal(t, []int64{2}, seqs(access.AuditFilter{From: time.Date(2026, 11, 21, 11, 0, 0, 0, time.UTC), To: time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)}))
	entries, head, err := access.VerifyAudit(t.Context(), pool)
	require.NoError(t, err)
	assert.EqualValues(t, 3, entries)
	assert.Len(t, head, 32)
}

func TestEntriesAtOnceMakeOneChain(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	var wg sync.WaitGroup
	for i := range 40 {
		wg.Go(func() {
			assert.NoError(t, (&access.AuditTrail{}).Record(t.Context(), pool, access.Entry{Event: "refusal", Refused: true, Name: fmt.Sprint(i)}))
		})
	}
	wg.Wait()
	entries, _, err := access.VerifyAudit(t.Context(), pool)
	require.NoError(t, err)
	assert.EqualValues(t, 40, entries)
}

func TestVerifyAuditFindsWhatWasAltered(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	for i := range 5 {
		require.NoError(t, (&access.AuditTrail{}).Record(t.Context(), pool, access.Entry{Event: "sign-in", Name: fmt.Sprint(i), Resource: "a", Territory: "b"}))
	}
	for name, sql := range map[string]string{
		"name":           `update access.audit set name = 'other' where seq = 3`,
		"outcome":        `update access.audit set outcome = 'refused' where seq = 3`,
		"between fields": `update access.audit set resource = 'ab', territory = '' where seq = 3`,
		"gone":           `delete from access.audit where seq = 3`,
		"hash":           `update access.audit set hash = sha256('') where seq = 3`,
	} {
		t.Run(name, func(t *testing.T) {
			err := tampered(t, pool, sql, nil, func(ctx context.Context) error {
				_, _, err := access.VerifyAudit(ctx, pool)
				return err
			})
			require.Equal(t, "audit-broken", errs.Code(err))
			require.ErrorContains(t, err, "event 3")
		})
	}
	err := tampered(t, pool, `delete from access.audit where seq = 5`, nil, func(ctx context.Context) error {
		_, _, err := access.VerifyAudit(ctx, pool)
		return err
	})
	require.ErrorContains(t, err, "event 5", "the end of the trail is missed as well")
}

func TestChangesOfRolesAreRecorded(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	login, _, _, err := access.CreateAdministrator(t.Context(), pool)
	require.NoError(t, err)
	for range 2 { // the second time nothing changes
		require.NoError(t, access.Grant(t.Context(), pool, login, "post", access.Auditor))
	}
	require.NoError(t, access.Withdraw(t.Context(), pool, login, "post", access.Auditor))
	require.NoError(t, access.Withdraw(t.Context(), pool, login, "post", access.Auditor))
	entries, err := access.Entries(t.Context(), pool, access.AuditFilter{Event: "permission", Agency: "post", Limit: 10})
	require.NoError(t, err)
	require.Len(t, entries, 2)
	assert.Equal(t, "role taken away: auditor", entries[0].Detail)
	assert.Equal(t, "role given: auditor", entries[1].Detail)
	assert.Equal(t, "person:"+login, entries[1].Resource)
}
