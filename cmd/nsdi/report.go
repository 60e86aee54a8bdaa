package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"nsdi/layers"
)

// printReport writes a report for a person: the answer in its first line, then the counts, then what is wrong and where.
func printReport(w io.Writer, name string, r *layers.Report) {
	if r == nil {
		return
	}
	answer := map[string]string{"published": "published", "unchanged": "nothing changed, nothing to publish", "refused": "refused, nothing published"}[r.State]
	fmt.Fprintf(w, "%s → %s (%s): %s", name, r.Theme, r.Agency, answer)
	if r.Version > 0 {
		fmt.Fprintf(w, ", version %d", r.Version)
	}
	fmt.Fprintf(w, ", %s\n", r.Duration.Round(time.Millisecond))
	if r.Tracking != "" {
		fmt.Fprintf(w, "  tracking identifier %s\n", r.Tracking)
	}
	fmt.Fprintf(w, "  rows in %d · accepted %d · refused %d", r.RowsIn, r.Accepted, r.Refused)
	if r.Repeated > 0 {
		fmt.Fprintf(w, " · repeated %d", r.Repeated)
	}
	fmt.Fprintf(w, "\n  features added %d · altered %d · removed %d · unchanged %d", r.Added, r.Altered, r.Removed, r.Unchanged)
	if r.Kept > 0 {
		fmt.Fprintf(w, " · kept because their new row was refused %d", r.Kept)
	}
	fmt.Fprintln(w)
	for _, c := range r.Rules {
		fmt.Fprintf(w, "  [%s] %s: %s (%d)\n", c.Severity, c.Rule, c.Title.EN, c.Count)
		for _, f := range c.Samples {
			fmt.Fprintf(w, "      %s row %d%s%s: %s\n      %s\n", f.Source, f.Row, keyed(f.Key), placed(f), f.Message.EN, f.Message.FA)
		}
		if more := c.Count - int64(len(c.Samples)); more > 0 {
			fmt.Fprintf(w, "      … and %d more\n", more)
		}
	}
	for _, n := range r.Notes {
		fmt.Fprintf(w, "  note: %s\n", n.EN)
	}
	if len(r.IgnoredColumns) > 0 {
		fmt.Fprintf(w, "  columns not taken in: %s\n", strings.Join(r.IgnoredColumns, ", "))
	}
	if len(r.IgnoredFiles) > 0 {
		fmt.Fprintf(w, "  files not taken in: %s\n", strings.Join(r.IgnoredFiles, ", "))
	}
}

func keyed(key string) string {
	if key == "" {
		return ""
	}
	return fmt.Sprintf(" key %q", key)
}

func placed(f layers.Finding) string {
	if f.Lon == nil || f.Lat == nil {
		return ""
	}
	return fmt.Sprintf(" at %.6f, %.6f", *f.Lon, *f.Lat)
}
