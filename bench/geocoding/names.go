package geocoding

import (
	"context"
	"fmt"
	"strconv"

	"github.com/jackc/pgx/v5"

	"nsdi/bench/geocoding/country"
	"nsdi/gnaf"
)

// names collects the other names of ways, and squares, while rows go by.
type names struct {
	ids     map[[2]string]int64
	aliases [][]any
	squares [][]any
	seen    map[string]bool
}

func newNames() *names { return &names{ids: map[[2]string]int64{}, seen: map[string]bool{}} }

// way answers the identifier that gnaf gives a way.
func (n *names) way(street, city string) int64 {
	k := [2]string{street, city}
	id, ok := n.ids[k]
	if !ok {
		id, _ = gnaf.Derive(map[string]any{"street": street, "city": city})["way_id"].(int64)
		n.ids[k] = id
	}
	return id
}

func (n *names) see(r *country.Row) {
	once := func(name string) bool {
		k := r.City + "\x1f" + r.Street + "\x1f" + name
		if name == "" || n.seen[k] {
			return false
		}
		n.seen[k] = true
		return true
	}
	for kind, name := range map[string]string{"former": r.Formerly, "colloquial": r.Colloquially} {
		if once(name) {
			n.aliases = append(n.aliases, []any{"L" + strconv.Itoa(len(n.aliases)), r.City, name, kind, n.way(name, r.City), n.way(r.Street, r.City), r.Street})
		}
	}
	if once(r.Spatial) {
		n.squares = append(n.squares, []any{"N" + strconv.Itoa(len(n.squares)), r.City, r.Spatial, n.way(r.Spatial, r.City), r.Street, r.Lon, r.Lat})
	}
}

func (n *names) publish(ctx context.Context, tx pgx.Tx) error {
	aliases, err := newVersion(ctx, tx, "gnaf-way-alias")
	if err != nil {
		return err
	}
	squares, err := newVersion(ctx, tx, "gnaf-node")
	if err != nil {
		return err
	}
	batch := &pgx.Batch{}
	for _, a := range n.aliases {
		batch.Queue(`
			insert into gnaf.name (theme, dataset_id, version_id, key, hash, city, name, kind, city_key, way_id, of_id, attributes, valid_from)
			select 'gnaf-way-alias', dataset_id, id, $2, '', $3, $4, $5, gnaf.name_key($3), $6, $7, jsonb_build_object('way', $8::text), now()
			from layers.version
			where id = $1`, append([]any{aliases}, a...)...)
	}
	for _, s := range n.squares {
		batch.Queue(`
			insert into gnaf.name (theme, dataset_id, version_id, key, hash, city, name, kind, city_key, way_id, attributes, geom, geom_3857, valid_from)
			select 'gnaf-node', dataset_id, id, $2, '', $3, $4, 'square', gnaf.name_key($3), $5, jsonb_build_object('ways', $6::text), g, public.st_transform(g, 3857), now()
			from layers.version
			cross join lateral public.st_setsrid(public.st_makepoint($7, $8), 4326) g
			where id = $1`, append([]any{squares}, s...)...)
	}
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return fmt.Errorf("names: %w", err)
	}
	return nil
}
