package catalogue

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"

	"nsdi/internal/errs"
)

//go:embed themes/*.json
var files embed.FS

// Entry is one theme as its file has it.
type Entry struct {
	Code       string    `json:"code"`
	Title      errs.Text `json:"title"`
	Definition errs.Text `json:"definition"`
	Legal      []Article `json:"legal_basis"`
	Obligation string    `json:"obligation"` // code of progress.obligation; "" for none
	Deliverer  errs.Text `json:"deliverer"`  // who must deliver, in words
	// DeliveredBy are the kinds of agencies of which every one may deliver it; Agencies are given the right one by one when the theme is new.
	DeliveredBy []string `json:"delivered_by"`
	Agencies    []string `json:"agencies"`
	Cycle       Cycle    `json:"update_cycle"`
	Store       string   `json:"store"`
	Restricted  bool     `json:"restricted"`
	Geometry    string   `json:"geometry"` // none, point, line, polygon or any
	Key         []string `json:"key"`
	Buffer      float64  `json:"territory_buffer_m"`
	MassRemoval float64  `json:"mass_removal"` // the share of a dataset that one delivery may take away without a named confirmation
	MinZoom     int      `json:"min_zoom"`
	// SplitZoom is the first zoom at which a tile has the features themselves; below it they are drawn together. Not above MinZoom: no zoom is below it.
	SplitZoom  int         `json:"split_zoom"`
	MaxZoom    int         `json:"max_zoom"`
	Position   int         `json:"position"`
	Origin     []float64   `json:"sample_origin"` // longitude and latitude near which the sample lies
	Attributes []Attribute `json:"attributes"`

	digest string // of the file
}

// Article is what a theme rests on in law.
type Article struct {
	Article string    `json:"article"`
	Text    errs.Text `json:"text"`
}

// Cycle is how often a theme has to be brought up to date.
type Cycle struct {
	Duration string `json:"duration"` // ISO 8601
	errs.Text
}

// Attribute is one column of a theme.
type Attribute struct {
	Name     string `json:"name"`
	Type     string `json:"value_type"` // text, int, number, date or boolean
	Required bool   `json:"required"`
	// Aggregate is what is shown of features that are drawn together: "most": the listed value that most have, "sum": of numbers, "one": only of a feature that
	// stands alone, "": nothing.
	Aggregate  string        `json:"aggregate"`
	Private    bool          `json:"private"` // in no list, file or tile: the store keeps it in a private column
	Title      errs.Text     `json:"title"`
	Definition errs.Text     `json:"definition"`
	Unit       string        `json:"unit"` // UCUM where it has one: m, m2, mm, kV, %
	Min        *float64      `json:"min"`
	Max        *float64      `json:"max"`
	Listed     []ListedValue `json:"listed_values"`
	Extensible bool          `json:"extensible"` // the listed values are suggestions, and others are taken
	Aliases    []string      `json:"aliases"`    // other names that the column goes by in files
	Examples   []string      `json:"examples"`   // what the rows of the sample say
}

// ListedValue is a value of an attribute's domain.
type ListedValue struct {
	Code  string    `json:"code"`
	Label errs.Text `json:"label"`
}

// Load reads the embedded catalogue, in the order of the files' names.
func Load() ([]Entry, error) {
	folder, err := fs.ReadDir(files, "themes")
	if err != nil {
		return nil, fmt.Errorf("catalogue: %w", err)
	}
	var all []Entry
	for _, f := range folder {
		body, err := fs.ReadFile(files, "themes/"+f.Name())
		if err != nil {
			return nil, fmt.Errorf("catalogue: %w", err)
		}
		e, err := parse(body)
		if err != nil {
			return nil, fmt.Errorf("catalogue: %s: %w", f.Name(), err)
		}
		all = append(all, e)
	}
	return all, nil
}

// Digest names the content of the catalogue.
func Digest() (string, error) {
	all, err := Load()
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	for _, e := range all {
		fmt.Fprintf(sum, "%s %s\n", e.Code, e.digest)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

func parse(body []byte) (Entry, error) {
	var e Entry
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(&e); err != nil {
		return e, err
	}
	sum := sha256.Sum256(body)
	e.digest = hex.EncodeToString(sum[:])
	return e, e.check()
}
