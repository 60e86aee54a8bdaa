// Package search finds published addresses and places by what people write: streets first, then the numbers and units on them.
//
// What it finds in is a generation: one immutable file, built from a snapshot of the database, checksummed and mapped into memory, which several
// processes may read. What changed since is a second, small index of the same kind in memory, which hides the ways and places that it has anew.
package search
