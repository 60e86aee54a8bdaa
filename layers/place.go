package layers

import (
	"context"
	"errors"
	"fmt"
	"regexp"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// place brings the rows of a batch to EPSG:4326 on their way into the staged table, while the next batch is read. Where the projection refuses one of them, the batch
// goes row by row.
func (c *copier) place(ctx context.Context, b batch) error {
	srids := make([]int, len(b.crs))
	for i, crs := range b.crs {
		var err error
		if srids[i], err = sridOf(ctx, c.conn, crs); err != nil {
			return err
		}
	}
	err := c.placeBy(ctx, b.rows, "public.st_transform(public.st_setsrid(source_geom, ($1::int[])[crs + 1]), 4326)", srids)
	if _, refused := errors.AsType[*pgconn.PgError](err); refused {
		err = c.placeBy(ctx, b.rows, "layers.try_transform(source_geom, ($1::int[])[crs + 1])", srids)
	}
	return err
}

// placeBy goes through a table that each transaction leaves empty.
func (c *copier) placeBy(ctx context.Context, rows [][]any, expr string, srids []int) error {
	// Nothing is written that outlives a crash, so no commit waits for the disk.
	err := pgx.BeginTxFunc(ctx, c.conn, pgx.TxOptions{BeginQuery: "begin; set local synchronous_commit = off"}, func(tx pgx.Tx) error {
		if _, err := tx.CopyFrom(ctx, identifier(c.tables.raw), rawColumns(), pgx.CopyFromRows(rows)); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `
			insert into `+c.tables.staged+`
			select ord, source, row_number, key, hash, attributes, derived, alike, crs, source_geom,
				case when g is null or public.st_isempty(g) then null else public.st_setsrid(g, 4326) end, false
			from (select *, `+expr+` g from `+c.tables.raw+` offset 0) t`, srids)
		return err
	})
	if err != nil {
		return fmt.Errorf("place rows: %w", err)
	}
	return nil
}

// checkRange finds what is no place on the map.
func (s *staging) checkRange(ctx context.Context) error {
	// Nearly all lie well within the map, which their boxes tell.
	return s.exec(ctx, "coordinates-out-of-range", `
		select ord, $1, null, null, (select c from unnest($2::text[]) with ordinality as u(c, n) where n = crs + 1), null
		from `+s.tables.staged+`
		where source_geom is not null
			and (geom is null or not geom operator(public.@) public.st_makeenvelope(-179, -85, 179, 85, 4326)
				and not public.st_coveredby(public.st_envelope(geom), public.st_makeenvelope(-180, -85.05, 180, 85.05, 4326)))`, shortened(s.crs))
}

// quoted is the first name within WKT.
var quoted = regexp.MustCompile(`^[A-Z]+\["([^"]{1,80})"`)

// shortened gives reference systems as they are shown: a code, or the name within WKT.
func shortened(crs []string) []string {
	out := make([]string, len(crs))
	for i, c := range crs {
		if ids := quoted.FindStringSubmatch(c); ids != nil {
			c = ids[1]
		}
		out[i] = c
	}
	return out
}

// placedSource is an expression over a staged row that brings a changed geometry of the delivery to EPSG:4326, as placing the rows did.
func (s *staging) placedSource(ctx context.Context, expr string) (string, error) {
	out := "case s.crs"
	for i, crs := range s.crs {
		moved := "public.st_setsrid(" + expr + ", 4326)"
		if crs != "EPSG:4326" {
			srid, err := s.srid(ctx, crs)
			if err != nil {
				return "", err
			}
			moved = fmt.Sprintf("layers.try_transform(%s, %d)", expr, srid)
		}
		out += fmt.Sprintf(" when %d then %s", i, moved)
	}
	if len(s.crs) == 0 {
		return "null::public.geometry", nil
	}
	return out + " end", nil
}
