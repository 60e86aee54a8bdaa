package search

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"nsdi/gnaf/persian"
)

// meta is what an index says of itself.
type meta struct {
	Position int64     `json:"position"` // of the change log
	Made     time.Time `json:"made"`
	Ways     int       `json:"ways"`
	Areas    int       `json:"areas"`
	Sites    int       `json:"sites"`
	Units    int       `json:"units"`
}

// builder writes an index from areas, names and addresses, in this order. What it holds in memory grows with the number of ways and areas, not with that of
// addresses.
type builder struct {
	out   *sectionWriter
	texts *textTable
	words *vocabulary
	given *given
	meta  meta

	areas   []buildArea
	byKey   map[string][]uint32 // level and key → areas
	ways    []byte
	wayIDs  []wayID
	names   []names
	blocks  []block
	turns   int
	codes   codeSorter
	codeErr error

	settlement settlement
	chained    []link // ways of the settlement
	open       openWay
	houseAt    uint64
}

type buildArea struct {
	area
	names      names
	sum        [2]int64 // of the positions of its addresses
	count      int64
	cityKey    string
	neighbours map[string]uint32 // neighbourhoods of a settlement, by their keys
}

type wayID struct {
	id  uint64
	way uint32
}

// settlement is the one whose addresses come now.
type settlement struct {
	started                   bool
	cityKey, province, county string
	area                      uint32
}

func newBuilder(file io.WriteSeeker, given *given) (*builder, error) {
	out, err := newSectionWriter(file)
	if err != nil {
		return nil, err
	}
	b := &builder{out: out, texts: newTextTable(), words: newVocabulary(), given: given, byKey: map[string][]uint32{}}
	for _, p := range given.places {
		b.place(p)
	}
	b.out.begin(houseSection)
	return b, nil
}

// finish writes everything but the houses, which are written already.
func (b *builder) finish(position int64, made time.Time) error {
	if err := b.endSettlement(true); err != nil {
		return err
	}
	for _, city := range b.given.rest() {
		b.beginSettlement(city, b.given.ways[city][0].city, "", "")
		if err := b.endSettlement(true); err != nil {
			return err
		}
	}
	b.out.end(houseSection)
	b.nameTowns()
	b.middleAreas()
	renumbered, err := b.words.finish(b.out)
	if err != nil {
		return err
	}
	b.writeWays(renumbered)
	b.writeBlocks()
	if err := b.writeCodes(); err != nil {
		return err
	}
	b.out.put(textSection, b.texts.data)
	b.meta.Position, b.meta.Made, b.meta.Ways, b.meta.Areas = position, made, len(b.names), len(b.areas)
	m, err := json.Marshal(b.meta)
	if err != nil {
		return fmt.Errorf("writing an index: %w", err)
	}
	b.out.put(metaSection, m)
	return b.out.finish()
}

func (b *builder) writeWays(renumbered []uint32) {
	var list []byte
	for i := range b.names {
		binary.LittleEndian.PutUint32(b.ways[waySize*i+20:], uint32(len(list)))
		list = b.names[i].append(list, renumbered)
	}
	b.out.put(waySection, b.ways)
	var areas []byte
	for i := range b.areas {
		b.areas[i].area.names = uint32(len(list))
		list = b.areas[i].names.append(list, renumbered)
		areas = b.areas[i].append(areas)
	}
	b.out.put(nameSection, list)
	b.out.put(areaSection, areas)
	slices.SortFunc(b.wayIDs, func(x, y wayID) int {
		if x.id != y.id {
			if x.id < y.id {
				return -1
			}
			return 1
		}
		return int(x.way) - int(y.way)
	})
	var ids []byte
	for _, w := range b.wayIDs {
		ids = binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint64(ids, w.id), w.way)
	}
	b.out.put(identifiers, ids)
}

func (b *builder) writeBlocks() {
	var data []byte
	boxes := make([]box, len(b.blocks))
	for i := range b.blocks {
		data = appendBlock(data, &b.blocks[i])
		boxes[i] = b.blocks[i].box
	}
	b.out.put(blockSection, data)
	b.out.put(treeSection, buildTree(boxes))
}

func (b *builder) writeCodes() error {
	defer b.codes.close() //nolint:errcheck // a nameless temporary file
	b.out.begin(codeSection)
	w := codeWriter{write: func(p []byte) { _, _ = b.out.Write(p) }}
	if err := b.codes.each(w.add); err != nil {
		return err
	}
	w.flush()
	b.out.end(codeSection)
	b.out.put(codeDirectory, w.directory)
	return nil
}

// nameOf makes a name of a text, and answers its terms.
func (b *builder) nameOf(kind byte, text string) name {
	return name{kind, b.texts.put(text), b.words.all(analyse(text))}
}

// streetKey and cityKey are what names of ways and settlements are told apart by.
func streetKey(s string) string { return strings.Join(persian.WayTokens(s), " ") }
