package server

import (
	"context"
	"net/http"
	"net/netip"

	"nsdi/access"
	"nsdi/internal/errs"
)

type keyBody struct {
	Prefix   string        `json:"prefix" doc:"Names the key; it is no secret"`
	Name     string        `json:"name"`
	Agency   string        `json:"agency"`
	Roles    []access.Role `json:"roles"`
	Scopes   []string      `json:"scopes"`
	Networks []string      `json:"networks" doc:"From where it may be used; none: from everywhere"`
	Created  date          `json:"created"`
	Expires  date          `json:"expires"`
	LastUsed *date         `json:"last_used"`
	Revoked  *date         `json:"revoked"`
	InForce  bool          `json:"in_force"`
}

type keysBody struct {
	Keys []keyBody `json:"keys"`
}

func (s *server) keyStore() *access.Keys { return &access.Keys{Pool: s.System, Now: s.Now} }

func (s *server) keyLine(k access.Key) keyBody {
	line := keyBody{
		Prefix: k.Prefix, Name: k.Name, Agency: k.Agency, Roles: k.Roles, Scopes: k.Scopes, Networks: []string{}, Created: dated(k.CreatedAt), Expires: dated(k.ExpiresAt),
		LastUsed: datedOrNull(k.LastUsedAt), Revoked: datedOrNull(k.RevokedAt), InForce: k.RevokedAt == nil && s.Now().Before(k.ExpiresAt),
	}
	for _, n := range k.Networks {
		line.Networks = append(line.Networks, n.String())
	}
	return line
}

// listKeys answers GET /v1/administration/keys.
func (s *server) listKeys(ctx context.Context, _ *struct{}) (*keysBody, error) {
	mine, err := s.administered(ctx)
	if err != nil {
		return nil, err
	}
	all, err := s.keyStore().List(ctx, "")
	if err != nil {
		return nil, err
	}
	body := &keysBody{[]keyBody{}}
	for _, k := range all {
		if within(mine, k.Agency) {
			body.Keys = append(body.Keys, s.keyLine(k))
		}
	}
	return body, nil
}

type addKeyInput struct {
	Body struct {
		Name     string        `json:"name" minLength:"1" maxLength:"200" doc:"Which program uses it"`
		Agency   string        `json:"agency" maxLength:"63"`
		Roles    []access.Role `json:"roles" minItems:"1" maxItems:"7"`
		Scopes   []string      `json:"scopes" minItems:"1" maxItems:"100" doc:"What of the roles it may use: action:theme, such as upload:road, read-restricted:* or *"`
		Networks []string      `json:"networks,omitempty" maxItems:"50" doc:"From where it may be used, such as 192.0.2.0/24"`
		Days     int           `json:"days" minimum:"1" maximum:"1098" default:"365"`
	}
}

type addedKeyBody struct {
	keyBody
	Key string `json:"key" doc:"What its holder presents, told this once; it is kept as a hash only"`
}

// addKey answers POST /v1/administration/keys.
func (s *server) addKey(ctx context.Context, in *addKeyInput) (*addedKeyBody, error) {
	b := in.Body
	if err := s.administrates(ctx, b.Agency); err != nil {
		return nil, err
	}
	key := access.Key{Name: b.Name, Agency: b.Agency, Roles: b.Roles, Scopes: b.Scopes, ExpiresAt: s.Now().AddDate(0, 0, b.Days)}
	for _, text := range b.Networks {
		network, err := netip.ParsePrefix(text)
		if err != nil || network != network.Masked() {
			return nil, &errs.Error{
				Code: "key-invalid", Status: http.StatusUnprocessableEntity, Op: "server.addKey", Location: "body.networks", Value: text, Err: err,
				Title:  errs.T("چنین کلیدی ساخته نمی‌شود", "Such a key is not made"),
				Detail: errs.Tf("«%s» شبکه نیست.", "%q is no network.", text),
				Next:   errs.T("شبکه‌ای مانند 192.0.2.0/24 بنویسید.", "Write a network such as 192.0.2.0/24."),
			}
		}
		key.Networks = append(key.Networks, network)
	}
	made, presented, err := s.keyStore().Add(ctx, key)
	if err != nil {
		return nil, err
	}
	return &addedKeyBody{s.keyLine(made), presented}, nil
}

type keyInput struct {
	Prefix string `path:"prefix" maxLength:"16"`
}

// revokeKey answers POST /v1/administration/keys/{prefix}/revoke.
func (s *server) revokeKey(ctx context.Context, in *keyInput) (*doneBody, error) {
	mine, err := s.administered(ctx)
	if err != nil {
		return nil, err
	}
	all, err := s.keyStore().List(ctx, "")
	if err != nil {
		return nil, err
	}
	for _, k := range all {
		if k.Prefix == in.Prefix && !within(mine, k.Agency) {
			return nil, s.administrates(ctx, k.Agency)
		}
	}
	return done(s.keyStore().Revoke(ctx, in.Prefix))
}
