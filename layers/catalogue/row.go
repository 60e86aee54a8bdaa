package catalogue

import (
	"encoding/json"

	"nsdi/internal/errs"
)

// column is an attribute as layers.theme.attributes holds it: what the pipeline and the tiles read stays as migration 3 says, the rest stands beside it.
type column struct {
	Name         string               `json:"name"`
	Type         string               `json:"type"`
	Required     bool                 `json:"required"`
	Private      bool                 `json:"private,omitempty"`
	Aggregate    string               `json:"aggregate,omitempty"`
	Domain       []string             `json:"domain,omitempty"`
	Suggested    []string             `json:"suggested,omitempty"`
	Labels       map[string]errs.Text `json:"labels,omitempty"`
	Unit         string               `json:"unit,omitempty"`
	Min          *float64             `json:"min,omitempty"`
	Max          *float64             `json:"max,omitempty"`
	Aliases      []string             `json:"aliases,omitempty"`
	TitleFA      string               `json:"title_fa"`
	TitleEN      string               `json:"title_en"`
	DefinitionFA string               `json:"definition_fa"`
	DefinitionEN string               `json:"definition_en"`
	Examples     []string             `json:"examples"`
}

func (e *Entry) columns() ([]byte, error) {
	var out []column
	for _, a := range e.Attributes {
		c := column{
			Name: a.Name, Type: a.Type, Required: a.Required, Private: a.Private, Aggregate: a.Aggregate, Unit: a.Unit, Min: a.Min, Max: a.Max, Aliases: a.Aliases, TitleFA: a.Title.FA, TitleEN: a.Title.EN,
			DefinitionFA: a.Definition.FA, DefinitionEN: a.Definition.EN, Examples: a.Examples,
		}
		for _, v := range a.Listed {
			if c.Labels == nil {
				c.Labels = map[string]errs.Text{}
			}
			c.Labels[v.Code] = v.Label
			if a.Extensible {
				c.Suggested = append(c.Suggested, v.Code)
			} else {
				c.Domain = append(c.Domain, v.Code)
			}
		}
		out = append(out, c)
	}
	return json.Marshal(out)
}
