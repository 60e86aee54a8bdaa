package search

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"sort"
	"strconv"
	"sync"
	"unicode/utf8"

	"github.com/blevesearch/vellum"
	"github.com/blevesearch/vellum/levenshtein"

	"nsdi/gnaf/persian"
)

// A term is a word of a name. Terms are numbered in alphabetical order.
const (
	termSize = 25
	hashSize = 8
	pairSize = 12
	// shortestSlip is the least length of a word, in letters, in which slips are looked for.
	shortestSlip = 3
	// shortestTwo is the least length in which two are.
	shortestTwo = 5
)

// noTerm stands for no term.
const noTerm = ^uint32(0)

// terms reads the dictionary.
type terms struct {
	fst       *vellum.FST
	records   []byte // count, records, texts
	count     uint32
	deletes   []byte
	skeletons []byte
	automata  *levenshtein.LevenshteinAutomatonBuilder
	readers   sync.Pool // of *vellum.Reader, which are not for several at once
}

// term is a record: where its text, its ways and its areas are; a place of postings is one more than where they are, 0 where there are none.
type term struct {
	text        uint32
	ways, areas uint64
	class       class
	length      uint32
}

func appendTerm(dst []byte, t term) []byte {
	dst = binary.LittleEndian.AppendUint32(dst, t.text)
	dst = binary.LittleEndian.AppendUint64(dst, t.ways)
	dst = binary.LittleEndian.AppendUint64(dst, t.areas)
	dst = binary.LittleEndian.AppendUint32(dst, t.length)
	return append(dst, byte(t.class))
}

func openTerms(parts *[sections][]byte) (*terms, error) {
	t := &terms{records: parts[termSection], deletes: parts[deleteSection], skeletons: parts[skeletonSection]}
	t.count = binary.LittleEndian.Uint32(t.records)
	t.records = t.records[4:]
	var err error
	if t.fst, err = vellum.Load(parts[dictionary]); err != nil {
		return nil, fmt.Errorf("dictionary: %w", err)
	}
	if t.automata, err = levenshtein.NewLevenshteinAutomatonBuilder(2, true); err != nil {
		return nil, fmt.Errorf("automata: %w", err)
	}
	return t, nil
}

func (t *terms) record(n uint32) term {
	p := t.records[termSize*n:]
	return term{
		binary.LittleEndian.Uint32(p), binary.LittleEndian.Uint64(p[4:]), binary.LittleEndian.Uint64(p[12:]), class(p[24]), binary.LittleEndian.Uint32(p[20:]),
	}
}

func (t *terms) text(n uint32) []byte {
	r := t.record(n)
	return t.records[termSize*t.count+r.text:][:r.length]
}

// find answers the number of a term.
func (t *terms) find(text string) uint32 {
	r, again := t.readers.Get().(*vellum.Reader)
	if !again {
		var err error
		if r, err = t.fst.Reader(); err != nil {
			return noTerm
		}
	}
	n, ok, err := r.Get([]byte(text))
	t.readers.Put(r)
	if !ok || err != nil {
		return noTerm
	}
	return uint32(n)
}

// prefixed answers the range of terms that begin so.
func (t *terms) prefixed(prefix string) (from, to uint32) {
	from = uint32(sort.Search(int(t.count), func(i int) bool { return bytes.Compare(t.text(uint32(i)), []byte(prefix)) >= 0 }))
	to = from + uint32(sort.Search(int(t.count-from), func(i int) bool { return !bytes.HasPrefix(t.text(from+uint32(i)), []byte(prefix)) }))
	return from, to
}

// near gives terms that may be a word with a slip: those that have a form in common with it when a letter is left out, or sound the same. Not all of them are near.
func (t *terms) near(text string, visit func(n uint32)) {
	if utf8.RuneCountInString(text) < shortestSlip-1 {
		return
	}
	forms(text, func(form []byte) {
		t.hashed(t.deletes, hashSize, hash(form), func(p []byte) { visit(binary.LittleEndian.Uint32(p[4:])) })
	})
}

// forms gives the word, the word without each of its letters, and what it sounds like.
func forms(text string, visit func([]byte)) {
	visit([]byte(text))
	form := make([]byte, 0, len(text))
	for i, r := range text {
		form = append(append(form[:0], text[:i]...), text[i+utf8.RuneLen(r):]...)
		visit(form)
	}
	visit(append([]byte("~"), persian.AppendSound(form[:0], text)...))
}

// farther gives the terms at two slips, by walking the dictionary: dear, for words that are like no other only.
func (t *terms) farther(text string, most int, visit func(n uint32)) {
	if utf8.RuneCountInString(text) < shortestTwo {
		return
	}
	automaton, err := t.automata.BuildDfa(text, 2)
	if err != nil {
		return
	}
	found, err := t.fst.Search(automaton, nil, nil)
	for ; err == nil && most > 0; err = found.Next() {
		_, n := found.Current()
		visit(uint32(n))
		most--
	}
}

// likeLatin gives the terms, one or two of them, that are written so in Latin letters as far as their consonants tell.
func (t *terms) likeLatin(skeleton []byte, visit func(a, b uint32)) {
	t.hashed(t.skeletons, pairSize, hash(skeleton), func(p []byte) {
		visit(binary.LittleEndian.Uint32(p[4:]), binary.LittleEndian.Uint32(p[8:]))
	})
}

// hashed gives the entries of a table, ordered by hash, that have one.
func (t *terms) hashed(table []byte, size int, h uint32, visit func(entry []byte)) {
	at := func(i int) uint32 { return binary.LittleEndian.Uint32(table[size*i:]) }
	low := sort.Search(len(table)/size, func(i int) bool { return at(i) >= h })
	for i := low; i < len(table)/size && at(i) <= h; i++ {
		if at(i) == h {
			visit(table[size*i:])
		}
	}
}

// hash is FNV-1a.
func hash(p []byte) uint32 {
	h := uint32(2166136261)
	for _, c := range p {
		h = (h ^ uint32(c)) * 16777619
	}
	// The last letters spread too little in the high bits.
	h ^= h >> 15
	h *= 0x2c1b3c6d
	return h ^ h>>12
}

// leastPart is the least length of a part of a word, in bytes: two letters.
const leastPart = 4

// splits gives the terms that a word is when they are written as one, two or else three, and tells whether there are any: ولیعصر is ولی and عصر, هفتتیر is 7 and تیر.
func (t *terms) splits(text string, visit func(parts ...uint32)) (any bool) {
	two := func(first []uint32, text string) {
		for i := range text {
			if i < leastPart || len(text)-i < leastPart {
				continue
			}
			if a := t.part(text[:i]); a != noTerm {
				if b := t.part(text[i:]); b != noTerm {
					visit(append(first, a, b)...)
					any = true
				}
			}
		}
	}
	two(nil, text)
	if any {
		return true
	}
	for i := range text {
		if i < leastPart || len(text)-i < 2*leastPart {
			continue
		}
		if a := t.part(text[:i]); a != noTerm {
			two([]uint32{a}, text[i:])
		}
	}
	return any
}

// part answers the term of a part of a word, which may be a number in words.
func (t *terms) part(text string) uint32 {
	if found := persian.Words().NumbersAt([]string{text}); len(found) > 0 {
		return t.find(strconv.Itoa(found[0].Value))
	}
	return t.find(text)
}
