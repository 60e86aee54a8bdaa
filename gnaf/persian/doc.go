// Package persian gives every part of the system one way to compare, to read and to show Persian text.
//
// A text has three forms. Fold makes its key: what a person typed and what an agency delivered become the same string
// when they differ only in the Arabic or Persian form of a letter or digit, in marks, joiners, punctuation, letter case
// or white space. Joined is the key without spaces, for texts whose words are divided otherwise. Display cleans a text
// for showing and keeps what a reader needs, the zero-width non-joiner first of all.
//
// What words of addresses mean is data: lexicon.json, which Words loads. By it Parse takes an address apart, and NewLattice
// gives all that the words of a query can be. Standard writes and ParseStandard reads the national standard address string.
//
// Rules that the package keeps:
//   - Keys and shown forms are idempotent, for any input at all.
//   - A key holds letters, digits and single spaces only; it never starts or ends with a space.
//   - Stored text is never folded. Keys are derived from it and can be made again; Version tells when they have to be.
//   - Nothing here guesses: a word with two readings ("م" is میدان or منطقه) is left as it is, with both of them.
//
// Sources: Unicode normalisation forms (UAX 15) for what decomposes; the layout of Persian keyboards in ISIRI 9147; the
// fields of the national standard address as Iran Post prints them on certificates of postal codes; addresses as
// organisations write them for the lexicon, where each entry says whether it was seen.
package persian
