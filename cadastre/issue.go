package cadastre

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/errs"
	"nsdi/internal/paper"
	"nsdi/layers"
)

// Issued is an extract that was given out.
type Issued struct {
	Number  string
	Parcel  int64
	Version int64 // id of the version whose state it shows
	At      time.Time
	SHA256  []byte
	Signed  string // JWS that its code holds; "" where it was given out before there were any
}

// Shape is the outline of a parcel in its UTM zone, with those of its neighbours.
type Shape struct {
	Rings      [][]paper.Point
	Outer      int
	Neighbours [][]paper.Point
	North      bool
}

// IssuedFor answers the extract that was given under a caller's identifier after a time; nil where there is none.
func IssuedFor(ctx context.Context, q layers.Querier, caller, request string, after time.Time) (*Issued, error) {
	return issued(ctx, q, `e.inquiry_id = (select max(i.id) from access.inquiry i where i.caller = $1 and i.request = $2 and i.at > $3)`, caller, request, after)
}

// IssuedAs answers the extract of a number. The error for one that was not issued is *errs.Error extract-unknown.
func IssuedAs(ctx context.Context, q layers.Querier, number string) (*Issued, error) {
	found, err := issued(ctx, q, `e.number = $1`, number)
	if err != nil || found != nil {
		return found, err
	}
	return nil, &errs.Error{
		Code: "extract-unknown", Status: http.StatusNotFound, Op: "cadastre.IssuedAs", Location: "path.number", Value: number,
		Title:  errs.T("چنین سندی داده نشده است", "No such document was issued"),
		Detail: errs.T("هیچ رونوشت یا گواهی‌ای با این شماره در سامانه نیست.", "No extract and no certificate has this number."),
		Next:   errs.T("شماره را دوباره از روی سند بنویسید؛ اگر درست است، سند از این سامانه نیست.", "Type the number again from the document; if it is right, the document is not of this system."),
	}
}

func issued(ctx context.Context, q layers.Querier, where string, args ...any) (*Issued, error) {
	var i Issued
	err := q.QueryRow(ctx, `select e.number, e.parcel_id, e.version_id, e.issued_at, e.sha256, coalesce(e.signed, '') from cadastre.extract e where `+where, args...).
		Scan(&i.Number, &i.Parcel, &i.Version, &i.At, &i.SHA256, &i.Signed)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("extract: %w", err)
	}
	return &i, nil
}

// ErrIssued is the answer of Keep when the inquiry was given an extract meanwhile.
var ErrIssued = errors.New("the inquiry has its extract")

// Keep records an extract under the inquiry that asked for it.
func (i *Issued) Keep(ctx context.Context, tx pgx.Tx, inquiry, dataset int64) error {
	tag, err := tx.Exec(ctx, `
		insert into cadastre.extract (number, inquiry_id, parcel_id, dataset_id, version_id, issued_at, sha256, signed)
		values ($1, $2, $3, $4, $5, $6, $7, $8)
		on conflict (inquiry_id) do nothing`, i.Number, inquiry, i.Parcel, dataset, i.Version, i.At, i.SHA256, i.Signed)
	if err != nil {
		return fmt.Errorf("extract: %w", err)
	}
	if tag.RowsAffected() == 0 {
		return ErrIssued
	}
	return nil
}

// StateOf answers a parcel as a version wrote it (0: as it is), with the id of that version and the code of the agency whose it is. The error for one that is not there
// is *errs.Error parcel-unknown.
func StateOf(ctx context.Context, q layers.Querier, id, version int64) (p *Parcel, wrote int64, agency string, err error) {
	list, err := collect(ctx, q, `
		select * from (
			select `+columns("null::timestamptz")+` from cadastre.parcel p join layers.version v on v.id = p.version_id where p.id = @id and @version::bigint in (0, p.version_id)
			union all
			select `+columns("p.valid_to")+` from cadastre.parcel_history p join layers.version v on v.id = p.version_id where p.id = @id and p.version_id = @version::bigint
		) state
		limit 1`, Sight{}.args(pgx.NamedArgs{"id": id, "version": version}))
	if err == nil && len(list) == 0 {
		err = unknownParcel(fmt.Sprint(id))
	}
	if err != nil {
		return nil, 0, "", err
	}
	err = q.QueryRow(ctx, `
		select v.id, a.code
		from layers.version v
		join layers.dataset d on d.id = v.dataset_id
		join access.agency a on a.id = d.agency_id
		where v.dataset_id = $1
		  and v.seq = $2`, list[0].Dataset, list[0].Version).Scan(&wrote, &agency)
	if err != nil {
		return nil, 0, "", fmt.Errorf("extract: %w", err)
	}
	return &list[0], wrote, agency, nil
}

// sketchMargin is how far around a parcel the sketch shows others, in metres.
const sketchMargin = 30

// ShapeOf answers the outline of a state, and of what is around it now.
func ShapeOf(ctx context.Context, q layers.Querier, p *Parcel) (*Shape, error) {
	rows, err := q.Query(ctx, `
		with me as (
			select g.geom, cadastre.utm_srid(g.geom) as srid, public.st_transform(public.st_expand(public.st_transform(g.geom, cadastre.utm_srid(g.geom)), $3), 4326) as around
			from (select public.st_setsrid(public.st_geomfromgeojson($2), 4326) as geom) g
		)
		select true, me.srid < 32700, public.st_asgeojson(public.st_transform(me.geom, me.srid), 3, 0)
		from me
		union all
		(select false, me.srid < 32700, public.st_asgeojson(public.st_transform(o.geom, me.srid), 2, 0)
		from me
		join cadastre.parcel o on o.id <> $1 and o.geom_3857 operator(public.&&) public.st_transform(me.around, 3857)
		limit 200)`, p.ID, string(p.Geometry), sketchMargin)
	if err != nil {
		return nil, fmt.Errorf("shape of parcel %d: %w", p.ID, err)
	}
	s := &Shape{}
	var mine bool
	var body []byte
	_, err = pgx.ForEachRow(rows, []any{&mine, &s.North, &body}, func() error {
		polygons, err := polygonsOf(body)
		if err != nil {
			return err
		}
		var holes [][]paper.Point
		for _, rings := range polygons {
			if !mine {
				s.Neighbours = append(s.Neighbours, rings...)
				continue
			}
			s.Rings, holes = append(s.Rings, rings[0]), append(holes, rings[1:]...)
		}
		if mine {
			s.Outer = len(s.Rings)
			s.Rings = append(s.Rings, holes...)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("shape of parcel %d: %w", p.ID, err)
	}
	return s, nil
}

// polygonsOf reads the rings of a GeoJSON polygon or of several.
func polygonsOf(body []byte) ([][][]paper.Point, error) {
	var g struct {
		Type        string
		Coordinates json.RawMessage
	}
	if err := json.Unmarshal(body, &g); err != nil {
		return nil, err
	}
	var many [][][][2]float64
	if g.Type == "Polygon" {
		many = make([][][][2]float64, 1)
		if err := json.Unmarshal(g.Coordinates, &many[0]); err != nil {
			return nil, err
		}
	} else if err := json.Unmarshal(g.Coordinates, &many); err != nil {
		return nil, err
	}
	var out [][][]paper.Point
	for _, polygon := range many {
		var rings [][]paper.Point
		for _, ring := range polygon {
			var points []paper.Point
			for _, c := range ring {
				points = append(points, paper.Point{E: c[0], N: c[1]})
			}
			rings = append(rings, points)
		}
		if len(rings) > 0 {
			out = append(out, rings)
		}
	}
	return out, nil
}
