package progress

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"reflect"
	"slices"

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
	// Kept is what the calculation took from the snapshot itself, under its digest: there is no other record of it.
	Kept []errs.Text
	// Apart counts what could not be calculated again, by reason.
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
		) and not exists (
			select
			from progress.register
			where id = any ($1)
			  and hash <> progress.register_hash(kind, content)
		)`, n.registers).Scan(&bases); err != nil {
		return false, fmt.Errorf("verifying snapshot %d: %w", n.ID, err)
	}
	return bases && bytes.Equal(sum, n.digest) && bytes.Equal(before, n.prev), nil
}

// Verify calculates a snapshot again from history and compares. All happens in one transaction that is taken back at its end: features that were published later are put
// aside, those that they replaced are brought back, and the ordinary calculation runs on them. Meanwhile the follower waits, and so do publications of the same features.
func (s *Snapshots) Verify(ctx context.Context, name string) (*Verified, error) {
	var v *Verified
	err := s.asOfOneMoment(ctx, false, func(tx pgx.Tx) error {
		n, err := findSnapshot(ctx, tx, name, "snapshot")
		if err != nil {
			return err
		}
		v = &Verified{Snapshot: *n}
		if v.Intact, err = s.verifyIntact(ctx, tx, n); err != nil {
			return err
		}
		frozen, err := readAll(ctx, tx, frozenColumns+` where r.snapshot_id = $1 order by r.admin_code, u.n`, frozenAgencies, n.ID)
		if err != nil {
			return err
		}
		if why := beyondHistory(n); why != nil {
			v.Apart = []NotCompared{{*why, len(frozen)}}
			return nil
		}
		if err := rewind(ctx, tx, n); err != nil {
			return err
		}
		if err := Recalculate(ctx, tx); err != nil {
			return fmt.Errorf("calculating again: %w", err)
		}
		calculated, err := readAll(ctx, tx, currentColumns+` join progress.kept('unit') k on k ->> 'code' = f.admin_code`, currentAgencies)
		if err != nil {
			return err
		}
		coming, err := underWayThen(ctx, tx)
		if err != nil {
			return err
		}
		v.compare(frozen, calculated, coming)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("verifying snapshot %s: %w", name, err)
	}
	return v, nil
}

// Figures of agencies, in the shape of those of units: the code of one stands for the unit.
const (
	frozenAgencies = `
		select a.snapshot_id, a.agency, a.obligation, 'agency', null, 'known', null, null, null, null, '[]'::jsonb, a.value[1], a.value[2], a.value[3], a.value[4], a.value[5]
		from progress.snapshot_agency a
		where a.snapshot_id = $1`
	currentAgencies = `
		select 0, a.code, f.obligation, 'agency', null, 'known', null, null, null, null, '[]'::jsonb, f.denominator, f.delivered, f.validated, f.published, f.fresh
		from progress.agency_figure f
		join access.agency a on a.id = f.agency_id`
)

// readAll are the figures of units and of agencies.
func readAll(ctx context.Context, tx pgx.Tx, units, agencies string, args ...any) ([]Frozen, error) {
	list, err := collectFrozen(tx.Query(ctx, units, args...))
	if err != nil {
		return nil, err
	}
	more, err := collectFrozen(tx.Query(ctx, agencies, args...))
	return append(list, more...), err
}

// underWayThen are the themes of which checked deliveries waited to be published: their rows are gone.
func underWayThen(ctx context.Context, tx pgx.Tx) (map[string]bool, error) {
	var themes []string
	if err := tx.QueryRow(ctx, `
		select coalesce(array_agg(distinct theme), '{}')
		from progress.seen_submission
		where state in (`+foundRight+`)
		  and mode <> 'delete'`).Scan(&themes); err != nil {
		return nil, fmt.Errorf("looking for deliveries that were under way: %w", err)
	}
	coming := map[string]bool{}
	for _, theme := range themes {
		coming[theme] = true
	}
	return coming, nil
}

// compare holds the figures of a snapshot against those that were calculated again. Of themes in coming deliveries were under way, which made more of delivered and validated
// than what is published: how much more is in the snapshot alone.
func (v *Verified) compare(frozen, calculated []Frozen, coming map[string]bool) {
	again := map[[3]string]*Frozen{}
	for i, f := range calculated {
		again[[3]string{f.admin, f.Obligation, f.Measure}] = &calculated[i]
	}
	kept := NotCompared{Why: errs.T("تحویل‌هایی در دست بررسی بود که سطرهایشان نگه داشته نمی‌شود؛ سهم آن‌ها از تحویل‌شده و تأییدشده همان است که همراه ثبت نگه داشته شده، و دوباره محاسبه نشد.",
		"Deliveries were under way whose rows are not kept: what they added to delivered and validated is as kept with the snapshot, and was not calculated again.")}
	for _, f := range frozen {
		key := [3]string{f.admin, f.Obligation, f.Measure}
		c := again[key]
		delete(again, key)
		if c == nil {
			c = &Frozen{}
		}
		more := coming[themeOf(f.Obligation)]
		for _, one := range []struct {
			what   string
			was    *float64
			is     *float64
			byRows bool
		}{
			{"denominator", f.Denominator, c.Denominator, false},
			{"delivered", f.Delivered, c.Delivered, true},
			{"validated", f.Validated, c.Validated, true},
			{"published", f.Published, c.Published, false},
			{"fresh", f.Fresh, c.Fresh, false},
		} {
			switch {
			case close(one.was, one.is):
				v.Compared++
			case one.byRows && more && one.was != nil && one.is != nil && *one.was > *one.is:
				kept.Figures++
			default:
				v.Compared++
				v.Differ = append(v.Differ, Difference{f.admin, f.Obligation, f.Measure, one.what, one.was, one.is})
			}
		}
		if f.State != c.State || !reflect.DeepEqual(f.Unit, c.Unit) || !reflect.DeepEqual(f.Sources, c.Sources) {
			v.Differ = append(v.Differ, Difference{f.admin, f.Obligation, f.Measure, "basis", f.Denominator, c.Denominator})
		}
	}
	for key, c := range again { // the snapshot should have it
		v.Differ = append(v.Differ, Difference{key[0], key[1], key[2], "published", nil, c.Published})
	}
	slices.SortStableFunc(v.Differ, func(a, b Difference) int {
		return slices.Compare([]string{a.Unit, a.Obligation, a.Measure}, []string{b.Unit, b.Obligation, b.Measure})
	})
	if kept.Figures > 0 {
		v.Apart = append(v.Apart, kept)
	}
	v.Kept = []errs.Text{
		errs.T("فهرست دستگاه‌ها، قلمروها، موضوع‌ها و سلسله‌مراتب واحدها", "registers of agencies, territories and themes, and which unit is in which"),
		errs.T("کدام تحویل‌ها در دست بود؛ و وضعیت آن‌هایی که شناسه رهگیری ندارند", "which deliveries were in hand, and the state of those without a tracking identifier"),
	}
}

// themeOf is the theme whose rows an obligation is measured on; empty: it is counted in registers.
func themeOf(obligation string) string {
	if obligation == addresses {
		return "gnaf-address"
	}
	for _, r := range rules() {
		if r.obligation == obligation {
			return r.theme
		}
	}
	return ""
}

// close allows what adding up in another order makes of the last digits.
func close(a, b *float64) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	return math.Abs(*a-*b) <= 1e-9*max(math.Abs(*a), math.Abs(*b), 1)
}
