// Package coverage finds where parcels that should fit together do not: areas that share ground, narrow gaps, corners that a neighbour does not have, holes that
// parcels enclose, and what is odd about a single boundary. It is pure geometry; package cadastre brings the parcels and takes what is found.
//
// # Blocks
//
// Parcels are looked at block by block, so that memory does not grow with the country. A block is a cell of a division of the plane, with the parcels that
// touch it or lie within a halo around it; cells are divided until they hold few enough. Each thing that is found has one place that does not depend on the
// cells: the lower left corner of what two boxes share for an overlap, the middle of a piece for a gap, the vertex itself for a corner, the least vertex for a
// hole. The cell that owns the place reports it, and the halo is wide enough that this cell has seen all that it takes to know. So what is found does not depend
// on the size of the blocks, which a test with random coverages holds.
//
// # Metres
//
// A block lies in one UTM zone and is measured in it; cells end where zones do. Vertices that are equal in degrees are equal in metres, bit for bit, which is
// how shared boundaries are recognised without a tolerance.
package coverage
