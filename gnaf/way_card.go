package gnaf

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/errs"
	"nsdi/layers"
)

// Way is a way of a settlement as addresses and delivered names have it.
type Way struct {
	ID        int64          `json:"id,string" doc:"As text: it is larger than some readers' numbers"`
	Names     []WayName      `json:"names" doc:"As addresses write it, the most usual first"`
	Delivered []DeliveredWay `json:"delivered" doc:"As agencies deliver the way itself"`
	Aliases   []Alias        `json:"aliases"`
	Nodes     []Node         `json:"nodes" doc:"Nodes that name the way"`
}

// WayName is a name of the way in addresses.
type WayName struct {
	Name      string `json:"name"`
	City      string `json:"city"`
	Province  string `json:"province,omitempty" doc:"As addresses write it: ways of two settlements of one name are told apart by it"`
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
	Geometry      json.RawMessage `json:"geometry" doc:"GeoJSON, EPSG:4326"`
}

// Alias is another name of a way.
type Alias struct {
	Delivery
	Name string `json:"name"`
	Kind string `json:"kind" enum:"official,former,colloquial,latin,misspelling"`
	Lang string `json:"lang,omitempty"`
	Says string `json:"source,omitempty" doc:"Document or authority of the name"`
	From string `json:"valid_from,omitempty" doc:"ISO 8601"`
	To   string `json:"valid_to,omitempty" doc:"ISO 8601"`
}

// Node is a square, crossroads or bridge.
type Node struct {
	Delivery
	Name     string          `json:"name"`
	Kind     string          `json:"kind"`
	Geometry json.RawMessage `json:"geometry" doc:"GeoJSON, EPSG:4326"`
}

// maxNamed bounds each list of a way.
const maxNamed = 1000

// FindWay answers a way by its id. The error for an id that no way has is *errs.Error way-unknown.
func FindWay(ctx context.Context, q layers.Querier, id int64) (*Way, error) {
	w := &Way{ID: id, Names: []WayName{}, Delivered: []DeliveredWay{}, Aliases: []Alias{}, Nodes: []Node{}}
	var city string
	err := q.QueryRow(ctx, `select city_key from gnaf.way where id = $1`, id).Scan(&city)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, &errs.Error{
			Code: "way-unknown", Status: 404, Op: "gnaf.FindWay", Location: "path.id", Value: strconv.FormatInt(id, 10),
			Title:  errs.T("چنین معبری نیست", "There is no such way"),
			Detail: errs.T("هیچ معبری این شناسه را ندارد.", "No way has this id."),
			Next:   errs.T("شناسه را از place_id پاسخ ‎/v1/geocode‎ بگیرید.", "Take the id from place_id of an answer of /v1/geocode."),
		}
	}
	if err != nil {
		return nil, fmt.Errorf("way %d: %w", id, err)
	}
	one, err := oneWay(ctx, q, id)
	if err != nil {
		return nil, err
	}
	for _, read := range []func(context.Context, layers.Querier, *oneWayNames) error{w.readNames, w.readDelivered, w.readAliases} {
		if err := read(ctx, q, one); err != nil {
			return nil, fmt.Errorf("way %d: %w", id, err)
		}
	}
	if err := w.readNodes(ctx, q, one, city); err != nil {
		return nil, fmt.Errorf("way %d: %w", id, err)
	}
	return w, nil
}

func (w *Way) readNames(ctx context.Context, q layers.Querier, one *oneWayNames) error {
	rows, err := q.Query(ctx, `
		select street, city, coalesce(province, ''), count(*), min(number), max(number)
		from gnaf.address
		where way_id = any($1)
		group by street, city, province
		order by count(*) desc, street, city, province
		limit 100`, one.ids)
	if err != nil {
		return err
	}
	w.Names, err = pgx.AppendRows(w.Names, rows, pgx.RowToStructByPos[WayName])
	return err
}

const deliveryColumns = `n.id, n.key, ag.code, n.dataset_id, v.seq, n.valid_from`

const deliveryJoins = `
		join layers.version v on v.id = n.version_id
		join layers.dataset d on d.id = n.dataset_id
		join access.agency ag on ag.id = d.agency_id`

func (w *Way) readDelivered(ctx context.Context, q layers.Querier, one *oneWayNames) error {
	rows, err := q.Query(ctx, `
		select `+deliveryColumns+`, n.name, n.city, coalesce(n.attributes->>'core_name', ''), coalesce(n.kind, ''), coalesce(n.attributes->>'suffix', ''),
		  coalesce(n.attributes->>'parent', ''), coalesce(n.attributes->>'neighbourhood', ''), coalesce(n.attributes->>'status', ''), public.st_asgeojson(n.geom, 9, 0)
		from gnaf.name n`+deliveryJoins+`
		where n.theme = '`+wayTheme+`'
		  and n.way_id = any($1)
		order by n.id
		limit $2`, one.ids, maxNamed)
	if err != nil {
		return err
	}
	w.Delivered, err = pgx.AppendRows(w.Delivered, rows, func(row pgx.CollectableRow) (DeliveredWay, error) {
		var d DeliveredWay
		err := row.Scan(append(d.targets(), &d.Name, &d.City, &d.CoreName, &d.Kind, &d.Suffix, &d.Parent, &d.Neighbourhood, &d.Status, &d.Geometry)...)
		return d, err
	})
	return err
}

func (d *Delivery) targets() []any {
	return []any{&d.ID, &d.Key, &d.Agency, &d.Dataset, &d.Version, &d.ValidFrom}
}

func (w *Way) readAliases(ctx context.Context, q layers.Querier, one *oneWayNames) error {
	rows, err := q.Query(ctx, `
		select `+deliveryColumns+`, n.name, coalesce(n.kind, ''), coalesce(n.attributes->>'lang', ''), coalesce(n.attributes->>'source', ''),
		  coalesce(n.attributes->>'valid_from', ''), coalesce(n.attributes->>'valid_to', '')
		from gnaf.name n`+deliveryJoins+`
		where n.of_id = $1
		order by n.id
		limit $2`, one.id, maxNamed)
	if err != nil {
		return err
	}
	w.Aliases, err = pgx.AppendRows(w.Aliases, rows, func(row pgx.CollectableRow) (Alias, error) {
		var a Alias
		err := row.Scan(append(a.targets(), &a.Name, &a.Kind, &a.Lang, &a.Says, &a.From, &a.To)...)
		return a, err
	})
	return err
}

// readNodes keeps of the settlement's nodes those that name the way.
func (w *Way) readNodes(ctx context.Context, q layers.Querier, one *oneWayNames, city string) error {
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
			if slices.Contains(one.ids, wayID(streetKey(name), city)) && len(w.Nodes) < maxNamed {
				found := n
				found.Geometry = slices.Clone(n.Geometry)
				w.Nodes = append(w.Nodes, found)
				break
			}
		}
		return nil
	})
	return err
}
