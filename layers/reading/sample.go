package reading

import (
	"context"
	"errors"
	"slices"
)

// Sampled is the beginning of one layer, for a person to see whether it is read as it was meant.
type Sampled struct {
	Layer
	Columns []string
	Rows    [][]*string // nil: null
	Geoms   [][]byte    // the first geometry of each row, EWKB in CRS; nil: none
}

const (
	sampleCell = 200     // bytes of a value that are shown
	sampleScan = 200_000 // rows of a file that are passed over to come to a later layer
)

// errEnough ends a reading that has seen what it wanted.
var errEnough = errors.New("enough rows")

// Sample reads the first n rows of each layer. A layer that begins far into its file has none.
func (d *Delivery) Sample(ctx context.Context, n int) ([]Sampled, error) {
	out := make([]Sampled, len(d.Layers))
	for i, l := range d.Layers {
		out[i].Layer = l
	}
	for _, s := range d.sources {
		scanned := 0
		err := s.read(ctx, func(r *Row) error {
			scanned++
			full := true
			for i := range out {
				if out[i].File != r.File {
					continue
				}
				if out[i].Name == r.Layer && len(out[i].Rows) < n && r.Damage == "" {
					out[i].add(r)
				}
				full = full && len(out[i].Rows) >= min(n, enough(out[i].Features))
			}
			if full || scanned >= sampleScan {
				return errEnough
			}
			return nil
		})
		if err != nil && !errors.Is(err, errEnough) {
			return nil, err
		}
	}
	return out, nil
}

// enough is how many rows a layer is known to have.
func enough(features int64) int {
	if features < 0 || features > 1<<20 {
		return 1 << 20
	}
	return int(features)
}

func (s *Sampled) add(r *Row) {
	s.Columns = slices.Clone(r.Columns)
	if s.CRS == "" {
		s.CRS = r.CRS
	}
	row := make([]*string, len(r.Values))
	for i, v := range r.Values {
		if r.Null[i] {
			continue
		}
		if len(v) > sampleCell {
			v = v[:sampleCell]
		}
		row[i] = &v
	}
	s.Rows = append(s.Rows, row)
	var geom []byte
	if len(r.Geoms) > 0 {
		geom = slices.Clone(r.Geoms[0])
	}
	s.Geoms = append(s.Geoms, geom)
}
