package mvt

// clipRing cuts a closed ring to the window, side by side after Sutherland and Hodgman, into out, using the other buffer in between. A ring that leaves the window and comes
// back several times has its parts joined along the edge, which the test for simple rings tells. First and last point of a ring are not repeated.
func clipRing(in, out, other []point) (clipped, spare []point) {
	out = append(out[:0], in...)
	for side := range 4 {
		out, other = clipSide(out, other[:0], side), out
		if len(out) == 0 {
			break
		}
	}
	return out, other
}

// clipSide keeps what is on the inner side of one edge of the window: west, north, east, south.
func clipSide(in, out []point, side int) []point {
	if len(in) == 0 {
		return out
	}
	last := in[len(in)-1]
	before := beyond(last, side)
	for _, p := range in {
		now := beyond(p, side)
		if (before > 0) != (now > 0) {
			out = append(out, crossing(last, p, before, now, side))
		}
		if now <= 0 {
			out = append(out, p)
		}
		last, before = p, now
	}
	return out
}

// beyond is how far a point lies outside one edge of the window; not above zero within it.
func beyond(p point, side int) float64 {
	switch side {
	case 0:
		return window.west - p.x
	case 1:
		return window.north - p.y
	case 2:
		return p.x - window.east
	default:
		return p.y - window.south
	}
}

// crossing is where a line crosses an edge of the window. It lies exactly on the edge.
func crossing(a, b point, before, now float64, side int) point {
	t := before / (before - now)
	p := point{a.x + t*(b.x-a.x), a.y + t*(b.y-a.y)}
	switch side {
	case 0:
		p.x = window.west
	case 1:
		p.y = window.north
	case 2:
		p.x = window.east
	default:
		p.y = window.south
	}
	return p
}

// clipLine cuts a line to the window. It hands each part within it to draw, in buffers that are used again.
func clipLine(in, part []point, draw func([]point)) []point {
	part = part[:0]
	flush := func() {
		if len(part) > 1 {
			draw(part)
		}
		part = part[:0]
	}
	for i := 1; i < len(in); i++ {
		a, b, ok := clipSegment(in[i-1], in[i])
		if !ok {
			flush()
			continue
		}
		if len(part) == 0 || part[len(part)-1] != a {
			flush()
			part = append(part, a)
		}
		part = append(part, b)
		if b != in[i] {
			flush()
		}
	}
	flush()
	return part
}

// clipSegment cuts a segment to the window, after Liang and Barsky.
func clipSegment(a, b point) (from, to point, ok bool) {
	first, last := 0.0, 1.0
	for side := range 4 {
		before, now := beyond(a, side), beyond(b, side)
		switch {
		case before > 0 && now > 0:
			return a, b, false
		case before > 0:
			first = max(first, before/(before-now))
		case now > 0:
			last = min(last, before/(before-now))
		}
	}
	if first > last {
		return a, b, false
	}
	from, to = a, b
	if first > 0 {
		from = point{a.x + first*(b.x-a.x), a.y + first*(b.y-a.y)}
	}
	if last < 1 {
		to = point{a.x + last*(b.x-a.x), a.y + last*(b.y-a.y)}
	}
	return from, to, true
}
