package gnaf

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	"github.com/jackc/pgx/v5"

	"nsdi/gnaf/persian"
)

// Derive makes of the delivered attributes of an address what it is found by: way_id, the way's identifier, and postal_code, the code in ten ASCII digits, where a
// right one was delivered.
func Derive(attributes map[string]any) map[string]any {
	derived := map[string]any{"way_id": wayID(wayKeys(text(attributes["street"]), text(attributes["city"])))}
	if given, ok := attributes["postal_code"]; ok {
		if code := CheckPostalCode(text(given)); code.Valid() {
			derived["postal_code"] = code.Digits
		}
	}
	return derived
}

// wayKeys is what a way is told apart by. It is made by the functions that a query goes through, so that equal texts always meet.
func wayKeys(street, city string) (ofStreet, ofCity string) {
	return streetKey(street), persian.Fold(city)
}

// wayID is gnaf.way_id of migration 0043, which says why it is a hash.
func wayID(streetKey, cityKey string) int64 {
	hash := sha256.Sum256([]byte(streetKey + "\x01" + cityKey))
	return int64(binary.BigEndian.Uint64(hash[:]) >> 11)
}

func text(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	}
	return fmt.Sprint(v)
}

// AfterPublish adds the ways that the addresses of pg_temp.changed name for the first time. It runs inside the
// publishing transaction, so that an address is never there without its way.
func AfterPublish(ctx context.Context, tx pgx.Tx) error {
	rows, err := tx.Query(ctx, `
		select a.street, a.city
		from (
			select distinct a.way_id
			from pg_temp.changed c
			join gnaf.address a on a.id = c.feature_id
			where c.op <> '-'
		) named
		cross join lateral (select a.street, a.city from gnaf.address a where a.way_id = named.way_id limit 1) a
		where not exists (select from gnaf.way w where w.id = named.way_id)`)
	if err != nil {
		return fmt.Errorf("looking for new ways: %w", err)
	}
	var ids []int64
	var streets, cities []string
	var street, city string
	_, err = pgx.ForEachRow(rows, []any{&street, &city}, func() error {
		if street, city := wayKeys(street, city); street != "" { // a name without a word is nothing to search for
			ids, streets, cities = append(ids, wayID(street, city)), append(streets, street), append(cities, city)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("looking for new ways: %w", err)
	}
	_, err = tx.Exec(ctx, `
		insert into gnaf.way (id, street_key, city_key, tokens)
		select id, street_key, city_key, string_to_array(street_key, ' ')
		from unnest($1::bigint[], $2::text[], $3::text[]) new (id, street_key, city_key)
		order by id
		on conflict do nothing`, ids, streets, cities)
	if err != nil {
		return fmt.Errorf("adding ways: %w", err)
	}
	return nil
}
