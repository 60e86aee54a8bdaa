package gnaf

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"nsdi/gnaf/persian"
	"nsdi/gnaf/search"
	"nsdi/internal/errs"
)

const (
	// mostParcels is how many parcels of one plate are read: the same numbers are given out in every registration section of the country.
	mostParcels = 200
	// plateReach is how far a parcel may be from the place that was named, in degrees: about the width of a county.
	plateReach = 0.5
)

// plateIn reads the registration plate of a question; nil where it has none.
func plateIn(text string) *persian.RegistrationPlate {
	key := persian.Fold(text)
	if !strings.Contains(key, "ثبتی") && !strings.Contains(key, "فرعی") && !strings.Contains(key, "اصلی") {
		return nil
	}
	return persian.Parse(text, nil).Plate
}

// parcelsOf answers the parcels that bear a registration plate, those nearest to the place that was named first. Which of two numbers with a slash between them is the main
// plate the text does not say: both ways are looked up.
func parcelsOf(ctx context.Context, tx pgx.Tx, q *search.Query, p *persian.RegistrationPlate, near *search.Result) ([]Feature, error) {
	rows, err := tx.Query(ctx, `
		select `+parcelColumns+`, st_x(c.g), st_y(c.g), p.main_plate = $1 and coalesce(p.sub_plate, 0) = $2
		from cadastre.parcel p
		cross join lateral (select st_pointonsurface(p.geom) as g) c
		where (p.main_plate = $1 and coalesce(p.sub_plate, 0) = $2 or $3 and p.main_plate = $2 and p.sub_plate = $1)
		  and ($4 = '' or p.section_key = cadastre.section_key($4))
		  and ($5 = '' or p.lot = $5)
		  and ($6::float8[] is null or st_intersects(c.g, st_makeenvelope($6[1], $6[2], $6[3], $6[4], 4326)))
		  and not exists (
			select
			from (values ('city', $7::text), ('province', $8)) w(level, name)
			where w.name <> ''
			  and not exists (
				select
				from layers.admin_unit u
				where u.level = w.level
				  and gnaf.name_key(u.name_fa) = gnaf.name_key(w.name)
				  and st_intersects(u.geom, c.g)))
		order by p.id
		limit $9`, p.Main, p.Sub, p.Ambiguous, p.Section, p.Lot, corners(q.Box), q.City, q.Province, mostParcels)
	if err != nil {
		return nil, fmt.Errorf("parcels of a plate: %w", err)
	}
	type parcel struct {
		feature Feature
		inOrder bool
		away    float64
	}
	var land parcelName
	var lon, lat float64
	var inOrder bool
	var found []parcel
	_, err = pgx.ForEachRow(rows, append(land.targets(), &lon, &lat, &inOrder), func() error {
		f := land.feature(lon, lat)
		f.Properties.Match.Reasons.add(errs.T("پلاک ثبتی در داده منتشرشده هست.", "The registration plate is in the published data."))
		away := 0.0
		if near != nil {
			away = max(abs(lon-near.Lon), abs(lat-near.Lat))
		}
		found = append(found, parcel{f, inOrder, away})
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("parcels of a plate: %w", err)
	}
	slices.SortStableFunc(found, func(a, b parcel) int { return cmp.Compare(a.away, b.away) })
	here := len(found)
	if near != nil {
		here = len(slices.DeleteFunc(slices.Clone(found), func(p parcel) bool { return p.away > plateReach }))
	}
	var features []Feature
	for i := range found {
		f := &found[i].feature
		m := &f.Properties.Match
		// Any of those that are as near may be meant.
		if m.Confidence = 0.95 / float64(max(1, here)); near != nil && found[i].away > plateReach {
			m.Confidence = 0.1 / float64(len(found))
		}
		if p.Section == "" {
			m.Confidence *= 0.9
			m.Reasons.add(errs.T("بخش ثبتی در پرسش نیامده است.", "The query does not name the registration section."))
		}
		if !found[i].inOrder {
			m.Confidence *= 0.8
			m.Reasons.add(errs.T("پیش از ممیز، پلاک اصلی گرفته شد.", "The number before the slash was taken for the main plate."))
		}
		if len(found) > 1 {
			m.Reasons.add(errs.Tf("%d قطعه این پلاک را دارند؛ بخش ثبتی و شهر را هم بنویسید.", "%d parcels bear this plate; add the registration section and the city.", len(found)))
		}
		features = append(features, *f)
	}
	return features, nil
}

// parcelColumns are what a parcel p is called by.
const parcelColumns = `p.id, cadastre.plate_fa(p.main_plate, p.sub_plate), p.section, coalesce(p.lot, ''), coalesce(p.national_parcel_id, '')`

// parcelName is what a parcel is called by.
type parcelName struct {
	id                            int64
	plate, section, lot, national string
}

func (p *parcelName) targets() []any {
	return []any{&p.id, &p.plate, &p.section, &p.lot, &p.national}
}

func (p *parcelName) feature(lon, lat float64) Feature {
	label := p.plate + "، " + p.section
	if !strings.HasPrefix(p.section, "بخش") {
		label = p.plate + "، بخش " + p.section
	}
	if p.lot != "" {
		label += "، قطعه " + p.lot
	}
	place := Place{PlaceID: "parcel/" + strconv.FormatInt(p.id, 10), Type: "parcel", Label: label, ParcelID: p.national}
	f := newFeature(lon, lat, place, search.LevelParcel.Name())
	f.Properties.Match.Code = search.LevelParcel.Code()
	return f
}

// parcelPlace answers a parcel by its identifier.
func (g *Geocoder) parcelPlace(ctx context.Context, id, number string) (*Feature, error) {
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return nil, placeUnknown(id)
	}
	var land parcelName
	var lon, lat float64
	err = g.read(ctx, func(tx pgx.Tx) error {
		return tx.QueryRow(ctx, `
			select `+parcelColumns+`, st_x(st_pointonsurface(p.geom)), st_y(st_pointonsurface(p.geom))
			from cadastre.parcel p
			where p.id = $1`, n).Scan(append(land.targets(), &lon, &lat)...)
	})
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return nil, placeUnknown(id)
	case err != nil:
		return nil, slow("a parcel by its identifier", err)
	}
	f := land.feature(lon, lat)
	return &f, nil
}

func corners(b *search.Box) []float64 {
	if b == nil {
		return nil
	}
	return []float64{b.West, b.South, b.East, b.North}
}

func abs(v float64) float64 { return max(v, -v) }
