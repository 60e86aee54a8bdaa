package layers

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/errs"
)

// Clipping is a download of all that is published of a theme, or of what lies in an area.
type Clipping struct {
	Theme  string
	Format string
	AsOf   time.Time // zero: now
	Area   *Area     // nil: everywhere
	Place  []Line    // what the sheet says of the area
	Name   string    // of the file, after the theme
	Cut    bool
}

// ThemeOrder is the order of a clipping, of which it reads which datasets there are in which versions, and about how many features. Restricted answers that the
// theme is not for everybody. Errors are *errs.Error: theme-unknown, theme-without-places.
func (v *Versions) ThemeOrder(ctx context.Context, q Querier, c Clipping) (o *Order, restricted bool, err error) {
	store, restricted, err := v.ThemeFeed(ctx, q, c.Theme)
	if err != nil || restricted {
		return nil, restricted, err
	}
	theme, err := findTheme(ctx, q, c.Theme)
	if err != nil {
		return nil, false, err
	}
	o = &Order{
		Theme: c.Theme, Format: c.Format, Name: c.Theme, Whole: true, store: store,
		Sheet: []Line{{"theme", "موضوع", "Theme", c.Theme}, {"theme-title", "عنوان موضوع", "Title of the theme", theme.Title.FA + " / " + theme.Title.EN}},
	}
	if err := c.narrow(o, theme); err != nil {
		return nil, false, err
	}
	until := time.Now().AddDate(1, 0, 0)
	if !c.AsOf.IsZero() {
		until = c.AsOf
		o.Sheet = append(o.Sheet, Line{"as-of", "وضعیت در زمان", "State as of", c.AsOf.UTC().Format(time.RFC3339)})
	}
	rows, err := q.Query(ctx, `
		select d.id, a.code, v.seq, v.published_at, v.id, v.features
		from layers.dataset d
		join access.agency a on a.id = d.agency_id
		join lateral (
			select id, seq, published_at, features
			from layers.version
			where dataset_id = d.id
			  and published_at <= $2
			order by seq desc
			limit 1
		) v on true
		where d.theme = $1
		  and v.features > 0
		order by d.id`, c.Theme, until)
	if err != nil {
		return nil, false, fmt.Errorf("datasets of %s: %w", c.Theme, err)
	}
	var features int64
	o.Parts, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (p Part, err error) {
		err = row.Scan(&p.Dataset, &p.Agency, &p.Seq, &p.PublishedAt, &p.Version, &features)
		p.PublishedAt, o.Rows = p.PublishedAt.UTC(), o.Rows+features
		return p, err
	})
	if err == nil && o.Area != nil {
		err = o.count(ctx, q)
	}
	if beside := formats()[c.Format].beside; err == nil && beside != "" {
		err = q.QueryRow(ctx, `
			select max(v.published_at)
			from layers.version v
			join layers.dataset d on d.id = v.dataset_id
			join layers.theme t on t.code = d.theme
			where t.store = $1
			  and v.published_at <= $2
			having count(*) > 0`, beside, until).Scan(&o.Beside)
		if errors.Is(err, pgx.ErrNoRows) {
			err = nil
		}
		o.Beside = o.Beside.UTC()
	}
	if err != nil {
		return nil, false, fmt.Errorf("datasets of %s: %w", c.Theme, err)
	}
	return o, false, nil
}

// Narrow bounds the order of a dataset by a clipping's area. The error for a theme that has no places is *errs.Error theme-without-places.
func (c *Clipping) Narrow(ctx context.Context, q Querier, o *Order) error {
	theme, err := findTheme(ctx, q, o.Theme)
	if err != nil {
		return err
	}
	return c.narrow(o, theme)
}

func (c *Clipping) narrow(o *Order, theme *Theme) error {
	if theme.Geometry == "none" && c.Area != nil {
		return &errs.Error{
			Code: "theme-without-places", Status: http.StatusUnprocessableEntity, Op: "layers.Clipping", Location: "path.theme", Value: o.Theme,
			Title:  errs.T("این موضوع جای جغرافیایی ندارد", "The theme has no places"),
			Detail: errs.T("ردیف‌های آن هندسه ندارد و با محدوده بریده نمی‌شود.", "Its rows have no geometry, and cannot be chosen by an area."),
			Next:   errs.T("همه موضوع را بخواهید.", "Ask for the whole theme."),
		}
	}
	o.Name, o.Area, o.Cut = fileName(o.Name+"-"+c.Name), c.Area, c.Cut && c.Area != nil
	o.Sheet = append(o.Sheet, c.Place...)
	return nil
}

// fileName keeps of a name what every system takes for one.
func fileName(name string) string {
	return strings.Trim(strings.Map(func(r rune) rune {
		if r == '-' || r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return '_'
	}, name), "-")
}

// count finds how many features have boxes that meet the area's: no fewer than there will be.
func (o *Order) count(ctx context.Context, q Querier) error {
	here, past := o.Area.near(3)
	var ids []int64
	first := int64(0)
	for i, p := range o.Parts {
		ids = append(ids, p.Dataset)
		if i == 0 || p.Version < first {
			first = p.Version
		}
	}
	var n int64
	err := q.QueryRow(ctx, `
		select
		  (select count(*) from `+ident(o.store.Table)+` where theme = $1 and dataset_id = any($2)`+here+`)
		  + (select count(*) from `+ident(o.store.History)+` where theme = $1 and dataset_id = any($2) and ended_by > $7`+past+`)`,
		o.Theme, ids, o.Area.Box[0], o.Area.Box[1], o.Area.Box[2], o.Area.Box[3], first).Scan(&n)
	o.Rows = min(o.Rows, n)
	return err
}

// Within refuses an order that would be too large for one file.
func (d *Downloads) Within(o *Order) error {
	most := cmp.Or(d.MostRow, 5_000_000)
	if o.Rows <= most {
		return nil
	}
	return &errs.Error{
		Code: "download-too-large", Status: http.StatusUnprocessableEntity, Op: "layers.Downloads", Value: fmt.Sprint(o.Rows),
		Title:  errs.T("پرونده از اندازه مجاز بزرگ‌تر می‌شود", "The file would be larger than is allowed"),
		Detail: errs.Tf("تا %v عارضه در آن می‌آید و بیشینه %v است.", "It would have up to %v features; at most %v go into one file.", errs.Grouped(o.Rows), errs.Grouped(most)),
		Next:   errs.T("واحد تقسیماتی (unit) یا محدوده‌ای کوچک‌تر بخواهید، یا changes را صفحه به صفحه بخوانید.", "Ask for an administrative unit (unit) or a smaller area, or read changes page by page."),
	}
}
