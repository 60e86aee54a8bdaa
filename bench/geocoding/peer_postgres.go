package geocoding

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"nsdi/bench/geocoding/country"
	"nsdi/bench/geocoding/noise"
)

// Postgres is full-text search with trigrams in PostGIS, as a good engineer sets it up in a day: ways first, their numbers then. It gets the bench's folding of
// letters and digits, and nothing of nsdi.
type Postgres struct{ pool *pgxpool.Pool }

// NewPostgres makes its tables of the published addresses.
func NewPostgres(ctx context.Context, pool *pgxpool.Pool) (*Postgres, error) {
	for _, sql := range []string{
		`create schema peer`,
		`create extension if not exists pg_trgm schema public`,
		`create table peer.way as
			select row_number() over () as id, province, city, coalesce(street_before, '') as before, street,
			  translate(concat_ws(' ', province, county, city, min(neighbourhood), street_before, street), 'يكآ۰۱۲۳۴۵۶۷۸۹' || chr(8204), 'یکا0123456789 ') as text,
			  avg(public.st_x(geom)) as lon, avg(public.st_y(geom)) as lat
			from gnaf.address
			group by province, county, city, street_before, street`,
		`create index on peer.way using gin (to_tsvector('simple', text))`,
		`create index on peer.way using gist (text public.gist_trgm_ops (siglen = 64))`,
		`create table peer.house as
			select distinct on (w.id, a.number, a.number_suffix, a.unit) w.id as way, a.number, coalesce(a.number_suffix, '') as suffix, coalesce(a.unit, '') as unit,
			  coalesce(a.attributes ->> 'block', '') as block, coalesce(a.postal_code, '') as code, public.st_x(a.geom) as lon, public.st_y(a.geom) as lat
			from gnaf.address a
			join peer.way w on (w.province, w.city, w.before, w.street) = (a.province, a.city, coalesce(a.street_before, ''), a.street)`,
		`create index on peer.house (way, number)`,
		`create index on peer.house (code)`,
		`analyze peer.way, peer.house`,
	} {
		if _, err := pool.Exec(ctx, sql); err != nil {
			return nil, fmt.Errorf("peer in PostgreSQL: %w", err)
		}
	}
	return &Postgres{pool}, nil
}

// Name is the geocoder's.
func (*Postgres) Name() string { return "full text + pg_trgm" }

// Geocode asks for all words, then for any by trigrams.
func (p *Postgres) Geocode(ctx context.Context, query string, near *country.Corner, limit int) ([]Hit, error) {
	words := strings.Fields(noise.Plain(query))
	names, number, unit, code := noise.Locators(words)
	x, y := 0.0, 0.0
	if near != nil {
		x, y = near.Lon, near.Lat
	}
	const columns = `w.province, w.city, w.before, w.street, coalesce(h.number::text, ''), coalesce(h.suffix, ''), coalesce(h.block, ''), coalesce(h.unit, ''), coalesce(h.code, ''),
		coalesce(h.lon, w.lon), coalesce(h.lat, w.lat)`
	const behind = `
		left join lateral (select * from peer.house h where h.way = w.id and h.number = nullif($2, '')::int order by h.unit = $3 desc, h.suffix, h.unit limit 3) h on true`
	if code != "" {
		if hits, err := p.ask(ctx, `select `+columns+` from peer.house h join peer.way w on w.id = h.way where h.code = $1 limit $2`, code, limit); err != nil || len(hits) > 0 {
			return hits, err
		}
	}
	hits, err := p.ask(ctx, `
		select `+columns+`
		from (
			select *
			from peer.way
			where to_tsvector('simple', text) @@ plainto_tsquery('simple', $1)
			order by length(text), case when $5 <> 0 then abs(lon - $5) + abs(lat - $6) end
			limit 10
		) w`+behind+`
		order by h.number is null
		limit $4`, names, number, unit, limit, x, y)
	if err != nil || len(hits) > 0 {
		return hits, err
	}
	return p.ask(ctx, `
		select `+columns+`
		from (
			select *
			from peer.way
			order by text operator(public.<->) $1
			limit 10
		) w`+behind+`
		order by w.text operator(public.<->) $1, case when $5 <> 0 then abs(w.lon - $5) + abs(w.lat - $6) end
		limit $4`, names, number, unit, limit, x, y)
}

func (p *Postgres) ask(ctx context.Context, sql string, args ...any) ([]Hit, error) {
	rows, err := p.pool.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (Hit, error) {
		h := Hit{Level: "way", Sure: true}
		err := row.Scan(&h.Province, &h.City, &h.Before, &h.Street, &h.Number, &h.Suffix, &h.Block, &h.Unit, &h.Code, &h.At.Lon, &h.At.Lat)
		if h.Number != "" {
			h.Level = "site"
		}
		return h, err
	})
}
