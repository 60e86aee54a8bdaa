package mvt

// snap rounds points to cells, and leaves out what the grid does not show: cells that repeat the one before, and those in the middle of a straight run. A closed ring goes
// round; its first cell is not repeated at the end. What is left of a ring without an area is nothing.
func snap(in []point, out []cell, closed bool) []cell {
	from := len(out)
	for _, p := range in {
		out = push(out, from, p.cell(), closed)
	}
	if !closed {
		if len(out)-from < 2 {
			return out[:from]
		}
		return out
	}
	// The ends of a ring meet: what is straight or repeated across them goes too.
	for n := len(out) - from; n >= 3; n = len(out) - from {
		first, second, last, before := out[from], out[from+1], out[len(out)-1], out[len(out)-2]
		if last == first || straight(before, last, first, true) {
			out = out[:len(out)-1]
			continue
		}
		if straight(last, first, second, true) {
			copy(out[from:], out[from+1:])
			out = out[:len(out)-1]
			continue
		}
		return out
	}
	return out[:from]
}

// push adds a cell to the run that begins at from.
func push(out []cell, from int, c cell, closed bool) []cell {
	for {
		n := len(out) - from
		if n > 0 && out[len(out)-1] == c {
			return out
		}
		if n < 2 || !straight(out[len(out)-2], out[len(out)-1], c, closed) {
			return append(out, c)
		}
		out = out[:len(out)-1] // what is before it may be the cell itself: a spike has gone
	}
}

// straight reports whether b is of no use between a and c: it lies on their line. A line that turns back on itself is drawn so; a ring's spike is not.
func straight(a, b, c cell, spikes bool) bool {
	ux, uy, vx, vy := int64(b.x-a.x), int64(b.y-a.y), int64(c.x-b.x), int64(c.y-b.y)
	return ux*vy == uy*vx && (spikes || ux*vx+uy*vy > 0)
}

// area2 is twice the area of a ring by the surveyor's formula: above zero where the ring goes clockwise on the screen, as outer rings of a tile do.
func area2(ring []cell) int64 {
	var sum int64
	last := ring[len(ring)-1]
	for _, c := range ring {
		sum += int64(last.x)*int64(c.y) - int64(c.x)*int64(last.y)
		last = c
	}
	return sum
}

func reverse(ring []cell) {
	for i, j := 0, len(ring)-1; i < j; i, j = i+1, j-1 {
		ring[i], ring[j] = ring[j], ring[i]
	}
}
