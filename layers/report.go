package layers

import (
	"time"

	"nsdi/internal/errs"
)

// Report says what became of a submission: never less than rows in, accepted, refused and changed.
type Report struct {
	Submission int64  `json:"submission"`
	Tracking   string `json:"tracking,omitempty"` // identifier under which /v1/track tells how it goes
	Theme      string `json:"theme"`
	Agency     string `json:"agency"`
	Territory  string `json:"territory,omitempty"`
	State      string `json:"state"` // of the submission: validated, published, unchanged or refused
	Version    int    `json:"version,omitempty"`

	Problem string `json:"problem,omitempty"` // code of what it was refused for

	RowsIn   int64 `json:"rows_in"`
	Accepted int64 `json:"rows_accepted"`
	Refused  int64 `json:"rows_refused"`
	Repeated int64 `json:"rows_repeated"` // equal rows, taken once

	Added     int64 `json:"features_added"`
	Altered   int64 `json:"features_altered"`
	Removed   int64 `json:"features_removed"`
	Unchanged int64 `json:"features_unchanged"`
	Kept      int64 `json:"features_kept"` // published earlier, and kept because their new row was refused
	Features  int64 `json:"features"`      // in the dataset now

	Rules          []RuleCount `json:"rules,omitempty"`
	Notes          []errs.Text `json:"notes,omitempty"`
	IgnoredFiles   []string    `json:"ignored_files,omitempty"`
	IgnoredColumns []string    `json:"ignored_columns,omitempty"`

	Sources []string `json:"sources,omitempty"` // files and layers that rows were read from
	CRS     []string `json:"crs,omitempty"`     // reference systems that coordinates were read in

	Attributes []string `json:"attributes,omitempty"` // that rows have a value of

	RuleSet  string        `json:"rule_set"`
	Profile  string        `json:"profile,omitempty"` // that the rows were checked by
	Reader   string        `json:"reader"`            // GDAL's version
	Duration time.Duration `json:"duration_ns"`
}

// Proposals is how many proposed values can be accepted; of errors: those that keep a row from being taken.
func (r *Report) Proposals() (all, errors int64) {
	for i := range r.Rules {
		all += r.Rules[i].Proposed
		if r.Rules[i].Severity == "E" {
			errors += r.Rules[i].Proposed
		}
	}
	return all, errors
}

// RuleCount is how often a rule was broken, with the first findings.
type RuleCount struct {
	Rule     string    `json:"rule"`
	Severity string    `json:"severity"`
	Title    errs.Text `json:"title"`
	Count    int64     `json:"count"`
	Proposed int64     `json:"proposed"` // how many of them propose a value that can be accepted
	Samples  []Finding `json:"samples"`
}

// Finding is one thing that a rule found.
type Finding struct {
	Rule     string    `json:"rule"`
	Severity string    `json:"severity"`
	Source   string    `json:"source"`        // file and layer
	Row      int64     `json:"row,omitempty"` // from 1 within the layer
	Key      string    `json:"key,omitempty"`
	Field    string    `json:"field,omitempty"`
	Value    string    `json:"value,omitempty"`
	Proposed string    `json:"proposed,omitempty"` // value that would be right
	Measure  *float64  `json:"measure,omitempty"`
	Unit     string    `json:"unit,omitempty"`
	Other    string    `json:"other_key,omitempty"` // of the feature that it has to do with
	State    string    `json:"state,omitempty"`     // open, fixed, exception (a reviewer let it pass) or accepted (the correction was)
	Message  errs.Text `json:"message"`
	Lon      *float64  `json:"lon,omitempty"` // the place in EPSG:4326; nil where it is unknown
	Lat      *float64  `json:"lat,omitempty"`
}

// Progress is told while a submission is worked on.
type Progress struct {
	Stage string `json:"stage"` // inspecting, reading, checking or publishing
	Rows  int64  `json:"rows"`  // so far
	Total int64  `json:"total"` // as the files claim; -1 unknown
}
