package main

import (
	"errors"
	"fmt"
	"os"
	"testing"
)

// envBinary names the folder in which the tests find the built program.
const envBinary = "NSDI_TEST_BINARY"

// TestMain gives commands that are run without a data folder one that goes with the tests.
func TestMain(m *testing.M) {
	collectLess()
	os.Exit(withData(m))
}

func withData(m *testing.M) int {
	data, err := os.MkdirTemp("", "nsdi-test-")
	if err == nil {
		err = errors.Join(os.Setenv("NSDI_DATA", data), os.Setenv(envBinary, data))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(data)
	return m.Run()
}
