package server

import (
	"context"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
)

// output is the body of a JSON answer.
type output[T any] struct {
	CacheControl string `header:"Cache-Control"`
	Body         *T
}

// get registers a reading operation whose errors become problems.
func get[In, Out any](s *server, api huma.API, path, id, summary string, handle func(context.Context, *In) (*Out, error)) {
	document := api.OpenAPI()
	problems := document.Components.Schemas.Schema(reflect.TypeFor[Problem](), true, "Problem")
	operation := huma.Operation{
		OperationID: id, Method: http.MethodGet, Path: path, Summary: summary,
		Responses: map[string]*huma.Response{
			"default": {Description: "Problem", Content: map[string]*huma.MediaType{"application/problem+json": {Schema: problems}}},
		},
	}
	huma.Register(api, operation, func(ctx context.Context, in *In) (*output[Out], error) {
		body, err := handle(ctx, in)
		if err != nil {
			if p := s.told(ctx, path, err); p != nil {
				return nil, p
			}
			return nil, problem(err)
		}
		return &output[Out]{CacheControl: "no-cache", Body: body}, nil
	})
}
