// Package country makes up the addresses of a country for measuring geocoders: the same options, the same rows.
//
// The words are the bench's own; the package knows nothing of the engine and its lexicon. Names of ways follow Zipf's law, so that "شهدا" is in every city; alleys
// are numbered or named, branch off a street, and have dead ends; houses are odd on one side and even on the other, some with a suffix; some have floors and
// units, some stand in blocks. One row in fifty is delivered twice, one way in thirty has a colloquial name and one in twenty had another name before; small
// villages have no ways but one. Everything has a place: a number lies on its way, a way on the way that it branches off.
package country
