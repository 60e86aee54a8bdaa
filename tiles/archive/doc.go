// Package archive keeps tiles that were made beforehand: of each layer a PMTiles file with all of them, and smaller ones with those that publications have changed since.
// It knows no SQL and no HTTP: what is in a tile, and when one has to be made, is for package tiles to say.
//
// A folder holds the layers of one database. Several processes may share it: one writes at a time, all read.
//
// Rules that the package keeps:
//   - A file has its name only when it is whole and on the disk, and is never changed afterwards.
//   - A layer's manifest names the files that count, and takes the place of the one before in one step. Whatever is cut off leaves the manifest that there was, and
//     files that nothing names, which Sweep takes away.
//   - Every byte that is answered was checked: bodies by the sum in their own trailer, directories by theirs, the manifest by one in it, and each file says of what
//     state it is.
//   - A file is taken away when no manifest names it. Who still reads it keeps it: on the disk it is gone when the last has closed it.
package archive
