package country

import (
	"math"
	"math/rand/v2"
	"strconv"
)

// doors gives the addresses of a settlement out.
type doors struct {
	s    *settlement
	give func(Row) bool
	r    *rand.Rand
	n    int
	over bool
}

// way numbers the houses of a way, odd on one side and even on the other.
func (d *doors) way(w *way) {
	if d.over {
		return
	}
	areas := fields(areaNames)
	sector := int(math.Floor(w.x/900)) + 7*int(math.Floor(w.y/900)) + int(d.s.seed%40)
	base := Row{
		Province: d.s.province, County: d.s.county, City: d.s.name, Street: w.name, Size: d.s.size, Formerly: w.formerly, Colloquially: w.colloquially, Spatial: w.square,
	}
	if d.s.size != Village {
		base.Area = areas[((sector%len(areas))+len(areas))%len(areas)]
	}
	if w.before != nil {
		base.Before = w.before.name
		base.Corner.Lon, base.Corner.Lat = d.lonlat(w.x, w.y)
		if w.before.before != nil {
			base.Main = w.before.before.name
		}
	}
	odd, even := -1, 0
	for i := range w.houses {
		row := base
		if i%2 == 0 {
			odd += 2 * (1 + d.r.IntN(4)/3) // every fourth house has swallowed its neighbour
			row.Number = odd
		} else {
			even += 2 * (1 + d.r.IntN(4)/3)
			row.Number = even
		}
		along := w.length * (float64(i) + 0.5) / float64(w.houses)
		x, y := w.at(along, 8-16*float64(i%2))
		row.Lon, row.Lat = d.lonlat(x, y)
		d.house(row)
		if d.r.Float64() < 0.03 {
			row.Suffix = []string{"مکرر", "الف", "ب", "/1"}[d.r.IntN(4)]
			d.house(row)
		}
		if d.over {
			return
		}
	}
}

// house gives out a house with its units.
func (d *doors) house(row Row) {
	f := d.r.Float64()
	switch {
	case d.s.size == Village || f < 0.7:
		d.door(row)
	case f < 0.97:
		d.flats(row, 1+d.r.IntN(5), 1+d.r.IntN(3))
	default: // a block of flats with blocks and a name
		row.Building = "مجتمع " + pick(d.r, fields(buildingNames))
		for b := range 1 + d.r.IntN(3) {
			row.Block = strconv.Itoa(b + 1)
			d.flats(row, 2+d.r.IntN(4), 2)
		}
	}
}

func (d *doors) flats(row Row, floors, each int) {
	unit := 0
	for f := range floors {
		for range each {
			unit++
			row.Floor, row.Unit = &f, strconv.Itoa(unit)
			d.door(row)
		}
	}
}

func (d *doors) door(row Row) {
	if d.over {
		return
	}
	row.Code = d.s.code(d.n)
	row.Key = row.Code
	d.n++
	d.over = !d.give(row) || d.n >= d.s.target
	if !d.over && d.r.Float64() < 0.02 {
		row.Dup, row.Key, row.Code = true, row.Key+"-2", ""
		row.Lon += 3 / metresADegree
		d.over = !d.give(row)
	}
}

func (d *doors) lonlat(x, y float64) (lon, lat float64) {
	lat = d.s.at.lat + y/metresADegree
	return round7(d.s.at.lon + x/metresADegree/math.Cos(d.s.at.lat*math.Pi/180)), round7(lat)
}

func round7(v float64) float64 { return math.Round(v*1e7) / 1e7 }
