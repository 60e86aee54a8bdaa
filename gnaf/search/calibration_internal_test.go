package search

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// More explained is never less likely; nothing explained is no answer, and no answer is certain.
func TestCalibration(t *testing.T) {
	t.Parallel()
	for i := 1; i <= 100; i++ {
		assert.GreaterOrEqual(t, calibrated(float64(i)/100), calibrated(float64(i-1)/100))
	}
	assert.Zero(t, calibrated(0))
	assert.Greater(t, calibrated(1), 0.9)
	assert.Less(t, calibrated(1), 1.0)
}
