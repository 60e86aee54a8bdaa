// Package server is the HTTP face of nsdi: every address is in routes.go, every error becomes a problem document in
// problem.go, and every limit is in limits.go.
//
// Rules that the package keeps:
//   - An error that a person can act on says what was wrong, where, and the next step, in Persian and English. Any other error
//     is "internal" to the client and goes to the log in full.
//   - Reading needs no account. Nothing here changes data.
//   - No answer makes a browser ask another host.
//   - The headers X-Forwarded-* are not believed: whoever sends a request could write them.
package server
