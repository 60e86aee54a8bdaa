package gnaf

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"nsdi/gnaf/persian"
)

// Derive makes the search keys of an address from its delivered attributes: street_key and city_key. They are
// made by the functions that a query goes through, so that equal texts always meet. postal_code is the code in ten
// ASCII digits, where a right one was delivered.
func Derive(attributes map[string]any) map[string]any {
	derived := map[string]any{
		"street_key": strings.Join(persian.WayTokens(text(attributes["street"])), " "),
		"city_key":   persian.Fold(text(attributes["city"])),
	}
	if given, ok := attributes["postal_code"]; ok {
		if code := CheckPostalCode(text(given)); code.Valid() {
			derived["postal_code"] = code.Digits
		}
	}
	return derived
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
	const insertWays = `
		insert into gnaf.way (street_key, city_key, tokens)
		select street_key, city_key, string_to_array(street_key, ' ')
		from (
			select distinct a.street_key, a.city_key
			from pg_temp.changed c
			join gnaf.address a on a.id = c.feature_id
			where c.op <> '-'
			  and a.street_key <> ''
		) new
		where not exists (select from gnaf.way w where w.street_key = new.street_key and w.city_key = new.city_key)
		order by city_key, street_key
		on conflict (street_key, city_key) do nothing`
	if _, err := tx.Exec(ctx, insertWays); err != nil {
		return fmt.Errorf("adding ways: %w", err)
	}
	return nil
}
