package tiles

import (
	"maps"
	"slices"

	"nsdi/tiles/archive"
)

// prebuilt answers a tile that was made beforehand, nil where there is none of the layer's state.
func (s *Service) prebuilt(l *layer, at Address) *Tile {
	if s.archive == nil || l.dataset != 0 || l.completion != nil {
		return nil
	}
	if l.parts == nil {
		t := s.stored(l, at)
		if t == nil {
			return nil
		}
		if len(t.Raw) == 0 {
			return newTile(&s.packers, l.version, nil)
		}
		tile := packedTile(&s.packers, l.version, t.Raw, t.Gzip)
		tile.rest = t.Brotli
		return tile
	}
	var all []byte
	for _, part := range l.partsAt(at.Z) { // layers of a tile follow one another
		t := s.stored(part, at)
		if t == nil {
			return nil
		}
		all = append(all, t.Raw...)
	}
	return newTile(&s.packers, l.version, all)
}

// stored answers what the archive has of a layer's tile, where nothing was published in it since the archive was brought to its state.
func (s *Service) stored(l *layer, at Address) *archive.Tile {
	if l.never() {
		return &archive.Tile{}
	}
	t, err := s.archive.Tile(l.code, at.number(), func(is archive.State) bool {
		upTo, now, changed := is.Position, l.position, l.raw
		if l.together(at.Z) {
			upTo, now, changed = is.Made, l.made, l.cells
		}
		return is.Drawn == l.drawn && is.MinZoom <= at.Z && at.Z <= is.MaxZoom && upTo <= now && changed.of(at) <= upTo
	})
	if err != nil {
		return nil // it is not read again until it is made anew, and /readyz says why
	}
	return t
}

// ArchiveState tells of the tiles that were made beforehand.
type ArchiveState struct {
	Layers  int      `json:"layers"`
	Files   int      `json:"files"`
	Bytes   int64    `json:"bytes"`
	Behind  []string `json:"behind,omitempty"`  // layers whose tiles of the last publication are not all there yet: they are made when they are asked for
	Damaged []string `json:"damaged,omitempty"` // layers whose files cannot be used: they are made anew; the log says why
}

// Archive tells of the tiles that were made beforehand, nil where none are.
func (s *Service) Archive() *ArchiveState {
	if s.archive == nil {
		return nil
	}
	sum := s.archive.Summary()
	state := &ArchiveState{Layers: sum.Layers, Files: sum.Files, Bytes: sum.Bytes, Damaged: slices.Sorted(maps.Keys(sum.Failed))}
	if c := s.latest.Load(); c != nil {
		for _, l := range s.behind(c) {
			state.Behind = append(state.Behind, l.code)
		}
	}
	return state
}
