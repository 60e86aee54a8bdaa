package tiles

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/errs"
	"nsdi/internal/pg"
	"nsdi/tiles/styling"
)

// StyleVersion is one of the styles that a layer was given. Its style is nil where it is the one that the program makes.
type StyleVersion struct {
	Version   int       `json:"version"`
	SetAt     time.Time `json:"set_at"`
	Agency    string    `json:"agency" doc:"Code of the agency of whoever set it"`
	Reason    string    `json:"reason"`
	TakenFrom *int      `json:"taken_from" doc:"The earlier version that it is again; null: it was written"`
	Generated bool      `json:"generated" doc:"True: it is the style that nsdi makes of the catalogue"`
	style     *styling.Style
}

// NewStyle is what a layer is given. Style is nil for the one that the program makes.
type NewStyle struct {
	Style    []byte
	Taken    int // the earlier version that it is again, 0: none
	Agency   string
	Reason   string
	Expected string // what If-Match says; "*" is any
}

// Styles lists the versions of a layer's style, newest first.
func (s *Service) Styles(ctx context.Context, code string) ([]StyleVersion, error) {
	if _, err := s.layer(ctx, code); err != nil {
		return nil, err
	}
	var all []StyleVersion
	err := pg.InScope(ctx, s.pool, pg.Public, pgx.TxOptions{AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) (err error) {
		all, err = readStyles(ctx, tx, code, `order by s.version desc limit 1000`)
		return err
	})
	return all, err
}

func readStyles(ctx context.Context, q querier, code, which string, args ...any) ([]StyleVersion, error) {
	rows, err := q.Query(ctx, `
		select s.version, s.set_at, a.code, s.reason, s.taken_from, s.style
		from layers.style s
		join access.agency a on a.id = s.agency_id
		where s.layer = $1
		`+which, append([]any{code}, args...)...)
	if err != nil {
		return nil, fmt.Errorf("reading the styles of %s: %w", code, err)
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (v StyleVersion, err error) {
		var style []byte
		if err := row.Scan(&v.Version, &v.SetAt, &v.Agency, &v.Reason, &v.TakenFrom, &style); err != nil {
			return v, err
		}
		if v.Generated = style == nil; !v.Generated {
			v.style = &styling.Style{}
			err = json.Unmarshal(style, v.style)
		}
		return v, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the styles of %s: %w", code, err)
	}
	return all, nil
}

// style is the layer's style as it is now, or as it was in a version, with its version; 0: nobody has set one.
func (s *Service) style(ctx context.Context, q querier, l *layer, version int) (*Style, int, error) {
	which, args := `order by s.version desc limit 1`, []any{}
	if version > 0 {
		which, args = `and s.version = $2`, []any{version}
	}
	found, err := readStyles(ctx, q, l.name, which, args...)
	if err != nil {
		return nil, 0, err
	}
	if len(found) == 0 {
		if version > 0 {
			return nil, 0, noStyle(version)
		}
		return l.style(), 0, nil
	}
	if found[0].Generated {
		return l.style(), found[0].Version, nil
	}
	return l.styledBy(found[0].style), found[0].Version, nil
}

func noStyle(version int) error {
	return &errs.Error{
		Code: "style-version-unknown", Status: 404, Op: "tiles.Style", Location: "version", Value: strconv.Itoa(version),
		Title:  errs.T("چنین نسخه‌ای از شیوه‌نامه نیست", "There is no such version of the style"),
		Detail: errs.Tf("لایه نسخه %d ندارد.", "The layer has no version %d.", version),
		Next:   errs.T("نسخه‌ها در ‎/v1/layers/{layer}/style/versions است.", "The versions are at /v1/layers/{layer}/style/versions."),
	}
}

// styledBy is a style that somebody wrote, with the layer's name and the legend that follows from it.
func (l *layer) styledBy(kept *styling.Style) *Style {
	style := &Style{Version: 8, Name: l.name, Metadata: StyleMetadata{TitleFA: l.titleFA, TitleEN: l.titleEN, Legend: l.legendOf(kept)}, Sources: map[string]any{}, View: kept.View}
	for name, layer := range kept.Sources {
		style.Sources[name] = source(layer)
	}
	for _, one := range kept.Layers {
		style.Layers = append(style.Layers, one.All)
	}
	return style
}

// tag is the strong ETag of a style: another one where the version is, or what is made of the catalogue.
func (style *Style) tag(version int) string {
	body, _ := json.Marshal(style) // it came from JSON, or is texts and numbers
	return fmt.Sprintf(`"%d-%08x"`, version, crc32.ChecksumIEEE(body))
}

// StyleOf answers the style of a layer with its ETag, as it is now or as it was in a version. base is the address of the server, without a slash at its end.
func (s *Service) StyleOf(ctx context.Context, code, base string, version int) (*Style, string, error) {
	l, err := s.layer(ctx, code)
	if err != nil {
		return nil, "", err
	}
	var style *Style
	err = pg.InScope(ctx, s.pool, pg.Public, pgx.TxOptions{AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) (err error) {
		style, version, err = s.style(ctx, tx, l, version)
		return err
	})
	if err != nil {
		return nil, "", err
	}
	tag := style.tag(version)
	style.at(base)
	return style, tag, nil
}

// SetStyle gives a layer a style, and answers its version and ETag. Whoever writes two at the same time waits for the first.
func (s *Service) SetStyle(ctx context.Context, tx pgx.Tx, code string, n NewStyle) (version int, tag string, err error) {
	l, err := s.layer(ctx, code)
	if err != nil {
		return 0, "", err
	}
	if _, err := tx.Exec(ctx, `select pg_advisory_xact_lock(hashtextextended('style ' || $1, 0))`, code); err != nil {
		return 0, "", fmt.Errorf("setting the style of %s: %w", code, err)
	}
	now, version, err := s.style(ctx, tx, l, 0)
	if err != nil {
		return 0, "", err
	}
	if tag = now.tag(version); !matched(n.Expected, tag) {
		return 0, "", &errs.Error{
			Code: "style-changed", Status: 412, Op: "tiles.SetStyle", Location: "header.If-Match", Value: n.Expected,
			Title:  errs.T("شیوه‌نامه در این میان دگرگون شده است", "The style has changed in the meantime"),
			Detail: errs.Tf("نشان شیوه‌نامه کنونی %s است.", "The ETag of the style that is there is %s.", tag),
			Next:   errs.T("شیوه‌نامه کنونی را بخوانید و تغییر را روی آن انجام دهید.", "Read the style that is there and make the change in it."),
		}
	}
	var style *styling.Style
	if n.Style != nil {
		if style, err = styling.Check(n.Style); err != nil {
			return 0, "", err
		}
		if err := s.drawable(ctx, style); err != nil {
			return 0, "", err
		}
	} else if n.Taken > 0 {
		earlier, err := readStyles(ctx, tx, code, `and s.version = $2`, n.Taken)
		if err != nil {
			return 0, "", err
		}
		if len(earlier) == 0 {
			return 0, "", noStyle(n.Taken)
		}
		style = earlier[0].style
	}
	var kept []byte
	after := l.style()
	if style != nil {
		if kept, err = json.Marshal(style); err != nil {
			return 0, "", fmt.Errorf("setting the style of %s: %w", code, err)
		}
		after = l.styledBy(style)
	}
	var dataset, taken any
	if l.dataset != 0 {
		dataset = l.dataset
	}
	if n.Taken > 0 && kept != nil {
		taken = n.Taken
	}
	version++
	done, err := tx.Exec(ctx, `
		insert into layers.style (layer, version, dataset_id, agency_id, style, taken_from, reason)
		select $1, $2, $3, id, $5, $6, $7
		from access.agency
		where code = $4`, code, version, dataset, n.Agency, kept, taken, n.Reason)
	if err == nil && done.RowsAffected() != 1 {
		err = errors.New("there is no agency " + n.Agency)
	}
	if err != nil {
		return 0, "", fmt.Errorf("setting the style of %s: %w", code, err)
	}
	return version, after.tag(version), nil
}

// matched reports whether If-Match names the ETag; the comparison is strong.
func matched(header, tag string) bool {
	for one := range strings.SplitSeq(header, ",") {
		if one = strings.TrimSpace(one); one == "*" || one == tag {
			return true
		}
	}
	return false
}

// drawable refuses a style of layers that are not there.
func (s *Service) drawable(ctx context.Context, style *styling.Style) error {
	there := map[string][]string{}
	for name, code := range style.Sources {
		l, err := s.layer(ctx, code)
		if e, ok := errs.As(err); ok {
			return &errs.Error{
				Code: "style-invalid", Status: 422, Op: "tiles.SetStyle", Location: "body.sources." + name, Value: code,
				Title: errs.T("شیوه‌نامه پذیرفته نیست", "The style is not valid"), Detail: e.Detail, Next: e.Next,
			}
		}
		if err != nil {
			return err
		}
		for _, part := range l.all() {
			there[name] = append(there[name], part.code)
		}
	}
	for i, one := range style.Layers {
		if one.Source != "" && !slices.Contains(there[one.Source], one.SourceLayer) {
			return &errs.Error{
				Code: "style-invalid", Status: 422, Op: "tiles.SetStyle", Location: fmt.Sprintf("body.layers[%d].source-layer", i), Value: one.SourceLayer,
				Title:  errs.T("شیوه‌نامه پذیرفته نیست", "The style is not valid"),
				Detail: errs.Tf("کاشی‌های این منبع لایه‌های %v دارند.", "Tiles of this source have the layers %v.", there[one.Source]),
				Next:   errs.T("یکی از آن‌ها را بنویسید.", "Write one of them."),
			}
		}
	}
	return nil
}
