package cadastre

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"nsdi/layers"
)

// maxAnswers bounds what one question without pages answers: flats of one house may share a plate, and strata one place.
const maxAnswers = 100

// Named asks for a parcel by its plate within a registration section.
type Named struct {
	Section  string // number or name: «بخش ۳», "3"
	Plate    Plate
	Unit     string // registry unit; "" any
	District string // "" any
	Lot      string // "" any
}

func byPlateSQL(p Plate) string {
	sub := `p.sub_plate = @sub`
	if p.Sub == 0 {
		sub = `(p.sub_plate is null or p.sub_plate = @sub)`
	}
	return `
		select ` + columns("null::timestamptz") + `
		from cadastre.parcel p
		join layers.version v on v.id = p.version_id
		where p.main_plate = @main
		  and ` + sub + `
		  and p.section_key = cadastre.section_key(@section)
		  and (@unit = '' or gnaf.name_key(p.registry_unit) = gnaf.name_key(@unit))
		  and (@district = '' or cadastre.section_key(p.district) = cadastre.section_key(@district))
		  and (@lot = '' or p.lot = @lot)
		order by p.registry_unit, p.district, p.lot, p.id
		limit @limit`
}

// ByPlate answers the parcels that have a plate.
func ByPlate(ctx context.Context, q layers.Querier, s Sight, n Named) ([]Parcel, error) {
	return collect(ctx, q, byPlateSQL(n.Plate), s.args(pgx.NamedArgs{
		"main": n.Plate.Main, "sub": n.Plate.Sub, "section": n.Section, "unit": n.Unit, "district": n.District, "lot": n.Lot, "limit": maxAnswers,
	}))
}

func byIdentifierSQL() string {
	return `
		select ` + columns("null::timestamptz") + `
		from cadastre.parcel p
		join layers.version v on v.id = p.version_id
		where p.parcel_id = @identifier or p.national_parcel_id = @identifier
		order by p.id
		limit @limit`
}

// ByIdentifier answers the parcels with a unique identifier, or with that of their deliverer.
func ByIdentifier(ctx context.Context, q layers.Querier, s Sight, identifier string) ([]Parcel, error) {
	return collect(ctx, q, byIdentifierSQL(), s.args(pgx.NamedArgs{"identifier": identifier, "limit": maxAnswers}))
}

const here = `p.geom_3857 operator(public.&&) public.st_transform(public.st_setsrid(public.st_point(@lon, @lat), 4326), 3857)
		  and public.st_intersects(p.geom, public.st_setsrid(public.st_point(@lon, @lat), 4326))`

func atPointSQL() string {
	return `
		select ` + columns("null::timestamptz") + `
		from cadastre.parcel p
		join layers.version v on v.id = p.version_id
		where ` + here + `
		order by p.area_m2, p.id
		limit @limit`
}

// AtPoint answers the parcels that contain a point, or have it on their boundary.
func AtPoint(ctx context.Context, q layers.Querier, s Sight, lon, lat float64) ([]Parcel, error) {
	return collect(ctx, q, atPointSQL(), s.args(pgx.NamedArgs{"lon": lon, "lat": lat, "limit": maxAnswers}))
}

func atPointOnSQL() string {
	return `
		select * from (
			(select ` + columns("null::timestamptz") + `
			from cadastre.parcel p
			join layers.version v on v.id = p.version_id
			where ` + here + ` and p.valid_from <= @on)
			union all
			(select ` + columns("p.valid_to") + `
			from cadastre.parcel_history p
			join layers.version v on v.id = p.version_id
			where ` + here + ` and p.valid_from <= @on and p.valid_to > @on)
		) both_parts
		order by area_m2, id
		limit @limit`
}

// AtPointOn answers the parcels that were published at a point at a time.
func AtPointOn(ctx context.Context, q layers.Querier, s Sight, lon, lat float64, on time.Time) ([]Parcel, error) {
	return collect(ctx, q, atPointOnSQL(), s.args(pgx.NamedArgs{"lon": lon, "lat": lat, "on": on, "limit": maxAnswers}))
}

// InBox answers the parcels that touch a box (west, south, east, north in degrees), in the order of their ids, from behind after.
func InBox(ctx context.Context, q layers.Querier, s Sight, box [4]float64, after int64, limit int) (list []Parcel, more bool, err error) {
	list, err = collect(ctx, q, `
		select `+columns("null::timestamptz")+`
		from cadastre.parcel p
		join layers.version v on v.id = p.version_id
		where p.geom_3857 operator(public.&&) public.st_transform(public.st_makeenvelope(@w, greatest(@s, -85.06), @e, least(@n, 85.06), 4326), 3857)
		  and public.st_intersects(p.geom, public.st_makeenvelope(@w, @s, @e, @n, 4326))
		  and p.id > @after
		order by p.id
		limit @limit`, s.args(pgx.NamedArgs{"w": box[0], "s": box[1], "e": box[2], "n": box[3], "after": after, "limit": limit + 1}))
	if len(list) > limit {
		return list[:limit], true, err
	}
	return list, false, err
}

// Find answers a parcel by its id: as it is, or the last state of one that has ended. The error for an id that no parcel ever had is *errs.Error parcel-unknown.
func Find(ctx context.Context, q layers.Querier, s Sight, id int64) (*Parcel, error) {
	list, err := collect(ctx, q, `
		select `+columns("null::timestamptz")+`
		from cadastre.parcel p
		join layers.version v on v.id = p.version_id
		where p.id = @id`, s.args(pgx.NamedArgs{"id": id}))
	if err == nil && len(list) == 0 {
		list, err = collect(ctx, q, pastSQL()+` limit 1`, s.args(pgx.NamedArgs{"id": id}))
	}
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, unknownParcel(fmt.Sprint(id))
	}
	return &list[0], nil
}

func pastSQL() string {
	return `
		select ` + columns("p.valid_to") + `
		from cadastre.parcel_history p
		join layers.version v on v.id = p.version_id
		where p.id = @id
		order by p.valid_to desc`
}

// History answers every state of a parcel, the newest first.
func History(ctx context.Context, q layers.Querier, s Sight, id int64) ([]Parcel, error) {
	now, err := Find(ctx, q, s, id)
	if err != nil {
		return nil, err
	}
	past, err := collect(ctx, q, pastSQL()+` limit 1000`, s.args(pgx.NamedArgs{"id": id}))
	if err != nil || now.ValidTo != nil {
		return past, err
	}
	return append([]Parcel{*now}, past...), nil
}

// Neighbours answers the parcels within so many metres of a parcel, the nearest first and among those that touch it the one with the longest common boundary. The
// error for an id that no parcel has now is *errs.Error parcel-unknown.
func Neighbours(ctx context.Context, q layers.Querier, s Sight, id int64, within float64) ([]Parcel, error) {
	var there bool
	if err := q.QueryRow(ctx, `select exists (select from cadastre.parcel where id = $1)`, id).Scan(&there); err != nil {
		return nil, fmt.Errorf("neighbours of parcel %d: %w", id, err)
	}
	if !there {
		return nil, unknownParcel(fmt.Sprint(id))
	}
	rows, err := q.Query(ctx, `
		select `+columns("null::timestamptz")+`, d.m, d.shared
		from cadastre.parcel me
		join cadastre.parcel p on p.id <> me.id
		  and p.geom_3857 operator(public.&&) public.st_expand(me.geom_3857, (@within::float8 + 1) / cos(radians(public.st_ymax(me.geom))))
		join layers.version v on v.id = p.version_id
		cross join lateral (
			select public.st_distance(me.geom::public.geography, p.geom::public.geography) as m,
			  public.st_length(public.st_intersection(public.st_boundary(me.geom), public.st_boundary(p.geom))::public.geography) as shared
		) d
		where me.id = @id
		  and d.m <= @within
		order by d.m, d.shared desc, p.id
		limit @limit`, s.args(pgx.NamedArgs{"id": id, "within": within, "limit": maxAnswers}))
	if err != nil {
		return nil, fmt.Errorf("neighbours of parcel %d: %w", id, err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (Parcel, error) {
		var m, shared float64
		p, err := scanParcel(row, &m, &shared)
		p.DistanceM, p.SharedM = &m, &shared
		return p, err
	})
	if err != nil {
		return nil, fmt.Errorf("neighbours of parcel %d: %w", id, err)
	}
	return list, nil
}

func collect(ctx context.Context, q layers.Querier, sql string, args pgx.NamedArgs) ([]Parcel, error) {
	rows, err := q.Query(ctx, sql, args)
	if err != nil {
		return nil, fmt.Errorf("parcels: %w", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (Parcel, error) { return scanParcel(row) })
	if err != nil {
		return nil, fmt.Errorf("parcels: %w", err)
	}
	return list, nil
}
