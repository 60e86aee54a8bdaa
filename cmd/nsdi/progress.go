package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"nsdi/layers"
)

// progressBar draws one line on a terminal, and a line a stage elsewhere.
type progressBar struct {
	w        io.Writer
	terminal bool
	unit     string // what is counted
	stage    string
	started  time.Time
	drawn    time.Time
}

func newProgressBar(w io.Writer) *progressBar {
	f, ok := w.(*os.File)
	return &progressBar{w: w, unit: "rows", terminal: ok && term.IsTerminal(int(f.Fd()))}
}

func (b *progressBar) show(p layers.Progress) {
	now := time.Now()
	if p.Stage != b.stage {
		b.stage, b.started, b.drawn = p.Stage, now, time.Time{}
		if !b.terminal {
			return
		}
	}
	if !b.terminal || now.Sub(b.drawn) < 200*time.Millisecond {
		return
	}
	b.drawn = now
	line := fmt.Sprintf("%-10s %d %s", p.Stage, p.Rows, b.unit)
	if p.Total > 0 && p.Rows > 0 && p.Rows <= p.Total {
		share := float64(p.Rows) / float64(p.Total)
		left := time.Duration(float64(now.Sub(b.started)) * (1 - share) / share).Round(time.Second)
		full := int(share * 24)
		line = fmt.Sprintf("%-10s [%s%s] %3.0f %%  %d of %d %s  %s left", p.Stage, strings.Repeat("█", full), strings.Repeat("·", 24-full), 100*share, p.Rows, p.Total, b.unit, left)
	}
	fmt.Fprintf(b.w, "\r\x1b[K%s", line)
}

func (b *progressBar) end() {
	if b.terminal {
		fmt.Fprint(b.w, "\r\x1b[K")
	}
}
