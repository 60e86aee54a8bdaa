package progress_test

import (
	"testing"

	"nsdi/internal/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }
