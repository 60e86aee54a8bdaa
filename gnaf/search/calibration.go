package search

import (
	_ "embed"
	"encoding/json"
	"sync"
)

// calibration.json maps how well a candidate answers to the share of such answers that are right, as `make geobench` with -fit measured it: rising points, straight
// between them. It is fitted on questions of one seed and checked on those of another.
//
//go:embed calibration.json
var calibrationFile []byte

var calibration = sync.OnceValue(func() (table [][2]float64) {
	if err := json.Unmarshal(calibrationFile, &table); err != nil || len(table) < 2 {
		panic("gnaf/search/calibration.json: not a table") // a test reads it
	}
	return table
})

func calibrated(raw float64) float64 {
	table := calibration()
	for i := 1; i < len(table); i++ {
		if raw <= table[i][0] {
			share := (raw - table[i-1][0]) / (table[i][0] - table[i-1][0])
			return table[i-1][1] + share*(table[i][1]-table[i-1][1])
		}
	}
	return table[len(table)-1][1]
}
