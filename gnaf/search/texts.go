package search

import "encoding/binary"

// textTable keeps every text once. A text is known by its place; 0 is the empty one.
type textTable struct {
	data  []byte
	known map[string]uint32
}

func newTextTable() *textTable { return &textTable{data: []byte{0}, known: map[string]uint32{"": 0}} }

func (t *textTable) put(s string) uint32 {
	if at, ok := t.known[s]; ok {
		return at
	}
	at := uint32(len(t.data))
	t.data = append(binary.AppendUvarint(t.data, uint64(len(s))), s...)
	t.known[s] = at
	return at
}

func textAt(data []byte, at uint32) string {
	n, size := binary.Uvarint(data[at:])
	return string(data[int(at)+size:][:n])
}
