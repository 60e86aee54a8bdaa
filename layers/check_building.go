package layers

import (
	"context"
	"fmt"

	"nsdi/internal/errs"
)

// buildingRules came with version 8 of the rule set. Profiles ask them of buildings only.
func buildingRules() []Definition {
	rule := func(code string, scope Scope, title, message errs.Text) Definition {
		return Definition{
			Rule: Rule{Code: code, Severity: "W", Title: title, Message: message}, Scope: scope, Since: 8, Reference: "CAD-T08", Alias: "CAD-T08",
			Excusable: true, Geometries: []string{"polygon"},
			Parameters: []Parameter{{Name: "area", Unit: "m²", Default: 1, Title: errs.T("هم‌پوشانی که از آن گذشته می‌شود", "Overlap that is let pass")}},
		}
	}
	return []Definition{
		rule("building-overlap", CrossScope, errs.T("دو ساختمان روی هم", "Buildings on the same ground"),
			errs.T("این ساختمان {measure} مترمربع با ساختمان «{other}» هم‌پوشانی دارد. دیوار مشترک را یکی کنید، یا آنچه دو بار ترسیم شده است بردارید.",
				"The building overlaps the building “{other}” by {measure} m². Make their common wall one, or take out what is drawn twice.")),
		rule("building-overlap-published", NeighbourScope, errs.T("ساختمان روی ساختمان منتشرشده", "On the ground of a published building"),
			errs.T("این ساختمان {measure} مترمربع با ساختمان منتشرشده «{other}» از تحویل دیگر هم‌پوشانی دارد. جای آن را بسنجید، یا ساختمان را به یک تحویل بسپارید.",
				"The building overlaps the published building “{other}” of another delivery by {measure} m². Check its place, or leave the building to one of the deliveries.")),
	}
}

// checkBuildings finds buildings that stand over those that are published and that the delivery does not replace.
func (s *staging) checkBuildings(ctx context.Context, d *dataset) error {
	rule, known := s.rules["building-overlap-published"]
	if !known || rule.off() {
		return nil
	}
	stays := fmt.Sprintf(`p.theme = '%s' and (p.dataset_id <> %d`, s.theme.Code, d.id)
	if s.mode == Append || s.mode == Upsert { // what it does not name stays
		stays += ` or not exists (select from ` + s.tables.staged + ` k where k.key = p.key)`
	}
	stays += `)`
	var some bool // where there are none, no row is looked at
	err := s.conn.QueryRow(ctx, `
		select exists (
			select
			from `+ident(s.store.Table)+` p
			where `+stays+`
			  and p.geom_3857 operator(public.&&) (
				select public.st_transform(public.st_setsrid(public.st_extent(geom)::public.geometry, 4326), 3857)
				from `+s.tables.staged+`
				where geom operator(public.@) public.st_makeenvelope(-180, -85.05, 180, 85.05, 4326)))`).Scan(&some)
	if err != nil || !some {
		return err
	}
	return s.inParts(ctx, rule, `
		select ord, $1, null, null, null, common, null, round(area::numeric, 2), 'm²', other
		from (
			select a.ord, p.key other, public.st_multi(common) common, public.st_area(common::public.geography) area
			from `+s.tables.staged+` a
			join `+ident(s.store.Table)+` p on p.geom_3857 operator(public.&&) public.st_transform(a.geom, 3857),
			lateral (select layers.common_area(a.geom, p.geom)) i(common)
			where a.ord > $2
			  and a.ord <= $3
			  and public.st_dimension(a.geom) = 2
			  and a.geom operator(public.@) public.st_makeenvelope(-180, -85.05, 180, 85.05, 4326)
			  and public.st_dimension(p.geom) = 2
			  and `+stays+`
			  and `+s.sound("a")+`
		) t
		where area > $5
		limit $4`, rule.value("area"))
}
