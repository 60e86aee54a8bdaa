package progress

import (
	"bytes"
	"context"
	"fmt"
	"math"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/errs"
)

// Verified is what verifying a snapshot came to.
type Verified struct {
	Snapshot Snapshot
	// Intact: its rows have the digest that was taken of them, and the one before it is the one that was before it.
	Intact bool
	// Compared figures were calculated again from history.
	Compared int
	// Differ are those that came out otherwise.
	Differ []Difference
	// Apart counts what history cannot give, by reason.
	Apart []NotCompared
}

// Difference is one figure that came out otherwise.
type Difference struct {
	Unit, Obligation, Measure, What string
	Frozen, Calculated              *float64
}

// NotCompared is why figures were not calculated again, and how many.
type NotCompared struct {
	Why     errs.Text
	Figures int
}

// OK reports that nothing speaks against the snapshot.
func (v *Verified) OK() bool { return v.Intact && len(v.Differ) == 0 }

// verifyIntact compares the digests.
func (s *Snapshots) verifyIntact(ctx context.Context, tx pgx.Tx, n *Snapshot) (bool, error) {
	var before []byte
	if err := tx.QueryRow(ctx, `select coalesce((select digest from progress.snapshot where id < $1 order by id desc limit 1), '')`, n.ID).Scan(&before); err != nil {
		return false, fmt.Errorf("verifying snapshot %d: %w", n.ID, err)
	}
	sum, err := n.sum(ctx, tx)
	if err != nil {
		return false, fmt.Errorf("verifying snapshot %d: %w", n.ID, err)
	}
	var bases bool
	if err := tx.QueryRow(ctx, `
		select not exists (
			select
			from progress.basis
			where hash <> progress.basis_hash(obligation, measure, unit, state, reason_fa, reason_en, approved_by, source_fa, source_en, sources)
		)`).Scan(&bases); err != nil {
		return false, fmt.Errorf("verifying snapshot %d: %w", n.ID, err)
	}
	return bases && bytes.Equal(sum, n.digest) && bytes.Equal(before, n.prev), nil
}

// Verify calculates a snapshot again from history and compares. All happens in one transaction that is taken back at its end: features that were published later are put
// aside, those that they replaced are brought back, and the ordinary calculation runs on them. Meanwhile the follower waits, and so do publications of the same features.
func (s *Snapshots) Verify(ctx context.Context, name string) (*Verified, error) {
	tx, err := s.Pool.Begin(ctx)
	if err != nil {
		return nil, fmt.Errorf("verifying a snapshot: %w", err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }() // nothing of it is meant to stay
	n, err := findSnapshot(ctx, tx, name, "snapshot")
	if err != nil {
		return nil, err
	}
	v := &Verified{Snapshot: *n}
	if v.Intact, err = s.verifyIntact(ctx, tx, n); err != nil {
		return nil, err
	}
	frozen, err := collectFrozen(tx.Query(ctx, frozenColumns+` where r.snapshot_id = $1 order by r.admin_code, u.n`, n.ID))
	if err != nil {
		return nil, err
	}
	if why, err := beyondHistory(ctx, tx, n); err != nil {
		return nil, err
	} else if why != nil {
		v.Apart = []NotCompared{{*why, len(frozen)}}
		return v, nil
	}
	if _, err := tx.Exec(ctx, `select pg_advisory_xact_lock($1)`, int64(followerLock)); err != nil {
		return nil, fmt.Errorf("verifying snapshot %d: %w", n.ID, err)
	}
	if err := rewind(ctx, tx, n.Change); err != nil {
		return nil, err
	}
	if err := Recalculate(ctx, tx); err != nil {
		return nil, fmt.Errorf("verifying snapshot %d: %w", n.ID, err)
	}
	calculated, err := collectFrozen(tx.Query(ctx, currentColumns))
	if err != nil {
		return nil, err
	}
	v.compare(frozen, calculated)
	return v, nil
}

// compare looks at what history gives: denominators and what is published, of what is measured on features.
func (v *Verified) compare(frozen, calculated []Frozen) {
	now := map[[3]string]*Frozen{}
	for i, f := range calculated {
		now[[3]string{f.admin, f.Obligation, f.Measure}] = &calculated[i]
	}
	registers := NotCompared{Why: errs.T("به فهرست دستگاه‌ها، قلمروها و تحویل‌ها بستگی دارد که گذشته‌شان نگه داشته نمی‌شود.", "They depend on agencies, territories and submissions, of which no past is kept.")}
	stages := NotCompared{Why: errs.T("تحویل‌شده، تأییدشده و تازه بودن به وضعیت تحویل‌ها و به ساعت بستگی دارد.", "Delivered, validated and fresh depend on the states of submissions and on the clock.")}
	for _, f := range frozen {
		if !onFeatures(f.Obligation) {
			registers.Figures++
			continue
		}
		for _, stage := range []*float64{f.Delivered, f.Validated, f.Fresh} {
			if stage != nil {
				stages.Figures++
			}
		}
		c := now[[3]string{f.admin, f.Obligation, f.Measure}]
		if c == nil {
			c = &Frozen{}
		}
		for what, pair := range map[string][2]*float64{"denominator": {f.Denominator, c.Denominator}, "published": {f.Published, c.Published}} {
			v.Compared++
			if !close(pair[0], pair[1]) {
				v.Differ = append(v.Differ, Difference{f.admin, f.Obligation, f.Measure, what, pair[0], pair[1]})
			}
		}
	}
	for _, a := range []NotCompared{registers, stages} {
		if a.Figures > 0 {
			v.Apart = append(v.Apart, a)
		}
	}
}

// onFeatures reports whether an obligation is measured on published features and on nothing else.
func onFeatures(obligation string) bool {
	for _, r := range rules() {
		if r.obligation == obligation {
			return true
		}
	}
	return obligation == addresses
}

// close allows what adding up in another order makes of the last digits.
func close(a, b *float64) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	return math.Abs(*a-*b) <= 1e-9*max(math.Abs(*a), math.Abs(*b), 1)
}
