package tiles

import (
	"bytes"
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/klauspost/compress/gzip"

	"nsdi/internal/errs"
)

// Budget is what a tile may take, compressed with gzip, in bytes.
const Budget = 150_000

// weigh makes those of the tiles of a zoom in which something was touched that may be larger than the budget, and remembers which are. Cells bound what is in a
// tile, so that this is rare below the split zoom; at the split zoom itself it says that the zoom is too low for what is published.
func (g *Generaliser) weigh(ctx context.Context, tx pgx.Tx, l *layer, z int) error {
	bits, from := 6, z
	suspect := "16 + 4 * st_npoints(geom_3857) + octet_length(shown::text)"
	if z == l.splitZoom { // which is twice as fine as the cells that there are; a feature takes some tens of bytes
		bits, from, suspect = 5, z-1, "count * 100"
	}
	touched := fmt.Sprintf("select distinct cx >> %d as x, cy >> %[1]d as y from pg_temp.touched", bits)
	if _, err := tx.Exec(ctx, `
		delete from layers.tile_too_large l
		using (`+touched+`) t
		where l.theme = $1 and l.z = $2 and l.x = t.x and l.y = t.y`, l.code, z); err != nil {
		return err
	}
	// Statistics know nothing yet of rows that this transaction wrote, and without them the planner takes the key for as good as the index of places: it would read the whole
	// sheet for each tile. The key is not to be seen from where it chooses.
	rows, err := tx.Query(ctx, `
		select x, y
		from (`+touched+`) t
		where (
			select sum(`+suspect+`)
			from (
				select *
				from layers.generalised
				where `+sheet(l.code, from)+`
				  and geom_3857 && st_tileenvelope($1, t.x, t.y, margin => `+margin+`)
				offset 0
			) g
			where theme = `+quote(l.code)+`
			  and z = `+fmt.Sprint(from)+`) > $2`, z, g.budget())
	if err != nil {
		return err
	}
	suspects, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (Address, error) {
		at := Address{Z: z}
		return at, row.Scan(&at.X, &at.Y)
	})
	if err != nil {
		return err
	}
	e := new(encoder)
	for _, at := range suspects {
		if err := e.read(ctx, tx, l, at); err != nil {
			return err
		}
		size, err := packedSize(e.body)
		if err != nil {
			return err
		}
		if size <= g.budget() {
			continue
		}
		g.Log.Error("a tile is larger than it may be", "theme", l.code, "z", at.Z, "x", at.X, "y", at.Y, "bytes", size, "budget", g.budget())
		if _, err := tx.Exec(ctx, `
			insert into layers.tile_too_large (theme, z, x, y, bytes)
			values ($1, $2, $3, $4, $5)`, l.code, at.Z, at.X, at.Y, size); err != nil {
			return err
		}
	}
	return nil
}

func (g *Generaliser) budget() int {
	if g.Budget > 0 {
		return g.Budget
	}
	return Budget
}

func packedSize(body []byte) (int, error) {
	var out bytes.Buffer
	z, err := gzip.NewWriterLevel(&out, 5)
	if err != nil {
		return 0, err
	}
	if _, err := z.Write(body); err != nil {
		return 0, err
	}
	if err := z.Close(); err != nil {
		return 0, err
	}
	return out.Len(), nil
}

// TooLarge fails when there are tiles beyond the budget, and otherwise answers of how many themes the tiles were weighed.
func TooLarge(ctx context.Context, q interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
},
) (themes int, err error) {
	var many int
	var worst string
	err = q.QueryRow(ctx, `
		select (select count(*) from layers.generalisation), count(*),
		  coalesce((array_agg(concat(theme, ' ', z, '/', x, '/', y, ': ', bytes) order by bytes desc))[1], '')
		from layers.tile_too_large`).Scan(&themes, &many, &worst)
	if err != nil {
		return 0, fmt.Errorf("asking for tiles that are too large: %w", err)
	}
	if many == 0 {
		return themes, nil
	}
	return themes, &errs.Error{
		Code: "tiles-too-large", Op: "tiles.TooLarge", Value: worst,
		Title:  errs.Tf("%d کاشی بزرگ‌تر از اندازه مجاز است", "%d tiles are larger than a tile may be", many),
		Detail: errs.Tf("بزرگ‌ترین آن‌ها: %s بایت فشرده، از %d مجاز. کاشی‌ها کامل‌اند، ولی کند می‌رسند.", "The largest is %s bytes compressed, of %d. They are whole, but slow to arrive.", worst, Budget),
		Next: errs.T("در پرونده موضوع split_zoom را یکی بالا ببرید یا از ویژگی‌های با aggregate بکاهید؛ فهرست در جدول layers.tile_too_large است.",
			"Raise the theme's split_zoom by one, or have fewer attributes with aggregate; they are listed in the table layers.tile_too_large."),
	}
}
