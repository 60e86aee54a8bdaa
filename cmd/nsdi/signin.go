package main

import (
	"net/netip"
	"net/url"
	"os"
	"strings"

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

// check refuses an address that browsers could not go to: every address that the server makes begins with it.
func (f *signInFlags) check() error {
	if f.PublicURL == "" {
		return nil
	}
	u, err := url.Parse(f.PublicURL)
	wrong := errs.Text{}
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https":
		wrong = errs.T("با https:// یا http:// آغاز نمی‌شود یا نشانی نیست", "does not begin with https:// or http://, or is no address")
	case u.Hostname() == "" || strings.ContainsAny(u.Host, " \t"):
		wrong = errs.T("نام سرور ندارد", "has no host")
	case u.User != nil:
		wrong = errs.T("نام کاربر یا گذرواژه دارد", "has a user or a password")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || strings.HasSuffix(f.PublicURL, "#"):
		wrong = errs.T("پرسمان (?) یا بخش (#) دارد", "has a query (?) or a fragment (#)")
	case strings.Trim(u.Path, "/") != "":
		wrong = errs.T("مسیر دارد؛ سامانه در ریشه سرور است", "has a path; the server is at the root of its host")
	}
	if wrong.IsZero() {
		return nil
	}
	return &errs.Error{
		Code: "public-url-wrong", Op: "serve", Value: f.PublicURL, Err: err,
		Title:  errs.T("نشانی سامانه درست نیست", "The address of the server is wrong"),
		Detail: errs.T("NSDI_PUBLIC_URL "+wrong.FA+".", "NSDI_PUBLIC_URL "+wrong.EN+"."),
		Next:   errs.T("آن را چنین بنویسید: https://nsdi.example، با درگاه اگر هست، و بی‌هیچ چیز دیگر.", "Write it like https://nsdi.example, with a port where there is one, and nothing else."),
	}
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
