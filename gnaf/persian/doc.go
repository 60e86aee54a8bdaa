// Package persian gives every part of the system one way to compare and to show Persian text.
//
// There are two forms of a text. Fold makes the search key: what a person typed and what an agency delivered
// become the same string when they differ only in the Arabic or Persian form of a letter or digit, in marks,
// joiners, punctuation, letter case or white space. Display cleans a text for showing and keeps what a reader
// needs, the zero-width non-joiner first of all.
//
// Rules that the package keeps:
//   - Fold and Display are idempotent, for any input at all.
//   - A key holds letters, digits and single spaces only; it never starts or ends with a space.
//   - Stored text is never folded. Keys are derived from it and can be made again.
//   - Nothing here guesses: a token with two readings ("م" is میدان or منطقه) is left as it is.
package persian
