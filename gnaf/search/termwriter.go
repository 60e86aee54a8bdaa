package search

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"github.com/blevesearch/vellum"

	"nsdi/gnaf/persian"
)

// vocabulary gathers terms with their postings. Its numbers are those of the first use; finish orders them.
type vocabulary struct {
	numbers map[string]uint32
	terms   []gathered
	// pairs are terms that follow each other in a name, which people write as one in Latin letters.
	pairs map[[2]uint32]struct{}
}

type gathered struct {
	text        string
	class       class
	ways, areas []uint32
}

func newVocabulary() *vocabulary {
	return &vocabulary{numbers: map[string]uint32{}, pairs: map[[2]uint32]struct{}{}}
}

func (v *vocabulary) number(w word) uint32 {
	n, ok := v.numbers[w.text]
	if !ok {
		n = uint32(len(v.terms))
		text := strings.Clone(w.text)
		v.numbers[text] = n
		v.terms = append(v.terms, gathered{text: text, class: w.class})
	}
	return n
}

func (v *vocabulary) all(words []word) []uint32 {
	list := make([]uint32, len(words))
	for i, w := range words {
		list[i] = v.number(w)
		if i > 0 && w.class.joins() && words[i-1].class.joins() {
			v.pairs[[2]uint32{list[i-1], list[i]}] = struct{}{}
		}
	}
	return list
}

// telling counts the telling words of the shortest of some names.
func (v *vocabulary) telling(list []name) byte {
	least := 255
	for _, n := range list {
		count := 0
		for _, t := range n.terms {
			if v.terms[t].class.telling() {
				count++
			}
		}
		least = min(least, count)
	}
	return byte(least)
}

// posted adds a number to the end of a list that has it no more than once.
func posted(list []uint32, n uint32) []uint32 {
	if len(list) > 0 && list[len(list)-1] == n {
		return list
	}
	return append(list, n)
}

// postWay notes that a term stands in a name of a way, or, weaker, of the way before it.
func (v *vocabulary) postWay(term, way uint32, before bool) {
	t := &v.terms[term]
	n := way << 1
	if before {
		n |= 1
	}
	if last := len(t.ways) - 1; last >= 0 && t.ways[last]>>1 == way {
		t.ways[last] &= n // the stronger of both
		return
	}
	t.ways = append(t.ways, n)
}

// finish writes the sections of terms, and answers what number each term has got.
func (v *vocabulary) finish(w *sectionWriter) ([]uint32, error) {
	order := make([]uint32, len(v.terms))
	for i := range order {
		order[i] = uint32(i)
	}
	slices.SortFunc(order, func(a, b uint32) int { return cmp.Compare(v.terms[a].text, v.terms[b].text) })
	renumbered := make([]uint32, len(order))
	for i, n := range order {
		renumbered[n] = uint32(i)
	}
	if err := v.writeDictionary(w, order); err != nil {
		return nil, err
	}
	v.writeRecords(w, order)
	v.writeForms(w, renumbered)
	v.writeSkeletons(w, renumbered)
	return renumbered, nil
}

func (v *vocabulary) writeDictionary(w *sectionWriter, order []uint32) error {
	var fst bytes.Buffer
	builder, err := vellum.New(&fst, nil)
	if err != nil {
		return fmt.Errorf("dictionary: %w", err)
	}
	for i, n := range order {
		if err := builder.Insert([]byte(v.terms[n].text), uint64(i)); err != nil {
			return fmt.Errorf("dictionary: %w", err)
		}
	}
	if err := builder.Close(); err != nil {
		return fmt.Errorf("dictionary: %w", err)
	}
	w.put(dictionary, fst.Bytes())
	return nil
}

// writeRecords writes the records, whose postings are a section of their own.
func (v *vocabulary) writeRecords(w *sectionWriter, order []uint32) {
	records := binary.LittleEndian.AppendUint32(nil, uint32(len(order)))
	var texts, list []byte
	w.begin(postingSection)
	at := uint64(1)
	post := func(numbers []uint32) uint64 {
		if len(numbers) == 0 {
			return 0
		}
		list = appendPostings(list[:0], numbers)
		_, _ = w.Write(list) // the writer keeps the error
		at += uint64(len(list))
		return at - uint64(len(list))
	}
	for _, n := range order {
		t := &v.terms[n]
		slices.Sort(t.areas)
		records = appendTerm(records, term{uint32(len(texts)), post(t.ways), post(t.areas), t.class, uint32(len(t.text))})
		texts = append(texts, t.text...)
	}
	w.end(postingSection)
	w.put(termSection, append(records, texts...))
}

type hashed struct{ hash, a, b uint32 }

func (v *vocabulary) writeForms(w *sectionWriter, renumbered []uint32) {
	var all []hashed
	for n, t := range v.terms {
		if t.class == number || t.class == noise {
			continue
		}
		forms(bare(t.text), func(form []byte) { all = append(all, hashed{hash(form), renumbered[n], 0}) })
	}
	w.put(deleteSection, hashTable(all, false))
}

func (v *vocabulary) writeSkeletons(w *sectionWriter, renumbered []uint32) {
	var all []hashed
	add := func(text string, a, b uint32) {
		if skeleton := joinedSkeleton(text); len(skeleton) > 0 {
			all = append(all, hashed{hash(skeleton), a, b})
		}
	}
	for n, t := range v.terms {
		if t.class != number && t.class != noise {
			add(bare(t.text), renumbered[n], noTerm)
		}
	}
	for pair := range v.pairs {
		add(v.terms[pair[0]].text+" "+v.terms[pair[1]].text, renumbered[pair[0]], renumbered[pair[1]])
	}
	w.put(skeletonSection, hashTable(all, true))
}

// joinedSkeleton is the skeleton of a text without the spaces between words.
func joinedSkeleton(text string) []byte {
	return bytes.ReplaceAll(persian.AppendSkeleton(nil, text), []byte(" "), nil)
}

func hashTable(all []hashed, pairs bool) []byte {
	slices.SortFunc(all, func(x, y hashed) int {
		return cmp.Or(cmp.Compare(x.hash, y.hash), cmp.Compare(x.a, y.a), cmp.Compare(x.b, y.b))
	})
	all = slices.Compact(all)
	data := make([]byte, 0, len(all)*pairSize)
	for _, h := range all {
		data = binary.LittleEndian.AppendUint32(data, h.hash)
		data = binary.LittleEndian.AppendUint32(data, h.a)
		if pairs {
			data = binary.LittleEndian.AppendUint32(data, h.b)
		}
	}
	return data
}
