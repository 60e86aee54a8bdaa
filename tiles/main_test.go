package tiles_test

import (
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	// The cache's own janitor ends with the cache.
	goleak.VerifyTestMain(m)
}
