package layers

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"nsdi/internal/errs"
)

// Order says what a file is made of. All of it together is the name under which the file is kept: whoever asks for anything else gets another file.
type Order struct {
	Theme      string   `json:"theme"`
	Format     string   `json:"format"`
	Name       string   `json:"name"` // of the file, without its extension
	Parts      []Part   `json:"parts"`
	Whole      bool     `json:"whole,omitempty"` // all datasets of the theme, and not one
	Area       *Area    `json:"area,omitempty"`  // nil: everywhere
	Cut        bool     `json:"cut,omitempty"`   // geometries end where the area does
	Attributes []string `json:"attributes,omitempty"`
	Sheet      []Line   `json:"sheet"`
	CRS        string   `json:"crs,omitempty"`      // of the coordinates; see In
	Encoding   string   `json:"encoding,omitempty"` // of the text
	// Beside is when names that the format reads beside the features were published last.
	Beside time.Time `json:"beside,omitzero"`
	// For names whose file it is, and by what right: nobody else is ever given it. Empty: it is for everybody.
	For string `json:"for,omitempty"`

	Rows  int64 `json:"-"` // about how many features there will be; never less
	store *Store
}

// Part is one dataset in one of its versions.
type Part struct {
	Dataset     int64     `json:"dataset"`
	Agency      string    `json:"agency"`
	Seq         int       `json:"seq"`
	PublishedAt time.Time `json:"published_at"`
	Version     int64     `json:"version"` // id
}

// youngest is when the last of the parts was published, or of what is read beside them. What stands in a file is not younger, so that the same order makes the same file.
func (o *Order) youngest() time.Time {
	at := o.Beside
	for _, p := range o.Parts {
		if p.PublishedAt.After(at) {
			at = p.PublishedAt
		}
	}
	return at
}

// Line is one line of the provenance sheet, which goes with every file.
type Line struct {
	Code  string `json:"code"`
	FA    string `json:"fa"`
	EN    string `json:"en"`
	Value string `json:"value"`
}

// Rows gives features until there are no more, or yield fails.
type Rows func(ctx context.Context, yield func(*Feature) error) error

// OrderOf is the order of a version.
func OrderOf(s *Set, v Version, format string, sheet []Line) *Order {
	return &Order{
		Theme: s.Theme, Format: format, Name: fmt.Sprintf("%s-%s-%d-v%d", s.Theme, s.Agency, s.ID, v.Seq), Sheet: sheet, Rows: int64(v.Features), store: s.store,
		Parts: []Part{{s.ID, s.Agency, v.Seq, v.PublishedAt.UTC(), v.id}},
	}
}

// several answers whether features say of which dataset they are.
func (o *Order) several() bool { return o.Whole }

// key names the file. The error for a format that is none is *errs.Error format-unknown.
func (o *Order) key() (format, string, error) {
	f, ok := formats()[o.Format]
	if !ok {
		e := unknown("format-unknown", o.Format, errs.T("چنین قالبی نیست", "There is no such format"),
			errs.T("قالب‌ها: geojson، csv، gpkg، flatgeobuf، shapefile، gml، dxf، openaddresses، gnaf", "The formats are geojson, csv, gpkg, flatgeobuf, shapefile, gml, dxf, openaddresses and gnaf."))
		e.Location = "query.format"
		return f, "", e
	}
	text, err := json.Marshal(o)
	if err != nil {
		return f, "", fmt.Errorf("download: %w", err)
	}
	sum := sha256.Sum256(text)
	key := hex.EncodeToString(sum[:16])
	if o.For != "" {
		key = private + key
	}
	return f, key, nil
}

// private begins the names of files that are for somebody.
const private = "private-"

// rows reads what the order names, part by part, in the order of keys.
func (o *Order) rows(q Querier) Rows {
	return func(ctx context.Context, yield func(*Feature) error) error {
		for _, p := range o.Parts {
			s, v := &Set{ID: p.Dataset, Theme: o.Theme, store: o.shownStore()}, Version{Seq: p.Seq, id: p.Version}
			mark := func(f *Feature) error {
				f.Dataset = p.Dataset
				return yield(f)
			}
			var err error
			if o.Area == nil {
				err = s.all(ctx, q, v, mark)
			} else {
				err = s.within(ctx, q, v, o.Area, o.Cut, mark)
			}
			if err != nil {
				return err
			}
		}
		return nil
	}
}

// shownStore is the store with what the format shows besides.
func (o *Order) shownStore() *Store {
	if o.store == nil || o.Format != "gml" || len(o.store.Inspire) == 0 {
		return o.store
	}
	s := *o.store
	s.Shown = append(slices.Clone(s.Shown), s.Inspire...)
	return &s
}

// all goes through a version page by page.
func (s *Set) all(ctx context.Context, q Querier, v Version, yield func(*Feature) error) error {
	w := Window{Limit: 1000}
	for more := true; more; {
		list, next, err := s.Features(ctx, q, v, w)
		if err != nil {
			return err
		}
		for i := range list {
			if err := yield(&list[i]); err != nil {
				return err
			}
			w.After = list[i].Key
		}
		more = next
	}
	return nil
}

// lines are the sheet, with when the file was made, and what each dataset gave.
func (e *exporting) lines() []Line {
	all := append(slices.Clone(e.sheet), Line{"made", "زمان ساخت پرونده", "File made", e.made})
	if !e.order.Whole {
		if e.order.For != "" {
			all = append(all, Line{"features", "شمار عارضه‌ها", "Number of features", strconv.FormatInt(e.total(), 10)})
		}
		return all
	}
	total := int64(0)
	for _, p := range e.order.Parts {
		n := e.counts[p.Dataset]
		if total += n; n > 0 {
			all = append(all, Line{
				"dataset", fmt.Sprintf("مجموعه‌داده %d: دستگاه، نسخه، زمان انتشار، شمار عارضه‌ها", p.Dataset),
				fmt.Sprintf("Dataset %d: agency, version, published, features", p.Dataset),
				fmt.Sprintf("%s · %d · %s · %d", p.Agency, p.Seq, p.PublishedAt.UTC().Format(time.RFC3339), n),
			})
		}
	}
	return append(all, Line{"features", "شمار عارضه‌ها", "Number of features", strconv.FormatInt(total, 10)})
}

func (e *exporting) total() (n int64) {
	for _, count := range e.counts {
		n += count
	}
	return n
}
