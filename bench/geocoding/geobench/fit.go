package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"nsdi/bench/geocoding"
)

// calibrate fits the engine's table on the outcomes, and tells what it is worth on questions of another seed.
func (s *suite) calibrate(outcomes, others []geocoding.Outcome) error {
	var table geocoding.Table
	text, err := os.ReadFile(s.fit)
	if err == nil {
		err = json.Unmarshal(text, &table)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("calibration: %w", err)
	}
	fitted := table.Recalibrate(outcomes)
	same := geocoding.Table(nil).Recalibrate(outcomes) // what it makes of a confidence as it was said
	before := geocoding.Reliability(others).ECE()
	for i := range others {
		others[i].Top.Confidence = same.At(others[i].Top.Confidence)
	}
	fmt.Fprintf(&s.also, "Calibration, fitted on seed %d and checked on seed %d: error %.4f before, %.4f after.\n", s.seed, s.seed+1, before, geocoding.Reliability(others).ECE())
	if text, err = json.Marshal(fitted); err != nil {
		return err
	}
	return os.WriteFile(s.fit, append(text, '\n'), 0o644)
}
