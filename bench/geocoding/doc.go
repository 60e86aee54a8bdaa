// Package geocoding measures geocoders on questions whose right answers are known: rows of a made-up country (package country), or of real registers, are put into
// PostGIS, asked for in the ways that people ask (package noise), and every geocoder that takes part gets the same questions in the same run.
//
// Rules that the package keeps:
//
//   - An answer is right when it is the same address: way, number, suffix, block and unit, whichever row says so. What is asked for without a unit is answered by
//     its site; a number that is not in the data is answered by its way, and by nothing further.
//   - The truth is the data that was indexed. The figures are therefore what a geocoder makes of a register that is right, not how right a register is.
//   - One seed is for work, another is for the figures of a release; confidences are fitted on one and checked on another.
//   - Latencies of a load are counted from when a question was due, not from when it was sent, so that a geocoder that stands still is not asked less.
package geocoding
