package tiles

import (
	"strconv"

	"nsdi/internal/errs"
)

// maxZoom is the deepest zoom that an address may have; layers end earlier.
const maxZoom = 22

// Address is a tile's place in the Web Mercator pyramid, y counted from the north.
type Address struct{ Z, X, Y int }

// MatrixSet is the only tile matrix set that there are tiles in.
const MatrixSet = "WebMercatorQuad"

// CheckMatrixSet refuses another one.
func CheckMatrixSet(name string) error {
	if name == MatrixSet {
		return nil
	}
	return &errs.Error{
		Code: "tile-matrix-set-unknown", Status: 404, Op: "tiles.CheckMatrixSet", Location: "path.matrix_set", Value: name,
		Title:  errs.T("کاشی‌ها در این شبکه ساخته نمی‌شوند", "There are no tiles in this tile matrix set"),
		Detail: errs.Tf("کاشی‌ها تنها در شبکه %s (EPSG:3857) هستند.", "Tiles are in the matrix set %s (EPSG:3857) only.", MatrixSet),
		Next:   errs.T("‎/tiles/{layer}/WebMercatorQuad/{z}/{y}/{x} را بخواهید.", "Ask for /tiles/{layer}/WebMercatorQuad/{z}/{y}/{x}."),
	}
}

// ParseAddress reads the three parts of a tile's path and checks that the tile exists in the pyramid.
func ParseAddress(z, x, y string) (Address, error) {
	var a Address
	var err error
	for _, part := range []struct {
		name, text string
		to         *int
	}{{"z", z, &a.Z}, {"x", x, &a.X}, {"y", y, &a.Y}} {
		// ParseUint, as Atoi would take "+1": one tile has one address.
		var n uint64
		if n, err = strconv.ParseUint(part.text, 10, 31); err != nil {
			return a, badAddress(400, "path."+part.name, part.text)
		}
		*part.to = int(n)
	}
	switch last := 1<<min(a.Z, maxZoom) - 1; {
	case a.Z > maxZoom:
		return a, badAddress(404, "path.z", z)
	case a.X > last:
		return a, badAddress(404, "path.x", x)
	case a.Y > last:
		return a, badAddress(404, "path.y", y)
	}
	return a, nil
}

func badAddress(status int, location, value string) error {
	return &errs.Error{
		Code: "tile-address-invalid", Status: status, Op: "tiles.ParseAddress", Location: location, Value: value,
		Title:  errs.T("نشانی کاشی نادرست است", "The address of the tile is not valid"),
		Detail: errs.Tf("z از ۰ تا %d است و x و y از ۰ تا ۲ به توان z منهای یک.", "z runs from 0 to %d; x and y from 0 to 2^z - 1.", maxZoom),
		Next:   errs.T("نشانی کاشی را از TileJSON همان لایه بسازید.", "Make the address from the layer's TileJSON."),
	}
}
