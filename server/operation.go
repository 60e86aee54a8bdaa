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

// operation describes an operation whose errors are problems.
func operation(api huma.API, method, path, id, summary string) huma.Operation {
	problems := api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[Problem](), true, "Problem")
	return huma.Operation{
		OperationID: id, Method: method, Path: path, Summary: summary,
		Responses: map[string]*huma.Response{
			"default": {Description: "Problem", Content: map[string]*huma.MediaType{"application/problem+json": {Schema: problems}}},
		},
	}
}

// respond registers an operation whose handler makes the whole answer, whose errors become problems, and which is asked with the parameters that it has and no others.
func respond[In, Out any](s *server, api huma.API, o huma.Operation, handle func(context.Context, *In) (*Out, error)) {
	o.Middlewares = append(o.Middlewares, knownParameters)
	huma.Register(api, o, func(ctx context.Context, in *In) (*Out, error) {
		out, err := handle(ctx, in)
		if err != nil {
			if p := s.told(ctx, o.Path, err); p != nil {
				return nil, p
			}
			return nil, problem(err)
		}
		return out, nil
	})
}

// get registers a reading operation.
func get[In, Out any](s *server, api huma.API, path, id, summary string, handle func(context.Context, *In) (*Out, error)) {
	respond(s, api, operation(api, http.MethodGet, path, id, summary), answering(handle))
}

// answering makes an answer of what a reading operation answers.
func answering[In, Out any](handle func(context.Context, *In) (*Out, error)) func(context.Context, *In) (*output[Out], error) {
	return func(ctx context.Context, in *In) (*output[Out], error) {
		body, err := handle(ctx, in)
		if err != nil {
			return nil, err
		}
		return &output[Out]{CacheControl: "no-cache", Body: body}, nil
	}
}

// post registers a changing operation.
func post[In, Out any](s *server, api huma.API, path, id, summary string, handle func(context.Context, *In) (*Out, error)) {
	respond(s, api, operation(api, http.MethodPost, path, id, summary), func(ctx context.Context, in *In) (*output[Out], error) {
		body, err := handle(ctx, in)
		if err != nil {
			return nil, err
		}
		return &output[Out]{CacheControl: "no-store", Body: body}, nil
	})
}
