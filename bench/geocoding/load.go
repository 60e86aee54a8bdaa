package geocoding

import (
	"context"
	"fmt"
	"iter"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"nsdi/bench/geocoding/country"
	"nsdi/gnaf"
)

// Load publishes the rows as addresses of the Post, with the other names and the squares of their ways, without the pipeline of deliveries. It is for empty
// databases.
func Load(ctx context.Context, pool *pgxpool.Pool, rows iter.Seq[country.Row]) error {
	err := pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		names := newNames()
		version, err := newVersion(ctx, tx, "gnaf-address")
		if err != nil {
			return err
		}
		if err := addresses(ctx, tx, version, rows, names); err != nil {
			return fmt.Errorf("addresses: %w", err)
		}
		if _, err := tx.Exec(ctx, `create temp table changed on commit drop as select id as feature_id, '+' as op from gnaf.address`); err != nil {
			return err
		}
		if err := gnaf.AfterPublish(ctx, tx); err != nil {
			return err
		}
		return names.publish(ctx, tx)
	})
	if err != nil {
		return fmt.Errorf("loading: %w", err)
	}
	_, err = pool.Exec(ctx, `analyze gnaf.address, gnaf.way, gnaf.name`)
	return err
}

// atOnce is how many rows lie in the staging table: what a country takes on the disk is little more than its addresses.
const atOnce = 500_000

func addresses(ctx context.Context, tx pgx.Tx, version int64, rows iter.Seq[country.Row], names *names) error {
	if _, err := tx.Exec(ctx, `
		create temp table staged (key text, province text, county text, city text, area text, before text, street text, number int, suffix text, block text,
		  building text, floor int, unit text, code text, way_id bigint, lon float8, lat float8) on commit drop`); err != nil {
		return err
	}
	next, stop := iter.Pull(rows)
	defer stop()
	for {
		n, err := stage(ctx, tx, next, names)
		if err != nil || n == 0 {
			return err
		}
		if _, err := tx.Exec(ctx, `
			insert into gnaf.address (theme, dataset_id, version_id, key, hash, province, county, city, neighbourhood, street_before, street, number, number_suffix,
			  building, floor, unit, postal_code, way_id, attributes, geom, geom_3857, valid_from)
			select 'gnaf-address', v.dataset_id, v.id, r.key, '', r.province, r.county, r.city, nullif(r.area, ''), nullif(r.before, ''), r.street, nullif(r.number, 0),
			  nullif(r.suffix, ''), nullif(r.building, ''), r.floor, nullif(r.unit, ''), nullif(r.code, ''), r.way_id,
			  jsonb_strip_nulls(jsonb_build_object('block', nullif(r.block, ''))), g, public.st_transform(g, 3857), now()
			from staged r
			cross join lateral public.st_setsrid(public.st_makepoint(r.lon, r.lat), 4326) g
			join layers.version v on v.id = $1`, version); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `truncate staged`); err != nil {
			return err
		}
	}
}

// stage takes the next rows, and answers how many there were.
func stage(ctx context.Context, tx pgx.Tx, next func() (country.Row, bool), names *names) (int64, error) {
	taken := 0
	return tx.CopyFrom(ctx, pgx.Identifier{"staged"},
		[]string{"key", "province", "county", "city", "area", "before", "street", "number", "suffix", "block", "building", "floor", "unit", "code", "way_id", "lon", "lat"},
		pgx.CopyFromFunc(func() ([]any, error) {
			if taken++; taken > atOnce {
				return nil, nil
			}
			r, more := next()
			if !more {
				return nil, nil
			}
			names.see(&r)
			return []any{
				r.Key, r.Province, r.County, r.City, r.Area, r.Before, r.Street, r.Number, r.Suffix, r.Block, r.Building, r.Floor, r.Unit, r.Code,
				names.way(r.Street, r.City), r.Lon, r.Lat,
			}, nil
		}))
}

// newVersion makes a dataset of the Post for a theme, with one version.
func newVersion(ctx context.Context, tx pgx.Tx, theme string) (id int64, err error) {
	err = tx.QueryRow(ctx, `
		with d as (
			insert into layers.dataset (theme, agency_id)
			select $1, id
			from access.agency
			where code = 'post'
			returning id, agency_id, theme
		), s as (
			insert into layers.submission (dataset_id, agency_id, theme, state, files)
			select id, agency_id, theme, 'published', '[]'
			from d
			returning id, dataset_id
		)
		insert into layers.version (dataset_id, seq, submission_id, added, altered, removed, features)
		select dataset_id, 1, id, 0, 0, 0, 0
		from s
		returning id`, theme).Scan(&id)
	return id, err
}
