package geo_test

import (
	"fmt"

	"nsdi/geo"
)

func ExampleNormalize() {
	wkb := geo.EncodePoint(51.389, 35.689)
	_, shape, err := geo.Normalize(wkb, 1000)
	fmt.Println(shape.Kind, shape.Vertices, shape.Box.MinX, err)
	_, _, err = geo.Normalize(wkb[:9], 1000)
	fmt.Println(err)
	// Output:
	// Point 1 51.389 <nil>
	// geometry: malformed
}

func ExampleJoinRings() {
	rings, open := geo.JoinRings([][]geo.XY{
		{{0, 0}, {4, 0}, {4, 4}},
		{{0, 0}, {0, 4}, {4, 4}}, // the other way round
	})
	fmt.Println(rings, len(open))
	// Output: [[[0 0] [4 0] [4 4] [0 4] [0 0]]] 0
}
