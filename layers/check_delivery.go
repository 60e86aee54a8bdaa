package layers

import (
	"context"
	"fmt"
	"math"
	"net/http"

	"nsdi/internal/errs"
)

// checkDelivery runs the rules that look at the delivery as a whole.
func (s *staging) checkDelivery(ctx context.Context, d *dataset) error {
	if s.mode == Delete {
		return nil
	}
	for rule, names := range map[string][]string{
		"source-date-missing": {"survey_date", "source_date", "capture_date", "capture_year", "observed_at"}, "accuracy-missing": {"accuracy_m", "accuracy"},
	} {
		if name, missing := s.without(names...); missing && s.ord > 0 {
			if err := s.whole(ctx, noted{rule: rule, field: name}); err != nil {
				return err
			}
		}
	}
	if s.theme.Geometry != "none" {
		if err := s.checkDatum(ctx); err != nil {
			return err
		}
	}
	if err := s.checkBuildings(ctx, d); err != nil {
		return err
	}
	if s.mode == Append || s.mode == Upsert {
		return nil
	}
	return s.checkChange(ctx, d)
}

// checkChange compares the delivery with what is published of its dataset: what goes, what moves, and what has another key.
func (s *staging) checkChange(ctx context.Context, d *dataset) error {
	published := fmt.Sprintf(`(select key, geom from %s where theme = '%s' and dataset_id = %d)`, ident(s.store.Table), s.theme.Code, d.id)
	var before, gone, came, both, moved int64
	var covered *float64
	err := s.conn.QueryRow(ctx, `
		select count(c.key), count(*) filter (where s.key is null), count(*) filter (where c.key is null), count(*) filter (where c.key = s.key),
		  count(*) filter (where not s.geom operator(public.~=) c.geom),
		  public.st_area(public.st_intersection(public.st_setsrid(public.st_extent(c.geom)::public.geometry, 4326), public.st_setsrid(public.st_extent(s.geom)::public.geometry, 4326)))
		    / nullif(public.st_area(public.st_extent(c.geom)::public.geometry), 0)
		from `+published+` c
		full join (select distinct on (key) key, geom from `+s.tables.staged+` where key is not null order by key, ord) s using (key)
		where exists (select from `+published+` p)`).Scan(&before, &gone, &came, &both, &moved, &covered)
	if err != nil {
		return fmt.Errorf("mass change: %w", err)
	}
	percent := func(part int64) float64 { return 100 * float64(part) / float64(max(before, 1)) }
	// beyond records a rule whose measure is over its share.
	beyond := func(rule string, measure float64) error {
		r := s.rules[rule]
		if r.off() || float64(before) < r.value("min_features") || measure <= r.value("share") {
			return nil
		}
		return s.whole(ctx, noted{rule: rule, measure: math.Round(10*measure) / 10, unit: "%"})
	}
	removal := "mass-removal"
	if extreme := s.rules["mass-removal-extreme"]; !extreme.off() && percent(gone) > extreme.value("share") {
		removal = extreme.Code
	}
	if err := beyond(removal, percent(gone)); err != nil {
		return err
	}
	if err := beyond("geometry-moved", percent(moved)); err != nil {
		return err
	}
	if extent := s.rules["extent-moved"]; covered != nil && !extent.off() && 100**covered < extent.value("share") && float64(before) >= extent.value("min_features") {
		if err := s.whole(ctx, noted{rule: extent.Code, measure: math.Round(1000**covered) / 10, unit: "%"}); err != nil {
			return err
		}
	}
	keys := s.rules["keys-changed"]
	if s.theme.Geometry == "none" || keys.off() || min(percent(gone), percent(came)) <= keys.value("share") {
		return nil // so few are new, or gone, that no more can have changed their key
	}
	var renamed int64
	// Both sides are put into one list: a join would be planned as if nearly every key stayed.
	err = s.conn.QueryRow(ctx, `
		select count(*)
		from (
			select geom
			from (
				select geom, 1 side from `+published+` c where not exists (select from `+s.tables.staged+` s where s.key = c.key)
				union all
				select geom, 2 from `+s.tables.staged+` s where not exists (select from `+published+` c where c.key = s.key)
			) t
			where geom is not null
			group by geom
			having min(side) < max(side)
		) t`).Scan(&renamed)
	if err != nil {
		return fmt.Errorf("mass change: %w", err)
	}
	return beyond("keys-changed", percent(renamed))
}

// refuseExtreme keeps a delivery that would take nearly everything away from being published, unless a reviewer granted an exception, or the operator delivers and
// has confirmed the removals.
func (p *publication) refuseExtreme(ctx context.Context) error {
	var refused bool
	err := p.tx.QueryRow(ctx, `
		select exists (
			select
			from layers.finding f
			join layers.submission s on s.id = f.submission_id
			where s.id = $1
			  and f.rule = 'mass-removal-extreme'
			  and f.severity = 'E'
			  and not (s.allow_removals and s.uploaded_by_person is null and s.uploaded_by_key is null)
			  and not exists (select from layers.exception e where e.submission_id = s.id and e.rule = f.rule))`, p.report.Submission).Scan(&refused)
	if err != nil {
		return fmt.Errorf("publish: %w", err)
	}
	if !refused {
		return nil
	}
	return &errs.Error{
		Code: "mass-removal-extreme", Status: http.StatusConflict, Op: "layers.publish",
		Title:  errs.T("این تحویل تقریباً همه داده منتشرشده را حذف می‌کند", "The delivery would remove nearly everything that is published"),
		Detail: errs.Tn(p.report.Removed, "%d عارضه حذف می‌شود.", "%d feature would be removed.", "%d features would be removed.", p.report.Removed),
		Next: errs.T("اگر پرونده ناقص است آن را کامل کنید؛ اگر حذف عمدی است، بررسی‌کننده باید با دلیل استثنا بدهد.",
			"If the file is incomplete, complete it; if the removal is meant, a reviewer has to grant an exception with a reason."),
	}
}
