// Package pmtiles writes and reads PMTiles archives of version 3: one file with all tiles of a layer, which any web server that knows ranges can serve.
//
// A file has a header of 127 bytes, a root directory within the first 16 KiB, and anywhere behind it the bodies of tiles, leaf directories and a JSON
// document. Tiles are numbered zoom by zoom along a Hilbert curve, so that neighbours in the file are neighbours on the map.
//
// Rules that the package keeps:
//   - A file has its name only when it is whole and on the disk, and is never changed afterwards.
//   - Memory is bounded while a file is written, however many tiles it has, and while one is read, whatever it claims to hold.
//   - Equal bodies are stored once.
package pmtiles
