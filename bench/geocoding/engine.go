package geocoding

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"nsdi/bench/geocoding/country"
	"nsdi/gnaf/search"
	"nsdi/internal/errs"
)

// Engine is nsdi's search from its own index.
type Engine struct{ search.Engine }

// NewEngine builds the index of what is published into the folder, and tells how long it took and how large it is.
func NewEngine(ctx context.Context, pool *pgxpool.Pool, folder string, rows int) (*Engine, []Fact, error) {
	// What is found must not depend on what else the machine does; loads set the time of operation.
	e := &Engine{search.Engine{Folder: folder, DB: pool, Time: 2 * time.Second}}
	began := time.Now()
	if err := e.Rebuild(ctx); err != nil {
		return nil, nil, err
	}
	took := time.Since(began)
	size, err := sizeOf(folder)
	if err != nil {
		return nil, nil, err
	}
	return e, []Fact{
		{"ساختن نمایه", "building the index", fmt.Sprintf("%v, %.0f rows a second", took.Round(time.Millisecond), float64(rows)/took.Seconds())},
		{"بایت در هر ردیف", "bytes a row on disk", fmt.Sprintf("%.1f", float64(size)/float64(rows))},
	}, nil
}

// OpenEngine answers from the index that an earlier run made in the folder.
func OpenEngine(ctx context.Context, folder string) (*Engine, error) {
	if _, err := os.Stat(filepath.Join(folder, search.FileName)); err != nil {
		return nil, err
	}
	e := &Engine{search.Engine{Folder: folder, Time: 2 * time.Second}}
	return e, e.Open(ctx)
}

// sure is the confidence from which an answer to nonsense counts as a mistake.
const sure = 0.8

func sizeOf(folder string) (size int64, err error) {
	err = filepath.WalkDir(folder, func(_ string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			size += info.Size()
		}
		return err
	})
	return size, err
}

// Name is the geocoder's.
func (*Engine) Name() string { return "nsdi" }

// Geocode asks the index.
func (e *Engine) Geocode(ctx context.Context, query string, near *country.Corner, limit int) ([]Hit, error) {
	q := search.Query{Text: query, Limit: limit}
	if near != nil {
		q.Focus = &search.Point{Lon: near.Lon, Lat: near.Lat}
	}
	return e.ask(ctx, q)
}

func (e *Engine) ask(ctx context.Context, q search.Query) ([]Hit, error) {
	a, err := e.Search(ctx, q)
	if err != nil {
		var refused *errs.Error
		if errors.As(err, &refused) && refused.Status >= 400 && refused.Status < 500 {
			return nil, nil // such as a question without a word
		}
		return nil, err
	}
	hits := make([]Hit, len(a.Results))
	for i, r := range a.Results {
		c := r.Components
		hits[i] = Hit{
			Province: c.Province, City: c.City, Before: c.StreetBefore, Street: c.Street, Number: c.Number, Unit: c.Unit, Code: c.PostalCode,
			At: country.Corner{Lon: r.Lon, Lat: r.Lat}, Level: r.Level.Name(), Confidence: r.Confidence, Sure: r.Confidence >= sure,
		}
	}
	return hits, nil
}

// Typing asks as somebody types: the last word is the beginning of one.
type Typing struct{ *Engine }

// Name is the geocoder's.
func (Typing) Name() string { return "nsdi, autocomplete" }

// Geocode asks for what begins so.
func (e Typing) Geocode(ctx context.Context, query string, near *country.Corner, limit int) ([]Hit, error) {
	q := search.Query{Text: query, Limit: limit, Prefix: true}
	if near != nil {
		q.Focus = &search.Point{Lon: near.Lon, Lat: near.Lat}
	}
	return e.ask(ctx, q)
}
