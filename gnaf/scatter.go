package gnaf

import (
	"bufio"
	"errors"
	"hash/fnv"
	"io"
	"strconv"

	"nsdi/layers"
)

// buckets is into how many files claims are divided by their site, so that those of one site come together in the memory that one of the files needs.
const buckets = 256

// scattered are files into which lines go by a hash of their key, and out of which they come file by file.
type scattered struct {
	m     *layers.Making
	name  string
	files []io.WriteCloser
}

func scatter(m *layers.Making, name string) (*scattered, error) {
	s := &scattered{m: m, name: name}
	for i := range buckets {
		f, err := m.Scratch(name + strconv.Itoa(i))
		if err != nil {
			return nil, errors.Join(err, s.close())
		}
		s.files = append(s.files, f)
	}
	return s, nil
}

func (s *scattered) put(key string, line []byte) error {
	h := fnv.New32a()
	_, _ = io.WriteString(h, key) // never fails
	_, err := s.files[h.Sum32()%buckets].Write(append(line, '\n'))
	return err
}

func (s *scattered) close() (err error) {
	for _, f := range s.files {
		err = errors.Join(err, f.Close())
	}
	return err
}

func (s *scattered) each(yield func(lines [][]byte) error) error {
	for i := range s.files {
		f, err := s.m.Open(s.name + strconv.Itoa(i))
		if err != nil {
			return err
		}
		var lines [][]byte
		r := bufio.NewReader(f)
		for err == nil {
			var line []byte
			if line, err = r.ReadBytes('\n'); err == nil {
				lines = append(lines, line)
			}
		}
		if err = errors.Join(ignoreEnd(err), f.Close()); err != nil {
			return err
		}
		if err := yield(lines); err != nil {
			return err
		}
	}
	return nil
}

func ignoreEnd(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}
