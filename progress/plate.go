package progress

import (
	"context"
	"fmt"
	"maps"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/errs"
)

// platesOf are the plates with a published parcel of each unit, held against the registry's books.
func platesOf(ctx context.Context, tx pgx.Tx, t *tree, waiting []underWay) (map[string]figure, error) {
	coming := `select null::bigint as plate, null::text as admin_code, false as accepted where false`
	for _, w := range waiting {
		coming += `
				union all
				select ` + plateKey + `, t.admin_code, not p.refused
				from (
					select attributes ->> 'registry_unit' as registry_unit, cadastre.section_key(attributes ->> 'section') as section_key, ` + wholeOf("main_plate") + ` as main_plate,
					  ` + wholeOf("sub_plate") + ` as sub_plate, refused, geom, case when st_isvalid(geom) then st_pointonsurface(geom) else st_centroid(geom) end as middle
					from staging.s` + fmt.Sprint(w.ID) + `
					where st_geometrytype(geom) like '%Polygon'
				) p
				join progress.cell c on c.geom && p.middle and c.resolution = ` + fmt.Sprint(groundOf("urban").resolution) + `
				join progress.territory t on t.kind = 'urban' and t.cell = c.id and st_intersects(t.geom, p.middle)
				where p.section_key <> ''
				  and p.main_plate > 0
				  and ` + notABox("p.geom")
	}
	own, err := ownCounts(ctx, tx, `
		select admin_code, 0::float8, sum(coming + accepted + published)::float8, sum(accepted + published)::float8, sum(published)::float8, sum(fresh)::float8
		from (
			select l.admin_code, 0 as coming, 0 as accepted, count(*) as published, count(*) filter (where f.fresh) as fresh
			from progress.lot l
			left join progress.freshness f on f.dataset_id = l.dataset_id
			where l.counts
			group by l.admin_code
			union all
			select admin_code, count(*) filter (where not accepted), count(*) filter (where accepted), 0, 0
			from (
				select distinct on (plate) plate, admin_code, accepted
				from (`+coming+`
				) c
				where not exists (select from progress.lot l where l.plate = c.plate)
				order by plate, accepted desc
			) c
			group by admin_code
		) n
		group by admin_code`)
	if err != nil {
		return nil, err
	}
	return expectedPlates().against(ctx, tx, t, own)
}

// wholeOf is the SQL of a whole number of a staged row. One that was refused may have anything there.
func wholeOf(attribute string) string {
	return `case when attributes ->> '` + attribute + `' ~ '^[0-9]{1,9}$' then (attributes ->> '` + attribute + `')::int end`
}

// smaller puts both shares of an area obligation beside the headline, which is the smaller one: neither a few large parcels without plates nor plates without a place make
// it large. Where the number of plates is not stated the headline is by area alone, and says so.
func smaller(area, plates figure) []figure {
	both := []figure{area, plates}
	both[0].measure, both[0].unit = "area", "m2"
	both[1].measure, both[1].unit = "plates", "plate"
	head := area
	head.details = maps.Clone(area.details)
	if head.details == nil {
		head.details = map[string]any{}
	}
	head.details["by"] = "area"
	if !plates.known() {
		both[1].reason = errs.T("تعداد پلاک ثبتی این واحد اعلام نشده است؛ رقم اصلی تنها به مساحت است.", "The number of registered plates of this unit is not stated; the headline is by area alone.")
		head.source = errs.T(area.source.FA+"؛ تنها به مساحت، چون تعداد پلاک معلوم نیست", area.source.EN+"; by area alone, since the number of plates is not known")
		return append([]figure{head}, both...)
	}
	all := append(append([]source{}, area.sources...), plates.sources...)
	if *plates.published / *plates.denominator < *area.published / *area.denominator {
		head = plates
		head.unit, head.details = "plate", map[string]any{"by": "plates", "stated": plates.details["stated"] == true}
		head.source = errs.T(plates.source.FA+"؛ سهم پلاک، که کمتر از سهم مساحت است", plates.source.EN+"; the share of plates, which is smaller than that of area")
	} else {
		head.source = errs.T(area.source.FA+"؛ سهم مساحت، که بیشتر از سهم پلاک نیست", area.source.EN+"; the share of area, which is no larger than that of plates")
	}
	// It hangs on both, and is approved when both are.
	head.sources = all
	if head.provisional() || area.approvedBy == "" || plates.approvedBy == "" {
		head.approvedBy = ""
	} else if area.approvedBy != plates.approvedBy {
		head.approvedBy = area.approvedBy + "؛ " + plates.approvedBy
	}
	return append([]figure{head}, both...)
}
