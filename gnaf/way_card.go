package gnaf

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"nsdi/gnaf/search"
	"nsdi/internal/errs"
	"nsdi/layers"
)

// Way is a way of a settlement as addresses and delivered names have it.
type Way struct {
	ID        string         `json:"id" doc:"As it was asked for: of the name in all settlements of one name, or after a hyphen in one province or settlement"`
	Names     []WayName      `json:"names" doc:"As addresses write it, the most usual first"`
	Delivered []DeliveredWay `json:"delivered" doc:"As agencies deliver the way itself"`
	Aliases   []Alias        `json:"aliases"`
	Nodes     []Node         `json:"nodes" doc:"Nodes that name the way"`
}

// WayName is a name of the way in addresses.
type WayName struct {
	Name      string `json:"name"`
	City      string `json:"city"`
	Province  string `json:"province,omitempty" doc:"As addresses write it, or else in which they lie: ways of two settlements of one name are told apart by it"`
	There     string `json:"street_locality,omitempty" doc:"Identifier of the way in the settlement that these addresses tell, for /v1/ways/{id}: STREET_LOCALITY_PID in files in the form of G-NAF"`
	Addresses int64  `json:"addresses"`
	First     *int   `json:"first_number"`
	Last      *int   `json:"last_number"`
}

// Delivery says who published a name, and when.
type Delivery struct {
	ID        int64     `json:"id"`
	Key       string    `json:"key" doc:"Of its deliverer"`
	Agency    string    `json:"agency"`
	Dataset   int64     `json:"dataset"`
	Version   int       `json:"version" doc:"Of the dataset"`
	ValidFrom time.Time `json:"published_at"`
}

// DeliveredWay is a way as one agency has it.
type DeliveredWay struct {
	Delivery
	Name          string          `json:"name"`
	City          string          `json:"city"`
	CoreName      string          `json:"core_name,omitempty"`
	Kind          string          `json:"kind,omitempty"`
	Suffix        string          `json:"suffix,omitempty"`
	Parent        string          `json:"parent,omitempty" doc:"Name of the way that it leaves"`
	Neighbourhood string          `json:"neighbourhood,omitempty"`
	Status        string          `json:"status,omitempty"`
	Province      string          `json:"province,omitempty" doc:"As it is delivered, or else in which it lies"`
	County        string          `json:"county,omitempty" doc:"Of villages, as it is delivered"`
	Geometry      json.RawMessage `json:"geometry" doc:"GeoJSON, EPSG:4326"`
}

// Alias is another name of a way.
type Alias struct {
	Delivery
	Name     string `json:"name"`
	Kind     string `json:"kind" enum:"official,former,colloquial,latin,misspelling"`
	Lang     string `json:"lang,omitempty"`
	Says     string `json:"source,omitempty" doc:"Document or authority of the name"`
	From     string `json:"valid_from,omitempty" doc:"ISO 8601"`
	To       string `json:"valid_to,omitempty" doc:"ISO 8601"`
	Province string `json:"province,omitempty" doc:"Where it holds; left out: in all settlements of the name"`
	County   string `json:"county,omitempty" doc:"Where it holds, of villages"`
}

// Node is a square, crossroads or bridge.
type Node struct {
	Delivery
	Name     string          `json:"name"`
	Kind     string          `json:"kind"`
	Province string          `json:"province,omitempty" doc:"As it is delivered, or else in which it lies"`
	County   string          `json:"county,omitempty" doc:"Of villages, as it is delivered"`
	Geometry json.RawMessage `json:"geometry" doc:"GeoJSON, EPSG:4326"`
}

// maxNamed bounds each list of a way.
const maxNamed = 1000

// FindWay answers a way by its identifier: a number, which is of a name in all settlements of one name; or the number, a hyphen, and the identifier of a province (STATE_PID)
// or of a settlement (LOCALITY_PID), which is of the way there. The error for an identifier that no way has is *errs.Error way-unknown.
func FindWay(ctx context.Context, q layers.Querier, id string) (*Way, error) {
	w := &Way{ID: id, Names: []WayName{}, Delivered: []DeliveredWay{}, Aliases: []Alias{}, Nodes: []Node{}}
	number, place, _ := strings.Cut(id, "-")
	way, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return nil, wayUnknown(id)
	}
	names, around, err := namesAround(ctx, q, way, time.Time{})
	if err != nil {
		return nil, err
	}
	var city string
	err = q.QueryRow(ctx, `select city_key from gnaf.way where id = any($1) limit 1`, around).Scan(&city)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, wayUnknown(id)
	}
	if err != nil {
		return nil, fmt.Errorf("way %s: %w", id, err)
	}
	found, err := readWayNamesUsed(ctx, q, around)
	if err != nil {
		return nil, fmt.Errorf("way %s: %w", id, err)
	}
	means := func(bears int64, in locality) bool {
		of, _ := names.principal(way, in)
		meant, _ := names.principal(bears, in)
		return meant == of
	}
	var in locality
	if place != "" {
		at := slices.IndexFunc(found, func(n usedName) bool { return n.lies(place) && means(n.id, n.in) })
		if at < 0 {
			return nil, wayUnknown(id)
		}
		if in = found[at].in; place == search.StateID(in.province) {
			in.county = ""
		}
		found = slices.DeleteFunc(found, func(n usedName) bool {
			return n.in.province != in.province || in.county != "" && n.in.county != in.county
		})
	}
	w.readNames(slices.DeleteFunc(found, func(n usedName) bool { return !means(n.id, n.in) }), names)
	of, _ := names.principal(way, in)
	ids := slices.DeleteFunc(around, func(id int64) bool { return !means(id, in) })
	if err := w.readDelivered(ctx, q, ids, in); err != nil {
		return nil, fmt.Errorf("way %s: %w", id, err)
	}
	if err := w.readAliases(ctx, q, of, in); err != nil {
		return nil, fmt.Errorf("way %s: %w", id, err)
	}
	if err := w.readNodes(ctx, q, ids, city, in); err != nil {
		return nil, fmt.Errorf("way %s: %w", id, err)
	}
	return w, nil
}

func wayUnknown(id string) error {
	return &errs.Error{
		Code: "way-unknown", Status: 404, Op: "gnaf.FindWay", Location: "path.id", Value: id,
		Title:  errs.T("چنین معبری نیست", "There is no such way"),
		Detail: errs.T("هیچ معبری این شناسه را ندارد.", "No way has this id."),
		Next:   errs.T("شناسه را از place_id پاسخ ‎/v1/geocode‎ بگیرید.", "Take the id from place_id of an answer of /v1/geocode."),
	}
}

// usedName is a name of a way in the addresses of one settlement.
type usedName struct {
	WayName
	id int64
	in locality
}

// lies reports whether the settlement, or its province, has an identifier.
func (n *usedName) lies(place string) bool {
	return n.in.pid(n.City) == place || n.in.province != "" && search.StateID(n.in.province) == place
}

// mostUsed bounds the names of a way with the settlements in which addresses write them.
const mostUsed = 1000

func readWayNamesUsed(ctx context.Context, q layers.Querier, ids []int64) ([]usedName, error) {
	rows, err := q.Query(ctx, `
		select a.way_id, a.street, a.city, coalesce(a.province, p.name, '') as province, case when a.attributes ->> 'locality_type' in ('village', 'hamlet') then coalesce(a.county, '') else '' end as county,
		  count(*), min(a.number), max(a.number)
		from gnaf.address a
		left join lateral (
			select u.name_fa as name
			from layers.admin_unit u
			where a.province is null
			  and u.level = 'province'
			  and public.st_intersects(u.geom, public.st_centroid(a.geom))
			order by u.code
			limit 1
		) p on true
		where a.way_id = any($1)
		group by 1, 2, 3, 4, 5
		order by 6 desc, 2, 3, 4, 5
		limit $2`, ids, mostUsed)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (n usedName, err error) {
		var county string
		err = row.Scan(&n.id, &n.Name, &n.City, &n.Province, &county, &n.Addresses, &n.First, &n.Last)
		n.in = localityOf(n.Province, county)
		return n, err
	})
}

// readNames takes the names as addresses write them, those of one province together.
func (w *Way) readNames(found []usedName, names wayNames) {
	for _, n := range found {
		of, _ := names.principal(n.id, n.in)
		if n.in != (locality{}) {
			n.There = n.in.way(of, n.City)
		}
		w.Names = append(w.Names, n.WayName)
	}
}

const deliveryColumns = `n.id, n.key, ag.code, n.dataset_id, v.seq, n.valid_from`

const deliveryJoins = `
		join layers.version v on v.id = n.version_id
		join layers.dataset d on d.id = n.dataset_id
		join access.agency ag on ag.id = d.agency_id`

// placeColumns are where a delivered name is: the province that it tells or in which it lies, and the county that it tells.
const placeColumns = `coalesce(nullif(n.attributes->>'province', ''), (
			select u.name_fa
			from layers.admin_unit u
			where u.level = 'province'
			  and public.st_intersects(u.geom, public.st_pointonsurface(n.geom))
			order by u.code
			limit 1
		  ), ''), coalesce(n.attributes->>'county', '')`

func (w *Way) readDelivered(ctx context.Context, q layers.Querier, ids []int64, in locality) error {
	rows, err := q.Query(ctx, `
		select `+deliveryColumns+`, n.name, n.city, coalesce(n.attributes->>'core_name', ''), coalesce(n.kind, ''), coalesce(n.attributes->>'suffix', ''),
		  coalesce(n.attributes->>'parent', ''), coalesce(n.attributes->>'neighbourhood', ''), coalesce(n.attributes->>'status', ''), `+placeColumns+`, public.st_asgeojson(n.geom, 9, 0)
		from gnaf.name n`+deliveryJoins+`
		where n.theme = '`+wayTheme+`'
		  and n.way_id = any($1)
		order by n.id
		limit $2`, ids, maxNamed)
	if err != nil {
		return err
	}
	w.Delivered, err = pgx.AppendRows(w.Delivered, rows, func(row pgx.CollectableRow) (DeliveredWay, error) {
		var d DeliveredWay
		err := row.Scan(append(d.targets(), &d.Name, &d.City, &d.CoreName, &d.Kind, &d.Suffix, &d.Parent, &d.Neighbourhood, &d.Status, &d.Province, &d.County, &d.Geometry)...)
		return d, err
	})
	w.Delivered = slices.DeleteFunc(w.Delivered, func(d DeliveredWay) bool { return !localityOf(d.Province, d.County).agrees(in) })
	return err
}

func (d *Delivery) targets() []any {
	return []any{&d.ID, &d.Key, &d.Agency, &d.Dataset, &d.Version, &d.ValidFrom}
}

func (w *Way) readAliases(ctx context.Context, q layers.Querier, way int64, in locality) error {
	rows, err := q.Query(ctx, `
		select `+deliveryColumns+`, n.name, coalesce(n.kind, ''), coalesce(n.attributes->>'lang', ''), coalesce(n.attributes->>'source', ''),
		  coalesce(n.attributes->>'valid_from', ''), coalesce(n.attributes->>'valid_to', ''), coalesce(n.attributes->>'province', ''), coalesce(n.attributes->>'county', '')
		from gnaf.name n`+deliveryJoins+`
		where n.of_id = $1
		order by n.id
		limit $2`, way, maxNamed)
	if err != nil {
		return err
	}
	w.Aliases, err = pgx.AppendRows(w.Aliases, rows, func(row pgx.CollectableRow) (Alias, error) {
		var a Alias
		err := row.Scan(append(a.targets(), &a.Name, &a.Kind, &a.Lang, &a.Says, &a.From, &a.To, &a.Province, &a.County)...)
		return a, err
	})
	w.Aliases = slices.DeleteFunc(w.Aliases, func(a Alias) bool { return !localityOf(a.Province, a.County).agrees(in) })
	return err
}

// readNodes keeps of the settlement's nodes those that name the way.
func (w *Way) readNodes(ctx context.Context, q layers.Querier, ids []int64, city string, in locality) error {
	rows, err := q.Query(ctx, `
		select `+deliveryColumns+`, n.name, coalesce(n.kind, ''), public.st_asgeojson(n.geom, 9, 0), n.attributes->>'ways'
		from gnaf.name n`+deliveryJoins+`
		where n.theme = '`+nodeTheme+`'
		  and n.city_key = $1
		  and n.attributes->>'ways' <> ''
		order by n.id
		limit 20000`, city)
	if err != nil {
		return err
	}
	var n Node
	var ways string
	_, err = pgx.ForEachRow(rows, append(n.targets(), &n.Name, &n.Kind, &n.Geometry, &ways), func() error {
		for _, name := range strings.FieldsFunc(ways, func(r rune) bool { return r == '؛' || r == ';' }) {
			if slices.Contains(ids, wayID(streetKey(name), city)) && len(w.Nodes) < maxNamed {
				found := n
				found.Geometry = slices.Clone(n.Geometry)
				w.Nodes = append(w.Nodes, found)
				break
			}
		}
		return nil
	})
	if err != nil || len(w.Nodes) == 0 {
		return err
	}
	at := map[int64]*Node{}
	for i := range w.Nodes {
		at[w.Nodes[i].ID] = &w.Nodes[i]
	}
	rows, err = q.Query(ctx, `select n.id, `+placeColumns+` from gnaf.name n where n.id = any($1)`, slices.Collect(maps.Keys(at)))
	if err != nil {
		return err
	}
	var id int64
	var province, county string
	_, err = pgx.ForEachRow(rows, []any{&id, &province, &county}, func() error {
		at[id].Province, at[id].County = province, county
		return nil
	})
	w.Nodes = slices.DeleteFunc(w.Nodes, func(n Node) bool { return !localityOf(n.Province, n.County).agrees(in) })
	return err
}
