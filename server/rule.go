package server

import (
	"context"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/pg"
	"nsdi/layers"
)

type rulesInput struct {
	Theme   string `query:"theme" maxLength:"64" doc:"Rules as they hold for a theme; left out: all rules with their defaults"`
	Profile string `query:"profile" maxLength:"64" doc:"Profile that decides severities and parameters of the theme's rules; left out: standard"`
}

type rulesBody struct {
	RuleSet  string        `json:"rule_set" example:"nsdi-12" doc:"Version that reports name"`
	Theme    string        `json:"theme,omitempty"`
	Profile  string        `json:"profile,omitempty"`
	Rules    []ruleBody    `json:"rules"`
	Profiles []profileBody `json:"profiles"`
}

type ruleBody struct {
	Code       string          `json:"code"`
	Severity   string          `json:"severity" enum:"E,W,I,off" doc:"E refuses the row, W and I do not"`
	Scope      layers.Scope    `json:"scope" enum:"file,field,row,cross-row,neighbour"`
	Title      bilingual       `json:"title"`
	Message    bilingual       `json:"message" doc:"With {attribute}, {value}, {found}, {proposed}, {measure} and {other} where a finding has its own"`
	Parameters []ruleParameter `json:"parameters"`
	Reference  string          `json:"reference"`
	Alias      string          `json:"alias,omitempty" doc:"Its code in the catalogue of rules of the cadastre (CAD-) or of the register of addresses (ADR-)"`
	Since      int             `json:"since" doc:"Version of the rule set that first had it"`
	Fixed      bool            `json:"fixed" doc:"No profile changes its severity"`
	Excusable  bool            `json:"excusable" doc:"A reviewer may grant an exception"`
	Remedy     *bilingual      `json:"remedy" doc:"What accepting the proposed values does; null where nothing is proposed"`
}

type ruleParameter struct {
	Name  string    `json:"name"`
	Unit  string    `json:"unit"`
	Value float64   `json:"value"`
	Title bilingual `json:"title"`
}

type profileBody struct {
	Code  string    `json:"code"`
	Title bilingual `json:"title"`
	About bilingual `json:"about"`
}

// rules answers GET /v1/rules.
func (s *server) rules(ctx context.Context, in *rulesInput) (*rulesBody, error) {
	profile, err := layers.FindProfile(in.Profile)
	if err != nil {
		return nil, err
	}
	body := &rulesBody{RuleSet: layers.RuleSet(), Rules: []ruleBody{}, Profiles: []profileBody{}}
	for _, p := range layers.Profiles() {
		body.Profiles = append(body.Profiles, profileBody{p.Code, bilingual(p.Title), bilingual(p.About)})
	}
	definitions := s.Importer.Catalogue()
	if in.Theme != "" {
		body.Theme, body.Profile = in.Theme, profile.Code
		err := pg.InScope(ctx, s.Pool, pg.Public, pgx.TxOptions{AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
			definitions, err = s.Importer.ThemeRules(ctx, tx, in.Theme, profile)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	for _, d := range definitions {
		r := ruleBody{
			Code: d.Code, Severity: d.Severity, Scope: d.Scope, Title: bilingual(d.Title), Message: bilingual(d.Message), Parameters: []ruleParameter{}, Reference: d.Reference, Alias: d.Alias,
			Since: d.Since, Fixed: d.Fixed, Excusable: d.Excusable,
		}
		if r.Severity == "" {
			r.Severity = "off"
		}
		for _, p := range d.Parameters {
			r.Parameters = append(r.Parameters, ruleParameter{p.Name, p.Unit, p.Default, bilingual(p.Title)})
		}
		if d.Remedy.EN != "" {
			remedy := bilingual(d.Remedy)
			r.Remedy = &remedy
		}
		body.Rules = append(body.Rules, r)
	}
	return body, nil
}
