package ogr

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"
)

// Lost is a feature that GDAL could not make and passed over.
type Lost struct {
	Number int64 // from 1 within its layer
	ID     string
}

// complaints takes what a program writes to standard error: the first few lines as they are, and the features that it says it lost.
type complaints struct {
	part  []byte // of a line that has not ended
	lines []string
	lost  []Lost
	// errors counts GDAL's failures: lines that begin with "ERROR" and a number.
	errors int
}

const (
	keptLines = 20
	keptLost  = 100_000
	longLine  = 4096
)

var lostFeature = regexp.MustCompile(`^(?:ERROR|Warning) \d+: Geometry of feature (\d+) (\S*) ?cannot be parsed`)

// Write never fails.
func (c *complaints) Write(p []byte) (int, error) {
	n := len(p)
	for {
		line, rest, ended := bytes.Cut(p, []byte("\n"))
		if room := longLine - len(c.part); room > 0 {
			c.part = append(c.part, line[:min(len(line), room)]...)
		}
		if !ended {
			return n, nil
		}
		c.take(string(c.part))
		c.part, p = c.part[:0], rest
	}
}

func (c *complaints) take(line string) {
	if strings.HasPrefix(line, "ERROR ") {
		c.errors++
	}
	if m := lostFeature.FindStringSubmatch(line); m != nil && len(c.lost) < keptLost {
		if number, err := strconv.ParseInt(m[1], 10, 64); err == nil {
			c.lost = append(c.lost, Lost{Number: number, ID: m[2]})
		}
	}
	if len(c.lines) < keptLines && line != "" && !strings.HasPrefix(line, "Warning 1: Unable to find driver") {
		c.lines = append(c.lines, line)
	}
}

func (c *complaints) failed() bool { return c.errors > 0 }

func (c *complaints) String() string { return strings.Join(append(c.lines, string(c.part)), "\n") }
