package search

import (
	"encoding/binary"
	"sort"
)

// Postal codes stand in ascending order in blocks of codeBlock: the difference to the code before, and where its unit is, as the difference to the unit before. The
// directory has the first code and the place of every block.
const codeBlock = 64

// codeWriter writes codes that come in ascending order.
type codeWriter struct {
	data, directory []byte
	n               int
	code, unit      uint64
	write           func([]byte)
	at              uint64
}

func (w *codeWriter) add(code uint64, unit uint32) {
	if w.n%codeBlock == 0 {
		w.flush()
		w.directory = binary.LittleEndian.AppendUint64(w.directory, code)
		w.directory = binary.LittleEndian.AppendUint64(w.directory, w.at)
		w.code, w.unit = code, 0
	}
	w.n++
	w.data = binary.AppendUvarint(w.data, code-w.code)
	w.data = binary.AppendVarint(w.data, int64(unit)-int64(w.unit))
	w.code, w.unit = code, uint64(unit)
}

func (w *codeWriter) flush() {
	w.write(w.data)
	w.at += uint64(len(w.data))
	w.data = w.data[:0]
}

// findCode gives the units that bear a code to visit.
func findCode(directory, data []byte, code uint64, visit func(unit uint32)) {
	blocks := len(directory) / 16
	first := func(i int) uint64 { return binary.LittleEndian.Uint64(directory[16*i:]) }
	// The same code may end one block and begin the next.
	i := max(0, sort.Search(blocks, func(i int) bool { return first(i) >= code })-1)
	for ; i < blocks && first(i) <= code; i++ {
		from, to := binary.LittleEndian.Uint64(directory[16*i+8:]), uint64(len(data))
		if i+1 < blocks {
			to = binary.LittleEndian.Uint64(directory[16*(i+1)+8:])
		}
		at, unit := first(i), int64(0)
		for p := data[from:to]; len(p) > 0; {
			d, n := binary.Uvarint(p)
			u, m := binary.Varint(p[n:])
			p = p[n+m:]
			at += d
			unit += u
			if at == code {
				visit(uint32(unit))
			}
			if at > code {
				return
			}
		}
	}
}
