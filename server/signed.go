package server

import (
	"encoding/json"
	"fmt"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
)

// signature is what the answers of inquiries have besides when they are asked for signed=true. A body embeds it, and need do nothing else.
type signature struct {
	Signed string `json:"signed,omitempty" doc:"With signed=true: JWS (Ed25519) of what the rest of the answer says"`
}

func (s *signature) put(jws string) { s.Signed = jws }

// signable is a body that has a signature.
type signable interface{ put(jws string) }

// signedAnswer is what a JWS of an answer says.
type signedAnswer struct {
	Issued  int64           `json:"iat"`
	Issuer  string          `json:"iss"`
	Request string          `json:"req,omitempty"` // identifier of the inquiry, as its caller gave it
	Answer  json.RawMessage `json:"answer"`
}

// signAnswer signs the answer of an inquiry that asks for it. It sees each answer after its handler: what is signed was recorded, and leaves as it is signed.
func (s *server) signAnswer(ctx huma.Context, status string, v any) (any, error) {
	body, can := v.(signable)
	if !can || reflect.ValueOf(v).IsNil() || ctx.Query("signed") != "true" {
		return v, nil
	}
	answer, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("signed answer: %w", err)
	}
	said := signedAnswer{Issued: s.Now().Unix(), Issuer: s.PublicURL, Answer: answer}
	var asked struct{ Inquiry struct{ Request string } }
	if json.Unmarshal(answer, &asked) == nil {
		said.Request = asked.Inquiry.Request
	}
	jws, err := s.seal.Sign(ctx.Context(), said)
	if err != nil {
		return nil, err
	}
	body.put(jws)
	return v, nil
}
