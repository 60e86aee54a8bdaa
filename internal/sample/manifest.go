package sample

import (
	"encoding/json"
	"os"
	"path/filepath"
)

// manifest is the list of deliveries in the order in which they are to be imported.
type manifest struct {
	Label      label      `json:"label"`
	Agencies   []agency   `json:"agencies"`
	Deliveries []delivery `json:"deliveries"`
}

type label struct {
	FA string `json:"fa"`
	EN string `json:"en"`
}

// agency is an organisation that the importing side does not know yet.
type agency struct {
	Code        string   `json:"code"`
	Kind        string   `json:"kind"`
	NameFA      string   `json:"name_fa"`
	NameEN      string   `json:"name_en"`
	Territories []string `json:"territories"`
}

// delivery is one theme from one agency for one territory; paths are relative to the manifest.
type delivery struct {
	Theme     string   `json:"theme"`
	Agency    string   `json:"agency"`
	Territory string   `json:"territory"`
	Files     []string `json:"files"`
	Mapping   string   `json:"mapping,omitempty"`
	Layers    []string `json:"layers,omitempty"`
	Dirty     bool     `json:"dirty,omitempty"`
}

// mapping says how the columns of a file become the attributes of a theme.
type mapping struct {
	CRS        string            `json:"crs,omitempty"`
	Encoding   string            `json:"encoding,omitempty"`
	Point      *pointColumns     `json:"point,omitempty"`
	Attributes map[string]string `json:"attributes"`
}

type pointColumns struct {
	Lon string `json:"lon"`
	Lat string `json:"lat"`
}

func writeJSON(path string, v any) error {
	data, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, append(data, '\n'), 0o644)
}
