// Package batch finds the addresses of whole files: CSV or JSON lines in, the same lines in the same order out, each with what was found for it.
//
// It holds some hundred rows at a time, however long the file is. Which columns are an address, its parts, a postal code or coordinates is told by their names, in
// Persian or English, or by the caller. A row that cannot be read or found says so in its own fields and stops no other.
//
// Cells of a CSV file that a spreadsheet would take for a formula are written with an apostrophe in front; numbers stay numbers.
package batch
