// Package noise makes of rows of an address register the questions that people ask about them: 22 operators, which compose, each with slips of the hand on top, and
// the classes of questions that targets are set for. What an operator did is in the question's log; what the right answer is follows from the row and from the
// operators, not from any geocoder.
//
// The tables are the bench's own. The package must not know the engine's lexicon (internal/archtest), else the engine would be asked only what it knows; and a
// fifth of the short forms are in no lexicon of the engine (tested).
package noise
