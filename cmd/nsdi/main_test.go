package main

import (
	"fmt"
	"os"
	"testing"
)

// TestMain gives commands that are run without a data folder one that goes with the tests.
func TestMain(m *testing.M) { os.Exit(withData(m)) }

func withData(m *testing.M) int {
	data, err := os.MkdirTemp("", "nsdi-test-")
	if err == nil {
		err = os.Setenv("NSDI_DATA", data)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(data)
	return m.Run()
}
