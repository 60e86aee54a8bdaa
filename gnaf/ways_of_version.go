package gnaf

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/errs"
	"nsdi/layers"
)

// toldWays is how many of the created ways the report names.
const toldWays = 20

// followWays is the store's AfterPublish: it adds the ways that the changed addresses name for the first time, and tells which of their ways were known by their name, by
// another name, or not at all; how many of the known ones were so in other provinces only, since settlements of one name share the identifiers of their ways; and what became
// of units. An address is never there without its way.
func followWays(ctx context.Context, tx pgx.Tx, p layers.Publication) ([]errs.Text, error) {
	rows, err := tx.Query(ctx, `
		select n.id, n.street, n.city, w.id is not null,
		  exists (select from gnaf.name d where d.way_id = n.id and d.of_id is null),
		  exists (
			select
			from gnaf.name d
			where d.way_id = n.id
			  and d.of_id <> d.way_id
			  and not `+fmt.Sprintf(otherProvince, "n.province", "nullif(d.attributes->>'province', '')")+`),
		  exists (
			select
			from unnest(n.provinces) p (name)
			where not exists (
				select
				from gnaf.address o
				where o.way_id = n.id
				  and o.version_id <> $1
				  and not `+fmt.Sprintf(otherProvince, "o.province", "p.name")+`
			  )
			  and not exists (
				select
				from gnaf.address_history o
				where o.way_id = n.id
				  and o.ended_by = $1
				  and not `+fmt.Sprintf(otherProvince, "o.province", "p.name")+`
			  )
			  and not exists (
				select
				from gnaf.name d
				where d.way_id = n.id
				  and d.of_id is null
				  and not `+fmt.Sprintf(otherProvince, "nullif(d.attributes->>'province', '')", "p.name")+`))
		from (
			select a.way_id as id, min(a.street collate "C") as street, min(a.city collate "C") as city, min(a.province) as province,
			  array_agg(distinct a.province) filter (where a.province is not null) as provinces
			from pg_temp.changed c
			join gnaf.address a on a.id = c.feature_id
			where c.op <> '-'
			group by a.way_id
		) n
		left join gnaf.way w on w.id = n.id`, p.VersionID)
	if err != nil {
		return nil, fmt.Errorf("ways of addresses: %w", err)
	}
	var ids []int64
	var streets, cities, created []string
	var known, elsewhere, byOther, made int
	var id int64
	var street, city string
	var there, delivered, other, nowhereHere bool
	_, err = pgx.ForEachRow(rows, []any{&id, &street, &city, &there, &delivered, &other, &nowhereHere}, func() error {
		switch {
		case other:
			byOther++
		case there, delivered:
			if known++; nowhereHere {
				elsewhere++
			}
		default:
			if made++; len(created) < toldWays {
				created = append(created, street+" ("+city+")")
			}
		}
		if key, cityKey := wayKeys(street, city); !there && key != "" { // a name without a word is nothing to search for
			ids, streets, cities = append(ids, id), append(streets, key), append(cities, cityKey)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("ways of addresses: %w", err)
	}
	_, err = tx.Exec(ctx, `
		insert into gnaf.way (id, street_key, city_key, tokens, version_id)
		select id, street_key, city_key, string_to_array(street_key, ' '), nullif($4, 0::bigint)
		from unnest($1::bigint[], $2::text[], $3::text[]) new (id, street_key, city_key)
		order by id
		on conflict do nothing`, ids, streets, cities, p.VersionID)
	if err != nil {
		return nil, fmt.Errorf("adding ways: %w", err)
	}
	if p.VersionID == 0 {
		return nil, nil
	}
	notes := wayNotes(p, known, elsewhere, byOther, made, created)
	units, err := unitNotes(ctx, tx, p)
	return append(notes, units...), err
}

func wayNotes(p layers.Publication, known, elsewhere, byOther, made int, created []string) []errs.Text {
	if known+byOther+made == 0 {
		return nil
	}
	notes := []errs.Text{errs.Tf("معبرها: %[1]d با نام خود شناخته شد، %[2]d با نامی دیگر، %[3]d تازه ساخته شد.",
		"Ways: %[1]d known by their name, %[2]d by another name, %[3]d made.", known, byOther, made)}
	if elsewhere > 0 {
		notes = append(notes, errs.Tf("از معبرهای شناخته‌شده %[1]d تا اکنون تنها در استان دیگری بود، که شهر یا آبادی هم‌نامی دارد؛ شناسه آن‌ها یکی است.",
			"Of the known ways %[1]d were known in another province only, which has a settlement of the same name; they share an identifier.", elsewhere))
	}
	if made == 0 {
		return notes
	}
	listed := errs.T("، ", ", ")
	return append(notes, errs.Tf("معبرهای ساخته‌شده: %[1]s؛ همه در ‎/v1/ways?version=%[2]s‎ است.", "Ways that were made: %[3]s; all of them are at /v1/ways?version=%[2]s.",
		strings.Join(created, listed.FA), strconv.FormatInt(p.VersionID, 10), strings.Join(created, listed.EN)))
}

// unitNotes tells what differs in units: which have another code, another address or another place than before.
func unitNotes(ctx context.Context, tx pgx.Tx, p layers.Publication) ([]errs.Text, error) {
	var added, altered, removed, code, address, place int64
	err := tx.QueryRow(ctx, `select added, altered, removed from layers.version where id = $1`, p.VersionID).Scan(&added, &altered, &removed)
	if err != nil || altered == 0 {
		return nil, err
	}
	err = tx.QueryRow(ctx, `
		select count(*) filter (where a.postal_code is distinct from h.postal_code),
		  count(*) filter (where (a.way_id, a.number, a.number_suffix, a.floor, a.unit) is distinct from (h.way_id, h.number, h.number_suffix, h.floor, h.unit)),
		  count(*) filter (where not a.geom operator(public.~=) h.geom)
		from pg_temp.changed c
		join gnaf.address a on a.id = c.feature_id
		join gnaf.address_history h on h.id = c.feature_id and h.ended_by = $1
		where c.op = '~'`, p.VersionID).Scan(&code, &address, &place)
	if err != nil {
		return nil, fmt.Errorf("what became of units: %w", err)
	}
	return []errs.Text{errs.Tf("واحدها: %[1]d افزوده، %[2]d حذف، %[3]d دگرگون؛ از دگرگون‌ها %[4]d کد پستی، %[5]d نشانی و %[6]d جای دیگری دارد.",
		"Units: %[1]d added, %[2]d removed, %[3]d altered; of these %[4]d have another postal code, %[5]d another address and %[6]d another place.",
		added, removed, altered, code, address, place)}, nil
}

// MadeWay is a way that a publication named for the first time.
type MadeWay struct {
	ID     int64  `json:"id,string"`
	Street string `json:"street"`
	City   string `json:"city"`
}

// WaysOfVersion lists the ways that a version named for the first time, in the order of their ids, from behind after; nil from the beginning.
func WaysOfVersion(ctx context.Context, q layers.Querier, version int64, after *int64, limit int) ([]MadeWay, error) {
	rows, err := q.Query(ctx, `
		select w.id, coalesce(a.street, w.street_key), coalesce(a.city, w.city_key)
		from (
			select id, street_key, city_key
			from gnaf.way
			where version_id = $1
			  and ($2::bigint is null or id > $2)
			order by id
			limit $3
		) w
		left join lateral (select street, city from gnaf.address where way_id = w.id limit 1) a on true
		order by w.id`, version, after, limit)
	if err != nil {
		return nil, fmt.Errorf("ways of a version: %w", err)
	}
	list, err := pgx.AppendRows([]MadeWay{}, rows, pgx.RowToStructByPos[MadeWay])
	if err != nil {
		return nil, fmt.Errorf("ways of a version: %w", err)
	}
	return list, nil
}
