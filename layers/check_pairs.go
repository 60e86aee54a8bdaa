package layers

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"nsdi/internal/errs"
)

// Rules that compare features with each other go through the rows in parts, each part with an index over all of them: memory does not grow with the delivery.
// Data can be such that every feature has to do with every other; so the time of a rule is bounded, and the number of its findings.
const (
	partRows  = 20_000
	mostPairs = 1_000_000
)

// checkNear finds points that are nearly one. Of several points at one place the one with the lowest key stands for all.
func (s *staging) checkNear(ctx context.Context) error {
	near, known := s.rules["points-near"]
	if !known || near.off() {
		return nil
	}
	const world = `public.st_makeenvelope(-180, -85.05, 180, 85.05, 4326)`
	_, err := s.conn.Exec(ctx, `
		create temp table near_place as
		select geom, min(key) as key
		from `+s.tables.staged+`
		where public.geometrytype(geom) = 'POINT'
		  and geom operator(public.@) `+world+`
		  and key is not null
		group by geom;
		create index on pg_temp.near_place using gist (geom);
		analyze pg_temp.near_place`)
	defer s.conn.Exec(context.WithoutCancel(ctx), `drop table if exists pg_temp.near_place`) //nolint:errcheck // a temporary table ends with its connection anyway
	if err != nil {
		return fmt.Errorf("rule points-near: %w", err)
	}
	return s.inParts(ctx, near, `
		select a.ord, $1, null, null, null, null::public.geometry, null, round(b.metres::numeric, 3), 'm', b.key
		from `+s.tables.staged+` a,
		lateral (
			select p.key, metres
			from pg_temp.near_place p,
			lateral (select public.st_distancesphere(a.geom, p.geom)) d(metres)
			where p.geom operator(public.&&) public.st_expand(a.geom, $5 / (111000 * cos(radians(public.st_y(a.geom)))), $5 / 111000)
			  and p.key < a.key
			  and metres between 1e-9 and $5
			order by metres, p.key
			limit 1
		) b
		where a.ord > $2
		  and a.ord <= $3
		  and public.geometrytype(a.geom) = 'POINT'
		  and a.geom operator(public.@) `+world+`
		limit $4`, near.value("distance"))
}

// checkOverlap finds areas that lie over each other, in themes where none may, and buildings that do. The finding is on the higher key, whatever the order of rows.
func (s *staging) checkOverlap(ctx context.Context) error {
	for _, code := range []string{"overlap", "building-overlap"} {
		if rule, known := s.rules[code]; known && !rule.off() && !rule.own {
			if err := s.checkOverlapOf(ctx, rule); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *staging) checkOverlapOf(ctx context.Context, rule judged) error {
	_, err := s.conn.Exec(ctx, `
		create index on `+s.tables.staged+` using gist (geom);
		create index on `+s.tables.finding+` (ord) where rule in ('coordinates-out-of-range', 'geometry-invalid');
		analyze `+s.tables.staged+` (geom);
		analyze `+s.tables.finding)
	if err != nil {
		return fmt.Errorf("rule %s: %w", rule.Code, err)
	}
	return s.inParts(ctx, rule, `
		select a, $1, null, null, null, common, null, round(area::numeric, 3), 'm²', other
		from (
			select a.ord a, b.key other, common, public.st_area(common) * `+degreeArea+` * cos(radians(public.st_ymin(common))) area
			from `+s.tables.staged+` a
			join `+s.tables.staged+` b on a.geom operator(public.&&) b.geom and a.key > b.key,
			lateral (select layers.common_area(a.geom, b.geom)) i(common)
			where a.ord > $2
			  and a.ord <= $3
			  and public.st_dimension(a.geom) = 2
			  and public.st_dimension(b.geom) = 2
			  and `+s.sound("a")+`
			  and `+s.sound("b")+`
		) t
		where area > $5
		limit $4`, rule.value("area"))
}

// inParts runs a rule over the rows after $2 up to $3, until all are done, its time is over, or it has found as much as it may ($4 is what is left of that).
// What it did not come to goes into the report.
func (s *staging) inParts(ctx context.Context, rule judged, query string, limit float64) (err error) {
	if _, err := s.conn.Exec(ctx, `create index on `+s.tables.staged+` (ord)`); err != nil {
		return fmt.Errorf("rule %s: %w", rule.Code, err)
	}
	whole := s.timeOfRule()
	end, left := time.Now().Add(whole), s.mostPairs
	defer func() {
		if !s.conn.IsClosed() {
			_, resetting := s.conn.Exec(context.WithoutCancel(ctx), `reset statement_timeout`)
			err = errors.Join(err, resetting)
		}
	}()
	for done := int64(0); done < s.ord; done += partRows {
		now := time.Until(end).Milliseconds()
		if now <= 0 {
			s.notDone(rule, done, errs.Tf("زمان آن (%v) سر آمد", "its time (%v) was over", whole.Round(time.Millisecond)))
			return nil
		}
		if _, err := s.conn.Exec(ctx, fmt.Sprintf(`set statement_timeout = %d`, now)); err != nil {
			return fmt.Errorf("rule %s: %w", rule.Code, err)
		}
		tag, err := s.conn.Exec(ctx, `
			insert into `+s.tables.finding+` (ord, rule, field, value, found, place, proposed, measure, unit, other_key)
			`+query, rule.Code, done, done+partRows, left, limit)
		var refusal *pgconn.PgError
		if errors.As(err, &refusal) && refusal.Code == "57014" && ctx.Err() == nil { // query_canceled
			s.notDone(rule, done, errs.Tf("زمان آن (%v) سر آمد", "its time (%v) was over", whole.Round(time.Millisecond)))
			return nil
		}
		if err != nil {
			return fmt.Errorf("rule %s: %w", rule.Code, err)
		}
		if left -= tag.RowsAffected(); left <= 0 {
			s.notDone(rule, done, errs.Tf("%d یافته دارد؛ نخست آن‌ها را درست کنید", "it has %d findings; mend those first", s.mostPairs))
			return nil
		}
	}
	return nil
}

// timeOfRule is how long one rule that compares features with each other may take.
func (s *staging) timeOfRule() time.Duration {
	return cmp.Or(s.ruleTime, 5*time.Minute+time.Duration(s.ord)*200*time.Microsecond)
}

// notDone says in the report which rule did not come to the end of the rows, and why.
func (s *staging) notDone(rule judged, done int64, why errs.Text) {
	s.leftOut = append(s.leftOut, errs.Tf("قاعده «%[1]s» (%[3]s) فقط برای %[4]d ردیف نخست از %[5]d ردیف به پایان رسید، چون %[6]s.",
		"The rule “%[2]s” (%[3]s) came to its end for the first %[4]d of %[5]d rows only, because %[7]s.", rule.Title.FA, rule.Title.EN, rule.Code, done, s.ord, why.FA, why.EN))
}
