package gnaf

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"strconv"

	"github.com/jackc/pgx/v5"

	"nsdi/gnaf/persian"
	"nsdi/layers"
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
	case int64:
		return strconv.FormatInt(v, 10)
	}
	return fmt.Sprint(v)
}

// AfterPublish adds the ways that the addresses of pg_temp.changed name for the first time, of no version that is known.
func AfterPublish(ctx context.Context, tx pgx.Tx) error {
	_, err := followWays(ctx, tx, layers.Publication{})
	return err
}
