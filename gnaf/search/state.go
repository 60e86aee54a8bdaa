package search

import (
	"crypto/sha256"
	"encoding/hex"

	"nsdi/gnaf/persian"
)

// StateID is the lasting identifier of a province by its name, in 16 characters: STATE_PID of files in the form of G-NAF.
func StateID(province string) string {
	sum := sha256.Sum256([]byte("state\x1e" + persian.UnitName("province", province)))
	return hex.EncodeToString(sum[:8])
}
