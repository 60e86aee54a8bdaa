package gnaf

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"nsdi/gnaf/search"
	"nsdi/internal/errs"
	"nsdi/internal/pg"
)

// questionTime is what the database may take for one statement of a question.
const questionTime = 2 * time.Second

// Geocoder answers where an address or a place is, from the published data.
type Geocoder struct {
	Pool   *pgxpool.Pool
	Search *search.Engine
}

// Geocode finds what q names, the likeliest first.
func (g *Geocoder) Geocode(ctx context.Context, q search.Query) (*Collection, error) {
	found, err := search.Public{Engine: g.Search}.Search(ctx, q)
	if err != nil {
		return nil, err
	}
	answer := collection(q.Text, &found)
	plate := plateIn(q.Text)
	if plate == nil || q.Prefix {
		return answer, nil
	}
	var near *search.Result
	if len(found.Results) > 0 {
		near = &found.Results[0]
	}
	err = g.read(ctx, func(tx pgx.Tx) error {
		parcels, err := parcelsOf(ctx, tx, &q, plate, near)
		if answer.Features = append(append(make([]Feature, 0, len(parcels)+len(answer.Features)), parcels...), answer.Features...); len(parcels) > 0 {
			answer.Geocoding.Nothing = nil
		}
		answer.Features = answer.Features[:min(len(answer.Features), q.Most())]
		return err
	})
	if err != nil {
		return nil, slow("parcels of a plate", err)
	}
	return answer, nil
}

// Place answers what a place_id names: an address, a way, an administrative unit or another place with a name.
func (g *Geocoder) Place(ctx context.Context, id string) (*Feature, error) {
	if number, isAddress := strings.CutPrefix(id, "address/"); isAddress {
		return g.addressPlace(ctx, id, number)
	}
	if number, isParcel := strings.CutPrefix(id, "parcel/"); isParcel {
		return g.parcelPlace(ctx, id, number)
	}
	found, ok, err := g.Search.Place(ctx, id)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, placeUnknown(id)
	}
	f := feature(&found)
	return &f, nil
}

func placeUnknown(id string) error {
	return &errs.Error{
		Code: "place-unknown", Status: 404, Op: "gnaf.Place", Location: "path.id", Value: id,
		Title:  errs.T("چنین مکانی نیست", "There is no such place"),
		Detail: errs.T("این شناسه در داده‌ای که اکنون منتشر است نیست.", "The identifier is not in what is published now."),
		Next:   errs.T("شناسه را از پاسخ ‎/v1/geocode‎ بردارید.", "Take the identifier from an answer of /v1/geocode."),
	}
}

// addressPlace answers a published address by its identifier.
func (g *Geocoder) addressPlace(ctx context.Context, id, number string) (*Feature, error) {
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return nil, placeUnknown(id)
	}
	var a address
	err = g.read(ctx, func(tx pgx.Tx) error {
		return tx.QueryRow(ctx, `select `+addressColumns+` from gnaf.address a where a.id = $1`, n).Scan(a.targets()...)
	})
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return nil, placeUnknown(id)
	case err != nil:
		return nil, slow("an address by its identifier", err)
	}
	a.unit, a.postalCode = "", "" // those are told by inquiries
	f := newFeature(a.lon, a.lat, a.place("house"), search.LevelSite.Name())
	f.Properties.Match.Code = search.LevelSite.Code()
	return &f, nil
}

func collection(asked string, found *search.Answer) *Collection {
	c := &Collection{
		Type: "FeatureCollection", Features: make([]Feature, 0, len(found.Results)),
		Geocoding: Geocoding{Version: "0.1.0", Query: asked, DataVersion: strconv.FormatInt(found.Position, 10), Truncated: found.Truncated, Nothing: found.Nothing},
	}
	for i := range found.Results {
		c.Features = append(c.Features, feature(&found.Results[i]))
	}
	return c
}

// feature is one answer in the words of GeocodeJSON.
func feature(r *search.Result) Feature {
	p := &r.Components
	place := Place{
		PlaceID: r.ID, Type: typeOf(r), Label: r.Label, LabelEN: r.LabelEN, HouseNumber: p.Number, Unit: p.Unit, Street: p.Street,
		Locality: p.Neighbourhood, City: p.City, County: p.County, State: p.Province, Postcode: p.PostalCode, AliasOf: r.AliasOf,
	}
	f := newFeature(r.Lon, r.Lat, place, r.Level.Name())
	m := &f.Properties.Match
	m.Code, m.Confidence = r.Level.Code(), r.Confidence
	if r.Level < search.LevelWay && r.Kind != "" {
		m.Level = r.Kind
	}
	if r.Radius > 0 {
		radius := math.Ceil(r.Radius)
		m.Radius = &radius
	}
	for _, reason := range r.Reasons {
		m.Reasons.add(reason)
	}
	m.Unmatched = append(m.Unmatched, r.Unmatched...)
	for _, c := range r.Corrected {
		m.Corrected = append(m.Corrected, Correction(c))
	}
	return f
}

func typeOf(r *search.Result) string {
	switch {
	case r.Level < search.LevelWay:
		return "locality"
	case r.Level == search.LevelUnit && r.Components.Number == "":
		return "postcode"
	case r.Level == search.LevelSite, r.Level == search.LevelUnit:
		return "house"
	}
	return "street"
}

// read runs f in a read-only transaction whose statements have a time limit.
func (g *Geocoder) read(ctx context.Context, f func(tx pgx.Tx) error) error {
	return pg.InScope(ctx, g.Pool, pg.Public, pgx.TxOptions{AccessMode: pgx.ReadOnly}, f,
		"statement_timeout", strconv.FormatInt(questionTime.Milliseconds(), 10), "jit", "off")
}

// refuseSlow turns a statement that ran into its time limit into an answer that a client understands.
func refuseSlow(err error) error {
	var pgErr *pgconn.PgError
	if !errors.As(err, &pgErr) || pgErr.Code != "57014" {
		return err
	}
	return &errs.Error{
		Code: "question-too-slow", Status: 503, Op: "gnaf", Err: err,
		Title:  errs.T("پاسخ به موقع آماده نشد", "The answer took too long"),
		Detail: errs.Tf("جست‌وجو در %v تمام نشد.", "The search did not end within %v.", questionTime),
		Next:   errs.T("دوباره بپرسید یا نام شهر را به پرسش بیفزایید.", "Ask again, or add the name of the city."),
	}
}

// slow wraps what went wrong with a question of the database.
func slow(what string, err error) error {
	if err == nil {
		return nil
	}
	return refuseSlow(fmt.Errorf("%s: %w", what, err))
}
