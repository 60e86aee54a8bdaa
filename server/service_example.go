package server

import "strings"

// example is a question to a service that anybody may ask, as its page shows it in three languages. A browser test takes what is shown and runs it.
type example struct {
	Service, Path string
	Query         [][2]string
}

// shown is an example in one language.
type shown struct{ Language, Title, Code string }

// exampleOf answers the example of a service; not every one has a question that stands for itself.
func exampleOf(service string) (example, bool) {
	for _, e := range []example{
		{"nsdi-tiles", "/tiles/admin-unit.json", nil},
		{"nsdi-geocode", "/v1/geocode", [][2]string{{"q", "خیابان آزادی"}, {"limit", "3"}}},
		{"nsdi-reverse", "/v1/reverse", [][2]string{{"lat", "35.7"}, {"lon", "51.4"}}},
		{"nsdi-catalogue", "/v1/themes", nil},
		{"nsdi-admin-units", "/v1/admin-units", [][2]string{{"level", "province"}}},
		{"nsdi-progress", "/v1/progress", [][2]string{{"unit", "IR"}}},
		{"nsdi-services", "/v1/services", nil},
	} {
		if e.Service == service {
			return e, true
		}
	}
	return example{}, false
}

// In answers the example for a shell, for JavaScript (Node and browsers) and for Python, each with nothing but what comes with the language.
func (e example) In(base string) []shown {
	address := base + e.Path
	curl, js, python := []string{"curl --fail --silent --show-error --get '" + address + "'"}, []string{}, []string{}
	for _, p := range e.Query {
		curl = append(curl, "  --data-urlencode '"+p[0]+"="+p[1]+"'")
		js = append(js, p[0]+": '"+p[1]+"'")
		python = append(python, "'"+p[0]+"': '"+p[1]+"'")
	}
	jsCode, pythonCode := "const answer = await fetch('"+address+"')\n", "import json, urllib.request\n\nwith urllib.request.urlopen('"+address+"') as answer:\n"
	if len(e.Query) > 0 {
		jsCode = "const query = new URLSearchParams({ " + strings.Join(js, ", ") + " })\nconst answer = await fetch(`" + address + "?${query}`)\n"
		pythonCode = "import json, urllib.parse, urllib.request\n\nquery = urllib.parse.urlencode({" + strings.Join(python, ", ") + "})\nwith urllib.request.urlopen('" + address + "?' + query) as answer:\n"
	}
	return []shown{
		{"curl", "curl", strings.Join(curl, " \\\n")},
		{"javascript", "JavaScript", jsCode + "if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`)\nconsole.log(JSON.stringify(await answer.json(), null, 2))"},
		{"python", "Python", pythonCode + "    print(json.dumps(json.load(answer), indent=2))"},
	}
}

// Examples answers what the page of the services shows as the examples of one.
func (v view) Examples(service string) []shown {
	e, ok := exampleOf(service)
	if !ok {
		return nil
	}
	return e.In(v.Services.Base)
}
