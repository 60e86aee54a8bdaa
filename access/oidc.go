package access

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/jackc/pgx/v5"
	"golang.org/x/oauth2"

	"nsdi/internal/errs"
)

// CallbackPath is where the identity provider sends the browser back to.
const CallbackPath = "/sign-in/callback"

// providerTime bounds each question to the identity provider.
const providerTime = 10 * time.Second

// Provider signs people in by OpenID Connect: authorization code with PKCE, state and nonce. It is asked for its addresses and keys at the first sign-in,
// so that the server starts, and everything else works, while the provider is away.
type Provider struct {
	Issuer       string
	ClientID     string
	ClientSecret string
	PublicURL    string // address of this server as browsers know it, such as https://nsdi.example

	mu       sync.Mutex
	known    *oidc.Provider
	verifier *oidc.IDTokenVerifier
}

// Flow is one sign-in that is under way; the browser keeps it in a cookie.
type Flow struct {
	State, Nonce, Verifier string
	Next                   string // where the person wanted to go
	Lang                   string // of the page where it began
}

// Answer is what the provider sent the browser back with: a code, or why there is none.
type Answer struct{ State, Code, Error string }

// Identity is who somebody is at the provider. Its claims give no roles.
type Identity struct {
	Issuer, Subject string
	Name            string
}

func (p *Provider) context(ctx context.Context) context.Context {
	// Sign-ins are rare: no connection is kept open between them.
	return oidc.ClientContext(ctx, &http.Client{Timeout: providerTime, Transport: &http.Transport{DisableKeepAlives: true, Proxy: http.ProxyFromEnvironment}})
}

func (p *Provider) discover(ctx context.Context) (*oauth2.Config, *oidc.IDTokenVerifier, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.known == nil {
		// The keys are asked for again later, when this request is over.
		known, err := oidc.NewProvider(p.context(context.WithoutCancel(ctx)), p.Issuer)
		if err != nil {
			return nil, nil, providerAway(err)
		}
		p.known, p.verifier = known, known.Verifier(&oidc.Config{ClientID: p.ClientID})
	}
	return &oauth2.Config{
		ClientID: p.ClientID, ClientSecret: p.ClientSecret, Endpoint: p.known.Endpoint(),
		RedirectURL: strings.TrimSuffix(p.PublicURL, "/") + CallbackPath, Scopes: []string{oidc.ScopeOpenID, "profile"},
	}, p.verifier, nil
}

// Begin answers the address at the provider to send the browser to, and what Finish needs.
func (p *Provider) Begin(ctx context.Context, next string) (address string, f Flow, err error) {
	config, _, err := p.discover(ctx)
	if err != nil {
		return "", Flow{}, err
	}
	f = Flow{State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier(), Next: next}
	return config.AuthCodeURL(f.State, oidc.Nonce(f.Nonce), oauth2.S256ChallengeOption(f.Verifier)), f, nil
}

// Finish checks what the provider sent back, and asks it who signed in. Whatever does not fit is one and the same refusal; the cause is for the log.
func (p *Provider) Finish(ctx context.Context, f Flow, a Answer) (Identity, error) {
	refused := func(err error) (Identity, error) {
		return Identity{}, &errs.Error{
			Code: "provider-sign-in-refused", Status: http.StatusUnauthorized, Op: "access.Provider", Err: err,
			Title:  errs.T("ورود پذیرفته نشد", "Sign-in was refused"),
			Detail: errs.T("پاسخ ارائه‌دهنده هویت به این مرورگر و این ورود نمی‌خورد، یا دیر رسیده است.", "What the identity provider answered does not belong to this browser and this sign-in, or came too late."),
			Next:   errs.T("ورود را از نو آغاز کنید.", "Begin the sign-in again."),
		}
	}
	if f.State == "" || subtle.ConstantTimeCompare([]byte(f.State), []byte(a.State)) != 1 {
		return refused(errors.New("the state is not that of this browser"))
	}
	if a.Error != "" {
		return Identity{}, notSignedIn(a.Error)
	}
	if a.Code == "" {
		return refused(errors.New("no code"))
	}
	config, verifier, err := p.discover(ctx)
	if err != nil {
		return Identity{}, err
	}
	ctx = p.context(ctx)
	token, err := config.Exchange(ctx, a.Code, oauth2.VerifierOption(f.Verifier))
	if err != nil {
		return refused(err)
	}
	raw, ok := token.Extra("id_token").(string)
	if !ok {
		return refused(errors.New("no ID token"))
	}
	id, err := verifier.Verify(ctx, raw)
	if err != nil {
		return refused(err)
	}
	if subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(f.Nonce)) != 1 {
		return refused(errors.New("the nonce is another"))
	}
	var claims struct {
		Name string `json:"name"`
	}
	if err := id.Claims(&claims); err != nil {
		return refused(err)
	}
	return Identity{Issuer: id.Issuer, Subject: id.Subject, Name: claims.Name}, nil
}

func providerAway(err error) *errs.Error {
	return &errs.Error{
		Code: "provider-unavailable", Status: http.StatusServiceUnavailable, Op: "access.Provider", Err: err,
		Title:  errs.T("ارائه‌دهنده هویت در دسترس نیست", "The identity provider is not available"),
		Detail: errs.T("سامانه ورود یکپارچه پاسخ نمی‌دهد.", "The single sign-on service does not answer."),
		Next:   errs.T("کمی بعد دوباره بکوشید؛ اگر حساب محلی دارید با آن وارد شوید.", "Try again later, or use a local account if you have one."),
	}
}

// notSignedIn is what the provider's error (RFC 6749, 4.1.2.1) means to the person.
func notSignedIn(code string) *errs.Error {
	cause := fmt.Errorf("the provider answered the error %q", code)
	if code == "temporarily_unavailable" || code == "server_error" {
		return providerAway(cause)
	}
	return &errs.Error{
		Code: "provider-sign-in-denied", Status: http.StatusForbidden, Op: "access.Provider", Err: cause,
		Title:  errs.T("ورود در ارائه‌دهنده هویت انجام نشد", "The identity provider did not sign you in"),
		Detail: errs.T("ورود در آنجا رد یا از آن چشم‌پوشی شد.", "Signing in was declined or refused there."),
		Next: errs.T("ورود را از نو آغاز کنید؛ اگر باز رد شد از سرپرست ارائه‌دهنده هویت بپرسید، یا با حساب محلی وارد شوید.",
			"Begin the sign-in again; if it is refused again, ask the identity provider's administrator, or use a local account."),
	}
}

// PersonOf answers the person whom an administrator linked with the identity.
func PersonOf(ctx context.Context, q Querier, i Identity) (*Person, error) {
	var p Person
	err := q.QueryRow(ctx, `
		select `+personColumns+`
		from access.identity i
		join access.person p on p.id = i.person_id
		where i.issuer = $1 and i.subject = $2 and p.disabled_at is null`, i.Issuer, i.Subject).Scan(p.fields()...)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, &errs.Error{
			Code: "person-unknown", Status: http.StatusForbidden, Op: "access.PersonOf", Value: i.Subject,
			Title:  errs.T("شما در این سامانه حساب ندارید", "You have no account here"),
			Detail: errs.Tf("هویت شما درست است ولی به حسابی پیوند ندارد: شناسه %s نزد %s.", "Your identity is right, but is linked to no account: subject %s at %s.", i.Subject, i.Issuer),
			Next:   errs.T("این شناسه را به سرپرست این سامانه در دستگاه خود بدهید تا حساب شما را باز کند.", "Give this subject to the administrator of this system in your agency, who can open an account for you."),
		}
	}
	if err != nil {
		return nil, wrap(err, "reading the identity")
	}
	return &p, nil
}
