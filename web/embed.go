// Package web carries the built page, so that the binary needs no files beside it.
package web

import "embed"

// Dist holds dist/ as `npm run build` leaves it. Before the first build it holds
// only .gitkeep: all: takes in dot files, and so the package compiles without Node.
//
//go:embed all:dist
var Dist embed.FS
