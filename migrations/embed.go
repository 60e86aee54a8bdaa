// Package migrations carries the numbered SQL files that make the database: structure first, then reference data.
// The files are in tern's format; a file that has been released is never changed, a new one is added.
package migrations

import "embed"

// FS holds the numbered SQL files at its root.
//
//go:embed *.sql
var FS embed.FS
