package gnaf

import (
	"context"
	"fmt"
	"strconv"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/errs"
)

// findAddresses looks for the number on the ways that the query may name; a way without it answers itself.
func findAddresses(ctx context.Context, tx pgx.Tx, q *query, ways []way, limit int) ([]Feature, error) {
	if len(ways) == 0 {
		return nil, nil
	}
	sites, err := findSites(ctx, tx, q, ways)
	if err != nil {
		return nil, err
	}
	// A way that explains less than the best way adds nothing but noise once the best ways have their number.
	best := 0
	for _, f := range sites {
		best = max(best, f.explained)
	}
	var without []way
	for i, w := range ways {
		if !sites.has(i) && count(w.used) >= best {
			without = append(without, w)
		}
	}
	found := make([]Feature, 0, len(sites)+limit)
	for _, f := range sites {
		found = append(found, f.Feature)
	}
	for _, w := range without[:min(limit, len(without))] {
		f, err := wayFeature(ctx, tx, q, w)
		if err != nil {
			return nil, err
		}
		if f != nil {
			found = append(found, *f)
		}
	}
	return found, nil
}

type siteFeature struct {
	Feature
	way int // index among the ways
}

type siteFeatures []siteFeature

func (s siteFeatures) has(way int) bool {
	for _, f := range s {
		if f.way == way {
			return true
		}
	}
	return false
}

// findSites answers the addresses whose number, suffix and unit are what the query says.
func findSites(ctx context.Context, tx pgx.Tx, q *query, ways []way) (siteFeatures, error) {
	ids := make([]int64, len(ways))
	var numbers []int
	for i, w := range ways {
		ids[i] = w.id
		for _, n := range q.numbers(w.used) {
			numbers = append(numbers, n.value)
		}
	}
	if len(numbers) == 0 {
		return nil, nil
	}
	rows, err := tx.Query(ctx, `
		select w.at, `+addressColumns+`
		from unnest($1::bigint[]) with ordinality w (id, at)
		cross join lateral (
			select *
			from gnaf.address a
			where a.way_id = w.id
			  and a.number = any($2)
			limit 2000
		) a
		order by w.at, a.id`, ids, numbers)
	if err != nil {
		return nil, fmt.Errorf("looking for numbers: %w", err)
	}
	defer rows.Close()
	var found siteFeatures
	seen := map[string]int{}
	for rows.Next() {
		var at int
		var a address
		if err := rows.Scan(append([]any{&at}, a.targets()...)...); err != nil {
			return nil, fmt.Errorf("looking for numbers: %w", err)
		}
		f, ok := a.answer(q, ways[at-1])
		if !ok {
			continue
		}
		// Units of one site are one answer, unless the query asks for a unit.
		p := f.Properties.Geocoding
		site := strconv.Itoa(at) + "|" + p.HouseNumber + "|" + a.streetBefore + "|" + a.neighbourhood + "|" + f.Properties.Match.Level
		if i, again := seen[site]; again {
			if found[i].explained < f.explained {
				found[i].Feature = f
			}
			continue
		}
		seen[site] = len(found)
		found = append(found, siteFeature{Feature: f, way: at - 1})
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("looking for numbers: %w", err)
	}
	return found, nil
}

// answer makes a feature of an address whose number is the query's; false when it is not.
func (a *address) answer(q *query, w way) (Feature, bool) {
	used := append([]bool(nil), w.used...)
	a.takeNames(q, used)
	site, unit := a.takeLocators(q, used)
	if !site {
		return Feature{}, false
	}
	level := "site"
	if unit {
		level = "unit"
	}
	place := a.place("house")
	if !unit && a.unit != "" && q.unit == nil {
		// The answer is the site: one of its units stands for it, but its own code and number do not.
		whole := *a
		whole.unit, whole.postalCode = "", ""
		place = whole.place("house")
	}
	f := newFeature(a.lon, a.lat, place, level)
	f.explained = count(used)
	match := &f.Properties.Match
	match.Unmatched = q.unmatched(used)
	match.Reasons.add(errs.T("معبر و شماره عیناً در داده هست.", "The way and the number are in the data exactly."))
	w.tellDoubts(match)
	if q.unit != nil && !unit {
		match.Confidence *= 0.8
		match.Reasons.add(errs.T("این واحد در داده نیست؛ پاسخ خود پلاک است.", "That unit is not in the data; the answer is the site."))
		f.rank = 1
	}
	return f, true
}

// wayFeature answers the way itself, or the part of it that the names in the query tell, at the centroid of its addresses.
func wayFeature(ctx context.Context, tx pgx.Tx, q *query, w way) (*Feature, error) {
	rows, err := tx.Query(ctx, `
		select 0::bigint, coalesce(province, ''), coalesce(county, ''), city, coalesce(neighbourhood, ''), coalesce(street_before, ''), street,
		  null::int, '', '', '', '', avg(st_x(st_centroid(geom))), avg(st_y(st_centroid(geom))), count(*)
		from gnaf.address
		where way_id = $1
		group by province, county, city, neighbourhood, street_before, street
		order by count(*) desc
		limit 500`, w.id)
	if err != nil {
		return nil, fmt.Errorf("reading a way: %w", err)
	}
	var best address
	var bestUsed []bool
	var weight, lon, lat float64
	parts := 0
	for rows.Next() {
		var a address
		var n float64
		if err := rows.Scan(append(a.targets(), &n)...); err != nil {
			rows.Close()
			return nil, fmt.Errorf("reading a way: %w", err)
		}
		used := append([]bool(nil), w.used...)
		a.takeNames(q, used)
		if bestUsed == nil || count(used) > count(bestUsed) {
			best, bestUsed, weight, lon, lat, parts = a, used, 0, 0, 0, 0
		}
		if count(used) == count(bestUsed) {
			lon, lat, weight = lon+a.lon*n, lat+a.lat*n, weight+n
			parts++
		}
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("reading a way: %w", err)
	}
	if bestUsed == nil {
		return nil, nil // the way's last address has been withdrawn
	}
	if parts > 1 {
		// Names that only one of the parts has are not the answer's.
		best.streetBefore, best.neighbourhood = "", ""
	}
	place := best.place("street")
	place.PlaceID = "way/" + strconv.FormatInt(w.id, 10)
	f := newFeature(lon/weight, lat/weight, place, "way")
	f.explained = count(bestUsed)
	f.rank = 2
	match := &f.Properties.Match
	match.Unmatched = q.unmatched(bestUsed)
	match.Reasons.add(errs.Tf("مرکز %d نشانی این معبر است.", "The centre of %d addresses of the way.", int(weight)))
	w.tellDoubts(match)
	if len(q.numbers(bestUsed)) > 0 {
		match.Confidence *= 0.6
		match.Reasons.add(errs.T("این شماره در داده نیست؛ پاسخ خود معبر است.", "That number is not in the data; the answer is the way itself."))
	}
	return &f, nil
}
