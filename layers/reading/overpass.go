package reading

import (
	"encoding/json"
	"errors"
	"io"

	"nsdi/geo"
)

// element is one node, way or relation of an Overpass answer ("out body" or "out geom").
type element struct {
	Type    string            `json:"type"`
	ID      int64             `json:"id"`
	Lat     float64           `json:"lat"`
	Lon     float64           `json:"lon"`
	Tags    map[string]string `json:"tags"`
	Nodes   []int64           `json:"nodes"`
	Members []struct {
		Type     string      `json:"type"`
		Ref      int64       `json:"ref"`
		Role     string      `json:"role"`
		Geometry []*position `json:"geometry"` // null where a point lies outside the box that was asked for
	} `json:"members"`
}

type position struct {
	Lat float64 `json:"lat"`
	Lon float64 `json:"lon"`
}

// readOverpass assembles the areas of an Overpass answer: a row for each relation of type boundary or multipolygon, whose member ways are joined to rings.
// Relations may stand before their ways and nodes, so everything is held; the size of the file is limited before.
func readOverpass(r io.Reader, yield func(*Row) error) error {
	nodes := make(map[int64]geo.XY)
	ways := make(map[int64][]int64)
	var relations []element
	err := eachElement(r, func(e element) {
		switch e.Type {
		case "node":
			nodes[e.ID] = geo.XY{e.Lon, e.Lat}
		case "way":
			ways[e.ID] = e.Nodes
		case "relation":
			if t := e.Tags["type"]; t == "boundary" || t == "multipolygon" {
				relations = append(relations, e)
			}
		}
	})
	if err != nil {
		return err
	}
	if len(relations) == 0 {
		return errors.New("no relation of type boundary or multipolygon")
	}
	row := &Row{}
	for _, rel := range relations {
		tags, err := json.Marshal(rel.Tags)
		if err != nil {
			return err
		}
		id, _ := json.Marshal(rel.ID) // an integer always marshals
		row.Columns = []string{"id", "type", "tags"}
		row.Values, row.Null = []string{string(id), "relation", string(tags)}, []bool{false, false, false}
		area, damage := rel.area(nodes, ways)
		row.Geoms, row.Damage = nil, damage
		if area != nil {
			row.Geoms = [][]byte{area}
		}
		row.Number++
		if err := yield(row); err != nil {
			return err
		}
	}
	return nil
}

func eachElement(r io.Reader, each func(element)) error {
	d := json.NewDecoder(r)
	if _, err := d.Token(); err != nil {
		return err
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return err
		}
		if key != "elements" {
			var skip json.RawMessage
			if err := d.Decode(&skip); err != nil {
				return err
			}
			continue
		}
		if open, err := d.Token(); err != nil || open != json.Delim('[') {
			return errors.Join(errors.New("elements is not a list"), err)
		}
		for d.More() {
			var e element
			if err := d.Decode(&e); err != nil {
				return err
			}
			each(e)
		}
		if _, err := d.Token(); err != nil {
			return err
		}
	}
	return nil
}

// area joins the relation's ways. Damage is "rings-open" when a ring does not close or a way or node is missing.
func (e *element) area(nodes map[int64]geo.XY, ways map[int64][]int64) (wkb []byte, damage string) {
	pieces := map[bool][][]geo.XY{}
	for _, m := range e.Members {
		if m.Type != "way" || m.Role != "outer" && m.Role != "inner" && m.Role != "" {
			continue
		}
		var line []geo.XY
		for _, p := range m.Geometry {
			if p == nil {
				return nil, "rings-open"
			}
			line = append(line, geo.XY{p.Lon, p.Lat})
		}
		if line == nil {
			for _, n := range ways[m.Ref] {
				xy, ok := nodes[n]
				if !ok {
					return nil, "rings-open"
				}
				line = append(line, xy)
			}
		}
		if len(line) < 2 {
			return nil, "rings-open"
		}
		inner := m.Role == "inner"
		pieces[inner] = append(pieces[inner], line)
	}
	outers, open := geo.JoinRings(pieces[false])
	inners, openInner := geo.JoinRings(pieces[true])
	if len(outers) == 0 || len(open) > 0 || len(openInner) > 0 {
		return nil, "rings-open"
	}
	wkb, stray := geo.EncodeMultiPolygon(outers, inners)
	if stray > 0 {
		return nil, "rings-open"
	}
	return wkb, ""
}
