package gnaf

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"nsdi/gnaf/persian"
	"nsdi/internal/errs"
	"nsdi/internal/pg"
	"nsdi/layers"
)

// RemakeKeys makes the stored keys of units, addresses, ways and their names again when persian.Version is not the one that they were
// made by, all in one transaction: no question ever sees keys of two versions. It answers what it did, or nothing when
// the keys were right. What the database derives itself, by gnaf.name_key, is made again by the migration that changes that.
func RemakeKeys(ctx context.Context, pool *pgxpool.Pool) (said errs.Text, err error) {
	err = pg.InScope(ctx, pool, pg.Everything, pgx.TxOptions{}, func(tx pgx.Tx) error {
		var version int
		if err := tx.QueryRow(ctx, `select version from gnaf.text_version for update`).Scan(&version); err != nil || version == persian.Version {
			return err
		}
		units, err := layers.RemakeUnitKeys(ctx, tx)
		if err != nil {
			return err
		}
		addresses, err := remakeAddressKeys(ctx, tx)
		if err != nil {
			return err
		}
		names, err := remakeNameKeys(ctx, tx)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `update gnaf.text_version set version = $1`, persian.Version); err != nil || units+addresses+names == 0 {
			return err
		}
		said = errs.Tf("کلیدهای متن از نسخه %d به %d رفت: کلید %d واحد اداری، %d نشانی و %d نام معبر عوض شد.",
			"The keys of texts went from version %d to %d: administrative units changed: %d, addresses: %d, names of ways: %d.",
			version, persian.Version, units, addresses, names)
		return nil
	})
	if err != nil {
		return said, fmt.Errorf("making the keys of texts again: %w", err)
	}
	return said, nil
}

// KeyVersion answers by which version of persian.Version the stored keys were made.
func KeyVersion(ctx context.Context, pool *pgxpool.Pool) (version int, err error) {
	if err := pool.QueryRow(ctx, `select version from gnaf.text_version`).Scan(&version); err != nil {
		return 0, fmt.Errorf("reading the version of the keys: %w", err)
	}
	return version, nil
}

// remakeAddressKeys goes through the names of streets, not through all addresses: a street has many.
func remakeAddressKeys(ctx context.Context, tx pgx.Tx) (int64, error) {
	rows, err := tx.Query(ctx, `
		select street, city, way_id from gnaf.address
		union
		select street, city, way_id from gnaf.address_history`)
	if err != nil {
		return 0, err
	}
	var changed [][]any
	var street, city string
	var was int64
	_, err = pgx.ForEachRow(rows, []any{&street, &city, &was}, func() error {
		streetKey, cityKey := wayKeys(street, city)
		if id := wayID(streetKey, cityKey); id != was {
			changed = append(changed, []any{street, city, id, streetKey, cityKey})
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	if _, err := tx.Exec(ctx, `create temp table rekeyed (street text, city text, way_id bigint, street_key text, city_key text) on commit drop`); err != nil {
		return 0, err
	}
	if _, err := tx.CopyFrom(ctx, pgx.Identifier{"rekeyed"}, []string{"street", "city", "way_id", "street_key", "city_key"}, pgx.CopyFromRows(changed)); err != nil {
		return 0, err
	}
	updated, err := tx.Exec(ctx, `update gnaf.address a set way_id = r.way_id from pg_temp.rekeyed r where a.street = r.street and a.city = r.city`)
	if err != nil {
		return 0, err
	}
	for _, sql := range []string{
		`update gnaf.address_history a set way_id = r.way_id from pg_temp.rekeyed r where a.street = r.street and a.city = r.city`,
		`delete from gnaf.way w
		where not exists (select from gnaf.address a where a.way_id = w.id)`,
		`insert into gnaf.way (id, street_key, city_key, tokens)
		select distinct way_id, street_key, city_key, string_to_array(street_key, ' ')
		from pg_temp.rekeyed r
		where street_key <> ''
		  and exists (select from gnaf.address a where a.way_id = r.way_id)
		on conflict do nothing`,
	} {
		if _, err := tx.Exec(ctx, sql); err != nil {
			return 0, err
		}
	}
	return updated.RowsAffected(), nil
}

// remakeNameKeys does the same for the names of ways that agencies deliver by themselves.
func remakeNameKeys(ctx context.Context, tx pgx.Tx) (int64, error) {
	rows, err := tx.Query(ctx, `select id, name, city, attributes ->> 'way', attributes ->> 'locality', city_key, way_id, of_id from gnaf.name`)
	if err != nil {
		return 0, err
	}
	var ids, waysOf, of []int64
	var cities []string
	var id, wasWay int64
	var name, city, wasCity string
	var way, locality *string
	var wasOf *int64
	_, err = pgx.ForEachRow(rows, []any{&id, &name, &city, &way, &locality, &wasCity, &wasWay, &wasOf}, func() error {
		attributes := map[string]any{"name": name, "city": city}
		if way != nil {
			attributes["way"] = *way
		}
		if locality != nil {
			attributes["locality"] = *locality
		}
		derived := deriveName(attributes)
		cityKey, _ := derived["city_key"].(string)
		wayOf, _ := derived["way_id"].(int64)
		other, isAlias := derived["of_id"].(int64)
		if cityKey == wasCity && wayOf == wasWay && isAlias == (wasOf != nil) && (wasOf == nil || *wasOf == other) {
			return nil
		}
		ids, cities, waysOf, of = append(ids, id), append(cities, cityKey), append(waysOf, wayOf), append(of, other)
		return nil
	})
	if err != nil {
		return 0, err
	}
	done, err := tx.Exec(ctx, `
		update gnaf.name n
		set city_key = k.city_key, way_id = k.way_id, of_id = case when n.attributes ?| array['way', 'locality'] then k.of_id end
		from unnest($1::bigint[], $2::text[], $3::bigint[], $4::bigint[]) as k(id, city_key, way_id, of_id)
		where k.id = n.id`, ids, cities, waysOf, of)
	return done.RowsAffected(), err
}
