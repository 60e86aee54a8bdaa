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

// In answers the example for a shell, for JavaScript (Node and browsers) and for Python, each with nothing but what comes with the language. A keyed one sends
// the API key that stands in the environment variable NSDI_KEY, and runs in Node only.
func (e example) In(base string, keyed bool) []shown {
	address := base + e.Path
	curl, js, python := []string{"curl --fail --silent --show-error --get '" + address + "'"}, []string{}, []string{}
	for _, p := range e.Query {
		curl = append(curl, "  --data-urlencode '"+p[0]+"="+p[1]+"'")
		js = append(js, p[0]+": '"+p[1]+"'")
		python = append(python, "'"+p[0]+"': '"+p[1]+"'")
	}
	jsAsked, pythonAsked := "'"+address+"'", "'"+address+"'"
	jsCode, pythonCode := "", "import json, urllib.request\n\n"
	if len(e.Query) > 0 {
		jsAsked, pythonAsked = "`"+address+"?${query}`", pythonAsked[:len(pythonAsked)-1]+"?' + query"
		jsCode = "const query = new URLSearchParams({ " + strings.Join(js, ", ") + " })\n"
		pythonCode = "import json, urllib.parse, urllib.request\n\nquery = urllib.parse.urlencode({" + strings.Join(python, ", ") + "})\n"
	}
	if keyed {
		curl = append(curl, `  --header "X-Api-Key: $NSDI_KEY"`)
		jsAsked += ", { headers: { 'X-Api-Key': process.env.NSDI_KEY } }"
		pythonCode = strings.Replace(pythonCode, "json, ", "json, os, ", 1) + "asked = urllib.request.Request(" + pythonAsked + ", headers={'X-Api-Key': os.environ['NSDI_KEY']})\n"
		pythonAsked = "asked"
	}
	return []shown{
		{"curl", "curl", strings.Join(curl, " \\\n")},
		{"javascript", "JavaScript", jsCode + "const answer = await fetch(" + jsAsked + ")\nif (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`)\nconsole.log(JSON.stringify(await answer.json(), null, 2))"},
		{"python", "Python", pythonCode + "with urllib.request.urlopen(" + pythonAsked + ") as answer:\n    print(json.dumps(json.load(answer), indent=2, ensure_ascii=False))"},
	}
}

// Examples answers what the page of the services shows as the examples of one.
func (v view) Examples(service string) []shown {
	e, ok := exampleOf(service)
	if !ok {
		return nil
	}
	return e.In(v.Services.Base, false)
}

// KeyedExamples answers how a program sends its key.
func (v view) KeyedExamples() []shown {
	e, _ := exampleOf("nsdi-geocode")
	return e.In(v.Services.Base, true)
}
