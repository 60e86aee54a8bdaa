package search

import (
	"bufio"
	"container/heap"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
)

// codeSorter orders postal codes with their units in bounded memory: runs of runLength go to a file and are merged from there.
type codeSorter struct {
	run  []uint64 // code and unit in one number
	file *os.File // holds the runs before; nil until there is one
	runs []int64  // where each begins
	at   int64
}

const (
	runLength = 1 << 22
	unitBits  = 30
)

func (s *codeSorter) add(code uint64, unit uint32) error {
	s.run = append(s.run, code<<unitBits|uint64(unit))
	if len(s.run) < runLength {
		return nil
	}
	return s.spill()
}

func (s *codeSorter) spill() (err error) {
	if s.file == nil {
		if s.file, err = os.CreateTemp("", "nsdi-codes-*"); err != nil {
			return fmt.Errorf("ordering codes: %w", err)
		}
		if err := os.Remove(s.file.Name()); err != nil { // it lives as long as it is open
			return fmt.Errorf("ordering codes: %w", err)
		}
	}
	slices.Sort(s.run)
	data := make([]byte, 0, 8*len(s.run))
	for _, n := range s.run {
		data = binary.LittleEndian.AppendUint64(data, n)
	}
	s.runs = append(s.runs, s.at)
	if _, err := s.file.Write(data); err != nil {
		return fmt.Errorf("ordering codes: %w", err)
	}
	s.at += int64(len(data))
	s.run = s.run[:0]
	return nil
}

// each gives all codes in ascending order.
func (s *codeSorter) each(visit func(code uint64, unit uint32)) error {
	slices.Sort(s.run)
	var open runs
	for i, from := range s.runs {
		to := s.at
		if i+1 < len(s.runs) {
			to = s.runs[i+1]
		}
		r := &run{in: bufio.NewReaderSize(io.NewSectionReader(s.file, from, to-from), 1<<16)}
		if err := r.advance(); err != nil {
			return err
		}
		open = append(open, r)
	}
	heap.Init(&open)
	rest := s.run
	for len(open) > 0 || len(rest) > 0 {
		var n uint64
		if len(open) == 0 || len(rest) > 0 && rest[0] < open[0].value {
			n, rest = rest[0], rest[1:]
		} else {
			n = open[0].value
			if err := open[0].advance(); err != nil {
				return err
			}
			if open[0].done {
				heap.Pop(&open)
			} else {
				heap.Fix(&open, 0)
			}
		}
		visit(n>>unitBits, uint32(n&(1<<unitBits-1)))
	}
	return nil
}

func (s *codeSorter) close() error {
	if s.file == nil {
		return nil
	}
	return s.file.Close()
}

type run struct {
	in    *bufio.Reader
	value uint64
	done  bool
}

func (r *run) advance() error {
	var p [8]byte
	_, err := io.ReadFull(r.in, p[:])
	if r.done = errors.Is(err, io.EOF); err != nil && !r.done {
		return fmt.Errorf("ordering codes: %w", err)
	}
	r.value = binary.LittleEndian.Uint64(p[:])
	return nil
}

type runs []*run

func (r runs) Len() int           { return len(r) }
func (r runs) Less(i, j int) bool { return r[i].value < r[j].value }
func (r runs) Swap(i, j int)      { r[i], r[j] = r[j], r[i] }
func (r *runs) Push(x any)        { *r = append(*r, x.(*run)) }
func (r *runs) Pop() any {
	last := (*r)[len(*r)-1]
	*r = (*r)[:len(*r)-1]
	return last
}
