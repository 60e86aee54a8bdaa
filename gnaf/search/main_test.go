package search_test

import (
	"os"
	"testing"

	"nsdi/internal/pgtest"
)

func TestMain(m *testing.M) {
	if what := os.Getenv(envProcess); what != "" {
		os.Exit(anotherProcess(what))
	}
	pgtest.Main(m)
}
