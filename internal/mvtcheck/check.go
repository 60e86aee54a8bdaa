package mvtcheck

import (
	"errors"
	"fmt"
	"unicode/utf8"
)

// check holds a layer against the specification, and reads the values and paths of its features.
func (l *Layer) check() error {
	switch {
	case l.Version != 2:
		return fmt.Errorf("version %d", l.Version)
	case l.Name == "":
		return errors.New("it has no name")
	case l.Extent == 0:
		return errors.New("it has no extent")
	case len(l.Features) == 0:
		return errors.New("it has no features")
	}
	used := make([]bool, len(l.keys))
	seen := map[string]bool{}
	for _, k := range l.keys {
		if seen[k] || !utf8.ValidString(k) {
			return fmt.Errorf("key %q", k)
		}
		seen[k] = true
	}
	values := map[any]bool{}
	for _, v := range l.values {
		if values[v] {
			return fmt.Errorf("value %v stands twice", v)
		}
		values[v] = true
	}
	ids := map[uint64]bool{}
	for i := range l.Features {
		f := &l.Features[i]
		if f.ID != 0 && ids[f.ID] {
			return fmt.Errorf("feature %d stands twice", f.ID)
		}
		ids[f.ID] = true
		if len(f.tags)%2 != 0 {
			return fmt.Errorf("feature %d: a tag without a value", f.ID)
		}
		f.Values = map[string]any{}
		for j := 0; j < len(f.tags); j += 2 {
			k, v := f.tags[j], f.tags[j+1]
			if int(k) >= len(l.keys) || int(v) >= len(l.values) {
				return fmt.Errorf("feature %d: tag %d, %d", f.ID, k, v)
			}
			if _, twice := f.Values[l.keys[k]]; twice {
				return fmt.Errorf("feature %d: key %q twice", f.ID, l.keys[k])
			}
			used[k] = true
			f.Values[l.keys[k]] = l.values[v]
		}
		if err := f.trace(); err != nil {
			return fmt.Errorf("feature %d: %w", f.ID, err)
		}
	}
	for i, u := range used {
		if !u {
			return fmt.Errorf("key %q is not used", l.keys[i])
		}
	}
	return nil
}

// Commands of a geometry.
const (
	moveTo    = 1
	lineTo    = 2
	closePath = 7
)

// trace follows the commands.
func (f *Feature) trace() error {
	steps := f.steps
	var at [2]int32
	take := func(count uint32) ([][2]int32, error) {
		if uint64(count)*2 > uint64(len(steps)) {
			return nil, errShort
		}
		path := make([][2]int32, 0, count)
		for range count {
			at[0] += int32(steps[0]>>1) ^ -int32(steps[0]&1)
			at[1] += int32(steps[1]>>1) ^ -int32(steps[1]&1)
			path, steps = append(path, at), steps[2:]
		}
		return path, nil
	}
	next := func() (command, count uint32) {
		if len(steps) == 0 {
			return 0, 0
		}
		word := steps[0]
		steps = steps[1:]
		return word & 7, word >> 3
	}
	if f.Kind < 1 || f.Kind > 3 || len(steps) == 0 {
		return fmt.Errorf("kind %d with %d integers", f.Kind, len(steps))
	}
	for len(steps) > 0 {
		command, count := next()
		if command != moveTo || count == 0 || f.Kind != 1 && count != 1 {
			return fmt.Errorf("begins with command %d, %d times", command, count)
		}
		path, err := take(count)
		if err != nil {
			return err
		}
		if f.Kind == 1 {
			if len(steps) > 0 {
				return errors.New("points have more than one command")
			}
			f.Paths = append(f.Paths, path)
			break
		}
		command, count = next()
		if least := f.Kind - 1; command != lineTo || count < least {
			return fmt.Errorf("goes on with command %d, %d times", command, count)
		}
		more, err := take(count)
		if err != nil {
			return err
		}
		for _, c := range more {
			if c == path[len(path)-1] {
				return errors.New("a line of no length")
			}
			path = append(path, c)
		}
		if f.Kind == 3 {
			if command, count = next(); command != closePath || count != 1 {
				return fmt.Errorf("a ring ends with command %d, %d times", command, count)
			}
			area := Area2(path)
			switch {
			case area == 0:
				return errors.New("a ring without area")
			case area < 0 && len(f.Paths) == 0:
				return errors.New("begins with an inner ring")
			case path[0] == path[len(path)-1]:
				return errors.New("a ring that repeats its first cell")
			}
		}
		f.Paths = append(f.Paths, path)
	}
	return nil
}

// Area2 is twice the area of a ring by the surveyor's formula: above zero for outer rings.
func Area2(ring [][2]int32) (sum int64) {
	last := ring[len(ring)-1]
	for _, c := range ring {
		sum += int64(last[0])*int64(c[1]) - int64(c[0])*int64(last[1])
		last = c
	}
	return sum
}

// Simple reports whether the edges of all rings meet only where two follow each other.
func Simple(rings [][][2]int32) bool {
	type edge struct{ a, b [2]int32 }
	side := func(e edge, c [2]int32) int64 {
		return int64(e.b[0]-e.a[0])*int64(c[1]-e.a[1]) - int64(e.b[1]-e.a[1])*int64(c[0]-e.a[0])
	}
	on := func(e edge, c [2]int32) bool {
		return side(e, c) == 0 && min(e.a[0], e.b[0]) <= c[0] && c[0] <= max(e.a[0], e.b[0]) && min(e.a[1], e.b[1]) <= c[1] && c[1] <= max(e.a[1], e.b[1])
	}
	type placed struct {
		edge
		ring, at, count int
	}
	var edges []placed
	for r, ring := range rings {
		for i, c := range ring {
			edges = append(edges, placed{edge{c, ring[(i+1)%len(ring)]}, r, i, len(ring)})
		}
	}
	for i, p := range edges {
		for _, q := range edges[i+1:] {
			follows := p.ring == q.ring && (q.at == p.at+1 || p.at == 0 && q.at == p.count-1)
			touching := 0
			for _, t := range [...]bool{on(p.edge, q.a), on(p.edge, q.b), on(q.edge, p.a), on(q.edge, p.b)} {
				if t {
					touching++
				}
			}
			switch {
			case follows && touching > 2:
				return false
			case !follows && touching > 0:
				return false
			case (side(p.edge, q.a) > 0) != (side(p.edge, q.b) > 0) && (side(q.edge, p.a) > 0) != (side(q.edge, p.b) > 0) && touching == 0:
				return false
			}
		}
	}
	return true
}
