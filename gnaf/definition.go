package gnaf

import (
	"nsdi/internal/errs"
	"nsdi/layers"
)

// definition is a rule of addresses; alias is its key in the catalogue of rules of the address register.
func definition(alias, code, severity string, scope layers.Scope, title, message errs.Text, parameters ...layers.Parameter) layers.Definition {
	return layers.Definition{
		Rule:  layers.Rule{Code: code, Severity: severity, Title: title, Message: message},
		Scope: scope, Since: since, Reference: "Art. 27, " + alias, Parameters: parameters, Excusable: true, Alias: alias,
	}
}

// added is a rule that the set had first in a later version.
func added(version int, d layers.Definition) layers.Definition {
	d.Since = version
	return d
}

// since is the version of the rule set that first had the rules of the register.
const since = 7
