package mvt

import "encoding/binary"

// Fields of the messages Tile, Layer and Feature.
const (
	tileLayers      = 3<<3 | lengthDelimited
	layerName       = 1<<3 | lengthDelimited
	layerFeatures   = 2<<3 | lengthDelimited
	layerKeys       = 3<<3 | lengthDelimited
	layerValues     = 4<<3 | lengthDelimited
	layerExtent     = 5<<3 | varint
	layerVersion    = 15<<3 | varint
	featureID       = 1<<3 | varint
	featureTags     = 2<<3 | lengthDelimited
	featureType     = 3<<3 | varint
	featureGeometry = 4<<3 | lengthDelimited
)

// Field is one attribute of a layer.
type Field struct {
	Name string
	Kind Kind
	// Clean gives what is shown of a text; nil: all of it. All fields of a layer that have one have the same.
	Clean func(raw []byte) []byte
}

// Layer encodes one layer of one tile after another. It is not safe for concurrent use.
type Layer struct {
	grid     grid
	fields   []Field
	numbers  []int // of the fields in the layer's list of keys; -1 until one is used
	keys     []byte
	used     int
	values   dictionary
	features []byte
	count    int

	tags, feature []byte
	drawing       drawing
}

// Begin starts a layer of the tile z/x/y with the given fields, and forgets what was there.
func (l *Layer) Begin(z, x, y int, fields []Field) {
	l.grid = newGrid(z, x, y)
	l.fields, l.numbers = fields, l.numbers[:0]
	for range fields {
		l.numbers = append(l.numbers, -1)
	}
	l.values.reset()
	l.keys, l.used, l.features, l.count = l.keys[:0], 0, l.features[:0], 0
}

// Outcome is what became of a feature.
type Outcome int

const (
	// Drawn is a feature that is in the layer.
	Drawn Outcome = iota
	// Absent has nothing within the tile that the grid shows.
	Absent
	// Broken has rings that cross or touch on the grid, and is not in the layer. See Mended.
	Broken
)

// Add draws a feature: its identifier, 0 for none, geometry as EWKB in Web Mercator and the values of the fields, nil for none. An error says that the geometry is no EWKB.
func (l *Layer) Add(id uint64, ewkb []byte, values [][]byte) (Outcome, error) {
	return l.add(id, ewkb, values, &l.grid, false)
}

// Mended draws a feature whose geometry was cut, rounded and made valid elsewhere: EWKB on the tile's grid, as ST_AsMVTGeom answers it.
func (l *Layer) Mended(id uint64, ewkb []byte, values [][]byte) (Outcome, error) {
	same := sameGrid()
	return l.add(id, ewkb, values, &same, true)
}

func (l *Layer) add(id uint64, ewkb []byte, values [][]byte, g *grid, sound bool) (Outcome, error) {
	outcome, err := l.drawing.draw(ewkb, g, sound)
	if err == nil && outcome == Drawn {
		l.write(id, values)
	}
	return outcome, err
}

func (l *Layer) write(id uint64, values [][]byte) {
	l.tags = l.tags[:0]
	for i, raw := range values {
		if raw == nil {
			continue
		}
		n, ok := l.values.number(&l.fields[i], raw)
		if !ok {
			continue
		}
		if l.numbers[i] < 0 {
			l.numbers[i] = l.used
			l.used++
			l.keys = appendString(l.keys, layerKeys, l.fields[i].Name)
		}
		l.tags = binary.AppendUvarint(binary.AppendUvarint(l.tags, uint64(l.numbers[i])), n)
	}
	f := l.feature[:0]
	if id != 0 {
		f = binary.AppendUvarint(append(f, featureID), id)
	}
	if len(l.tags) > 0 {
		f = appendBytes(f, featureTags, l.tags)
	}
	f = append(f, featureType, byte(l.drawing.kind))
	f = appendBytes(f, featureGeometry, l.drawing.commands)
	l.features = appendBytes(l.features, layerFeatures, f)
	l.feature = f
	l.count++
}

// Len is how many features have been drawn.
func (l *Layer) Len() int { return l.count }

// Append writes the layer behind a tile's body; a layer without features is none.
func (l *Layer) Append(tile []byte, name string) []byte {
	if l.count == 0 {
		return tile
	}
	head := appendString(append(l.feature[:0], layerVersion, 2), layerName, name)
	tail := binary.AppendUvarint(append(l.tags[:0], layerExtent), Extent)
	size := len(head) + len(l.features) + len(l.keys) + len(l.values.body) + len(tail)
	tile = binary.AppendUvarint(append(tile, tileLayers), uint64(size))
	for _, part := range [...][]byte{head, l.features, l.keys, l.values.body, tail} {
		tile = append(tile, part...)
	}
	l.feature, l.tags = head, tail
	return tile
}

func appendString(b []byte, tag byte, s string) []byte {
	return append(binary.AppendUvarint(append(b, tag), uint64(len(s))), s...)
}
