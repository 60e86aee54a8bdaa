package sample

// facilityKinds are given out in turn, so that every city has each of them before one returns. Theme and value are how the theme of its own calls it.
var facilityKinds = [...]struct{ kind, name, use, theme, value string }{
	{"مدرسه", "دبستان نمونه", useSchool, "education-facility", "primary"},
	{"مسجد", "مسجد آزمون", useReligion, "culture-worship", "mosque"},
	{"درمانگاه", "درمانگاه نمونه", useHealth, "health-facility", "clinic"},
	{"کتابخانه", "کتابخانه آزمون", useSchool, "culture-worship", "library"},
}

// park turns a whole block into a green space. It is a parcel, but nobody lives there.
func (c *column) park(block int, y, top float64, front *side) {
	ring := rectangle(c.x0, c.x1, y, top)
	name := "بوستان " + c.settlement.words.alleys.draw(c.r)
	c.sb.greens = append(c.sb.greens, patch{ring: ring, kind: "بوستان", name: name})
	l := lot{ring: ring, block: block, use: useGreen, way: front.name, before: front.before}
	l.front = xy{(c.x0 + c.x1) / 2, y + 1}
	c.sb.lots = append(c.sb.lots, l)
	c.sb.furniture = append(c.sb.furniture,
		spot{at: xy{(c.x0 + c.x1) / 2, (y + top) / 2}, kind: "آبخوری"},
		spot{at: xy{c.x0 + 8, y + 8}, kind: "نیمکت"}, spot{at: xy{c.x1 - 8, top - 8}, kind: "نیمکت"})
}

// facility gives a whole block to a school, a mosque, a clinic or a library, with one address.
func (c *column) facility(block int, y, top float64, front *side) {
	f := facilityKinds[(c.sb.index+len(c.sb.facilities))%len(facilityKinds)]
	middle := xy{(c.x0 + c.x1) / 2, (y + top) / 2}
	c.sb.facilities = append(c.sb.facilities, spot{at: middle, kind: f.kind, name: f.name + " " + persian(c.sb.index+1)})
	l := lot{ring: rectangle(c.x0, c.x1, y, top), block: block, use: f.use, floors: 2, perFloor: 1, way: front.name, before: front.before}
	l.front = xy{middle.X, y + 1}
	l.number, l.suffix = front.next(c.r, true, middle.X)
	l.building = rectangle(c.x0+5, c.x1-5, y+8, top-8)
	c.sb.lots = append(c.sb.lots, l)
}

// furnish puts lamp posts along the alleys of a superblock and a post box at its first corner.
func (sb *superblock) furnish() {
	for _, w := range sb.ways {
		a, b := w.line[0], w.line[1]
		if a.Y != b.Y {
			continue // lamps stand along the east–west alleys
		}
		if a.X > b.X {
			a, b = b, a
		}
		for x := a.X + 20; x < b.X-5; x += 40 {
			sb.furniture = append(sb.furniture, spot{at: xy{x, a.Y + w.width/2 - 0.5}, kind: "تیر چراغ برق"})
		}
	}
	sb.furniture = append(sb.furniture, spot{at: xy{sb.cell[0].X + 6, sb.cell[0].Y + 6}, kind: "صندوق پست"})
}
