package server

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"

	"nsdi/access"
	"nsdi/internal/errs"
)

// referencePath is the page that shows to people what /openapi.json tells programs.
const referencePath = "/docs"

// fieldDepth is how far the fields of a body are shown one within another.
const fieldDepth = 3

// referencePart is a service with its calls.
type referencePart struct {
	ID    string
	Title errs.Text
	Calls []referenceCall
}

type referenceCall struct {
	ID, Method, Path, Summary string
	Asked, Body               []referenceField
	Answers                   []referenceAnswer
}

// referenceField is a parameter, or a field of a body: object.field, and list[] for each of a list.
type referenceField struct {
	Name, Place, Type, About string
	Required                 bool
}

type referenceAnswer struct {
	Status, About string
	Kinds         []string // media types
	Fields        []referenceField
}

// fieldsView is a table of fields with its name.
type fieldsView struct {
	Title  string
	Fields []referenceField
}

// Fields answers what a template shows as a table.
func (v view) Fields(title string, fields []referenceField) fieldsView {
	return fieldsView{title, fields}
}

// referencePage answers GET /docs.
func (s *server) referencePage(w http.ResponseWriter, r *http.Request) {
	s.show(w, r, http.StatusOK, "reference", view{Reference: s.reference()})
}

// referenceOf reads a description once it is whole, and once only.
func referenceOf(api *huma.OpenAPI) func() []referencePart {
	return sync.OnceValue(func() []referencePart {
		var parts []referencePart
		at := map[string]int{} // of a route: its part
		for _, one := range access.Services() {
			for _, route := range one.Routes {
				at[route] = len(parts)
			}
			parts = append(parts, referencePart{ID: one.ID, Title: one.Title})
		}
		rest := len(parts)
		parts = append(parts, referencePart{ID: "rest", Title: errs.T("دیگر", "Other")})
		for _, path := range slices.Sorted(maps.Keys(api.Paths)) {
			item := api.Paths[path]
			for _, o := range []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete} {
				if o == nil {
					continue
				}
				i, known := at[o.Method+" "+path]
				if !known {
					i = rest
				}
				parts[i].Calls = append(parts[i].Calls, callOf(api.Components.Schemas, path, o))
			}
		}
		return slices.DeleteFunc(parts, func(p referencePart) bool { return len(p.Calls) == 0 })
	})
}

func callOf(known huma.Registry, path string, o *huma.Operation) referenceCall {
	c := referenceCall{ID: o.OperationID, Method: o.Method, Path: path, Summary: cmp.Or(o.Summary, o.Description)}
	for _, p := range o.Parameters {
		f := fieldOf(known, p.Name, p.Schema)
		f.Place, f.Required, f.About = p.In, p.Required, cmp.Or(p.Description, f.About)
		c.Asked = append(c.Asked, f)
	}
	if o.RequestBody != nil {
		_, c.Body = mediaOf(known, o.RequestBody.Content)
	}
	for _, status := range slices.Sorted(maps.Keys(o.Responses)) {
		answer := o.Responses[status]
		a := referenceAnswer{Status: status, About: answer.Description}
		if status == "default" {
			a.Kinds = slices.Sorted(maps.Keys(answer.Content)) // the problem is the same everywhere
		} else {
			a.Kinds, a.Fields = mediaOf(known, answer.Content)
		}
		c.Answers = append(c.Answers, a)
	}
	return c
}

// mediaOf answers the media types of a body and the fields of the first that tells them.
func mediaOf(known huma.Registry, content map[string]*huma.MediaType) (kinds []string, fields []referenceField) {
	kinds = slices.Sorted(maps.Keys(content))
	for _, kind := range kinds {
		if len(fields) == 0 {
			fields = fieldsOf(known, "", content[kind].Schema, fieldDepth)
		}
	}
	return kinds, fields
}

// fieldsOf lists what is within an object or a list, depth levels down.
func fieldsOf(known huma.Registry, within string, s *huma.Schema, depth int) (fields []referenceField) {
	s = resolved(known, s)
	if s == nil || depth == 0 {
		return nil
	}
	if s.Items != nil {
		return fieldsOf(known, within+"[]", s.Items, depth)
	}
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		f := fieldOf(known, strings.TrimPrefix(within+"."+name, "."), s.Properties[name])
		f.Required = slices.Contains(s.Required, name)
		fields = append(append(fields, f), fieldsOf(known, f.Name, s.Properties[name], depth-1)...)
	}
	return fields
}

// fieldOf says what a value may be.
func fieldOf(known huma.Registry, name string, s *huma.Schema) referenceField {
	f := referenceField{Name: name}
	if s == nil {
		return f
	}
	told := s.Description
	s = resolved(known, s)
	f.Type = s.Type
	if s.Items != nil {
		f.Type += " of " + resolved(known, s.Items).Type
	}
	if s.Format != "" {
		f.Type += " (" + s.Format + ")"
	}
	about := []string{cmp.Or(told, s.Description)}
	if len(s.Enum) > 0 {
		about = append(about, strings.Trim(fmt.Sprintf("%q", s.Enum), "[]"))
	}
	for bound, value := range map[string]*float64{"≥ ": s.Minimum, "≤ ": s.Maximum} {
		if value != nil {
			about = append(about, bound+strconv.FormatFloat(*value, 'f', -1, 64))
		}
	}
	if s.Default != nil {
		about = append(about, fmt.Sprintf("default %v", s.Default))
	}
	slices.Sort(about[1:])
	f.About = strings.Join(slices.DeleteFunc(about, func(part string) bool { return part == "" }), "; ")
	return f
}

func resolved(known huma.Registry, s *huma.Schema) *huma.Schema {
	if s != nil && s.Ref != "" {
		return known.SchemaFromRef(s.Ref)
	}
	return s
}
