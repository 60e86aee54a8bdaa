package pmtiles

// MaxZoom is the deepest zoom whose numbers fit.
const MaxZoom = 26

// ID is the number of a tile: all tiles of lesser zooms come before it, then those of its own zoom along the Hilbert curve.
func ID(z uint8, x, y uint32) uint64 {
	var along uint64
	for bit := int(z) - 1; bit >= 0; bit-- {
		right, down := x>>bit&1, y>>bit&1
		along = along<<2 | uint64(3*right^down)
		if down == 0 { // the curve within this quarter is turned, and in the right one turned the other way
			if right == 1 {
				x, y = ^x, ^y
			}
			x, y = y, x
		}
	}
	return First(z) + along
}

// First is the number of the first tile of a zoom. It is one behind the last of the zoom before.
func First(z uint8) uint64 { return (1<<(2*uint(z)) - 1) / 3 }

// Place is the tile of a number.
func Place(id uint64) (z uint8, x, y uint32) {
	for z < MaxZoom && First(z+1) <= id {
		z++
	}
	along := id - First(z)
	for side := uint32(1); side < 1<<z; side <<= 1 {
		right := uint32(along>>1) & 1
		down := (uint32(along) ^ right) & 1
		if down == 0 {
			if right == 1 {
				x, y = side-1-x, side-1-y
			}
			x, y = y, x
		}
		x, y = x+side*right, y+side*down
		along >>= 2
	}
	return z, x, y
}

// Children is the number of the first of the four tiles that a tile divides into at the next zoom; the others follow it.
func Children(id uint64) uint64 {
	z, _, _ := Place(id)
	return First(z+1) + 4*(id-First(z))
}
