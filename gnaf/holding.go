package gnaf

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/jackc/pgx/v5"
)

// holding is all published units in memory, as of one position of the change log. Nothing in it is changed: what follows a publication is another one.
//
// A unit takes 52 bytes beside the texts, which are kept once each: the country's 40 million are some 2 GB.
type holding struct {
	position int64
	codes    []uint64 // sorted; a code that two units bear is there twice
	rows     []heldUnit
	parts    []heldPart
	texts    []string
	floors   []int

	changed map[uint64][]CodedUnit // what the codes stand for that changed since the rows were read; nobody: not given out any more
}

// heldUnit is a unit without its code. Texts, part and floor are places in the holding's lists; the text 0 is empty, and floor 0 is none.
type heldUnit struct {
	id                     int64
	lon, lat               float64
	part                   uint32
	number                 int32
	suffix, building, unit uint32
	floor                  uint16
}

// heldPart is what the units of a part of a street have in common.
type heldPart struct{ province, county, city, neighbourhood, before, street uint32 }

// numbered reads ten digits as a number; 0: they are none.
func numbered(code string) uint64 {
	if len(code) != 10 {
		return 0
	}
	n, err := strconv.ParseUint(code, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// hold reads all units in a transaction that sees one state. It answers nil when there are more than most.
func hold(ctx context.Context, tx pgx.Tx, most int) (*holding, error) {
	h := &holding{texts: []string{""}, floors: []int{0}, changed: map[uint64][]CodedUnit{}}
	if err := tx.QueryRow(ctx, `select layers.change_end()`).Scan(&h.position); err != nil {
		return nil, fmt.Errorf("holding codes: %w", err)
	}
	rows, err := tx.Query(ctx, `
		select `+unitColumns+`
		from gnaf.address a
		where a.postal_code is not null
		order by a.postal_code collate "C", a.id
		limit $1`, most+1)
	if err != nil {
		return nil, fmt.Errorf("holding codes: %w", err)
	}
	texts, parts, floors := map[string]uint32{"": 0}, map[heldPart]uint32{}, map[int]uint16{}
	keep := func(s string) uint32 {
		at, known := texts[s]
		if !known {
			at = uint32(len(h.texts))
			texts[s], h.texts = at, append(h.texts, s)
		}
		return at
	}
	var u CodedUnit
	_, err = pgx.ForEachRow(rows, u.targets(), func() error {
		part := heldPart{keep(u.Province), keep(u.County), keep(u.City), keep(u.Neighbourhood), keep(u.StreetBefore), keep(u.Street)}
		at, known := parts[part]
		if !known {
			at = uint32(len(h.parts))
			parts[part], h.parts = at, append(h.parts, part)
		}
		row := heldUnit{
			id: u.ID, lon: u.Lon, lat: u.Lat, part: at, number: int32(u.Number), suffix: keep(u.NumberSuffix), building: keep(u.Building), unit: keep(u.Unit),
		}
		if u.Floor != nil {
			if row.floor, known = floors[*u.Floor]; !known {
				row.floor = uint16(len(h.floors))
				floors[*u.Floor], h.floors = row.floor, append(h.floors, *u.Floor)
			}
		}
		h.codes, h.rows = append(h.codes, numbered(u.Code)), append(h.rows, row)
		u = CodedUnit{}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("holding codes: %w", err)
	}
	if len(h.rows) > most {
		return nil, nil
	}
	h.codes, h.rows, h.parts, h.texts = slices.Clip(h.codes), slices.Clip(h.rows), slices.Clip(h.parts), slices.Clip(h.texts)
	return h, nil
}

// find answers the units that bear a code.
func (h *holding) find(code string) []CodedUnit {
	n := numbered(code)
	if all, changed := h.changed[n]; changed {
		return all
	}
	at, is := slices.BinarySearch(h.codes, n)
	if !is {
		return nil
	}
	end := at + 1
	for end < len(h.codes) && h.codes[end] == n {
		end++
	}
	all := make([]CodedUnit, end-at)
	for i := range all {
		row := &h.rows[at+i]
		part := &h.parts[row.part]
		u := &all[i]
		*u = CodedUnit{
			ID: row.id, Code: code, Lon: row.lon, Lat: row.lat, Number: int(row.number),
			Province: h.texts[part.province], County: h.texts[part.county], City: h.texts[part.city], Neighbourhood: h.texts[part.neighbourhood],
			StreetBefore: h.texts[part.before], Street: h.texts[part.street],
			NumberSuffix: h.texts[row.suffix], Building: h.texts[row.building], Unit: h.texts[row.unit],
		}
		if row.floor != 0 {
			u.Floor = &h.floors[row.floor]
		}
		u.tell()
	}
	return all
}

// hasPrefix reports whether some code begins with the five digits.
func (h *holding) hasPrefix(prefix string) bool {
	from := numbered(prefix + "00000")
	if from == 0 {
		return false
	}
	for n, units := range h.changed {
		if len(units) > 0 && n-n%100_000 == from {
			return true
		}
	}
	at, _ := slices.BinarySearch(h.codes, from)
	for ; at < len(h.codes) && h.codes[at] < from+100_000; at++ {
		if _, changed := h.changed[h.codes[at]]; !changed {
			return true
		}
	}
	return false
}
