package cadastre

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/errs"
	"nsdi/layers"
)

// What counts as lying in each other, when lineage is derived: this much, and this share of the smaller parcel. A boundary that was surveyed again moves less.
const (
	lineageArea  = 1.0 // m²
	lineageShare = 0.01
)

// followLineage writes down what became of what in a publication: it is the store's AfterPublish.
func followLineage(ctx context.Context, tx pgx.Tx, p layers.Publication) ([]errs.Text, error) {
	var gone int64
	var restores *int
	err := tx.QueryRow(ctx, `select altered + removed, restores from layers.version where id = $1`, p.VersionID).Scan(&gone, &restores)
	if err != nil {
		return nil, fmt.Errorf("lineage: %w", err)
	}
	if restores != nil { // what was before is so again, and what came of it has gone
		_, err := tx.Exec(ctx, `
			update cadastre.lineage l
			set undone_by = case when v.seq > $3 then $2::bigint end
			from layers.version v
			where l.dataset_id = $1
			  and v.id = l.version_id
			  and (v.seq > $3) = (l.undone_by is null)`, p.DatasetID, p.VersionID, *restores)
		if err != nil {
			return nil, fmt.Errorf("lineage: %w", err)
		}
		return nil, nil
	}
	rows, err := tx.Query(ctx, lineageSQL, p.Theme, p.DatasetID, p.VersionID, gone > 0, lineageArea, lineageShare)
	if err != nil {
		return nil, fmt.Errorf("lineage: %w", err)
	}
	var kind string
	var children, derived int64
	var fa, en []string
	_, err = pgx.ForEachRow(rows, []any{&kind, &children, &derived}, func() error {
		if children > 0 {
			title := lineageTitle(kind)
			fa, en = append(fa, fmt.Sprintf("%s %d", title.FA, children)), append(en, fmt.Sprintf("%s %d", strings.ToLower(title.EN), children))
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("lineage: %w", err)
	}
	if len(fa) == 0 {
		return nil, nil
	}
	return []errs.Text{errs.T("پیشینه قطعه‌ها نوشته شد: "+strings.Join(fa, "، ")+".", "Lineage of parcels: "+strings.Join(en, ", ")+".")}, nil
}

// lineageTitle names a kind of succession.
func lineageTitle(kind string) errs.Text {
	switch kind {
	case "split":
		return errs.T("تفکیک", "Split")
	case "merge":
		return errs.T("تجمیع", "Merge")
	case "boundary":
		return errs.T("تغییر مرز", "Boundary change")
	case "replacement":
		return errs.T("جایگزینی", "Replacement")
	default:
		return errs.T("بازآرایی", "Rearrangement")
	}
}

// lineageSQL writes the lines of one version and counts them by kind: $1 theme, $2 dataset, $3 version, $4 whether anything was altered or removed, $5 and $6 what
// counts as lying in each other. What is altered is a parent only where its area differs by more than that, and the spatial index of the table finds what lies in it.
const lineageSQL = `
with gone as materialized (
  select h.id, h.key, h.geom, h.geom_3857, h.area_m2, c.id is not null as persists
  from pg_temp.changed g
  join cadastre.parcel_history h on h.id = g.feature_id and h.ended_by = $3
  left join cadastre.parcel c on c.id = h.id
  where $4
    and g.op in ('~', '-')
    and (c.id is null
      or not c.geom operator(public.=) h.geom
        and greatest(c.area_m2, h.area_m2) - coalesce(public.st_area(layers.common_area(c.geom, h.geom)) / nullif(public.st_area(h.geom), 0) * h.area_m2, 0)
          >= greatest($5::float8, $6::float8 * least(c.area_m2, h.area_m2)))
),
delivered as materialized (
  select c.id as child, c.key as child_key, n.parent_key, p.id as parent
  from pg_temp.changed g
  join cadastre.parcel c on c.id = g.feature_id
  cross join lateral (select distinct btrim(t) collate "C" as parent_key from regexp_split_to_table(c.parents, '[;؛,،|]') t) n
  left join lateral (
    select id
    from (
      (select h.id, 0 as rank, h.valid_to from cadastre.parcel_history h where h.theme = $1 and h.dataset_id = $2 and h.key = n.parent_key order by h.valid_to desc limit 1)
      union all
      (select o.id, 1, null from cadastre.parcel o where o.theme = $1 and o.dataset_id = $2 and o.key = n.parent_key)
      union all
      (select h.id, 2, h.valid_to from cadastre.parcel_history h where h.parcel_id = n.parent_key order by h.valid_to desc limit 1)
      union all
      (select o.id, 3, null from cadastre.parcel o where o.parcel_id = n.parent_key limit 1)
    ) known
    where id <> c.id
    order by rank
    limit 1
  ) p on true
  where g.op <> '-'
    and c.parents is not null
    and c.dataset_id = $2 -- by which the index of those that name parents is used
    and c.version_id = $3
    and n.parent_key not in ('', c.key)
    and not exists (select from cadastre.lineage l where l.child_id = c.id and l.parent_key = n.parent_key and l.undone_by is null)
),
derived as (
  select g.id as parent, g.key as parent_key, c.id as child, c.key as child_key, x.m2
  from gone g
  join cadastre.parcel c on c.theme = $1 and c.dataset_id = $2 and c.version_id = $3 and c.geom_3857 operator(public.&&) g.geom_3857 and c.id <> g.id
  cross join lateral (select greatest($5::float8, $6::float8 * least(c.area_m2, g.area_m2)) as least_m2) l
  cross join lateral ( -- neighbours share a strip or a corner at most, which their boxes often tell
    select case
      when c.geom operator(public.=) g.geom then c.area_m2
      when (least(public.st_xmax(c.geom), public.st_xmax(g.geom)) - greatest(public.st_xmin(c.geom), public.st_xmin(g.geom)))
        * (least(public.st_ymax(c.geom), public.st_ymax(g.geom)) - greatest(public.st_ymin(c.geom), public.st_ymin(g.geom)))
        * c.area_m2 < least_m2 * public.st_area(c.geom) then 0
      else public.st_area(layers.common_area(c.geom, g.geom)) / nullif(public.st_area(c.geom), 0) * c.area_m2 end as m2
  ) x
  where x.m2 >= least_m2
    and c.parents is null
    and (c.id in (select id from gone) or not exists (select from cadastre.parcel_history h where h.id = c.id and h.ended_by = $3))
),
edge as (
  select parent, parent_key, child, child_key, false as derived, null::float8 as m2 from delivered
  union all
  select parent, parent_key, child, child_key, true, m2 from derived
),
told as (
  select e.*, coalesce(s.parent_stays, false) as parent_stays, s.child_was,
    count(*) over (partition by e.parent_key) + coalesce(s.parent_stays, false)::int as children,
    count(*) over (partition by e.child) + s.child_was::int as parents
  from edge e
  cross join lateral (
    select exists (select from cadastre.parcel c where c.id = e.parent) as parent_stays,
      exists (select from cadastre.parcel_history h where h.id = e.child and h.ended_by = $3) as child_was
  ) s
),
written as (
  insert into cadastre.lineage (theme, dataset_id, version_id, parent_id, parent_key, child_id, child_key, kind, derived, overlap_m2)
  select $1, $2, $3, parent, parent_key, child, child_key,
    case
      when parent_stays and child_was then 'boundary'
      when children > 1 and parents = 1 then 'split'
      when children = 1 and parents > 1 then 'merge'
      when children = 1 then 'replacement'
      else 'rearrangement'
    end, derived, m2
  from told
  order by child_key, parent_key
  returning kind, child_id, derived
)
select kind, count(distinct child_id), count(distinct child_id) filter (where derived)
from written
group by kind
order by kind`
