// Package errs is the one error type of nsdi.
//
// An Error carries a stable code, what was tried, and text that a person reads
// in Persian and English with the next step to take. It keeps the cause for the
// log, and never shows the cause to the person: the server turns an Error into
// an RFC 9457 problem in one place, and the command line prints it in one place.
// An error of any other type counts as "internal", so that nothing leaks by
// accident.
//
// Rules: wrap once, with what was tried; never log an error and return it too.
package errs
