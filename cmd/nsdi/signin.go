package main

import (
	"net/netip"
	"os"

	"nsdi/access"
	"nsdi/internal/errs"
)

// clientSecret is the environment variable of this server's secret at the identity provider. It is no flag: other users of a machine see the arguments of its processes.
const clientSecret = "NSDI_OIDC_CLIENT_SECRET"

// signInFlags say how people sign in, and how this server is reached.
type signInFlags struct {
	PublicURL string         `name:"public-url" env:"NSDI_PUBLIC_URL" help:"Address of this server as browsers know it, such as https://nsdi.example."`
	Proxy     []netip.Prefix `env:"NSDI_TRUSTED_PROXIES" help:"Networks of proxies whose X-Forwarded-For is believed."`
	Issuer    string         `name:"oidc-issuer" env:"NSDI_OIDC_ISSUER" help:"OpenID Connect identity provider. Without one there are local accounts only."`
	ClientID  string         `name:"oidc-client-id" env:"NSDI_OIDC_CLIENT_ID" help:"This server's client id at the identity provider; its secret comes from $$NSDI_OIDC_CLIENT_SECRET."`
}

// provider answers the identity provider; nil, where none is configured.
func (f *signInFlags) provider() (*access.Provider, error) {
	if f.Issuer == "" {
		return nil, nil
	}
	if f.ClientID == "" || f.PublicURL == "" {
		return nil, &errs.Error{
			Code: "provider-incomplete", Op: "serve", Value: f.Issuer,
			Title:  errs.T("تنظیم ورود یکپارچه کامل نیست", "Single sign-on is not fully configured"),
			Detail: errs.T("با NSDI_OIDC_ISSUER باید NSDI_OIDC_CLIENT_ID و NSDI_PUBLIC_URL نیز داده شود.", "NSDI_OIDC_ISSUER needs NSDI_OIDC_CLIENT_ID and NSDI_PUBLIC_URL as well."),
			Next:   errs.T("آن‌ها را بدهید یا NSDI_OIDC_ISSUER را بردارید.", "Give them, or take NSDI_OIDC_ISSUER away."),
		}
	}
	return &access.Provider{Issuer: f.Issuer, ClientID: f.ClientID, ClientSecret: os.Getenv(clientSecret), PublicURL: f.PublicURL}, nil
}
