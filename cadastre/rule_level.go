package cadastre

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"nsdi/internal/errs"
	"nsdi/layers"
)

// levels names the levels of Article 25.
func levels() map[string]errs.Text {
	return map[string]errs.Text{
		"cadastre-urban": errs.T("حدنگاری شهری", "the urban cadastre"), "cadastre-rural": errs.T("حدنگاری روستایی", "the rural cadastre"),
		"cadastre-range-forest": errs.T("حدنگاری مرتع و جنگل", "the cadastre of rangeland and forest"), "cadastre-marine": errs.T("حدنگاری دریایی", "the marine cadastre"),
	}
}

// overlapOfLevels is the rule that ground is of one level. Levels are kept by different bodies and surveyed with different accuracy, and a parcel that changes its level
// is for a while in both; so it warns, and its width is beyond what surveys differ by.
func overlapOfLevels() layers.Definition {
	d := rule("CAD-T02", "overlap-level", "W", layers.NeighbourScope, errs.T("هم‌پوشانی با حدنگاری دیگر", "Overlap with another level of the cadastre"),
		errs.T("این قطعه {measure} مترمربع با قطعه منتشرشده «{other}» در {found} هم‌پوشانی دارد. مرز دو حدنگاری را با متولی آن یکی کنید، یا قطعه را از یکی از آن دو بردارید.",
			"The parcel overlaps the published “{other}” in {found} by {measure} m². Agree on the boundary with those who keep it, or take the parcel out of one of the two."),
		parameter("area", "m²", 1, "مساحتی که از آن گذشته می‌شود", "Area that is let pass"), parameter("width", "m", 0.5, "میانگین پهنایی که از آن گفته می‌شود", "Mean width from which it is told"))
	d.Since = 8
	return d
}

// levelsMeet is what parcels of a table have in common with published ones of other levels: ord, other's theme, key, id and dataset, place, area. $1 is the theme, $2 and
// $3 the least area and width. A wide area of rangeland has many thousand vertices and many parcels in it: whether one lies in it is asked before anything is cut.
func levelsMeet(table, id, which string) string {
	return `
		with over as materialized (
			select p.id, p.theme, p.key::text as key, p.dataset_id, p.geom
			from cadastre.parcel p
			where p.theme <> $1
			  and public.st_dimension(p.geom) = 2
			  and p.geom_3857 operator(public.&&) (
				select public.st_transform(public.st_setsrid(public.st_extent(geom)::public.geometry, 4326), 3857)
				from ` + table + `
				where geom operator(public.@) ` + onTheMap + `)
		), met as (
			select s.` + id + ` as ord, o.theme, o.key, o.id, o.dataset_id, case when public.st_covers(o.geom, s.geom) then s.geom else layers.common_area(o.geom, s.geom) end common
			from over o
			join ` + table + ` s on s.geom operator(public.&&) o.geom
			where public.st_dimension(s.geom) = 2
			  and s.geom operator(public.@) ` + onTheMap + `
			  and ` + which + `
			  and public.st_intersects(o.geom, s.geom)
		)
		select ord, theme, key, id, dataset_id, public.st_multi(common) place, area
		from met,
		lateral (select public.st_area(common::public.geography)) a(area)
		where area > $2
		  and 2 * area / nullif(public.st_perimeter(common::public.geography), 0) >= $3`
}

// checkLevels finds parcels on the ground of published ones of another level.
func checkLevels(ctx context.Context, e *layers.Examination) error {
	if !e.Asks("overlap-level") {
		return nil
	}
	rows, err := e.Conn.Query(ctx, `
		select ord, theme, key, public.st_asewkb(place), round(area::numeric, 2)::float8
		from (`+levelsMeet(e.Staged, "ord", sound(e, "s"))+`) t
		limit $4`, e.Theme, e.Parameter("overlap-level", "area"), e.Parameter("overlap-level", "width"), e.Most)
	if err != nil {
		return fmt.Errorf("levels: %w", err)
	}
	found, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (s layers.Sighting, err error) {
		var theme string
		var area float64
		err = row.Scan(&s.Ord, &theme, &s.Other, &s.Place, &area)
		s.Rule, s.Unit, s.Measure, s.Found = "overlap-level", "m²", &area, levels()[theme]
		return s, err
	})
	if err != nil {
		return fmt.Errorf("levels: %w", err)
	}
	return e.Record(ctx, found)
}

// followLevels compares the parcels that a publication wrote with the published ones of other levels, and keeps what they have in common from either side.
// Most publications have no other level on their ground.
func followLevels(ctx context.Context, tx pgx.Tx, p layers.Publication, ground []byte) (notes []errs.Text, err error) {
	var some bool
	err = tx.QueryRow(ctx, `
		select exists (
			select
			from cadastre.parcel o
			where o.theme <> $1
			  and o.geom_3857 operator(public.&&) $2::bytea::public.geometry)`, p.Theme, ground).Scan(&some)
	if err != nil || !some {
		return nil, err
	}
	var stopped *pgconn.PgError
	err = pgx.BeginFunc(ctx, tx, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, fmt.Sprintf(`set local statement_timeout = %d`, neighbourTime.Milliseconds()))
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `
			create temp table risen on commit drop as
			select c.id, c.geom
			from pg_temp.changed h
			join cadastre.parcel c on c.id = h.feature_id
			where h.op <> '-';
			create index on pg_temp.risen using gist (geom);
			analyze pg_temp.risen`)
		if err != nil {
			return err
		}
		d := overlapOfLevels()
		_, err = tx.Exec(ctx, `
			insert into cadastre.open_finding
			  (rule, severity, theme, dataset_id, feature_id, key, other_dataset_id, other_feature_id, other_key, measure, unit, width, geom, version_id, found_at)
			select $4, $5, side.*, round(t.area::numeric, 4), 'm²', null, t.place, $6, v.published_at
			from (`+levelsMeet("pg_temp.risen", "id", "true")+` limit $7) t
			join cadastre.parcel a on a.id = t.ord
			join layers.version v on v.id = $6,
			lateral (values ($1, a.dataset_id, a.id, a.key::text, t.dataset_id, t.id, t.key), (t.theme, t.dataset_id, t.id, t.key, a.dataset_id, a.id, a.key::text)) side
			order by a.key, t.key`, p.Theme, standardOf(d, "area"), standardOf(d, "width"), d.Code, d.Severity, p.VersionID, neighbourMost)
		return err
	})
	switch {
	case errors.As(err, &stopped) && stopped.Code == "57014" && ctx.Err() == nil: // query_canceled
		return []errs.Text{errs.T("سنجش این نسخه با حدنگاری‌های دیگر در زمان خود به پایان نرسید؛ فهرست یافته‌های باز کامل نیست.",
			"Comparing this version with the other levels of the cadastre did not come to its end in time; the list of open findings is not complete.")}, nil
	case err != nil:
		return nil, fmt.Errorf("levels: %w", err)
	}
	return nil, nil
}
