package server

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"nsdi/access"
)

// noService are the routes that belong to no service, each with the reason.
func noService() map[string]string {
	return map[string]string{
		"GET /healthz":  "for whoever runs the server",
		"GET /readyz":   "for whoever runs the server",
		"GET /assets/*": "parts of pages",

		"GET " + lettersPath:   "for whoever runs the server",
		"GET " + contactsPath:  "for whoever runs the server",
		"POST " + contactsPath: "for whoever runs the server",

		"GET " + postalPage: "a page on which the services of the Post are used",

		"GET /submissions":            "a page on which deliveries are made",
		"GET /submissions/{tracking}": "a page on which deliveries are made",
		"GET /review":                 "a page on which deliveries are reviewed",
		"GET /review/{tracking}":      "a page on which deliveries are reviewed",
		"GET /geocode":                "a page on which addresses are looked up",
		"GET /track":                  "a page on which a tracking identifier is followed",
		"GET /track/{id}":             "a page on which a tracking identifier is followed",
		"GET /administration":         "a page on which agencies, people and keys are kept",
	}
}

type servicesBody struct {
	Services []serviceCard `json:"services"`
}

// serviceCard is what Article 9 note 2 puts on the card of a service, in its order, with the terms of Article 39 and the ratings of Article 36.
type serviceCard struct {
	ID           string               `json:"id" example:"nsdi-geocode" doc:"1: code"`
	NationalCode *string              `json:"national_code" doc:"Code that the service was given when its card was approved (Article 9); null: none yet"`
	Title        bilingual            `json:"title"`
	Description  bilingual            `json:"description"`
	Legal        []legalGround        `json:"legal" doc:"2: legal ground"`
	Kind         access.ServiceKind   `json:"kind" enum:"governing,supporting" doc:"3"`
	Users        bilingual            `json:"users" doc:"4: who benefits"`
	Needs        bilingual            `json:"needs" doc:"5: what the user has to give"`
	FromAgencies bilingual            `json:"from_agencies" doc:"6: what other agencies have to give"`
	Access       access.ServiceAccess `json:"access" enum:"open,role,grant,operator" doc:"7: who may use it"`
	Identity     bilingual            `json:"identity" doc:"7: how it is found out who that is"`
	Price        servicePrice         `json:"price" doc:"8"`
	InPerson     bilingual            `json:"in_person" doc:"9: what has to be done in person"`
	Time         bilingual            `json:"time" doc:"10: how long it takes"`
	Agency       serviceUnit          `json:"agency" doc:"11: in charge"`
	Units        []serviceUnit        `json:"units" doc:"11: others that take part"`

	Routes       []serviceRoute `json:"routes"`
	Formats      []string       `json:"formats" doc:"Protocol and formats"`
	Quota        *serviceQuota  `json:"quota" doc:"null: not counted"`
	Availability *float64       `json:"availability" doc:"Promised share of each month, per cent; null: no promise"`
	Support      *string        `json:"support" doc:"Where to ask for help; null: not published"`
	Terms        []bilingual    `json:"terms"`
	Version      string         `json:"version" doc:"Of the card"`
	Since        serviceDate    `json:"since"`

	Rating access.ServiceRating `json:"rating"`
}

type legalGround struct {
	Resolution string    `json:"resolution" enum:"1392,1400" doc:"Year of the resolution"`
	Article    string    `json:"article" example:"27"`
	Subject    bilingual `json:"subject"`
}

type serviceUnit struct {
	Code string    `json:"code"`
	Name bilingual `json:"name"`
}

type servicePrice struct {
	Free    bool    `json:"free"`
	Rials   int     `json:"rials"`
	Account *string `json:"account" doc:"To pay to; null: nothing is paid"`
}

type serviceRoute struct {
	Method string `json:"method"`
	Path   string `json:"path"`
}

type serviceDate struct {
	Date   string `json:"date" format:"date"`
	Jalali string `json:"jalali"`
}

type serviceQuota struct {
	Class  string        `json:"class"`
	Key    serviceLimit  `json:"key" doc:"Of one key"`
	Public *serviceLimit `json:"public" doc:"Of one network without a key: an IPv4 address or an IPv6 /64; null: not counted"`
}

type serviceLimit struct {
	PerSecond float64 `json:"per_second"`
	Burst     int     `json:"burst" doc:"At once"`
	PerDay    *int64  `json:"per_day" doc:"null: no ceiling"`
}

func limitOf(c access.Class) serviceLimit {
	l := serviceLimit{PerSecond: c.PerSecond, Burst: c.Burst}
	if c.PerDay > 0 {
		l.PerDay = &c.PerDay
	}
	return l
}

// card puts together what the code, the operator and the callers say of a service.
func (s *server) card(service access.Service, rating access.ServiceRating) serviceCard {
	c := serviceCard{
		ID: service.ID, Title: bilingual(service.Title), Description: bilingual(service.Description), Legal: []legalGround{}, Kind: service.Kind,
		Users: bilingual(service.Users), Needs: bilingual(service.Needs), FromAgencies: bilingual(service.FromAgencies), Access: service.Access,
		Identity: bilingual(service.Identity), Price: servicePrice{Free: true}, InPerson: bilingual(service.InPerson), Time: bilingual(service.Time),
		Agency: serviceUnit{service.Agency.Code, bilingual(service.Agency.Name)}, Units: []serviceUnit{}, Routes: []serviceRoute{}, Formats: service.Formats, Terms: []bilingual{},
		Version: service.Version, Since: serviceDate{service.Since.Format("2006-01-02"), access.Jalali(service.Since)}, Rating: rating,
	}
	for _, g := range service.Legal {
		c.Legal = append(c.Legal, legalGround{g.Resolution, g.Article, bilingual(g.Subject)})
	}
	for _, u := range service.Units {
		c.Units = append(c.Units, serviceUnit{u.Code, bilingual(u.Name)})
	}
	for _, route := range service.Routes {
		method, path, _ := strings.Cut(route, " ")
		c.Routes = append(c.Routes, serviceRoute{method, path})
	}
	for _, t := range service.Terms {
		c.Terms = append(c.Terms, bilingual(t))
	}
	if code := s.Terms.Codes[service.ID]; code != "" {
		c.NationalCode = &code
	}
	if s.Terms.Availability > 0 {
		c.Availability = &s.Terms.Availability
	}
	if s.Terms.Support != "" {
		c.Support = &s.Terms.Support
	}
	if service.Class != "" {
		c.Quota = &serviceQuota{Class: service.Class, Key: limitOf(access.ClassOf(access.KeyClasses(), service.Class))}
		if public := s.PublicQuotas.Class(service.Class); public.Burst > 0 {
			limit := limitOf(public)
			c.Quota.Public = &limit
		}
	}
	return c
}

// cards answers all cards as they are now.
func (s *server) cards(ctx context.Context) ([]serviceCard, error) {
	sums, err := s.ratings.Sums(ctx)
	if err != nil {
		return nil, err
	}
	var cards []serviceCard
	for _, service := range access.Services() {
		cards = append(cards, s.card(service, sums[service.ID]))
	}
	return cards, nil
}

// services answers GET /v1/services.
func (s *server) services(ctx context.Context) (*servicesBody, error) {
	cards, err := s.cards(ctx)
	return &servicesBody{cards}, err
}

type servicesInput struct {
	IfNoneMatch string `header:"If-None-Match" maxLength:"1000" doc:"ETag of what the client has"`
}

type serviceInput struct {
	ID          string `path:"id" maxLength:"64" example:"nsdi-geocode"`
	IfNoneMatch string `header:"If-None-Match" maxLength:"1000" doc:"ETag of what the client has"`
}

// service answers GET /v1/services/{id}.
func (s *server) service(ctx context.Context, id string) (*serviceCard, error) {
	if _, err := access.FindService(id); err != nil {
		return nil, err
	}
	cards, err := s.cards(ctx)
	for i := range cards {
		if cards[i].ID == id {
			return &cards[i], err
		}
	}
	return nil, err
}

// tagged is a JSON answer that a client need not load again while it is the same.
type tagged[T any] struct {
	Status       int
	CacheControl string `header:"Cache-Control"`
	ETag         string `header:"ETag"`
	Body         *T
}

// withTag makes the answer of a body. Caches may show it for a minute, and ask again with the tag after that.
func withTag[T any](body *T, has string) (*tagged[T], error) {
	text, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(text)
	// Weak, because the same tag goes with the answer as it is and with its compressed form.
	out := &tagged[T]{Status: http.StatusOK, CacheControl: "public, max-age=60", ETag: `W/"` + hex.EncodeToString(sum[:12]) + `"`, Body: body}
	for tag := range strings.SplitSeq(has, ",") {
		if tag = strings.TrimSpace(tag); tag == "*" || strings.TrimPrefix(tag, "W/") == strings.TrimPrefix(out.ETag, "W/") {
			out.Status, out.Body = http.StatusNotModified, nil
		}
	}
	return out, nil
}

// serviceAPI registers what /openapi.json tells of services.
func (s *server) serviceAPI(api huma.API) {
	respond(s, api, operation(api, http.MethodGet, "/v1/services", "services", "Cards and terms of all services (Articles 9 and 39)"),
		func(ctx context.Context, in *servicesInput) (*tagged[servicesBody], error) {
			body, err := s.services(ctx)
			if err != nil {
				return nil, err
			}
			return withTag(body, in.IfNoneMatch)
		})
	respond(s, api, operation(api, http.MethodGet, "/v1/services/{id}", "service", "Card and terms of a service"),
		func(ctx context.Context, in *serviceInput) (*tagged[serviceCard], error) {
			card, err := s.service(ctx, in.ID)
			if err != nil {
				return nil, err
			}
			return withTag(card, in.IfNoneMatch)
		})
	rate := operation(api, http.MethodPost, "/v1/services/{id}/ratings", "rate-service", "Rate a service (Article 36): once a day, of which the last counts")
	rate.DefaultStatus = http.StatusCreated
	rate.MaxBodyBytes = maxForm
	rate.Responses["200"] = &huma.Response{Description: "Replaced the caller's rating of the same day"}
	respond(s, api, rate, s.rate)
	get(s, api, "/v1/services/{id}/ratings", "service-ratings", "Ratings of a service by day, with comments, for auditors", s.serviceRatings)
}
