// Package gnaf is the national address file: postal codes, ways, and finding an address or a place by what people write.
//
// Search is exact on folded text. A query names a way with all of its words (the word of its kind may be left out), in any
// place among the other parts; then the number, its suffix, the unit and the names around the way are matched
// on the addresses of that way. What matched nothing is told, and lowers the confidence.
//
// Rules that the package keeps:
//   - Never a false exact: a number or a suffix that the data does not have gives the way, and says why.
//   - Postal codes identify a unit. A code is refused only by the official rules; whatever looks odd is a warning.
//   - Every question to the database has a limit of rows and of time.
package gnaf
